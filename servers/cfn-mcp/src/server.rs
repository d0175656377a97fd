//! The server: settings, and clients that are built when first needed.

use std::sync::Arc;

use aws_clients::{Aws, Clients, RegionName};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool_handler};

use crate::config::{Config, ConfigError};
use crate::schema::Schemas;

/// The region when nothing names one, as upstream has it.
const FALLBACK_REGION: &str = "us-east-1";

/// The server. Clones are cheap and share clients, connections and schemas.
#[derive(Debug, Clone)]
pub struct Server {
    pub(crate) config: Arc<Config>,
    pub(crate) control: Clients<aws_sdk_cloudcontrol::Client>,
    pub(crate) formation: Clients<aws_sdk_cloudformation::Client>,
    pub(crate) schemas: Schemas,
    tools: ToolRouter<Self>,
}

impl Server {
    /// Reads the settings. Touches neither network nor disk, and misses nothing that is not there.
    ///
    /// # Errors
    ///
    /// For a setting that is malformed.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        Config::from_env(args).map(|config| Self::new(config, Aws::builder()))
    }

    /// The server with settings and AWS set-up from somewhere else.
    pub fn new(config: Config, aws: aws_clients::Builder) -> Self {
        let fallback = RegionName::try_from(FALLBACK_REGION.to_owned()).expect("a region");
        let aws = aws.fallback_region(fallback).build();
        Self {
            config: Arc::new(config),
            control: Clients::new(aws.clone(), aws_sdk_cloudcontrol::Client::new),
            formation: Clients::new(aws, aws_sdk_cloudformation::Client::new),
            schemas: Schemas::default(),
            tools: Self::tools(),
        }
    }

    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::get_resource_schema_information_router()
            + Self::list_resources_router()
            + Self::get_resource_router()
            + Self::update_resource_router()
            + Self::create_resource_router()
            + Self::delete_resource_router()
            + Self::get_resource_request_status_router()
            + Self::create_template_router()
    }
}

#[tool_handler(
    router = self.tools,
    name = "cfn-mcp",
    instructions = "Manages AWS resources of any type that Cloud Control knows, and turns existing \
        ones into a CloudFormation template. Before a create or update, read the type's properties \
        with `get_resource_schema_information`. Before an update or delete, call it with `dry_run` \
        and look at what it would change. A change that takes long answers with a `request_token`: \
        follow it with `get_resource_request_status` and do not send it again."
)]
impl ServerHandler for Server {}
