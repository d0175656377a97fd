//! `get_alarm_history`: how an alarm came to its state, and where in time to look for the cause.

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName, Session};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{self, AlarmType};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::alarms::{AlarmDetails, TimeRangeSuggestion, alarm_names, find, suggestions};
use crate::answer::{Answer, schema_for_output};
use crate::arguments::{count, fifty, no, scope};
use crate::aws_call;
use crate::error::CloudWatchError;
use crate::names::AlarmName;
use crate::server::Server;
use crate::time::{Time, TimeRange};

/// History items in one answer.
const MOST_ITEMS: usize = 2_000;

/// How far back, when nothing says so: a day.
const DEFAULT_SECONDS: i64 = 24 * 3_600;

/// Input of `get_alarm_history`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Name of a metric alarm or composite alarm.
    #[schemars(with = "String")]
    alarm_name: AlarmName,
    /// Begin of the history, ISO 8601. Default: a day before `end_time`. AWS keeps 30 days.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    start_time: Option<Time>,
    /// End of the history, ISO 8601. Default: now.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    end_time: Option<Time>,
    /// What to list. Default: `StateUpdate`.
    #[serde(default)]
    #[schemars(with = "ItemType")]
    history_item_type: Option<ItemType>,
    /// Most items to answer, 1 to 2000, newest first. Default: 50.
    #[serde(default = "fifty", deserialize_with = "lenient::optional_integer")]
    max_items: Option<i64>,
    /// For a composite alarm, whether to answer the alarms that its rule is about in place of its
    /// history. Default: false.
    #[serde(default = "no")]
    include_component_alarms: Option<bool>,
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

/// What happened to the alarm.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[schemars(inline)]
enum ItemType {
    #[default]
    StateUpdate,
    ConfigurationUpdate,
    Action,
    AlarmContributorStateUpdate,
    AlarmContributorAction,
}

/// Output of `get_alarm_history`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the schema of what `Answer` writes")]
struct Output {
    /// The history, or the alarms of a composite alarm.
    result: OneOf,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(dead_code, reason = "the schema of what `Answer` writes")]
enum OneOf {
    /// The history of an alarm.
    History(Box<AlarmHistoryResponse>),
    /// The alarms that a composite alarm is about.
    Components(CompositeAlarmComponentResponse),
}

/// The history of an alarm.
#[derive(Debug, Serialize, JsonSchema)]
struct AlarmHistoryResponse {
    /// The alarm as it is now.
    alarm_details: AlarmDetails,
    /// What happened, newest first.
    #[schemars(default)]
    history_items: Vec<AlarmHistoryItem>,
    /// Where to look in metrics and logs for what made it go off.
    #[schemars(default)]
    time_range_suggestions: Vec<TimeRangeSuggestion>,
    /// Whether there are more than these.
    #[schemars(default)]
    has_more_results: bool,
    /// What else there is to know.
    #[schemars(default)]
    message: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Serialize, JsonSchema)]
struct AlarmHistoryItem {
    /// The alarm.
    alarm_name: String,
    /// `MetricAlarm` or `CompositeAlarm`.
    alarm_type: String,
    /// When, ISO 8601.
    timestamp: String,
    /// What kind of thing: `StateUpdate`.
    history_item_type: String,
    /// In CloudWatch's words.
    history_summary: String,
    /// The state before.
    #[schemars(default)]
    old_state: Option<String>,
    /// The state after.
    #[schemars(default)]
    new_state: Option<String>,
    /// Why, in CloudWatch's words.
    #[schemars(default)]
    state_reason: Option<String>,
}

/// The alarms of a composite alarm.
#[derive(Debug, Serialize, JsonSchema)]
struct CompositeAlarmComponentResponse {
    /// The composite alarm.
    composite_alarm_name: String,
    /// Names of the alarms that its rule is about, in the order of the rule.
    #[schemars(default)]
    component_alarms: Vec<String>,
    /// The rule.
    alarm_rule: String,
    /// Those of them that exist, as they are now.
    #[schemars(default)]
    component_details: Option<Vec<AlarmDetails>>,
}

#[tool_router(router = get_alarm_history_router, vis = "pub(crate)")]
impl Server {
    /// Show the history of a CloudWatch alarm: its changes of state with their reasons, and the
    /// times to look at in metrics and logs for what made it go off. For a composite alarm with
    /// `include_component_alarms`: the alarms that it is made of.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"], None)
    )]
    async fn get_alarm_history(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let most = count("max_items", input.max_items, 50, MOST_ITEMS)?;
        let end = input.end_time.unwrap_or_else(Time::now);
        let start = input
            .start_time
            .unwrap_or_else(|| end.plus_seconds(-DEFAULT_SECONDS));
        let range = TimeRange::new(start, end)?;
        let scope = scope(input.region, input.profile_name);
        let (session, client) = self.cloudwatch.get(&scope).await?;
        let names = [input.alarm_name.to_string()];
        let alarm = async {
            let found = find(&session, &client, &names, deadline).await?;
            found
                .into_iter()
                .next()
                .ok_or_else(|| unknown(&input.alarm_name, &session))
        };
        if input.include_component_alarms == Some(true) {
            let alarm = alarm.await?;
            let components = components(&session, &client, alarm, deadline).await?;
            return Ok(Answer::result(&components));
        }
        let kind = input.history_item_type.unwrap_or_default();
        let history = history(
            &session,
            &client,
            &input.alarm_name,
            kind,
            range,
            most,
            deadline,
        );
        let (alarm, history) = futures_util::join!(alarm, history);
        // An alarm that does not exist is the clearer error of the two.
        let (alarm, (items, has_more_results)) = (alarm?, history?);
        let transitions: Vec<Time> = items
            .iter()
            .filter(|(_, item)| item.new_state.as_deref() == Some("ALARM"))
            .filter_map(|(time, _)| *time)
            .collect();
        let message = match (items.is_empty(), has_more_results) {
            (true, _) => Some(format!(
                "Nothing of this kind happened between {} and {}.",
                range.start, range.end
            )),
            (_, true) => Some(format!(
                "Showing the newest {} items (more available)",
                items.len()
            )),
            _ => None,
        };
        Ok(Answer::result(&AlarmHistoryResponse {
            time_range_suggestions: suggestions(&alarm, &transitions),
            alarm_details: alarm,
            history_items: items.into_iter().map(|(_, item)| item).collect(),
            has_more_results,
            message,
        }))
    }
}

fn unknown(name: &AlarmName, session: &Session) -> CloudWatchError {
    CloudWatchError::NotFound {
        code: "alarm_not_found",
        what: format!("alarm `{name}`"),
        region: session.region().to_string(),
        hint: "check the name, whose case matters, and the region; `get_active_alarms` lists alarms that are on",
    }
}

async fn components(
    session: &Session,
    client: &Client,
    alarm: AlarmDetails,
    deadline: Deadline,
) -> Result<CompositeAlarmComponentResponse, CloudWatchError> {
    let Some(alarm_rule) = alarm.alarm_rule else {
        return Err(CloudWatchError::Arguments(format!(
            "`include_component_alarms`: alarm `{}` is a metric alarm and has no components; leave it out",
            alarm.alarm_name
        )));
    };
    let component_alarms = alarm_names(&alarm_rule);
    let names: Vec<String> = component_alarms
        .iter()
        .map(|name| {
            name.split_once(":alarm:")
                .map_or(name.as_str(), |(_, name)| name)
                .to_owned()
        })
        .collect();
    let details = find(session, client, &names, deadline).await?;
    Ok(CompositeAlarmComponentResponse {
        composite_alarm_name: alarm.alarm_name,
        component_alarms,
        alarm_rule,
        component_details: Some(details),
    })
}

/// At most `most` items with their times, newest first, and whether there are more.
async fn history(
    session: &Session,
    client: &Client,
    name: &AlarmName,
    kind: ItemType,
    range: TimeRange,
    most: usize,
    deadline: Deadline,
) -> Result<(Vec<(Option<Time>, AlarmHistoryItem)>, bool), CloudWatchError> {
    let call = session.call(
        "cloudwatch:DescribeAlarmHistory",
        Some(format!("alarm `{name}`")),
    );
    let mut found = Vec::new();
    let mut next_token: Option<String> = None;
    loop {
        let request = client
            .describe_alarm_history()
            .alarm_name(name.as_str())
            // Without it AWS answers the history of metric alarms only.
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .start_date(range.start.aws())
            .end_date(range.end.aws())
            .history_item_type(kind.aws())
            .set_next_token(next_token);
        let page = aws_call::run(deadline, call.clone(), request.send()).await?;
        found.extend(
            page.alarm_history_items
                .unwrap_or_default()
                .into_iter()
                .map(item),
        );
        next_token = page.next_token.filter(|token| !token.is_empty());
        let more = found.len() > most || (found.len() == most && next_token.is_some());
        if more || next_token.is_none() {
            found.truncate(most);
            return Ok((found, more));
        }
    }
}

impl ItemType {
    fn aws(self) -> types::HistoryItemType {
        match self {
            Self::StateUpdate => types::HistoryItemType::StateUpdate,
            Self::ConfigurationUpdate => types::HistoryItemType::ConfigurationUpdate,
            Self::Action => types::HistoryItemType::Action,
            Self::AlarmContributorStateUpdate => {
                types::HistoryItemType::AlarmContributorStateUpdate
            }
            Self::AlarmContributorAction => types::HistoryItemType::AlarmContributorAction,
        }
    }
}

fn item(item: types::AlarmHistoryItem) -> (Option<Time>, AlarmHistoryItem) {
    let time = item.timestamp.as_ref().and_then(Time::from_aws);
    // A JSON text that CloudWatch documents by example only: what is not there is null.
    let data: Value = item
        .history_data
        .as_deref()
        .and_then(|data| serde_json::from_str(data).ok())
        .unwrap_or_default();
    let text = |pointer: &str| data.pointer(pointer)?.as_str().map(str::to_owned);
    let item = AlarmHistoryItem {
        alarm_name: item.alarm_name.unwrap_or_default(),
        alarm_type: item
            .alarm_type
            .unwrap_or(AlarmType::MetricAlarm)
            .as_str()
            .to_owned(),
        timestamp: time.map(Time::with_z).unwrap_or_default(),
        history_item_type: item
            .history_item_type
            .map(|kind| kind.as_str().to_owned())
            .unwrap_or_default(),
        history_summary: item.history_summary.unwrap_or_default(),
        old_state: text("/oldState/stateValue"),
        new_state: text("/newState/stateValue"),
        state_reason: text("/newState/stateReason"),
    };
    (time, item)
}
