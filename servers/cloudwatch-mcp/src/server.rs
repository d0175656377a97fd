//! The server: clients that are built when first needed.

use agentcore_gateway_target::Deadline;
use aws_clients::{Aws, AwsError, Clients, ProfileName, RegionName};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::{ServerHandler, tool_handler};

use crate::arguments::scope;
use crate::config::{self, ConfigError};
use crate::insights::Insights;

/// The region when nothing names one, as upstream has it.
const FALLBACK_REGION: &str = "us-east-1";

/// The server. Clones are cheap and share clients and connections.
#[derive(Debug, Clone)]
pub struct Server {
    /// For requests that no SDK client sends: PromQL.
    pub(crate) aws: Aws,
    pub(crate) cloudwatch: Clients<aws_sdk_cloudwatch::Client>,
    pub(crate) logs: Clients<aws_sdk_cloudwatchlogs::Client>,
    tools: ToolRouter<Self>,
}

impl Server {
    /// Touches neither network nor disk, and misses nothing that is not there.
    ///
    /// # Errors
    ///
    /// For any argument: there are none.
    pub fn from_env(args: &[String]) -> Result<Self, ConfigError> {
        config::check(args)?;
        Ok(Self::new(Aws::builder()))
    }

    /// The server with an AWS set-up from somewhere else.
    pub fn new(aws: aws_clients::Builder) -> Self {
        let fallback = RegionName::try_from(FALLBACK_REGION.to_owned()).expect("a region");
        let aws = aws.fallback_region(fallback).build();
        Self {
            cloudwatch: Clients::new(aws.clone(), aws_sdk_cloudwatch::Client::new),
            logs: Clients::new(aws.clone(), aws_sdk_cloudwatchlogs::Client::new),
            aws,
            tools: Self::tools(),
        }
    }

    /// Logs Insights for one call.
    pub(crate) async fn insights(
        &self,
        region: Option<RegionName>,
        profile: Option<ProfileName>,
        deadline: Deadline,
    ) -> Result<Insights, AwsError> {
        let (session, client) = self.logs.get(&scope(region, profile)).await?;
        Ok(Insights {
            session,
            client,
            deadline,
        })
    }

    /// Every tool, once.
    pub fn tools() -> ToolRouter<Self> {
        Self::log_tools() + Self::alarm_tools() + Self::metric_tools() + Self::promql_tools()
    }
}

#[tool_handler(
    router = self.tools,
    name = "cloudwatch-mcp",
    instructions = "Reads Amazon CloudWatch. Logs: find groups and saved queries with \
        `describe_log_groups`, then `execute_log_insights_query`, or `execute_cwl_insights_batch` \
        for many groups and regions; `analyze_log_group` shows anomalies and patterns. A query \
        that takes long answers with its `queryId`: go on with `get_logs_insight_query_results`, \
        do not send it again. Alarms: `get_active_alarms`, then `get_alarm_history`, whose time \
        ranges are where to look in the logs. Metrics: `get_metric_metadata` says what a metric \
        means, `get_metric_data` reads it. Times are ISO 8601, and UTC without an offset."
)]
impl ServerHandler for Server {}
