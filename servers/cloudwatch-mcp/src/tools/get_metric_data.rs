//! `get_metric_data`: values of metrics, plain, by Metrics Insights, or by metric math.

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName};
use aws_sdk_cloudwatch::types::MetricDataQuery;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::answer::{Answer, schema_for_output};
use crate::arguments::scope;
use crate::error::CloudWatchError;
use crate::metrics::fetch::{Fetched, MOST_POINTS, Message, Series, fetch};
use crate::metrics::insights_sql::{Select, SortOrder};
use crate::metrics::period;
use crate::metrics::query::{self, Dimension, MetricDataQueryInput};
use crate::metrics::statistic::{SqlFunction, Statistic};
use crate::server::Server;
use crate::time::{Time, TimeRange};

/// The id of the one query that is not named by the caller.
const ID: &str = "m1";

/// The default of `start_time`, before `end_time`.
const THREE_HOURS: i64 = 3 * 3_600;

/// Input of `get_metric_data`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Namespace: `AWS/EC2`. Needed without `queries`.
    #[serde(default)]
    namespace: Option<String>,
    /// Name of the metric: `CPUUtilization`. Needed without `queries`.
    #[serde(default)]
    metric_name: Option<String>,
    /// Start, ISO 8601; UTC without an offset. Default: three hours before `end_time`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    start_time: Option<Time>,
    /// Dimensions: all that the metric has, or with Metrics Insights those to filter by. Default:
    /// none.
    #[serde(default)]
    dimensions: Vec<Dimension>,
    /// End, ISO 8601; UTC without an offset. Default: now.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    end_time: Option<Time>,
    /// What each data point is of the values in its period. Default: the average.
    #[serde(default)]
    statistic: Statistic,
    /// About how many data points to answer per series: the period is the time range divided by this,
    /// rounded up to whole minutes, or to what CloudWatch still keeps of old data. Default: 60.
    #[serde(default = "sixty", deserialize_with = "lenient::integer")]
    target_datapoints: i64,
    /// Metrics Insights: one series per value of this dimension, which must be among
    /// `schema_dimension_keys`. Default: one series.
    #[serde(default)]
    group_by_dimension: Option<String>,
    /// Metrics Insights: exactly the dimensions that the wanted metrics have, such as
    /// `["InstanceId"]`. Default: metrics with any dimensions.
    #[serde(default)]
    schema_dimension_keys: Vec<String>,
    /// Metrics Insights: at most this many series, 1 to 500. Default: 500.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    limit: Option<i64>,
    /// Metrics Insights: order of the series by `order_by_statistic`. Default: ascending.
    #[serde(default)]
    #[schemars(with = "SortOrder")]
    sort_order: Option<SortOrder>,
    /// Metrics Insights: what the series are ordered by. Default: in no order.
    #[serde(default)]
    #[schemars(with = "SqlFunction")]
    order_by_statistic: Option<SqlFunction>,
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
    /// Several metrics and metric math over them, instead of one `metric_name`: at most 500.
    #[serde(default)]
    queries: Option<Vec<MetricDataQueryInput>>,
}

fn sixty() -> i64 {
    60
}

/// Output of `get_metric_data`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Output {
    /// One entry per series.
    #[schemars(default)]
    metric_data_results: Vec<MetricDataResult>,
    /// Remarks about the whole answer, each with `code` and `value`.
    #[schemars(default, with = "Vec<Map<String, Value>>")]
    messages: Vec<Message>,
}

/// One series.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MetricDataResult {
    /// The query that it is of; `m1` without `queries`.
    id: String,
    /// Its name; with a grouped query the value that it is for.
    label: String,
    /// `Complete`, `PartialData`, `InternalError` or `Forbidden`.
    status_code: String,
    /// The values, oldest first.
    #[schemars(default)]
    datapoints: Vec<MetricDataPoint>,
    /// Remarks about this series, each with `code` and `value`.
    #[schemars(default, with = "Vec<Map<String, Value>>")]
    messages: Vec<Message>,
}

/// A value at a time.
#[derive(Debug, Serialize, JsonSchema)]
struct MetricDataPoint {
    /// Start of the period, ISO 8601, UTC.
    timestamp: String,
    /// The statistic of the values in the period.
    value: f64,
}

#[tool_router(router = get_metric_data_router, vis = "pub(crate)")]
impl Server {
    /// Read values of CloudWatch metrics over time. One metric by `namespace`, `metric_name` and
    /// `dimensions`; the series of many resources at once, such as the ten busiest instances, with
    /// `group_by_dimension` and what goes with it (Metrics Insights); several metrics and metric math
    /// with `queries`.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["cloudwatch:GetMetricData"], None)
    )]
    async fn get_metric_data(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let now = Time::now();
        let end = input.end_time.unwrap_or(now);
        let start = input
            .start_time
            .unwrap_or_else(|| end.plus_seconds(-THREE_HOURS));
        let range = TimeRange::new(start, end)?;
        let scope = scope(input.region.clone(), input.profile_name.clone());
        let subject = input.subject();
        let queries = input.into_queries(range, now)?;
        let remarks = too_fine(&queries, range, now);
        let (session, client) = self.cloudwatch.get(&scope).await?;
        let call = session.call("cloudwatch:GetMetricData", subject);
        let mut fetched = fetch(&client, &call, deadline, queries, range).await?;
        fetched.messages.extend(remarks);
        Ok(Answer::json(&Output::from(fetched)))
    }
}

impl Input {
    fn subject(&self) -> Option<String> {
        let (namespace, name) = (self.namespace.as_ref()?, self.metric_name.as_ref()?);
        Some(format!("metric `{namespace}/{name}`"))
    }

    fn into_queries(
        self,
        range: TimeRange,
        now: Time,
    ) -> Result<Vec<MetricDataQuery>, CloudWatchError> {
        let most = i64::try_from(MOST_POINTS).unwrap_or(i64::MAX);
        if !(1..=most).contains(&self.target_datapoints) {
            return Err(CloudWatchError::Arguments(format!(
                "`target_datapoints` is {}; it must be from 1 to {most}",
                self.target_datapoints
            )));
        }
        let (start, end) = (range.start.seconds(), range.end.seconds());
        let period = period::fitting(start, end, self.target_datapoints, now.seconds());
        let named = self.namespace.is_some() || self.metric_name.is_some();
        match self.queries {
            Some(_) if named => Err(CloudWatchError::Arguments(
                "give either `queries`, or `namespace` and `metric_name`".to_owned(),
            )),
            Some(ref queries) if queries.is_empty() => Err(CloudWatchError::Arguments(
                "`queries` is empty; give at least one, or `namespace` and `metric_name`"
                    .to_owned(),
            )),
            Some(queries) => query::of_inputs(queries, period),
            None => self.single(period).map(|query| vec![query]),
        }
    }

    fn single(&self, period: i64) -> Result<MetricDataQuery, CloudWatchError> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (Some(namespace), Some(metric_name)) =
            (given(&self.namespace), given(&self.metric_name))
        else {
            return Err(CloudWatchError::Arguments(
                "`namespace` and `metric_name` are needed, or `queries`".to_owned(),
            ));
        };
        let is_sql = self.group_by_dimension.is_some()
            || !self.schema_dimension_keys.is_empty()
            || self.limit.is_some()
            || self.sort_order.is_some()
            || self.order_by_statistic.is_some();
        if !is_sql {
            let statistic = self.statistic.api();
            return query::of_metric(
                ID,
                &namespace,
                &metric_name,
                &self.dimensions,
                statistic,
                period,
            );
        }
        let select = Select {
            function: self.statistic.sql(),
            namespace: &namespace,
            metric_name: &metric_name,
            schema_keys: &self.schema_dimension_keys,
            filters: &self.dimensions,
            group_by: self.group_by_dimension.as_deref(),
            order_by: self.order_by_statistic,
            sort_order: self.sort_order,
            limit: self.limit,
        };
        let sql = select.sql().map_err(CloudWatchError::Arguments)?;
        query::of_expression(ID, sql, period)
    }
}

/// Says which queries ask for a period that CloudWatch no longer keeps: they would be empty without
/// a word.
fn too_fine(queries: &[MetricDataQuery], range: TimeRange, now: Time) -> Vec<Message> {
    let shortest = period::shortest_kept(now.seconds().saturating_sub(range.start.seconds()));
    let fine = queries.iter().filter_map(|query| {
        let period = query::period_of(query)?;
        (period < shortest && shortest > 60).then(|| Message {
            code: "PeriodTooShort".to_owned(),
            value: format!(
                "`{}` has a period of {period} s; of data this old CloudWatch keeps one value per {shortest} s",
                query.id().unwrap_or_default()
            ),
        })
    });
    fine.collect()
}

impl From<Fetched> for Output {
    fn from(fetched: Fetched) -> Self {
        Self {
            metric_data_results: fetched
                .series
                .into_iter()
                .map(MetricDataResult::from)
                .collect(),
            messages: fetched.messages,
        }
    }
}

impl From<Series> for MetricDataResult {
    fn from(series: Series) -> Self {
        let points = series.points.into_iter().filter_map(|point| {
            Some(MetricDataPoint {
                timestamp: Time::from_seconds(point.time)?.with_z(),
                value: point.value,
            })
        });
        Self {
            id: series.id,
            label: series.label,
            status_code: series.status,
            datapoints: points.collect(),
            messages: series.messages,
        }
    }
}
