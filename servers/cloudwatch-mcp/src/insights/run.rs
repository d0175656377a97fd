//! Starting a query, waiting for it as long as there is time, stopping it.

use std::time::{Duration, Instant};

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Session};
use aws_sdk_cloudwatchlogs::Client;
use serde::Deserialize;

use super::result::QueryResult;
use crate::aws_call::{self, RESERVE};
use crate::error::CloudWatchError;
use crate::names::{LogGroupIdentifier, LogGroupName, QueryId};
use crate::time::TimeRange;

/// First pause before a look; each is half as long again as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause. AWS allows few looks a second, for the whole account.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Time that a last look has to have after a pause.
const FOR_A_LOOK: Duration = Duration::from_millis(500);

/// Longest query that AWS takes, in characters.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>
const LONGEST_QUERY: usize = 10_000;

/// The text of a query. What it means is for AWS to say.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct QueryText(String);

impl QueryText {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for QueryText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.chars().count() {
            _ if text.trim().is_empty() => Err(
                "the query is empty; write one like `fields @timestamp, @message | limit 20`"
                    .to_owned(),
            ),
            0..=LONGEST_QUERY => Ok(Self(text)),
            length => Err(format!(
                "the query has {length} characters; AWS takes at most {LONGEST_QUERY}"
            )),
        }
    }
}

/// The log groups of a query.
#[derive(Debug, Clone)]
pub(crate) enum Groups {
    Names(Vec<LogGroupName>),
    Identifiers(Vec<LogGroupIdentifier>),
    /// The query's own `SOURCE` names them.
    InQuery,
}

/// A query to start.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) groups: Groups,
    pub(crate) range: TimeRange,
    pub(crate) text: String,
    pub(crate) limit: Option<i32>,
}

/// Which rows of a result to fetch: AWS's first page, unless said otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) max_items: Option<i32>,
    pub(crate) next_token: Option<String>,
}

/// Logs Insights in one region, for one call.
#[derive(Debug, Clone)]
pub(crate) struct Insights {
    pub(crate) session: Session,
    pub(crate) client: Client,
    pub(crate) deadline: Deadline,
}

impl Insights {
    /// The moment until which a query is waited for.
    pub(crate) fn until(&self, longest: Duration) -> Instant {
        let left = match self.deadline.remaining() {
            Some(left) => left.saturating_sub(RESERVE).min(longest),
            None => longest,
        };
        Instant::now() + left
    }

    /// Starts a query.
    pub(crate) async fn start(&self, query: &Query) -> Result<QueryId, AwsError> {
        let call = self.session.call("logs:StartQuery", subject(&query.groups));
        let mut request = self
            .client
            .start_query()
            .start_time(query.range.start.seconds())
            .end_time(query.range.end.seconds())
            .query_string(&query.text)
            .set_limit(query.limit);
        request = match &query.groups {
            Groups::Names(names) => request.set_log_group_names(Some(
                names.iter().map(|name| name.as_str().to_owned()).collect(),
            )),
            Groups::Identifiers(identifiers) => request.set_log_group_identifiers(Some(
                identifiers
                    .iter()
                    .map(|id| id.as_str().to_owned())
                    .collect(),
            )),
            Groups::InQuery => request,
        };
        let output = aws_call::run(self.deadline, call.clone(), request.send()).await?;
        let id = output.query_id.unwrap_or_default();
        QueryId::try_from(id).map_err(|_| AwsError::unreadable(call, "there is no `queryId`"))
    }

    /// Asks once. Whatever the state of the query is, it is no failure here.
    pub(crate) async fn look(&self, id: &QueryId, page: &Page) -> Result<QueryResult, AwsError> {
        let call = self.query_call("logs:GetQueryResults", id);
        let request = self
            .client
            .get_query_results()
            .query_id(id.as_str())
            .set_max_items(page.max_items)
            .set_next_token(page.next_token.clone());
        let output = aws_call::run(self.deadline, call, request.send()).await?;
        Ok(QueryResult::new(id, output))
    }

    /// Waits until a query is complete. One that is not when the time is up answers its rows so
    /// far, with status `Polling Timeout` and how to go on.
    ///
    /// # Errors
    ///
    /// When the query ends in another way, or AWS refuses to tell.
    pub(crate) async fn wait(
        &self,
        id: &QueryId,
        until: Instant,
    ) -> Result<QueryResult, CloudWatchError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let seen = match self.look(id, &Page::default()).await {
                Ok(result) => match self.ended(id, result)? {
                    Seen::Complete(result) => return Ok(result),
                    Seen::Running(result) => Some(result),
                },
                // These pass, and looking once more does no harm.
                Err(AwsError::Timeout { .. } | AwsError::Throttled(_) | AwsError::Service(_)) => {
                    None
                }
                Err(error) => return Err(error.into()),
            };
            let left = until.saturating_duration_since(Instant::now());
            if pause + FOR_A_LOOK > left {
                let mut result =
                    seen.unwrap_or_else(|| QueryResult::failed(Some(id), "", String::new()));
                "Polling Timeout".clone_into(&mut result.status);
                result.message = Some(self.how_to_go_on(id));
                result.next_token = None;
                return Ok(result);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }

    /// Tells a query that is complete from one that runs.
    ///
    /// # Errors
    ///
    /// For one that ended in any other way.
    pub(crate) fn ended(&self, id: &QueryId, result: QueryResult) -> Result<Seen, CloudWatchError> {
        let reason = match result.status.as_str() {
            "Complete" => return Ok(Seen::Complete(result)),
            "Failed" => "failed; AWS gives no reason",
            "Cancelled" => "was cancelled before it was complete",
            "Timeout" => "ran for 60 minutes, which is AWS's limit, without becoming complete",
            _ => return Ok(Seen::Running(result)),
        };
        Err(CloudWatchError::QueryEnded {
            query_id: id.to_string(),
            region: self.session.region().to_string(),
            reason,
            result: Box::new(result),
        })
    }

    /// What to do about a query that still runs.
    pub(crate) fn how_to_go_on(&self, id: &QueryId) -> String {
        let region = self.session.region();
        let profile = match self.session.profile() {
            Some(profile) => format!(", `profile_name` `{profile}`"),
            None => String::new(),
        };
        format!(
            "The query is still running. Call `get_logs_insight_query_results` with `query_id` `{id}`, `region` `{region}`{profile} for its rows, or `cancel_logs_insight_query` to stop it; do not send it again."
        )
    }

    /// Stops a query. `false`: it had ended already.
    pub(crate) async fn stop(&self, id: &QueryId) -> Result<bool, AwsError> {
        let call = self.query_call("logs:StopQuery", id);
        let request = self.client.stop_query().query_id(id.as_str());
        let output = aws_call::run(self.deadline, call, request.send()).await?;
        Ok(output.success)
    }

    fn query_call(&self, action: &'static str, id: &QueryId) -> aws_clients::Call {
        self.session.call(action, Some(format!("query `{id}`")))
    }
}

/// Where a query stands that did not fail.
#[derive(Debug)]
pub(crate) enum Seen {
    Complete(QueryResult),
    Running(QueryResult),
}

fn subject(groups: &Groups) -> Option<String> {
    let (first, count) = match groups {
        Groups::Names(names) => (names.first()?.as_str(), names.len()),
        Groups::Identifiers(identifiers) => (identifiers.first()?.as_str(), identifiers.len()),
        Groups::InQuery => return None,
    };
    Some(match count {
        1 => format!("log group `{first}`"),
        more => format!("log group `{first}` and {} more", more - 1),
    })
}
