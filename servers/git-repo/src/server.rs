//! The server: settings, and the tools that share them.

use std::sync::Arc;

use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::{Implementation, ServerCapabilities, ServerConfig};
use rmcp::{ServerHandler, tool_handler};

use crate::arguments::RepoPath;
use crate::error::GitError;
use crate::settings::{ConfigError, Settings};
use crate::work_tree::{Purpose, WorkTree};

/// The server. Clones share their settings; nothing is kept between calls.
#[derive(Debug, Clone)]
pub struct Server {
    settings: Arc<Settings>,
    tools: ToolRouter<Self>,
}

impl Server {
    /// Builds the server without touching the disk.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings: Arc::new(settings),
            tools: Self::tools(),
        }
    }

    /// Reads settings from the process's environment and `args`.
    ///
    /// # Errors
    ///
    /// When a setting is malformed.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        Settings::read(args, std::env::var_os).map(Self::new)
    }

    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::git_add_router()
            + Self::git_branch_router()
            + Self::git_checkout_router()
            + Self::git_commit_router()
            + Self::git_create_branch_router()
            + Self::git_diff_router()
            + Self::git_diff_staged_router()
            + Self::git_diff_unstaged_router()
            + Self::git_log_router()
            + Self::git_reset_router()
            + Self::git_show_router()
            + Self::git_status_router()
    }

    /// Opens a repository and does `work` on it, off the async threads: libgit2 blocks.
    pub(crate) async fn with_work_tree<T, F>(
        &self,
        path: RepoPath,
        purpose: Purpose,
        work: F,
    ) -> Result<T, GitError>
    where
        T: Send + 'static,
        F: FnOnce(&WorkTree, &Settings) -> Result<T, GitError> + Send + 'static,
    {
        let settings = Arc::clone(&self.settings);
        let task = tokio::task::spawn_blocking(move || {
            let tree = WorkTree::open(&settings, &path, purpose)?;
            work(&tree, &settings)
        });
        match task.await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

#[tool_handler(router = self.tools)]
impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("git-repo", env!("CARGO_PKG_VERSION")))
            .with_instructions(
                "Looks at and changes git repositories in folders that the operator allows. \
                 Start with git_status on the root folder of a work tree. git_diff_unstaged, \
                 git_diff_staged and git_diff show changes; git_add, git_commit and git_reset \
                 handle the index; nothing is ever pushed or fetched.",
            )
    }
}
