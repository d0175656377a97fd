//! One module per tool.

mod create_resource;
mod create_template;
mod delete_resource;
mod get_resource;
mod get_resource_request_status;
mod get_resource_schema_information;
mod list_resources;
mod update_resource;
