//! The server: whose documentation it reads, and the client that reads it.

use std::sync::Arc;
use std::time::Duration;

use agentcore_gateway_target::Deadline;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool_handler};

use crate::config::{Config, ConfigError};
use crate::error::DocsError;
use crate::location::{DocsUrl, Partition};
use crate::page::Page;
use crate::web::Web;

/// Time for one tool call, when its deadline leaves more.
const LIMIT: Duration = Duration::from_secs(30);

/// The server. Clones are cheap and share one client.
#[derive(Debug, Clone)]
pub struct Server {
    pub(crate) partition: Partition,
    pub(crate) web: Arc<Web>,
    tools: ToolRouter<Self>,
}

impl Server {
    /// Reads the settings. Touches neither network nor disk, and misses nothing that is not there.
    ///
    /// # Errors
    ///
    /// For a setting that is malformed.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        Config::from_env(args).map(Self::new)
    }

    /// The server with settings from somewhere else.
    pub fn new(config: Config) -> Self {
        Self {
            partition: config.partition,
            tools: Self::tools_of(config.partition),
            web: Arc::new(Web::new(config)),
        }
    }

    /// Every tool of both partitions, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::tools_of(Partition::Aws) + Self::get_available_services_router()
    }

    /// The tools that a partition's documentation has.
    pub fn tools_of(partition: Partition) -> ToolRouter<Self> {
        match partition {
            Partition::Aws => {
                Self::read_documentation_router()
                    + Self::read_sections_router()
                    + Self::search_table_router()
                    + Self::search_documentation_router()
                    + Self::recommend_router()
            }
            Partition::China => {
                Self::read_documentation_router() + Self::get_available_services_router()
            }
        }
    }

    /// The address of a page of this partition's documentation.
    pub(crate) fn address(&self, url: &str) -> Result<DocsUrl, DocsError> {
        DocsUrl::of_page(self.partition, url).map_err(|reason| DocsError::Url {
            url: url.to_owned(),
            partition: self.partition,
            reason,
        })
    }

    /// Reads a page and takes from it what is wanted, on a thread of its own: taking a page apart
    /// does not await, so that a deadline could not interrupt it.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        deadline: Deadline,
        url: &str,
        take: impl FnOnce(Page) -> Result<T, DocsError> + Send + 'static,
    ) -> Result<T, DocsError> {
        let url = self.address(url)?;
        let work = async {
            let page = self.web.page(&url).await?;
            match tokio::task::spawn_blocking(move || take(page)).await {
                Ok(taken) => taken,
                Err(error) => match error.try_into_panic() {
                    // The adapter answers it, as it does any other.
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => unreachable!("nothing cancels it"),
                },
            }
        };
        in_time(deadline, work).await
    }
}

/// Runs the work of one tool call in the time that the deadline leaves.
pub(crate) async fn in_time<T>(
    deadline: Deadline,
    work: impl Future<Output = Result<T, DocsError>>,
) -> Result<T, DocsError> {
    let limit = deadline
        .remaining()
        // Leaves the time to say so, before the deadline cuts the call off.
        .map(|left| left.saturating_sub(Duration::from_millis(100)))
        .map_or(LIMIT, |left| left.min(LIMIT));
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or(Err(DocsError::Timeout { limit }))
}

#[tool_handler(
    router = self.tools,
    name = "aws-docs",
    instructions = "Reads the AWS documentation. Find pages with `search_documentation`, or in the \
        documentation for China with `get_available_services`. Read a long page with \
        `read_documentation` in slices, or only its wanted sections with `read_sections`; take rows \
        of large tables, such as quotas, from `search_table`. `recommend` names pages beside the \
        one just read."
)]
impl ServerHandler for Server {}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use agentcore_gateway_target::ToolError;

    use super::*;

    #[tokio::test]
    async fn a_call_does_not_outlive_the_invocation() {
        let over = Deadline::at(Instant::now());
        let outcome = in_time::<()>(over, std::future::pending()).await;
        let error = outcome.expect_err("nothing is left of the time");
        assert_eq!(error.code(), "timeout");
        let outcome = in_time(Deadline::NONE, async { Ok(1) }).await;
        assert!(matches!(outcome, Ok(1)));
    }
}
