//! `GetMetricData`, page by page to the end.

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Call};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{self, MetricDataQuery};
use schemars::JsonSchema;
use serde::Serialize;

use super::statistics::Point;
use crate::aws_call;
use crate::error::CloudWatchError;
use crate::time::TimeRange;

/// Data points in one answer: some 5 MB as text and as structured content, which a Lambda response
/// holds.
pub(crate) const MOST_POINTS: usize = 30_000;

/// Pages of one answer. A page has up to 500 series and 100,800 points.
const MOST_PAGES: usize = 50;

/// What CloudWatch remarks, or we do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Message {
    pub(crate) code: String,
    pub(crate) value: String,
}

/// The values of one result, by time.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) id: String,
    pub(crate) label: String,
    /// `Complete`, `PartialData`, `InternalError`, `Forbidden`.
    pub(crate) status: String,
    pub(crate) points: Vec<Point>,
    pub(crate) messages: Vec<Message>,
}

/// All series of an answer.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    pub(crate) series: Vec<Series>,
    pub(crate) messages: Vec<Message>,
}

/// Reads until there are no more pages.
///
/// # Errors
///
/// When AWS refuses, or the answer would have more than [`MOST_POINTS`].
pub(crate) async fn fetch(
    client: &Client,
    call: &Call,
    deadline: Deadline,
    queries: Vec<MetricDataQuery>,
    range: TimeRange,
) -> Result<Fetched, CloudWatchError> {
    let mut fetched = Fetched::default();
    let mut next_token: Option<String> = None;
    for page in 1.. {
        let request = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(range.start.aws())
            .end_time(range.end.aws())
            .set_next_token(next_token.clone());
        let output = match aws_call::run(deadline, call.clone(), request.send()).await {
            Ok(output) => output,
            // What is there already is not thrown away for want of the rest.
            Err(
                error @ (AwsError::Timeout { .. } | AwsError::Throttled(_) | AwsError::Service(_)),
            ) if page > 1 => {
                fetched.incomplete(&error.to_string());
                break;
            }
            Err(error) => return Err(error.into()),
        };
        fetched.messages.extend(messages(output.messages()));
        for result in output.metric_data_results.unwrap_or_default() {
            fetched.add(&result);
        }
        let points: usize = fetched
            .series
            .iter()
            .map(|series| series.points.len())
            .sum();
        if points > MOST_POINTS {
            return Err(CloudWatchError::Arguments(format!(
                "the answer would have more than {MOST_POINTS} data points\nhint: ask for a shorter time, a smaller `target_datapoints` or a larger `period`, or for fewer series with `limit`"
            )));
        }
        let before = std::mem::replace(
            &mut next_token,
            output.next_token.filter(|token| !token.is_empty()),
        );
        // A service that repeats its token would be asked forever.
        if next_token.is_none() || next_token == before {
            break;
        }
        if page == MOST_PAGES {
            fetched.incomplete("there are more pages than one call reads");
            break;
        }
    }
    for series in &mut fetched.series {
        series.points.sort_by_key(|point| point.time);
    }
    Ok(fetched)
}

impl Fetched {
    fn incomplete(&mut self, reason: &str) {
        let reason = reason.lines().next().unwrap_or_default();
        self.messages.push(Message {
            code: "Incomplete".to_owned(),
            value: format!("data is missing: {reason}"),
        });
    }

    /// A query with `GROUP BY` or `SEARCH` gives many results of one id, told apart by label; a
    /// result that goes on on the next page has the same of both.
    fn add(&mut self, result: &types::MetricDataResult) {
        let id = result.id().unwrap_or_default();
        let label = result.label().unwrap_or_default();
        let status = result
            .status_code()
            .map_or("Complete", |code| code.as_str());
        let known = |series: &Series| series.id == id && series.label == label;
        let place = self.series.iter().position(known).unwrap_or_else(|| {
            self.series.push(Series {
                id: id.to_owned(),
                label: label.to_owned(),
                status: String::new(),
                points: Vec::new(),
                messages: Vec::new(),
            });
            self.series.len() - 1
        });
        let series = &mut self.series[place];
        status.clone_into(&mut series.status);
        let points = result.timestamps().iter().zip(result.values());
        series.points.extend(points.map(|(time, value)| Point {
            time: time.secs(),
            value: *value,
        }));
        series.messages.extend(messages(result.messages()));
    }
}

fn messages(data: &[types::MessageData]) -> impl Iterator<Item = Message> {
    data.iter().map(|message| Message {
        code: message.code().unwrap_or_default().to_owned(),
        value: message.value().unwrap_or_default().to_owned(),
    })
}
