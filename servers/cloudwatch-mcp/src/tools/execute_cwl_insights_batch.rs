//! `execute_cwl_insights_batch`: one query over many log groups and regions.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Answer, schema_for_output};
use crate::arguments::seconds;
use crate::aws_call::RESERVE;
use crate::batch::{Batch, Limits, Report};
use crate::error::CloudWatchError;
use crate::insights::QueryText;
use crate::names::LogGroupName;
use crate::server::Server;
use crate::time::{Time, TimeRange};

/// Rows that one answer of AWS holds.
const MOST_ROWS: i64 = 10_000;

/// Chunks of one call: more would scan for longer than any call may take.
const MOST_GROUPS: usize = 2_000;

/// Input of `execute_cwl_insights_batch`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Names of the log groups, the same in every region; at most 2000.
    #[schemars(with = "Vec<String>")]
    log_group_names: Vec<LogGroupName>,
    /// AWS regions to ask: `["us-east-1", "eu-west-1"]`.
    #[schemars(with = "Vec<String>")]
    regions: Vec<RegionName>,
    /// Begin of the time to search, ISO 8601: `2025-01-31T12:00:00Z`. UTC without an offset.
    #[schemars(with = "String")]
    start_time: Time,
    /// End of the time to search, ISO 8601, after `start_time`.
    #[schemars(with = "String")]
    end_time: Time,
    /// The query, in the Logs Insights language.
    #[schemars(with = "String")]
    query_string: QueryText,
    /// Most rows for each region and each 50 log groups of it, 1 to 10000. Default: what the
    /// query's `limit` says; without one, all rows.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    limit: Option<i64>,
    /// Seconds to wait for all queries together, at least 1, less when the invocation ends before.
    /// Those that are not complete then are in `pending_queries`. Default: 120.
    #[serde(default = "two_minutes", deserialize_with = "lenient::integer")]
    max_timeout: i64,
    /// Label to mark every row with, as `_account`. Default: none.
    #[serde(default)]
    account_label: Option<String>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

fn two_minutes() -> i64 {
    120
}

#[tool_router(router = execute_cwl_insights_batch_router, vis = "pub(crate)")]
impl Server {
    /// Run one CloudWatch Logs Insights query over many log groups and regions at the same time.
    /// Rows are marked with where they are from. What fails for some groups is in
    /// `summary.warnings` and costs only their rows; queries that are not complete in time are in
    /// `pending_queries`. Aggregates (`stats`) are per region and per 50 log groups.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Report>(),
        meta = tool_meta(
            &[
                "logs:StartQuery",
                "logs:GetQueryResults",
                "logs:StopQuery",
                "logs:DescribeLogGroups"
            ],
            None
        )
    )]
    async fn execute_cwl_insights_batch(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let batch = checked(input, deadline)?;
        let report = batch.run(&self.logs).await?;
        Ok(Answer::json(&report))
    }
}

fn checked(input: Input, deadline: Deadline) -> Result<Batch, CloudWatchError> {
    let refuse = |text: String| Err(CloudWatchError::Arguments(text));
    let groups = unique(input.log_group_names);
    let regions = unique(input.regions);
    if groups.is_empty() {
        return refuse("`log_group_names` is empty; `describe_log_groups` lists names".to_owned());
    }
    if groups.len() > MOST_GROUPS {
        return refuse(format!(
            "`log_group_names` has {} names; a call takes at most {MOST_GROUPS}",
            groups.len()
        ));
    }
    if regions.is_empty() {
        return refuse("`regions` is empty; give one or more, as in `[\"us-east-1\"]`".to_owned());
    }
    let rows = match input.limit {
        None => None,
        Some(limit @ 1..=MOST_ROWS) => i32::try_from(limit).ok(),
        Some(limit) => {
            return refuse(format!(
                "`limit` is {limit}; it must be from 1 to {MOST_ROWS}"
            ));
        }
    };
    let wait = match seconds("max_timeout", input.max_timeout)? {
        Duration::ZERO => {
            return refuse("`max_timeout` is 0; it must be at least 1 second".to_owned());
        }
        wait => wait,
    };
    let left = match deadline.remaining() {
        Some(left) => left.saturating_sub(RESERVE).min(wait),
        None => wait,
    };
    Ok(Batch {
        groups,
        regions,
        range: TimeRange::new(input.start_time, input.end_time)?,
        text: input.query_string.as_str().to_owned(),
        account_label: input.account_label,
        profile: input.profile_name,
        limits: Limits {
            rows,
            until: Instant::now() + left,
            deadline,
        },
    })
}

/// The list without what is in it twice: a query over the same group again would count it twice.
fn unique<T: Ord + Clone>(list: Vec<T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    list.into_iter()
        .filter(|item| seen.insert(item.clone()))
        .collect()
}
