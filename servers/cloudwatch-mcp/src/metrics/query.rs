//! What callers ask for, and the same as `GetMetricData` takes it.

use std::collections::BTreeSet;

use agentcore_gateway_target::lenient;
use aws_sdk_cloudwatch::types;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::period;
use super::statistic::api_name;
use crate::error::CloudWatchError;

/// Queries in one request.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const MOST_QUERIES: usize = 500;

/// A dimension of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dimension {
    /// Name: `InstanceId`.
    pub(crate) name: String,
    /// Value: `i-0123456789abcdef0`.
    pub(crate) value: String,
}

/// One query: either `metric_stat` or `expression`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricDataQueryInput {
    /// Name for this query, used in expressions: a lower-case letter, then letters, digits and `_`.
    id: String,
    /// A metric and its statistic.
    #[serde(default)]
    metric_stat: Option<MetricStatInput>,
    /// Metric math over the ids of other queries, such as `errors / calls * 100`; a `SEARCH(…)`; or a
    /// Metrics Insights query, `SELECT …`.
    #[serde(default)]
    expression: Option<String>,
    /// Name of the result. Default: CloudWatch's own.
    #[serde(default)]
    label: Option<String>,
    /// Whether the answer has this result; false for what only feeds an expression.
    #[serde(default = "yes")]
    return_data: bool,
    /// Seconds per data point. Default: from the time range and `target_datapoints`.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    period: Option<i64>,
}

fn yes() -> bool {
    true
}

/// A metric and its statistic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MetricStatInput {
    /// Namespace: `AWS/EC2`.
    namespace: String,
    /// Name of the metric: `CPUUtilization`.
    metric_name: String,
    /// All dimensions of the metric. Default: none.
    #[serde(default)]
    dimensions: Vec<Dimension>,
    /// `AVG`, `SUM`, `MIN`, `MAX`, `COUNT`, or any statistic of CloudWatch: `p99`, `tm95`.
    statistic: String,
    /// Seconds per data point. Default: from the time range and `target_datapoints`.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    period: Option<i64>,
}

/// One metric, its statistic and its period, as a query.
pub(crate) fn of_metric(
    id: &str,
    namespace: &str,
    metric_name: &str,
    dimensions: &[Dimension],
    statistic: &str,
    period: i64,
) -> Result<types::MetricDataQuery, CloudWatchError> {
    let stat = metric_stat(namespace, metric_name, dimensions, statistic, period)?;
    let builder = types::MetricDataQuery::builder().id(id).metric_stat(stat);
    Ok(builder.return_data(true).build())
}

/// One expression as a query.
pub(crate) fn of_expression(
    id: &str,
    expression: String,
    period: i64,
) -> Result<types::MetricDataQuery, CloudWatchError> {
    let builder = types::MetricDataQuery::builder()
        .id(id)
        .expression(expression);
    Ok(builder
        .period(seconds(id, period)?)
        .return_data(true)
        .build())
}

/// Queries as they were given. `default_period` is for those that say nothing.
pub(crate) fn of_inputs(
    inputs: Vec<MetricDataQueryInput>,
    default_period: i64,
) -> Result<Vec<types::MetricDataQuery>, CloudWatchError> {
    if inputs.len() > MOST_QUERIES {
        return Err(wrong(format!(
            "`queries` has {} entries; AWS takes at most {MOST_QUERIES}",
            inputs.len()
        )));
    }
    let mut ids = BTreeSet::new();
    for input in &inputs {
        if !is_id(&input.id) {
            return Err(wrong(format!(
                "`queries`: the id {:?} must be a lower-case letter, then letters, digits and `_`, at most 255 in all",
                input.id
            )));
        }
        if !ids.insert(input.id.clone()) {
            return Err(wrong(format!(
                "`queries`: the id {:?} is there twice",
                input.id
            )));
        }
    }
    if !inputs.iter().any(|input| input.return_data) {
        return Err(wrong(
            "`queries`: none has `return_data`, so there would be no answer".to_owned(),
        ));
    }
    let mut queries = Vec::with_capacity(inputs.len());
    for input in inputs {
        queries.push(of_input(input, default_period)?);
    }
    Ok(queries)
}

/// The period of a query as it is sent.
pub(crate) fn period_of(query: &types::MetricDataQuery) -> Option<i64> {
    let of_stat = query.metric_stat().and_then(types::MetricStat::period);
    of_stat.or(query.period()).map(i64::from)
}

fn of_input(
    input: MetricDataQueryInput,
    default_period: i64,
) -> Result<types::MetricDataQuery, CloudWatchError> {
    let id = &input.id;
    let builder = types::MetricDataQuery::builder()
        .id(id)
        .set_label(input.label.filter(|label| !label.is_empty()))
        .return_data(input.return_data);
    let expression = input.expression.filter(|text| !text.trim().is_empty());
    match (input.metric_stat, expression) {
        (Some(stat), None) => {
            let period = stat.period.or(input.period).unwrap_or(default_period);
            let stat = metric_stat(
                &stat.namespace,
                &stat.metric_name,
                &stat.dimensions,
                api_name(&stat.statistic),
                period,
            );
            Ok(builder.metric_stat(stat?).build())
        }
        (None, Some(expression)) => {
            let period = input.period.unwrap_or(default_period);
            let builder = builder.expression(expression);
            Ok(builder.period(seconds(id, period)?).build())
        }
        (Some(_), Some(_)) => Err(wrong(format!(
            "`queries`: {id:?} has both `metric_stat` and `expression`; give one of them"
        ))),
        (None, None) => Err(wrong(format!(
            "`queries`: {id:?} has neither `metric_stat` nor `expression`; give one of them"
        ))),
    }
}

fn metric_stat(
    namespace: &str,
    metric_name: &str,
    dimensions: &[Dimension],
    statistic: &str,
    period: i64,
) -> Result<types::MetricStat, CloudWatchError> {
    let dimensions = dimensions.iter().map(|dimension| {
        types::Dimension::builder()
            .name(&dimension.name)
            .value(&dimension.value)
            .build()
    });
    let metric = types::Metric::builder()
        .namespace(namespace)
        .metric_name(metric_name)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    Ok(types::MetricStat::builder()
        .metric(metric)
        .period(seconds(metric_name, period)?)
        .stat(statistic)
        .build())
}

fn seconds(of: &str, period: i64) -> Result<i32, CloudWatchError> {
    let whole = i32::try_from(period)
        .ok()
        .filter(|_| period::is_possible(period));
    whole.ok_or_else(|| {
        wrong(format!(
            "the period {period} of {of:?} must be 1, 5, 10, 20 or 30 seconds, or whole minutes: 60, 300, 3600"
        ))
    })
}

fn is_id(id: &str) -> bool {
    let mut bytes = id.bytes();
    id.len() <= 255
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn wrong(message: String) -> CloudWatchError {
    CloudWatchError::Arguments(message)
}
