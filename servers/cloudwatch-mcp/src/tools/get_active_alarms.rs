//! `get_active_alarms`: what is in state ALARM now.

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName};
use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm, StateValue};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alarms::{Dimensions, dimensions};
use crate::answer::{Answer, schema_for_output};
use crate::arguments::{count, fifty, scope};
use crate::aws_call;
use crate::error::CloudWatchError;
use crate::server::Server;
use crate::time::Time;

/// Alarms in one answer.
const MOST_ALARMS: usize = 2_000;

/// Input of `get_active_alarms`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Most alarms to answer, 1 to 2000. Metric alarms come first. Default: 50.
    #[serde(default = "fifty", deserialize_with = "lenient::optional_integer")]
    max_items: Option<i64>,
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

/// Output of `get_active_alarms`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Alarms on a metric or on metric math.
    #[schemars(default)]
    metric_alarms: Vec<MetricAlarmSummary>,
    /// Alarms on other alarms.
    #[schemars(default)]
    composite_alarms: Vec<CompositeAlarmSummary>,
    /// Whether there are more than these.
    #[schemars(default)]
    has_more_results: bool,
    /// What else there is to know.
    #[schemars(default)]
    message: Option<String>,
}

/// A metric alarm.
#[derive(Debug, Serialize, JsonSchema)]
struct MetricAlarmSummary {
    /// Its name, for `get_alarm_history`.
    alarm_name: String,
    /// What its owner says of it.
    #[schemars(default)]
    alarm_description: Option<String>,
    /// `ALARM`.
    state_value: String,
    /// Why, in CloudWatch's words.
    state_reason: String,
    /// The metric; null for metric math.
    #[schemars(default)]
    metric_name: Option<String>,
    /// The metric's namespace.
    #[schemars(default)]
    namespace: Option<String>,
    /// The metric's dimensions, each as `{"Name": …, "Value": …}`.
    #[schemars(default)]
    dimensions: Dimensions,
    /// What the metric is compared with; null for anomaly detection.
    #[schemars(required)]
    threshold: Option<f64>,
    /// How it is compared: `GreaterThanThreshold`.
    comparison_operator: String,
    /// Since when it is in this state, ISO 8601.
    state_updated_timestamp: String,
    /// `MetricAlarm`.
    #[schemars(default = "metric_alarm")]
    alarm_type: &'static str,
}

/// A composite alarm.
#[derive(Debug, Serialize, JsonSchema)]
struct CompositeAlarmSummary {
    /// Its name, for `get_alarm_history`.
    alarm_name: String,
    /// What its owner says of it.
    #[schemars(default)]
    alarm_description: Option<String>,
    /// `ALARM`.
    state_value: String,
    /// Why, in CloudWatch's words.
    state_reason: String,
    /// The rule, over the states of other alarms.
    alarm_rule: String,
    /// Since when it is in this state, ISO 8601.
    state_updated_timestamp: String,
    /// `CompositeAlarm`.
    #[schemars(default = "composite_alarm")]
    alarm_type: &'static str,
}

fn metric_alarm() -> &'static str {
    "MetricAlarm"
}

fn composite_alarm() -> &'static str {
    "CompositeAlarm"
}

#[tool_router(router = get_active_alarms_router, vis = "pub(crate)")]
impl Server {
    /// List the CloudWatch alarms that are in state ALARM now, with the metric or rule, the
    /// threshold, and since when. `get_alarm_history` tells how one came there.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["cloudwatch:DescribeAlarms"], None)
    )]
    async fn get_active_alarms(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let most = count("max_items", input.max_items, 50, MOST_ALARMS)?;
        let scope = scope(input.region, input.profile_name);
        let (session, client) = self.cloudwatch.get(&scope).await?;
        let call = session.call("cloudwatch:DescribeAlarms", None);
        let (mut metric, mut composite) = (Vec::new(), Vec::new());
        let mut next_token: Option<String> = None;
        loop {
            let request = client
                .describe_alarms()
                .state_value(StateValue::Alarm)
                .alarm_types(AlarmType::CompositeAlarm)
                .alarm_types(AlarmType::MetricAlarm)
                .set_next_token(next_token);
            let page = aws_call::run(deadline, call.clone(), request.send()).await?;
            metric.extend(page.metric_alarms.unwrap_or_default());
            composite.extend(page.composite_alarms.unwrap_or_default());
            next_token = page.next_token.filter(|token| !token.is_empty());
            // Composite alarms may come on the last page only: stop when neither kind can change
            // the answer any more.
            if next_token.is_none() || metric.len() > most {
                break;
            }
        }
        let has_more_results = metric.len() + composite.len() > most;
        metric.truncate(most);
        composite.truncate(most - metric.len());
        let shown = metric.len() + composite.len();
        let message = match (shown, has_more_results) {
            (0, _) => Some(format!(
                "No alarm is in state ALARM in region `{}`",
                session.region()
            )),
            (_, true) => Some(format!("Showing {shown} alarms (more available)")),
            (_, false) => None,
        };
        Ok(Answer::json(&Output {
            metric_alarms: metric.into_iter().map(MetricAlarmSummary::from).collect(),
            composite_alarms: composite
                .into_iter()
                .map(CompositeAlarmSummary::from)
                .collect(),
            has_more_results,
            message,
        }))
    }
}

impl From<MetricAlarm> for MetricAlarmSummary {
    fn from(alarm: MetricAlarm) -> Self {
        Self {
            dimensions: dimensions(alarm.dimensions()),
            alarm_name: alarm.alarm_name.unwrap_or_default(),
            alarm_description: alarm.alarm_description,
            state_value: state(alarm.state_value),
            state_reason: alarm.state_reason.unwrap_or_default(),
            metric_name: alarm.metric_name,
            namespace: alarm.namespace,
            threshold: alarm.threshold,
            comparison_operator: alarm
                .comparison_operator
                .map(|operator| operator.as_str().to_owned())
                .unwrap_or_default(),
            state_updated_timestamp: timestamp(alarm.state_updated_timestamp),
            alarm_type: metric_alarm(),
        }
    }
}

impl From<CompositeAlarm> for CompositeAlarmSummary {
    fn from(alarm: CompositeAlarm) -> Self {
        Self {
            alarm_name: alarm.alarm_name.unwrap_or_default(),
            alarm_description: alarm.alarm_description,
            state_value: state(alarm.state_value),
            state_reason: alarm.state_reason.unwrap_or_default(),
            alarm_rule: alarm.alarm_rule.unwrap_or_default(),
            state_updated_timestamp: timestamp(alarm.state_updated_timestamp),
            alarm_type: composite_alarm(),
        }
    }
}

fn state(state: Option<StateValue>) -> String {
    state.unwrap_or(StateValue::Alarm).as_str().to_owned()
}

fn timestamp(time: Option<aws_smithy_types::DateTime>) -> String {
    let time = time.as_ref().and_then(Time::from_aws);
    time.map(Time::with_z).unwrap_or_default()
}
