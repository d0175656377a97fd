//! `execute_log_insights_query`: runs one query and waits for it.

use std::time::Duration;

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{QueryOutput, query_failure};
use crate::answer::{Answer, schema_for_output};
use crate::arguments::{region_of, seconds};
use crate::error::CloudWatchError;
use crate::insights::{Groups, Query, QueryText, commands, tokens};
use crate::names::{LogGroupIdentifier, LogGroupName};
use crate::server::Server;
use crate::time::{Time, TimeRange};

/// Log groups that one query takes.
const MOST_GROUPS: usize = 50;

/// Rows that one query finds at most.
const MOST_ROWS: i64 = 100_000;

/// Input of `execute_log_insights_query`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Names of 1 to 50 log groups: `["/aws/lambda/orders"]`. Exactly one of this and
    /// `log_group_identifiers` is needed, unless the query begins with `SOURCE`.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>", length(max = 50))]
    log_group_names: Option<Vec<LogGroupName>>,
    /// Names or ARNs of 1 to 50 log groups; ARNs reach linked accounts. All in one region.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>", length(max = 50))]
    log_group_identifiers: Option<Vec<LogGroupIdentifier>>,
    /// Begin of the time to search, ISO 8601: `2025-01-31T12:00:00Z`. UTC without an offset.
    #[schemars(with = "String")]
    start_time: Time,
    /// End of the time to search, ISO 8601, after `start_time`.
    #[schemars(with = "String")]
    end_time: Time,
    /// The query, in the Logs Insights language: `fields @timestamp, @message | filter level =
    /// "ERROR" | limit 20`.
    #[schemars(with = "String")]
    query_string: QueryText,
    /// Most rows to find, 1 to 100000. Default: what the query's `limit` says, else 10000. An
    /// answer holds 10000 at most.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    limit: Option<i64>,
    /// Seconds to wait for the query, less when the invocation ends before. 0 only starts it. What
    /// is not complete then goes on, and `get_logs_insight_query_results` fetches it. Default: 30.
    #[serde(default = "thirty", deserialize_with = "lenient::integer")]
    max_timeout: i64,
    /// AWS region. Default: that of the ARNs, else the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

fn thirty() -> i64 {
    30
}

#[tool_router(router = execute_log_insights_query_router, vis = "pub(crate)")]
impl Server {
    /// Run a CloudWatch Logs Insights query over log groups and wait for its rows. A query that
    /// takes longer than `max_timeout` answers with status `Polling Timeout`, its `queryId` and
    /// the rows so far: go on with `get_logs_insight_query_results`. AWS charges by the bytes that
    /// are scanned: keep the time short.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<QueryOutput>(),
        meta = tool_meta(&["logs:StartQuery", "logs:GetQueryResults"], None)
    )]
    async fn execute_log_insights_query(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let (query, region) = checked(&input).map_err(|error| query_failure(None, error))?;
        let wait = seconds("max_timeout", input.max_timeout)?;
        self.run_query(query, region, input.profile_name, wait, deadline)
            .await
    }
}

impl Server {
    async fn run_query(
        &self,
        query: Query,
        region: Option<RegionName>,
        profile: Option<ProfileName>,
        wait: Duration,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let fail = |error| query_failure(None, error);
        let insights = self.insights(region, profile, deadline).await;
        let insights = insights.map_err(|error| fail(error.into()))?;
        let until = insights.until(wait);
        let id = insights
            .start(&query)
            .await
            .map_err(|error| fail(error.into()))?;
        match insights.wait(&id, until).await {
            Ok(result) => Ok(Answer::result(&result.bounded())),
            Err(error) => Err(query_failure(Some(&id), error)),
        }
    }
}

/// What the arguments say together.
fn checked(input: &Input) -> Result<(Query, Option<RegionName>), CloudWatchError> {
    let given = |length: Option<usize>| length.filter(|length| *length > 0);
    let names = given(input.log_group_names.as_ref().map(Vec::len));
    let identifiers = given(input.log_group_identifiers.as_ref().map(Vec::len));
    let groups = match (names, identifiers) {
        (Some(_), Some(_)) => {
            return Err(CloudWatchError::Arguments(
                "`log_group_names` and `log_group_identifiers` are both given; give exactly one"
                    .to_owned(),
            ));
        }
        (Some(_), None) => Groups::Names(input.log_group_names.clone().unwrap_or_default()),
        (None, Some(_)) => {
            Groups::Identifiers(input.log_group_identifiers.clone().unwrap_or_default())
        }
        (None, None) if names_its_source(input.query_string.as_str()) => Groups::InQuery,
        (None, None) => {
            return Err(CloudWatchError::Arguments(
                "exactly one of `log_group_names` and `log_group_identifiers` is needed; `describe_log_groups` lists names".to_owned(),
            ));
        }
    };
    if names
        .or(identifiers)
        .is_some_and(|length| length > MOST_GROUPS)
    {
        return Err(CloudWatchError::Arguments(format!(
            "a query takes at most {MOST_GROUPS} log groups; `execute_cwl_insights_batch` takes more"
        )));
    }
    let limit = match input.limit {
        None => None,
        Some(limit @ 1..=MOST_ROWS) => i32::try_from(limit).ok(),
        Some(limit) => {
            return Err(CloudWatchError::Arguments(format!(
                "`limit` is {limit}; it must be from 1 to {MOST_ROWS}"
            )));
        }
    };
    let arns = input.log_group_identifiers.iter().flatten();
    let region = region_of(input.region.clone(), arns.filter_map(|arn| arn.region()))?;
    let query = Query {
        groups,
        range: TimeRange::new(input.start_time, input.end_time)?,
        text: input.query_string.as_str().to_owned(),
        limit,
    };
    Ok((query, region))
}

/// Whether the query names its log groups itself.
fn names_its_source(query: &str) -> bool {
    let tokens = tokens(query);
    commands(&tokens)
        .first()
        .is_some_and(|command| command.name == "source")
}
