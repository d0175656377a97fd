//! `execute_promql_range_query`: a PromQL query over a range of time.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Answer, schema_for_output};
use crate::arguments::scope;
use crate::error::CloudWatchError;
use crate::promql::{ACTIONS, Path, QueryData, QueryOutput, Request, ask};
use crate::server::Server;

/// Input of `execute_promql_range_query`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// PromQL that selects by metric name: `rate({"http.server.request.count"}[5m])`.
    query: String,
    /// From when, in RFC 3339 or Unix seconds.
    start: String,
    /// Until when, in RFC 3339 or Unix seconds.
    end: String,
    /// Time between two values: `30s`, `5m`, `1h`, or seconds.
    step: String,
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

#[tool_router(router = execute_promql_range_query_router, vis = "pub(crate)")]
impl Server {
    /// Run a PromQL query over CloudWatch metrics for a range of time. At most 500 series.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<QueryOutput>(),
        meta = tool_meta(&ACTIONS, None)
    )]
    async fn execute_promql_range_query(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let request = Request::new(Path::QueryRange)
            .with("query", &input.query)
            .with("start", &input.start)
            .with("end", &input.end)
            .with("step", &input.step);
        let scope = scope(input.region.clone(), input.profile_name.clone());
        let success = ask::<QueryData>(self, &scope, &request, deadline).await?;
        Ok(Answer::json(&QueryOutput::from(success)))
    }
}
