//! A whole batch: every chunk of every region, at the same time within bounds.

use std::time::Instant;

use agentcore_gateway_target::Deadline;
use aws_clients::{Clients, ProfileName, RegionName, Scope};
use aws_sdk_cloudwatchlogs::Client;
use futures_util::StreamExt as _;
use tokio::sync::Semaphore;

use super::chunk::{Chunk, Outcome, one_line};
use super::report::{PendingQuery, Report, Summary};
use crate::error::CloudWatchError;
use crate::insights::{Insights, Shape};
use crate::names::LogGroupName;
use crate::time::TimeRange;

/// Log groups of one query.
const GROUPS_PER_QUERY: usize = 50;

/// Queries of one region at the same time. AWS allows an account 30 to 100, and others want some.
const QUERIES_PER_REGION: usize = 7;

/// Regions at the same time.
const REGIONS: usize = 8;

/// What bounds a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Rows of one query.
    pub(crate) rows: Option<i32>,
    /// When there is no more waiting.
    pub(crate) until: Instant,
    pub(crate) deadline: Deadline,
}

/// A query over many groups and regions.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) groups: Vec<LogGroupName>,
    pub(crate) regions: Vec<RegionName>,
    pub(crate) range: TimeRange,
    pub(crate) text: String,
    pub(crate) account_label: Option<String>,
    pub(crate) profile: Option<ProfileName>,
    pub(crate) limits: Limits,
}

/// A chunk's groups and what became of it, in its region.
struct Done {
    region: RegionName,
    groups: Vec<LogGroupName>,
    outcome: Result<Outcome, CloudWatchError>,
}

impl Batch {
    /// Runs everything. A chunk that fails costs only its own rows.
    ///
    /// # Errors
    ///
    /// When no chunk succeeded and none still runs.
    pub(crate) async fn run(&self, logs: &Clients<Client>) -> Result<Report, CloudWatchError> {
        let runs = futures_util::stream::iter(self.regions.clone())
            .map(|region| async move { self.region(logs, &region).await })
            .buffered(REGIONS);
        let done: Vec<Vec<Done>> = runs.collect().await;
        self.report(done.into_iter().flatten().collect())
    }

    async fn region(&self, logs: &Clients<Client>, region: &RegionName) -> Vec<Done> {
        let chunks = self.groups.chunks(GROUPS_PER_QUERY);
        let scope = Scope {
            region: Some(region.clone()),
            profile: self.profile.clone(),
        };
        let insights = match logs.get(&scope).await {
            Ok((session, client)) => Insights {
                session,
                client,
                deadline: self.limits.deadline,
            },
            Err(error) => {
                // The same for every chunk: it is told once.
                return vec![Done {
                    region: region.clone(),
                    groups: self.groups.clone(),
                    outcome: Err(error.into()),
                }];
            }
        };
        let slots = Semaphore::new(QUERIES_PER_REGION);
        let shape = Shape::of(&self.text);
        let runs = chunks.map(|groups| {
            let chunk = Chunk {
                insights: &insights,
                slots: &slots,
                groups: groups.to_vec(),
                text: &self.text,
                limit: self.limits.rows,
                shape,
                until: self.limits.until,
            };
            async {
                Done {
                    region: region.clone(),
                    groups: groups.to_vec(),
                    outcome: Ok(chunk.run(self.range).await),
                }
            }
        });
        futures_util::future::join_all(runs).await
    }

    fn report(&self, done: Vec<Done>) -> Result<Report, CloudWatchError> {
        let chunks = self.groups.len().div_ceil(GROUPS_PER_QUERY);
        let mut report = Report {
            summary: Summary {
                total_log_groups: self.groups.len(),
                total_regions: self.regions.len(),
                total_chunks: chunks * self.regions.len(),
                ..Summary::default()
            },
            results: Vec::new(),
            pending_queries: Vec::new(),
        };
        let mut first_error = None;
        let mut bytes = 0;
        for chunk in done {
            let place = format!("{}, {}", chunk.region, named(&chunk.groups));
            let failed = match chunk.outcome {
                Ok(outcome) => self.add(
                    &mut report,
                    outcome,
                    &chunk.region,
                    &chunk.groups,
                    &mut bytes,
                ),
                Err(error) => {
                    report.summary.failed_chunks += chunks;
                    Some(error)
                }
            };
            if let Some(error) = failed {
                report
                    .summary
                    .warnings
                    .push(format!("{place}: {}", one_line(&error)));
                first_error.get_or_insert(error);
            }
        }
        let nothing = report.summary.successful_chunks == 0 && report.pending_queries.is_empty();
        match first_error {
            Some(error) if nothing => {
                let result = serde_json::to_value(&report).expect("names are strings");
                Err(CloudWatchError::Batch {
                    chunks: report.summary.total_chunks,
                    error: Box::new(error),
                    result,
                })
            }
            _ => Ok(report),
        }
    }

    /// Adds a chunk; answers the error that it failed with.
    fn add(
        &self,
        report: &mut Report,
        outcome: Outcome,
        region: &RegionName,
        groups: &[LogGroupName],
        bytes: &mut usize,
    ) -> Option<CloudWatchError> {
        let summary = &mut report.summary;
        summary.retried_chunks += usize::from(outcome.retried);
        summary.re_chunked += usize::from(outcome.halved);
        if !outcome.missing.is_empty() {
            summary.warnings.push(format!(
                "{region}, {}: does not exist there; the other log groups were asked",
                named(&outcome.missing)
            ));
        }
        let asked: Vec<&LogGroupName> = groups
            .iter()
            .filter(|group| !outcome.missing.contains(group))
            .collect();
        let log_groups = match asked.as_slice() {
            [one] => one.to_string(),
            several => format!("{} log groups", several.len()),
        };
        let warnings = outcome.warnings.into_iter();
        summary
            .warnings
            .extend(warnings.map(|warning| format!("{region}, {log_groups}: {warning}")));
        if let Some(error) = outcome.error {
            summary.failed_chunks += 1;
            return Some(error);
        }
        if let Some(id) = outcome.pending {
            summary.warnings.push(format!(
                "{region}, {log_groups}: query `{id}` still runs; fetch its rows with `get_logs_insight_query_results`, and do not send it again"
            ));
            report.pending_queries.push(PendingQuery {
                query_id: id.to_string(),
                region: region.to_string(),
                log_groups: asked.iter().map(ToString::to_string).collect(),
            });
            return None;
        }
        summary.successful_chunks += 1;
        let mut marks = vec![("_region", region.to_string()), ("_logGroups", log_groups)];
        if let Some(label) = &self.account_label {
            marks.push(("_account", label.clone()));
        }
        report.add_rows(outcome.rows, &marks, bytes);
        None
    }
}

/// Log groups in a message.
fn named(groups: &[LogGroupName]) -> String {
    let names: Vec<String> = groups
        .iter()
        .take(5)
        .map(|group| format!("`{group}`"))
        .collect();
    match groups.len().saturating_sub(names.len()) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
