//! The last two weeks of one metric.

use agentcore_gateway_target::Deadline;
use aws_clients::{ProfileName, RegionName};
use serde::Serialize;
use serde_json::{Value, json};

use super::fetch::fetch;
use super::query::{Dimension, of_metric};
use super::statistics::Point;
use crate::arguments::scope;
use crate::error::CloudWatchError;
use crate::server::Server;
use crate::time::{Time, TimeRange};

/// Two weeks: two cycles of the longest season that is looked for.
const SECONDS: i64 = 14 * 86_400;

/// The finest period that goes back so far.
const PERIOD: i64 = 60;

/// A metric, as a caller names it.
#[derive(Debug)]
pub(crate) struct Metric<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) metric_name: &'a str,
    pub(crate) dimensions: &'a [Dimension],
    pub(crate) region: Option<RegionName>,
    pub(crate) profile: Option<ProfileName>,
}

/// What was read, and from when to when.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) points: Vec<Point>,
    range: TimeRange,
}

impl History {
    /// Reads two weeks up to now. `statistic` is CloudWatch's name of it.
    pub(crate) async fn read(
        server: &Server,
        metric: &Metric<'_>,
        statistic: &str,
        period: Option<i64>,
        deadline: Deadline,
    ) -> Result<Self, CloudWatchError> {
        let end = Time::now();
        let range = TimeRange::new(end.plus_seconds(-SECONDS), end)?;
        let query = of_metric(
            "m1",
            metric.namespace,
            metric.metric_name,
            metric.dimensions,
            statistic,
            period.unwrap_or(PERIOD),
        )?;
        let scope = scope(metric.region.clone(), metric.profile.clone());
        let (session, client) = server.cloudwatch.get(&scope).await?;
        let call = session.call("cloudwatch:GetMetricData", Some(metric.to_string()));
        let fetched = fetch(&client, &call, deadline, vec![query], range).await?;
        let mut points: Vec<Point> = fetched
            .series
            .into_iter()
            .flat_map(|series| series.points)
            .filter(|point| point.value.is_finite())
            .collect();
        points.sort_by_key(|point| point.time);
        points.dedup_by_key(|point| point.time);
        Ok(Self { points, range })
    }

    /// What was analysed, for an answer.
    pub(crate) fn info(&self, metric: &Metric<'_>, statistic: impl Serialize) -> Value {
        json!({
            "namespace": metric.namespace,
            "metric_name": metric.metric_name,
            "statistic": statistic,
            "dimensions": metric.dimensions,
            "analysis_period_minutes": SECONDS / 60,
            "time_range": {
                "start": self.range.start.with_offset(),
                "end": self.range.end.with_offset(),
            },
        })
    }
}

impl std::fmt::Display for Metric<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "metric `{}/{}`", self.namespace, self.metric_name)
    }
}
