//! `cancel_logs_insight_query`: stops a query that runs.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, schema_for_output};
use crate::error::CloudWatchError;
use crate::names::QueryId;
use crate::server::Server;

/// Input of `cancel_logs_insight_query`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The `queryId` that an earlier call answered.
    #[schemars(with = "String")]
    query_id: QueryId,
    /// AWS region that the query was started in. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

/// Output of `cancel_logs_insight_query`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Whether the query was stopped.
    success: bool,
}

#[tool_router(router = cancel_logs_insight_query_router, vis = "pub(crate)")]
impl Server {
    // Read-only, as for AWS, which lists `StopQuery` under "Read": what runs is a question.
    /// Stop a Logs Insights query that still runs, so that it scans, and costs, no more.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["logs:StopQuery"], None)
    )]
    async fn cancel_logs_insight_query(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let insights = self
            .insights(input.region, input.profile_name, deadline)
            .await?;
        let success = insights.stop(&input.query_id).await?;
        Ok(Answer::json(&Output { success }))
    }
}
