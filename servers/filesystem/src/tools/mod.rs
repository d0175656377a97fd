//! One module a tool.

mod list_allowed_directories;

use rmcp::handler::server::router::tool::ToolRouter;

use crate::Server;

impl Server {
    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::list_allowed_directories_router()
    }
}
