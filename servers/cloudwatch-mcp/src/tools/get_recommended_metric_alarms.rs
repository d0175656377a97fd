//! `get_recommended_metric_alarms`: alarms worth having on a metric.

use agentcore_gateway_target::{Deadline, Parameters, ToolError as _, tool_meta};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Serialize;

use super::analyze_metric::Input;
use crate::answer::{Answer, schema_for_output};
use crate::error::CloudWatchError;
use crate::metric_facts::{self, AlarmFact};
use crate::metrics::alarms::{AlarmRecommendation, from_history, own_dimensions};
use crate::metrics::analysis::Analysis;
use crate::metrics::history::{History, Metric};
use crate::metrics::query::Dimension;
use crate::server::Server;

/// Output of `get_recommended_metric_alarms`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// The alarms; none when nothing can be said about this metric.
    #[schemars(default)]
    recommendations: Vec<AlarmRecommendation>,
    /// Where they come from, or why there are none.
    message: String,
}

#[tool_router(router = get_recommended_metric_alarms_router, vis = "pub(crate)")]
impl Server {
    /// Recommend alarms on a CloudWatch metric: those that AWS documents for its own metrics, where
    /// all dimensions of the alarm are given; a threshold that depends on the workload is taken from
    /// the last two weeks. For other metrics that repeat by the hour, day or week, an anomaly
    /// detection alarm with its CloudFormation template. Creates nothing.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["cloudwatch:GetMetricData"], None)
    )]
    async fn get_recommended_metric_alarms(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let known = metric_facts::find(&input.namespace, &input.metric_name);
        let facts: Vec<AlarmFact> = known.iter().flat_map(|fact| fact.alarms()).collect();
        let mut recommendations = Vec::new();
        for fact in &facts {
            if let Some(dimensions) = own_dimensions(fact, &input.dimensions) {
                let alarm = self.documented(&input, fact, &dimensions, deadline).await;
                recommendations.push(alarm);
            }
        }
        if !recommendations.is_empty() {
            let message = format!(
                "Found {} matching alarm recommendations",
                recommendations.len()
            );
            return Ok(Answer::json(&Output {
                recommendations,
                message,
            }));
        }
        let metric = input.metric();
        let statistic = input.statistic.api();
        let history = History::read(self, &metric, statistic, None, deadline).await?;
        let analysis = Analysis::of(&history.points);
        let (recommendation, mut message) = seasonal(&input, analysis.as_ref());
        if recommendation.is_none() && !facts.is_empty() {
            message += &format!(" {}", needed(&facts));
        }
        Ok(Answer::json(&Output {
            recommendations: recommendation.into_iter().collect(),
            message,
        }))
    }

    /// One alarm of the table. When its threshold depends on the workload, the history suggests one;
    /// without a history it stays without a number.
    async fn documented(
        &self,
        input: &Input,
        fact: &AlarmFact,
        dimensions: &[Dimension],
        deadline: Deadline,
    ) -> AlarmRecommendation {
        let metric = Metric {
            dimensions,
            ..input.metric()
        };
        let mut suggestion = None;
        if fact.threshold.is_none() {
            let period = Some(i64::from(fact.shape.period));
            match History::read(self, &metric, fact.shape.statistic, period, deadline).await {
                Ok(history) => suggestion = from_history(fact.comparison, &history.points),
                Err(error) => {
                    let code = error.code();
                    tracing::warn!(
                        error.code = code,
                        "no threshold: the history cannot be read"
                    );
                }
            }
        }
        let name = format!("{} {}", input.namespace, input.metric_name);
        AlarmRecommendation::of_fact(&name, fact, dimensions, suggestion)
    }
}

fn seasonal(input: &Input, analysis: Option<&Analysis>) -> (Option<AlarmRecommendation>, String) {
    let name = format!("{}/{}", input.namespace, input.metric_name);
    match analysis {
        None => {
            let reason = "there are fewer than three values of the last two weeks";
            (
                None,
                format!("No alarm can be recommended for {name}: {reason}."),
            )
        }
        Some(analysis) if analysis.seasonality_seconds == 0 => {
            let reason = "it does not repeat itself by the hour, day or week";
            (
                None,
                format!("No alarm can be recommended for {name}: {reason}."),
            )
        }
        Some(analysis) => {
            let alarm = AlarmRecommendation::of_season(
                &input.namespace,
                &input.metric_name,
                &input.dimensions,
                input.statistic.api(),
                analysis,
            );
            let message = format!("{name} repeats itself: anomaly detection is recommended.");
            (Some(alarm), message)
        }
    }
}

/// Which dimensions the documented alarms are on, for a caller who left some out.
fn needed(facts: &[AlarmFact]) -> String {
    let sets: Vec<String> = facts
        .iter()
        .map(|fact| {
            let names = fact.dimensions.iter().map(|(name, value)| match value {
                Some(value) => format!("{name}={value}"),
                None => (*name).to_owned(),
            });
            format!("`{}`", names.collect::<Vec<_>>().join(", "))
        })
        .collect();
    format!(
        "AWS documents alarms on this metric with the dimensions {}.",
        sets.join(" or ")
    )
}
