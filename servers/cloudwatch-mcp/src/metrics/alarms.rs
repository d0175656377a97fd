//! Alarms worth having: from the table of facts, or from the history of the metric.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::analysis::Analysis;
use super::query::Dimension;
use super::statistics::{Point, quantile, sorted};
use crate::metric_facts::{AlarmFact, Comparison};

/// Fewer points than this are no base for a threshold.
const FEWEST_POINTS: usize = 100;

/// A threshold from history keeps this part of the usual extreme away from it.
const MARGIN: f64 = 0.25;

/// Width of the band of normal values, in standard deviations.
const SENSITIVITY: f64 = 2.0;

/// Shortest period of an anomaly alarm, in seconds.
const ANOMALY_PERIOD: i64 = 300;

/// An alarm worth having. Names as `PutMetricAlarm` has them, in camel case.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlarmRecommendation {
    /// When it goes off, in words.
    alarm_description: String,
    /// What the values are compared with.
    threshold: AlarmRecommendationThreshold,
    /// Seconds per data point.
    period: i64,
    /// `GreaterThanThreshold` and so on.
    comparison_operator: &'static str,
    /// `Average`, `p90` and so on.
    statistic: String,
    /// How many periods are looked at.
    evaluation_periods: u32,
    /// How many of them have to be bad.
    datapoints_to_alarm: u32,
    /// `missing`, `breaching`, `notBreaching` or `ignore`.
    treat_missing_data: &'static str,
    /// Dimensions of the alarm's metric.
    #[schemars(default)]
    dimensions: Vec<AlarmRecommendationDimension>,
    /// What it is good for.
    intent: String,
    /// A template that creates it; only for anomaly detection.
    #[serde(
        rename = "cloudformation_template",
        skip_serializing_if = "Option::is_none"
    )]
    cloudformation_template: Option<Map<String, Value>>,
}

/// A fixed value, the width of a band, or neither where only the workload can tell.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AlarmRecommendationThreshold {
    /// Why this value, or how to find one.
    #[schemars(default)]
    justification: String,
    /// The threshold. Absent when it depends on the workload and the history does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    static_value: Option<f64>,
    /// Anomaly detection: width of the band of normal values, in standard deviations.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitivity: Option<f64>,
}

/// A dimension of an alarm's metric.
#[derive(Debug, Serialize, JsonSchema)]
struct AlarmRecommendationDimension {
    /// Its name.
    name: String,
    /// The caller's value.
    value: Option<String>,
}

impl From<&Dimension> for AlarmRecommendationDimension {
    fn from(dimension: &Dimension) -> Self {
        Self {
            name: dimension.name.clone(),
            value: Some(dimension.value.clone()),
        }
    }
}

/// A threshold that the history of the metric gives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Suggestion {
    value: f64,
    reason: String,
}

/// The caller's dimensions that the alarm is on, when it has all of them with the right values.
pub(crate) fn own_dimensions(fact: &AlarmFact, given: &[Dimension]) -> Option<Vec<Dimension>> {
    let wanted = fact.dimensions.iter();
    wanted
        .map(|(name, fixed)| {
            let fits = |dimension: &&Dimension| {
                dimension.name == *name && fixed.is_none_or(|fixed| dimension.value == fixed)
            };
            given.iter().find(fits).cloned()
        })
        .collect()
}

/// A threshold a quarter beyond what was usual: the 99th percentile of the values, or the 1st for
/// alarms on low ones. None without enough values, or when the usual is not above 0.
pub(crate) fn from_history(comparison: Comparison, points: &[Point]) -> Option<Suggestion> {
    if points.len() < FEWEST_POINTS {
        return None;
    }
    let values = sorted(points);
    let (share, factor, side) = match comparison.is_upper() {
        true => (0.99, 1.0 + MARGIN, "above the 99th"),
        false => (0.01, 1.0 - MARGIN, "below the 1st"),
    };
    let usual = quantile(&values, share);
    (usual > 0.0).then(|| Suggestion {
        value: rounded(usual * factor),
        reason: format!(
            "25 % {side} percentile ({}) of {} values of the last two weeks.",
            rounded(usual),
            values.len()
        ),
    })
}

/// Three digits are all that a threshold means.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

impl AlarmRecommendation {
    /// One of the table. `suggestion` is for those whose threshold depends on the workload.
    pub(crate) fn of_fact(
        metric: &str,
        fact: &AlarmFact,
        dimensions: &[Dimension],
        suggestion: Option<Suggestion>,
    ) -> Self {
        let shape = fact.shape;
        let (static_value, justification) = match (fact.threshold, suggestion) {
            (Some(value), _) => (Some(value), fact.justification.to_owned()),
            (None, Some(Suggestion { value, reason })) => (
                Some(value),
                format!("{} Suggested here: {reason}", fact.justification),
            ),
            (None, None) => (None, fact.justification.to_owned()),
        };
        let limit = match static_value {
            Some(value) => format!("{} {value}", fact.comparison.words()),
            None => format!(
                "{} a value that depends on the workload",
                fact.comparison.words()
            ),
        };
        Self {
            alarm_description: format!(
                "{} Goes off when the {} of {metric} is {limit} in {} of {} periods of {} seconds.",
                fact.intent, shape.statistic, shape.datapoints, shape.evaluations, shape.period
            ),
            threshold: AlarmRecommendationThreshold {
                justification,
                static_value,
                sensitivity: None,
            },
            period: i64::from(shape.period),
            comparison_operator: fact.comparison.operator(),
            statistic: shape.statistic.to_owned(),
            evaluation_periods: shape.evaluations,
            datapoints_to_alarm: shape.datapoints,
            treat_missing_data: shape.missing,
            dimensions: dimensions.iter().map(Into::into).collect(),
            intent: fact.intent.to_owned(),
            cloudformation_template: None,
        }
    }

    /// Anomaly detection, for a metric that repeats itself.
    pub(crate) fn of_season(
        namespace: &str,
        metric_name: &str,
        dimensions: &[Dimension],
        statistic: &str,
        analysis: &Analysis,
    ) -> Self {
        let season = season_name(analysis.seasonality_seconds);
        let period = analysis
            .data_quality
            .publishing_period_seconds
            .max(ANOMALY_PERIOD);
        let description =
            format!("Anomaly detection alarm for {namespace}/{metric_name} (seasonality {season})");
        let metric = json!({
            "MetricName": metric_name,
            "Namespace": namespace,
            "Dimensions": dimensions
                .iter()
                .map(|dimension| json!({ "Name": dimension.name, "Value": dimension.value }))
                .collect::<Vec<_>>(),
        });
        let id = logical_id(namespace, metric_name, dimensions);
        let template = template(&id, &metric, &description, statistic, period);
        Self {
            alarm_description: description,
            threshold: AlarmRecommendationThreshold {
                justification: format!(
                    "The metric repeats itself, so what is normal depends on the time: a band of {SENSITIVITY} standard deviations around the model follows it, a fixed value cannot."
                ),
                static_value: None,
                sensitivity: Some(SENSITIVITY),
            },
            period,
            comparison_operator: "LessThanLowerOrGreaterThanUpperThreshold",
            statistic: statistic.to_owned(),
            evaluation_periods: 2,
            datapoints_to_alarm: 2,
            treat_missing_data: "missing",
            dimensions: dimensions.iter().map(Into::into).collect(),
            intent: format!("Detects values of {metric_name} that are unusual for their time."),
            cloudformation_template: template.as_object().cloned(),
        }
    }
}

fn season_name(seconds: i64) -> &'static str {
    match seconds {
        900 => "FIFTEEN_MINUTES",
        3_600 => "ONE_HOUR",
        21_600 => "SIX_HOURS",
        86_400 => "ONE_DAY",
        _ => "ONE_WEEK",
    }
}

/// Letters and digits only, as CloudFormation wants them.
fn logical_id(namespace: &str, metric_name: &str, dimensions: &[Dimension]) -> String {
    let mut name = format!("{namespace}{metric_name}");
    for dimension in dimensions {
        name += &dimension.name;
        name += &dimension.value;
    }
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.take(200).collect()
}

/// The detector and the alarm on its band.
fn template(name: &str, metric: &Value, description: &str, statistic: &str, period: i64) -> Value {
    let mut detector = metric.clone();
    detector["Stat"] = statistic.into();
    let detector_id = format!("{name}AnomalyDetector");
    let alarm = json!({
        "Type": "AWS::CloudWatch::Alarm",
        "DependsOn": detector_id,
        "Properties": {
            "AlarmDescription": description,
            "Metrics": [
                { "Id": "ad1", "Expression": format!("ANOMALY_DETECTION_BAND(m1, {SENSITIVITY:.1})") },
                { "Id": "m1", "MetricStat": { "Metric": metric, "Stat": statistic, "Period": period } },
            ],
            "EvaluationPeriods": 2,
            "DatapointsToAlarm": 2,
            "ThresholdMetricId": "ad1",
            "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
            "TreatMissingData": "missing",
        },
    });
    let detector = json!({ "Type": "AWS::CloudWatch::AnomalyDetector", "Properties": detector });
    let resources = Map::from_iter([(detector_id, detector), (format!("{name}Alarm"), alarm)]);
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "CloudWatch Alarms and Anomaly Detectors",
        "Resources": resources,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: impl Iterator<Item = f64>) -> Vec<Point> {
        let times = (0..).map(|index| index * 60);
        times
            .zip(values)
            .map(|(time, value)| Point { time, value })
            .collect()
    }

    #[test]
    fn thresholds_keep_away_from_what_is_usual() {
        let values = points((0..=1_000).map(f64::from));
        let upper = from_history(Comparison::Above, &values).unwrap();
        assert_eq!(upper.value, 1_240.0);
        assert_eq!(
            upper.reason,
            "25 % above the 99th percentile (990) of 1001 values of the last two weeks."
        );
        let lower = from_history(Comparison::AtMost, &values).unwrap();
        assert_eq!(lower.value, 7.5);
    }

    #[test]
    fn no_threshold_without_a_base() {
        assert_eq!(
            from_history(Comparison::Above, &points((0..99).map(f64::from))),
            None
        );
        assert_eq!(
            from_history(Comparison::Above, &points((0..500).map(|_| 0.0))),
            None
        );
        assert_eq!(
            from_history(Comparison::Below, &points((0..500).map(|_| -1.0))),
            None
        );
    }

    #[test]
    fn logical_ids_are_letters_and_digits() {
        let dimensions = [Dimension {
            name: "Svc".to_owned(),
            value: "web-é/1".to_owned(),
        }];
        assert_eq!(
            logical_id("Custom/App", "Cyc", &dimensions),
            "CustomAppCycSvcweb1"
        );
        assert_eq!(logical_id(&"x".repeat(300), "y", &[]).len(), 200);
    }
}
