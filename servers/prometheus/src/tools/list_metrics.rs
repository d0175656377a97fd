//! `ListMetrics`: the names of all metrics.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::endpoint::WorkspaceId;
use crate::error::PrometheusError;
use crate::http_api::Request;
use crate::server::Server;
use crate::target::Place;

/// Input of `ListMetrics`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// AMP workspace to ask, `ws-…` from `GetAvailableWorkspaces`. Needed when the server has no
    /// `PROMETHEUS_URL`, to be left out when it has one.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    workspace_id: Option<WorkspaceId>,
    /// AWS region of the workspace. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// AWS profile whose credentials sign the request. Default: the server's own credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile: Option<ProfileName>,
}

/// Output of `ListMetrics`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Names of all metrics, sorted, each once.
    metrics: Vec<String>,
}

#[tool_router(router = list_metrics_router, vis = "pub(crate)")]
impl Server {
    /// List the names of all metrics that a Prometheus or an AMP workspace has.
    #[tool(
        name = "ListMetrics",
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["aps:GetLabels", "aps:DescribeWorkspace"], None)
    )]
    async fn list_metrics(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, PrometheusError> {
        let place = Place {
            workspace: input.workspace_id,
            region: input.region,
            profile: input.profile,
        };
        let request = Request {
            path: "label/__name__/values",
            query: &[],
            action: "aps:GetLabels",
            narrow: "there are too many metrics to list; find some with `ExecuteQuery`, as in `group by (__name__) ({__name__=~\"http_.*\"})`",
        };
        self.in_time(deadline, async {
            let target = self.target(&place).await?;
            let mut metrics = self.ask::<Vec<String>>(&target, &request).await?.data;
            metrics.sort_unstable();
            metrics.dedup();
            Ok(Answer::plain(&Output { metrics }))
        })
        .await
    }
}
