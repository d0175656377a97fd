//! `get_promql_label_values`: values of a label.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, schema_for_output};
use crate::arguments::scope;
use crate::error::CloudWatchError;
use crate::promql::{ACTIONS, LabelName, Path, Request, ask};
use crate::server::Server;

/// Input of `get_promql_label_values`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Label: `__name__` for the names of metrics, `@resource.service.name`.
    #[schemars(with = "String")]
    label_name: LabelName,
    /// Series selectors: only series that fit one of them count. Default: all.
    #[serde(default, rename = "match")]
    selectors: Option<Vec<String>>,
    /// From when, in RFC 3339 or Unix seconds. Default: CloudWatch's own.
    #[serde(default)]
    start: Option<String>,
    /// Until when, in RFC 3339 or Unix seconds. Default: now.
    #[serde(default)]
    end: Option<String>,
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

/// Output of `get_promql_label_values`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// The values, sorted.
    #[schemars(default)]
    values: Vec<String>,
    /// What CloudWatch remarks about the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    warnings: Vec<String>,
}

#[tool_router(router = get_promql_label_values_router, vis = "pub(crate)")]
impl Server {
    /// List the values of a label of the metrics that PromQL reaches; with `__name__` the names of metrics.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&ACTIONS, None)
    )]
    async fn get_promql_label_values(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let request = Request::new(Path::LabelValues(&input.label_name))
            .with_selectors(input.selectors.as_deref().unwrap_or_default())
            .with_some("start", input.start.as_deref())
            .with_some("end", input.end.as_deref());
        let scope = scope(input.region.clone(), input.profile_name.clone());
        let success = ask(self, &scope, &request, deadline).await?;
        let mut values: Vec<String> = success.data;
        values.sort_unstable();
        Ok(Answer::json(&Output {
            values,
            warnings: success.warnings,
        }))
    }
}
