//! Alarms by name, and what an answer tells of them.

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Session};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, Dimension, MetricAlarm};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::aws_call;

/// Names that `DescribeAlarms` takes at once.
const MOST_NAMES: usize = 100;

/// Dimensions of a metric, each as `{"Name": …, "Value": …}`.
pub(crate) type Dimensions = Vec<BTreeMap<String, String>>;

/// An alarm. Names as upstream has them; null is what its kind does not have.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct AlarmDetails {
    /// Its name.
    pub(crate) alarm_name: String,
    /// What its owner says of it.
    #[schemars(default)]
    pub(crate) alarm_description: Option<String>,
    /// `MetricAlarm` or `CompositeAlarm`.
    pub(crate) alarm_type: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub(crate) current_state: String,
    /// The metric; null for metric math.
    #[schemars(default)]
    pub(crate) metric_name: Option<String>,
    /// The metric's namespace.
    #[schemars(default)]
    pub(crate) namespace: Option<String>,
    /// The metric's dimensions, each as `{"Name": …, "Value": …}`.
    #[schemars(default)]
    pub(crate) dimensions: Dimensions,
    /// What the metric is compared with; null for anomaly detection.
    #[schemars(default)]
    pub(crate) threshold: Option<f64>,
    /// How it is compared: `GreaterThanThreshold`.
    #[schemars(default)]
    pub(crate) comparison_operator: Option<String>,
    /// How many periods decide.
    #[schemars(default)]
    pub(crate) evaluation_periods: Option<i32>,
    /// Length of a period in seconds.
    #[schemars(default)]
    pub(crate) period: Option<i32>,
    /// The statistic: `Average`, `p99`.
    #[schemars(default)]
    pub(crate) statistic: Option<String>,
    /// The rule of a composite alarm.
    #[schemars(default)]
    pub(crate) alarm_rule: Option<String>,
}

impl From<MetricAlarm> for AlarmDetails {
    fn from(alarm: MetricAlarm) -> Self {
        // Metric math: the period is that of the metrics it is made of.
        let of_metrics = alarm.metrics().iter().filter_map(|metric| {
            let of_statistic = metric.metric_stat().and_then(|metric| metric.period());
            of_statistic.or_else(|| metric.period())
        });
        let period = alarm.period.or(of_metrics.max());
        Self {
            period,
            dimensions: dimensions(alarm.dimensions()),
            alarm_name: alarm.alarm_name.unwrap_or_default(),
            alarm_description: alarm.alarm_description,
            alarm_type: AlarmType::MetricAlarm.as_str().to_owned(),
            current_state: state(alarm.state_value.as_ref().map(|state| state.as_str())),
            metric_name: alarm.metric_name,
            namespace: alarm.namespace,
            threshold: alarm.threshold,
            comparison_operator: alarm
                .comparison_operator
                .map(|operator| operator.as_str().to_owned()),
            evaluation_periods: alarm.evaluation_periods,
            statistic: alarm
                .statistic
                .map(|statistic| statistic.as_str().to_owned())
                .or(alarm.extended_statistic),
            alarm_rule: None,
        }
    }
}

impl From<CompositeAlarm> for AlarmDetails {
    fn from(alarm: CompositeAlarm) -> Self {
        Self {
            alarm_name: alarm.alarm_name.unwrap_or_default(),
            alarm_description: alarm.alarm_description,
            alarm_type: AlarmType::CompositeAlarm.as_str().to_owned(),
            current_state: state(alarm.state_value.as_ref().map(|state| state.as_str())),
            metric_name: None,
            namespace: None,
            dimensions: Vec::new(),
            threshold: None,
            comparison_operator: None,
            evaluation_periods: None,
            period: None,
            statistic: None,
            alarm_rule: alarm.alarm_rule,
        }
    }
}

fn state(state: Option<&str>) -> String {
    state.unwrap_or("INSUFFICIENT_DATA").to_owned()
}

/// Dimensions as answers show them.
pub(crate) fn dimensions(dimensions: &[Dimension]) -> Dimensions {
    let pair = |dimension: &Dimension| {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        BTreeMap::from([
            ("Name".to_owned(), text(dimension.name())),
            ("Value".to_owned(), text(dimension.value())),
        ])
    };
    dimensions.iter().map(pair).collect()
}

/// The alarms of these names, of either kind, in the order of the names. Those that do not exist
/// are not in the answer.
pub(crate) async fn find(
    session: &Session,
    client: &Client,
    names: &[String],
    deadline: Deadline,
) -> Result<Vec<AlarmDetails>, AwsError> {
    let subject = names.first().map(|name| format!("alarm `{name}`"));
    let call = session.call("cloudwatch:DescribeAlarms", subject);
    let mut found = BTreeMap::new();
    for some in names.chunks(MOST_NAMES) {
        let request = client
            .describe_alarms()
            .set_alarm_names(Some(some.to_vec()))
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            // Without it AWS answers 50, however many names there are.
            .set_max_records((some.len() > 50).then_some(100));
        let page = aws_call::run(deadline, call.clone(), request.send()).await?;
        let metric = page.metric_alarms.unwrap_or_default().into_iter();
        let composite = page.composite_alarms.unwrap_or_default().into_iter();
        let alarms = metric
            .map(AlarmDetails::from)
            .chain(composite.map(AlarmDetails::from));
        found.extend(alarms.map(|alarm| (alarm.alarm_name.clone(), alarm)));
    }
    Ok(names.iter().filter_map(|name| found.remove(name)).collect())
}
