//! One module a tool.

mod create_directory;
mod directory_tree;
mod edit_file;
mod get_file_info;
mod list_allowed_directories;
mod list_directory;
mod list_directory_with_sizes;
mod move_file;
mod read_file;
mod read_media_file;
mod read_multiple_files;
mod read_text_file;
mod search_files;
mod write_file;

use rmcp::handler::server::router::tool::ToolRouter;

use crate::Server;

impl Server {
    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::create_directory_router()
            + Self::directory_tree_router()
            + Self::edit_file_router()
            + Self::get_file_info_router()
            + Self::list_allowed_directories_router()
            + Self::list_directory_router()
            + Self::list_directory_with_sizes_router()
            + Self::move_file_router()
            + Self::read_file_router()
            + Self::read_media_file_router()
            + Self::read_multiple_files_router()
            + Self::read_text_file_router()
            + Self::search_files_router()
            + Self::write_file_router()
    }
}
