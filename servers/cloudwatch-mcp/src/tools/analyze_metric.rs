//! `analyze_metric`: what the last two weeks of a metric say.

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, schema_for_output};
use crate::error::CloudWatchError;
use crate::metrics::analysis::Analysis;
use crate::metrics::history::{History, Metric};
use crate::metrics::query::Dimension;
use crate::metrics::statistic::Statistic;
use crate::server::Server;

/// Input of `analyze_metric` and `get_recommended_metric_alarms`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Namespace: `AWS/EC2`.
    pub(crate) namespace: String,
    /// Name of the metric: `CPUUtilization`.
    pub(crate) metric_name: String,
    /// All dimensions of the metric. Default: none.
    #[serde(default)]
    pub(crate) dimensions: Vec<Dimension>,
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) profile_name: Option<ProfileName>,
    /// What each data point is of the values in its minute. Default: the average.
    #[serde(default)]
    pub(crate) statistic: Statistic,
}

impl Input {
    /// The metric that it names.
    pub(crate) fn metric(&self) -> Metric<'_> {
        Metric {
            namespace: &self.namespace,
            metric_name: &self.metric_name,
            dimensions: &self.dimensions,
            region: self.region.clone(),
            profile: self.profile_name.clone(),
        }
    }
}

/// Output of `analyze_metric`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// `seasonality_seconds` (0: none), `trend` (`positive`, `negative`, `none`), `statistics`,
    /// `data_quality`, `message` and `metric_info`; with too little data only the last two.
    result: Map<String, Value>,
}

#[tool_router(router = analyze_metric_router, vis = "pub(crate)")]
impl Server {
    /// Analyse the last two weeks of one CloudWatch metric: range and spread, whether it repeats by
    /// the quarter-hour, hour, six hours, day or week, whether it rises or falls, and how complete the
    /// data is.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["cloudwatch:GetMetricData"], None)
    )]
    async fn analyze_metric(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let metric = input.metric();
        let statistic = input.statistic.api();
        let history = History::read(self, &metric, statistic, None, deadline).await?;
        let info = history.info(&metric, input.statistic);
        let mut result = match Analysis::of(&history.points) {
            Some(analysis) => serde_json::to_value(analysis).expect("names are strings"),
            None => json!({}),
        };
        result["message"] = match (history.points.len(), result.get("trend")) {
            (_, Some(_)) => "Metric analysis completed successfully".into(),
            (0, None) => "No metric data available for analysis".into(),
            (count, None) => {
                format!("{count} data points in two weeks are too few for an analysis").into()
            }
        };
        result["metric_info"] = info;
        Ok(Answer::result(&result))
    }
}
