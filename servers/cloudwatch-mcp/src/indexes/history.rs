//! Queries that were run before.

use std::time::Duration;

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Session};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{QueryInfo, QueryStatus};

use super::uses::{Uses, uses};
use crate::aws_call;
use crate::names::LogGroupName;
use crate::time::Time;

/// How far back queries count.
pub(crate) const DAYS: i64 = 30;

/// Queries of one page.
const PAGE: i32 = 1_000;

/// With less time than this left, another page is not asked for.
const FOR_A_PAGE: Duration = Duration::from_secs(3);

/// A query that was run.
#[derive(Debug)]
pub(crate) struct PastQuery {
    pub(crate) text: String,
    pub(crate) log_group: String,
    /// How long ago, in days.
    pub(crate) age_days: f64,
    pub(crate) uses: Uses,
}

/// Complete queries of the last days, at most `most`, and a warning when there may be more.
pub(crate) async fn past_queries(
    session: &Session,
    client: &Client,
    group: Option<&LogGroupName>,
    most: usize,
    deadline: Deadline,
) -> Result<(Vec<PastQuery>, Option<String>), AwsError> {
    let subject = group.map(|group| format!("log group `{group}`"));
    let call = session.call("logs:DescribeQueries", subject);
    let now = Time::now();
    let mut found = Vec::new();
    let mut next_token: Option<String> = None;
    loop {
        let request = client
            .describe_queries()
            .set_log_group_name(group.map(|group| group.as_str().to_owned()))
            .status(QueryStatus::Complete)
            .max_results(PAGE)
            .set_next_token(next_token);
        let page = aws_call::run(deadline, call.clone(), request.send()).await?;
        let queries = page.queries.unwrap_or_default().into_iter();
        found.extend(queries.filter_map(|query| PastQuery::new(query, now)));
        next_token = page.next_token.filter(|token| !token.is_empty());
        let more = found.len() > most || next_token.is_some();
        if found.len() >= most {
            found.truncate(most);
            return Ok((
                found,
                more.then(|| format!("Only {most} past queries were analysed; there are more.")),
            ));
        }
        if next_token.is_none() {
            return Ok((found, None));
        }
        if deadline.remaining().is_some_and(|left| left < FOR_A_PAGE) {
            let warning = format!(
                "Only {} past queries were analysed for lack of time; there are more.",
                found.len()
            );
            return Ok((found, Some(warning)));
        }
    }
}

impl PastQuery {
    /// `None` for what is too old, and for what has no text.
    fn new(query: QueryInfo, now: Time) -> Option<Self> {
        let millis = now.millis() - query.create_time.unwrap_or_default();
        // Whole seconds and their parts: a float holds both.
        #[expect(clippy::cast_precision_loss, reason = "days need no 53 bits")]
        let age_days = millis as f64 / 86_400_000.0;
        #[expect(clippy::cast_precision_loss, reason = "30 is exact")]
        let too_old = age_days > DAYS as f64;
        let text = query
            .query_string
            .filter(|text| !too_old && !text.trim().is_empty())?;
        Some(Self {
            uses: uses(&text, query.query_language.as_ref()),
            text,
            log_group: query.log_group_name.unwrap_or_default(),
            age_days: age_days.max(0.0),
        })
    }
}
