//! `get_metric_metadata`: what a metric of AWS means.

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, schema_for_output};
use crate::error::CloudWatchError;
use crate::metric_facts;
use crate::server::Server;

/// Similar names to offer at most.
const MOST_SIMILAR: usize = 10;

/// Input of `get_metric_metadata`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Namespace, exactly: `AWS/EC2`.
    namespace: String,
    /// Name of the metric, exactly: `CPUUtilization`.
    metric_name: String,
}

/// Output of `get_metric_metadata`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// The facts; null when there are none about this metric.
    #[schemars(required)]
    result: Option<MetricMetadata>,
}

/// What AWS documents about a metric.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MetricMetadata {
    /// What it measures.
    description: String,
    /// Statistics that make sense for it, separated by commas.
    recommended_statistics: String,
    /// Its unit in CloudWatch.
    unit: &'static str,
}

#[tool_router(router = get_metric_metadata_router, vis = "pub(crate)")]
impl Server {
    /// Say what a metric that AWS publishes means: description, unit, and which statistics make sense.
    /// Does not ask AWS; metrics of your own applications are not known.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = false),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&[], Some(json!({ "namespace": "AWS/EC2", "metric_name": "CPUUtilization" })))
    )]
    async fn get_metric_metadata(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, CloudWatchError> {
        let Input {
            namespace,
            metric_name,
        } = input;
        Ok(match metric_facts::find(&namespace, &metric_name) {
            Some(fact) => Answer::result(&MetricMetadata {
                description: fact.description.to_owned(),
                recommended_statistics: fact.recommended_statistics(),
                unit: fact.unit,
            }),
            None => Answer::text(unknown(&namespace, &metric_name), Value::Null),
        })
    }
}

fn unknown(namespace: &str, metric_name: &str) -> String {
    let similar = match metric_facts::similar(namespace, metric_name) {
        None => return format!("Nothing is known about metrics in the namespace `{namespace}`."),
        Some(similar) => similar,
    };
    let mut text = format!("Nothing is known about a metric `{metric_name}` in `{namespace}`.");
    if !similar.is_empty() {
        let names: Vec<String> = similar
            .iter()
            .take(MOST_SIMILAR)
            .map(|name| format!("`{name}`"))
            .collect();
        text += &format!(" Similar names there: {}.", names.join(", "));
    }
    text
}
