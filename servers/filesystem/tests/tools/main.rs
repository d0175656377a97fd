//! What each tool does, one module a tool.

#[path = "../support/mod.rs"]
mod support;

mod create_directory;
mod directory_tree;
mod edit_file;
mod get_file_info;
mod list_allowed_directories;
mod list_directory;
mod list_directory_with_sizes;
mod move_file;
mod read_media_file;
mod read_multiple_files;
mod read_text_file;
mod search_files;
mod write_file;
