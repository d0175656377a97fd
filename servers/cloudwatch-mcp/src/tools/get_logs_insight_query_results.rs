//! `get_logs_insight_query_results`: what a query that was started has found.

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{QueryOutput, query_failure};
use crate::answer::{Answer, schema_for_output};
use crate::error::CloudWatchError;
use crate::insights::{Page, Seen};
use crate::names::QueryId;
use crate::server::Server;

/// Rows in one page of AWS.
const MOST_ROWS: i64 = 10_000;

/// Input of `get_logs_insight_query_results`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The `queryId` that an earlier call answered.
    #[schemars(with = "String")]
    query_id: QueryId,
    /// Most rows to answer, 1 to 10000; the answer's `nextToken` leads to the others. Default:
    /// 10000.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    max_items: Option<i64>,
    /// Where an earlier answer stopped: its `nextToken`. Default: at the first row.
    #[serde(default)]
    next_token: Option<String>,
    /// AWS region that the query was started in. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

#[tool_router(router = get_logs_insight_query_results_router, vis = "pub(crate)")]
impl Server {
    /// Fetch the rows of a Logs Insights query that was started before, and its status: `Running`,
    /// with the rows so far, or `Complete`. Results are kept for some days.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<QueryOutput>(),
        meta = tool_meta(&["logs:GetQueryResults"], None)
    )]
    async fn get_logs_insight_query_results(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let id = input.query_id;
        let max_items = match input.max_items {
            None => None,
            Some(rows @ 1..=MOST_ROWS) => i32::try_from(rows).ok(),
            Some(rows) => {
                return Err(CloudWatchError::Arguments(format!(
                    "`max_items` is {rows}; it must be from 1 to {MOST_ROWS}"
                )));
            }
        };
        let page = Page {
            max_items,
            next_token: input.next_token.filter(|token| !token.is_empty()),
        };
        let fail = |error| query_failure(Some(&id), error);
        let insights = self
            .insights(input.region, input.profile_name, deadline)
            .await;
        let insights = insights.map_err(|error| fail(error.into()))?;
        let result = insights
            .look(&id, &page)
            .await
            .map_err(|error| fail(error.into()))?;
        let result = match insights.ended(&id, result)? {
            Seen::Complete(result) => result,
            Seen::Running(mut result) => {
                result.message = Some(insights.how_to_go_on(&id));
                result
            }
        };
        Ok(Answer::result(&result.bounded()))
    }
}
