//! `ExecuteQuery`: PromQL at one point in time.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer::{Answer, QueryData, QueryResult};
use crate::arguments::{PromQl, Time};
use crate::endpoint::WorkspaceId;
use crate::error::PrometheusError;
use crate::http_api::Request;
use crate::server::Server;
use crate::target::Place;
use crate::tools::NARROW_QUERY;

/// Input of `ExecuteQuery`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// AMP workspace to ask, `ws-…` from `GetAvailableWorkspaces`. Needed when the server has no
    /// `PROMETHEUS_URL`, to be left out when it has one.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    workspace_id: Option<WorkspaceId>,
    /// PromQL expression, for example `sum by (job) (rate(http_requests_total[5m]))`.
    #[schemars(with = "String")]
    query: PromQl,
    /// Time to evaluate at: RFC 3339 with a zone, or Unix seconds. Default: now.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    time: Option<Time>,
    /// AWS region of the workspace. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// AWS profile whose credentials sign the request. Default: the server's own credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile: Option<ProfileName>,
}

/// Output of `ExecuteQuery` and `ExecuteRangeQuery`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the schema of what `Answer::wrapped` writes")]
pub(super) struct Output {
    /// `resultType` (`vector`, `matrix`, `scalar` or `string`) and `result`, as Prometheus gives
    /// them; `warnings` and `infos` when Prometheus has some. Values are strings.
    result: Map<String, Value>,
}

#[tool_router(router = execute_query_router, vis = "pub(crate)")]
impl Server {
    /// Evaluate a PromQL expression at one point in time. Returns the result as Prometheus gives
    /// it: `resultType` and `result`, samples as `[unix seconds, "value"]`.
    #[tool(
        name = "ExecuteQuery",
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["aps:QueryMetrics", "aps:DescribeWorkspace"], None)
    )]
    async fn execute_query(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, PrometheusError> {
        let place = Place {
            workspace: input.workspace_id,
            region: input.region,
            profile: input.profile,
        };
        let mut query = vec![("query", input.query.as_str())];
        if let Some(time) = &input.time {
            query.push(("time", time.as_str()));
        }
        let request = Request {
            path: "query",
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
