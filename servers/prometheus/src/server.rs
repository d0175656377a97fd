//! The server: settings, and clients that are built when first needed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use agentcore_gateway_target::Deadline;
use aws_clients::{Aws, Clients, RegionName, Scope};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool_handler};
use tokio::sync::Mutex;

use crate::config::{Config, ConfigError};
use crate::endpoint::{BaseUrl, WorkspaceId};
use crate::error::PrometheusError;

/// The region when nothing names one, as upstream has it.
const FALLBACK_REGION: &str = "us-east-1";

/// The server. Clones are cheap and share clients and connections.
#[derive(Debug, Clone)]
pub struct Server {
    pub(crate) config: Arc<Config>,
    pub(crate) aws: Aws,
    pub(crate) amp: Clients<aws_sdk_amp::Client>,
    /// Addresses of workspaces, as AMP gave them. They do not change.
    pub(crate) addresses: Arc<Mutex<HashMap<(Scope, WorkspaceId), BaseUrl>>>,
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

    /// The server with settings and AWS set-up from somewhere else. The region, profile and time
    /// of the settings are applied to `aws`.
    pub fn new(config: Config, aws: aws_clients::Builder) -> Self {
        let fallback = RegionName::try_from(FALLBACK_REGION.to_owned()).expect("a region");
        let aws = aws
            .region(config.region.clone())
            .fallback_region(fallback)
            .profile(config.profile.clone())
            .operation_timeout(config.timeout)
            .build();
        Self {
            config: Arc::new(config),
            amp: Clients::new(aws.clone(), aws_sdk_amp::Client::new),
            aws,
            addresses: Arc::default(),
            tools: Self::tools(),
        }
    }

    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::execute_query_router()
            + Self::execute_range_query_router()
            + Self::list_metrics_router()
            + Self::get_server_info_router()
            + Self::get_available_workspaces_router()
    }

    /// Runs the work of one tool call in the time that the settings and the deadline leave.
    pub(crate) async fn in_time<T>(
        &self,
        deadline: Deadline,
        work: impl Future<Output = Result<T, PrometheusError>>,
    ) -> Result<T, PrometheusError> {
        let limit = deadline
            .remaining()
            // Leaves the time to say so, before the deadline cuts the call off.
            .map(|left| left.saturating_sub(Duration::from_millis(100)))
            .map_or(self.config.timeout, |left| left.min(self.config.timeout));
        tokio::time::timeout(limit, work)
            .await
            .unwrap_or(Err(PrometheusError::Timeout { limit }))
    }
}

#[tool_handler(
    router = self.tools,
    name = "prometheus",
    instructions = "Reads metrics from Prometheus or Amazon Managed Service for Prometheus (AMP). \
        Start with `GetServerInfo`: when it says that no URL is configured, pick a workspace with \
        `GetAvailableWorkspaces` and pass its `workspace_id` to the other tools. `ListMetrics` \
        gives the names to use in PromQL."
)]
impl ServerHandler for Server {}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use agentcore_gateway_target::ToolError;

    use super::*;

    #[tokio::test]
    async fn a_call_does_not_outlive_the_invocation() {
        let config = Config::from_lookup(&[], &|_| None).expect("defaults");
        let server = Server::new(config, Aws::builder());
        let over = Deadline::at(Instant::now());
        let outcome = server.in_time::<()>(over, std::future::pending()).await;
        let error = outcome.expect_err("nothing is left of the time");
        assert_eq!(error.code(), "prometheus_timeout");
        let outcome = server.in_time(Deadline::NONE, async { Ok(1) }).await;
        assert!(matches!(outcome, Ok(1)));
    }
}
