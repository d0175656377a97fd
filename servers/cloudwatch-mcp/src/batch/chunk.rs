//! One chunk: up to 50 log groups of one region over a time, cut into shorter times when it has
//! more rows than one query finds.

use std::time::{Duration, Instant};

use aws_clients::AwsError;
use futures_util::StreamExt as _;
use tokio::sync::Semaphore;

use crate::aws_call;
use crate::error::CloudWatchError;
use crate::insights::{Groups, Insights, Order, Query, QueryResult, Row, Shape};
use crate::names::{LogGroupName, QueryId};
use crate::time::TimeRange;

/// Rows that a query finds when nothing limits it.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>
const ROW_CAP: usize = 10_000;

/// How often a time is halved at most: 16 pieces.
const MOST_HALVINGS: u32 = 4;

/// Pause before a query is sent again that AWS was too busy for.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// Questions for the existence of log groups at a time.
const LOOK_UPS: usize = 5;

/// A chunk to run.
pub(super) struct Chunk<'a> {
    pub(super) insights: &'a Insights,
    /// Bounds the queries of the region that run at the same time.
    pub(super) slots: &'a Semaphore,
    pub(super) groups: Vec<LogGroupName>,
    pub(super) text: &'a str,
    pub(super) limit: Option<i32>,
    pub(super) shape: Shape,
    pub(super) until: Instant,
}

/// What became of a chunk.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) rows: Vec<Row>,
    pub(super) pending: Option<QueryId>,
    pub(super) error: Option<CloudWatchError>,
    pub(super) retried: bool,
    pub(super) halved: bool,
    /// Groups that do not exist; the others were asked.
    pub(super) missing: Vec<LogGroupName>,
    pub(super) warnings: Vec<String>,
}

impl Outcome {
    fn new(groups: &[LogGroupName]) -> Self {
        debug_assert!(!groups.is_empty(), "chunks are never empty");
        Self {
            rows: Vec::new(),
            pending: None,
            error: None,
            retried: false,
            halved: false,
            missing: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// One query's end.
enum Ran {
    Complete(QueryResult),
    Pending(QueryId),
}

impl Chunk<'_> {
    /// Runs the chunk to its end, or until the time is up.
    pub(super) async fn run(mut self, range: TimeRange) -> Outcome {
        let mut outcome = Outcome::new(&self.groups);
        let mut ran = self.query(range, &mut outcome).await;
        if let Err(CloudWatchError::Aws(AwsError::NotFound(_))) = &ran
            && self.groups.len() > 1
            && let Ok((existing, missing)) = self.existing().await
            && !existing.is_empty()
            && !missing.is_empty()
        {
            // One missing group refuses the whole query: ask the others.
            outcome.missing = missing;
            outcome.retried = true;
            self.groups = existing;
            ran = self.query(range, &mut outcome).await;
        }
        match ran {
            Err(error) => outcome.error = Some(error),
            Ok(Ran::Pending(id)) => outcome.pending = Some(id),
            Ok(Ran::Complete(result)) => {
                outcome.rows = self.all_rows(result.results, range, &mut outcome).await;
            }
        }
        outcome
    }

    /// Runs one query. One that AWS is too busy for is sent again, as long as there is time.
    async fn query(&self, range: TimeRange, outcome: &mut Outcome) -> Result<Ran, CloudWatchError> {
        let _slot = self.slots.acquire().await.expect("never closed");
        let query = Query {
            groups: Groups::Names(self.groups.clone()),
            range,
            text: self.text.to_owned(),
            limit: self.limit,
        };
        let mut pause = BUSY_PAUSE;
        let id = loop {
            match self.insights.start(&query).await {
                Ok(id) => break id,
                Err(error) if is_busy(&error) && Instant::now() + pause < self.until => {
                    outcome.retried = true;
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Err(error) => return Err(error.into()),
            }
        };
        let result = self.insights.wait(&id, self.until).await?;
        Ok(match result.status.as_str() {
            "Complete" => Ran::Complete(result),
            _ => Ran::Pending(id),
        })
    }

    /// All rows of a time whose query is complete with these.
    async fn all_rows(&self, rows: Vec<Row>, range: TimeRange, outcome: &mut Outcome) -> Vec<Row> {
        let capped = rows.len() >= ROW_CAP && self.limit.is_none() && !self.shape.limits;
        if !capped {
            return rows;
        }
        if self.shape.aggregates {
            outcome.warnings.push(format!(
                "{} rows are the most that a query finds, and there may be more; add a `limit` or group by less (aggregates are not cut into shorter times)",
                rows.len()
            ));
            return rows;
        }
        let found = rows.len();
        match self.halves(range, outcome).await {
            Ok(all) => {
                outcome.halved = true;
                if self.shape.order == Order::Other {
                    outcome.warnings.push(
                        "the time was cut into pieces: rows are sorted within each, not over all"
                            .to_owned(),
                    );
                }
                all
            }
            Err(why) => {
                outcome.warnings.push(format!(
                    "only {found} rows between {} and {}, which are the most that a query finds: {why}",
                    range.start, range.end
                ));
                rows
            }
        }
    }

    /// The rows of both halves of a time, and of their halves, in the order of the query. When one
    /// of them has no rows in time, the rows of the whole are the better answer, and what still
    /// runs is stopped.
    async fn halves(&self, range: TimeRange, outcome: &mut Outcome) -> Result<Vec<Row>, String> {
        // Depth first, the first piece of the answer on top.
        let mut open = vec![(range, 0)];
        let mut rows = Vec::new();
        while let Some((piece, halvings)) = open.pop() {
            let whole = halvings == 0;
            let result = match whole {
                true => None,
                false => match self.query(piece, outcome).await {
                    Ok(Ran::Complete(result)) => Some(result.results),
                    Ok(Ran::Pending(id)) => {
                        // Its rows would repeat some of the answer's: nobody is to fetch them.
                        let _ = self.insights.stop(&id).await;
                        return Err("the time was up before its pieces were complete".to_owned());
                    }
                    Err(error) => return Err(one_line(&error)),
                },
            };
            let enough = result.as_ref().is_some_and(|rows| rows.len() < ROW_CAP);
            match (result, halved(piece)) {
                (Some(found), _) if enough => rows.extend(found),
                (_, Some((first, second))) if halvings < MOST_HALVINGS => {
                    let (top, below) = match self.shape.order {
                        Order::OldestFirst => (first, second),
                        Order::NewestFirst | Order::Other => (second, first),
                    };
                    open.push((below, halvings + 1));
                    open.push((top, halvings + 1));
                }
                (Some(found), _) => {
                    outcome.warnings.push(format!(
                        "only {} rows between {} and {}, which are the most that a query finds; ask for a shorter time",
                        found.len(), piece.start, piece.end
                    ));
                    rows.extend(found);
                }
                (None, _) => return Err("the time is too short to be cut".to_owned()),
            }
        }
        Ok(rows)
    }

    /// Which groups exist, and which do not.
    async fn existing(&self) -> Result<(Vec<LogGroupName>, Vec<LogGroupName>), AwsError> {
        let mut looks = futures_util::stream::iter(self.groups.clone())
            .map(|group| async move { self.exists(&group).await.map(|exists| (group, exists)) })
            .buffered(LOOK_UPS);
        let (mut existing, mut missing) = (Vec::new(), Vec::new());
        while let Some(look) = looks.next().await {
            match look? {
                (group, true) => existing.push(group),
                (group, false) => missing.push(group),
            }
        }
        Ok((existing, missing))
    }

    async fn exists(&self, group: &LogGroupName) -> Result<bool, AwsError> {
        let insights = self.insights;
        let subject = Some(format!("log group `{group}`"));
        let call = insights.session.call("logs:DescribeLogGroups", subject);
        // Sorted by name: the group itself comes before all that it is a prefix of.
        let request = insights
            .client
            .describe_log_groups()
            .log_group_name_prefix(group.as_str())
            .limit(1);
        let page = aws_call::run(insights.deadline, call, request.send()).await?;
        let first = page
            .log_groups()
            .first()
            .and_then(|group| group.log_group_name());
        Ok(first == Some(group.as_str()))
    }
}

/// Whether AWS would take the same query later.
fn is_busy(error: &AwsError) -> bool {
    match error {
        AwsError::Throttled(_) => true,
        _ => error
            .answer()
            .is_some_and(|answer| answer.code == "LimitExceededException"),
    }
}

/// Both halves of a time, without a second in common. Times of queries are whole seconds and
/// include their end.
fn halved(range: TimeRange) -> Option<(TimeRange, TimeRange)> {
    let (start, end) = (range.start.seconds(), range.end.seconds());
    if end - start < 3 {
        return None;
    }
    let middle = start + (end - start) / 2;
    let first = TimeRange {
        start: range.start,
        end: crate::time::Time::from_seconds(middle)?,
    };
    let second = TimeRange {
        start: crate::time::Time::from_seconds(middle + 1)?,
        end: range.end,
    };
    Some((first, second))
}

/// An error as part of a warning.
pub(super) fn one_line(error: &CloudWatchError) -> String {
    error.to_string().replace('\n', "; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    #[test]
    fn halves_have_no_second_in_common() {
        let time = |seconds| Time::from_seconds(seconds).expect("a time");
        let range = |start, end| TimeRange {
            start: time(start),
            end: time(end),
        };
        assert_eq!(
            halved(range(0, 7_200)),
            Some((range(0, 3_600), range(3_601, 7_200)))
        );
        assert_eq!(halved(range(0, 3)), Some((range(0, 1), range(2, 3))));
        assert_eq!(halved(range(0, 2)), None);
    }
}
