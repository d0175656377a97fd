//! `ExecuteRangeQuery`: PromQL over a range of time.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use super::execute_query::Output;
use crate::answer::{Answer, QueryData, QueryResult};
use crate::arguments::{PromQl, Step, Time};
use crate::endpoint::WorkspaceId;
use crate::error::PrometheusError;
use crate::http_api::Request;
use crate::server::Server;
use crate::target::Place;
use crate::tools::NARROW_QUERY;

/// Input of `ExecuteRangeQuery`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// AMP workspace to ask, `ws-…` from `GetAvailableWorkspaces`. Needed when the server has no
    /// `PROMETHEUS_URL`, to be left out when it has one.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    workspace_id: Option<WorkspaceId>,
    /// PromQL expression that gives a scalar or an instant vector, for example
    /// `rate(http_requests_total[5m])`.
    #[schemars(with = "String")]
    query: PromQl,
    /// First point in time: RFC 3339 with a zone, or Unix seconds.
    #[schemars(with = "String")]
    start: Time,
    /// Last point in time, not before `start`: RFC 3339 with a zone, or Unix seconds.
    #[schemars(with = "String")]
    end: Time,
    /// Distance between two points: a duration such as `30s`, `5m` or `1h30m`, or seconds.
    /// Prometheus gives at most 11,000 points per series.
    #[schemars(with = "String")]
    step: Step,
    /// AWS region of the workspace. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// AWS profile whose credentials sign the request. Default: the server's own credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile: Option<ProfileName>,
}

#[tool_router(router = execute_range_query_router, vis = "pub(crate)")]
impl Server {
    /// Evaluate a PromQL expression at regular steps over a range of time. Returns a `matrix`:
    /// per series its labels and `values`, each `[unix seconds, "value"]`.
    #[tool(
        name = "ExecuteRangeQuery",
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["aps:QueryMetrics", "aps:DescribeWorkspace"], None)
    )]
    async fn execute_range_query(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, PrometheusError> {
        if input.end.seconds() < input.start.seconds() {
            return Err(PrometheusError::EmptyRange {
                start: input.start.as_str().to_owned(),
                end: input.end.as_str().to_owned(),
            });
        }
        let place = Place {
            workspace: input.workspace_id,
            region: input.region,
            profile: input.profile,
        };
        let query = [
            ("query", input.query.as_str()),
            ("start", input.start.as_str()),
            ("end", input.end.as_str()),
            ("step", input.step.as_str()),
        ];
        let request = Request {
            path: "query_range",
            query: &query,
            action: "aps:QueryMetrics",
            narrow: NARROW_QUERY,
        };
        self.in_time(deadline, async {
            let target = self.target(&place).await?;
            let success = self.ask::<QueryData>(&target, &request).await?;
            Ok(Answer::wrapped(&QueryResult::from(success)))
        })
        .await
    }
}
