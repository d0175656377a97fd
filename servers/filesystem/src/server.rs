//! The server: settings, tools, and where their work runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool_handler};

use crate::session::Session;
use crate::{Config, ConfigError, FilesystemError};

/// The server. Clones are cheap and share the settings.
#[derive(Clone)]
pub struct Server {
    config: Arc<Config>,
    tools: ToolRouter<Self>,
}

impl Server {
    /// The server with settings of the arguments (each one a root) and the environment. Touches
    /// neither disk nor network.
    ///
    /// # Errors
    ///
    /// When a setting is malformed.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        Config::from_env(args).map(Self::new)
    }

    /// The server with the given settings.
    pub fn new(config: Config) -> Self {
        Self {
            config: Arc::new(config),
            tools: Self::tools(),
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Runs blocking work on the roots in a thread of its own. When the call is dropped, at its
    /// deadline say, [`Session::check`] ends the work.
    pub(crate) async fn blocking<T, W>(&self, work: W) -> Result<T, FilesystemError>
    where
        T: Send + 'static,
        W: FnOnce(&Session) -> Result<T, FilesystemError> + Send + 'static,
    {
        let config = Arc::clone(&self.config);
        let abandoned = SetOnDrop(Arc::default());
        let cancelled = Arc::clone(&abandoned.0);
        let task = move || work(&Session::open(config, cancelled));
        match tokio::task::spawn_blocking(task).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(FilesystemError::Cancelled), // the runtime is going down
        }
    }
}

/// Tells the thread that nobody waits any more.
struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tool_handler(
    router = self.tools,
    name = "filesystem",
    instructions = "Files under the directories that `list_allowed_directories` names. Paths are absolute, or relative to these directories in their order."
)]
impl ServerHandler for Server {}
