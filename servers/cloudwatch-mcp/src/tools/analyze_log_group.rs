//! `analyze_log_group`: anomalies and the commonest patterns of a log group, looked for at once.

use std::time::{Duration, Instant};

use agentcore_gateway_target::{Deadline, Parameters, ToolError as _, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::anomalies::{self, LogAnomalyResults};
use crate::answer::{Answer, schema_for_output};
use crate::arguments::region_of;
use crate::error::CloudWatchError;
use crate::insights::{Groups, Insights, Query, QueryResult, Row};
use crate::names::{LogGroupArn, LogGroupIdentifier};
use crate::server::Server;
use crate::time::{Time, TimeRange};

/// How long the patterns are waited for; the invocation's deadline shortens it.
const WAIT: Duration = Duration::from_secs(30);

/// Patterns of each kind.
const MOST_PATTERNS: i32 = 5;

/// The commonest patterns of all events.
const PATTERNS: &str = "pattern @message | sort @sampleCount desc | limit 5";

/// The commonest patterns of the events that look like errors.
const ERROR_PATTERNS: &str = "fields @timestamp, @message | filter @message like /(?i)(error|exception|fail|timeout|fatal)/ | pattern @message | limit 5";

/// Input of `analyze_log_group`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// ARN of the log group: `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/orders`.
    #[schemars(with = "String")]
    log_group_arn: LogGroupArn,
    /// Begin of the time to analyse, ISO 8601: `2025-01-31T12:00:00Z`. UTC without an offset.
    #[schemars(with = "String")]
    start_time: Time,
    /// End of the time to analyse, ISO 8601, after `start_time`.
    #[schemars(with = "String")]
    end_time: Time,
    /// AWS region. Default: that of the ARN.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

/// Output of `analyze_log_group`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// What the group's anomaly detectors found in that time.
    log_anomaly_results: LogAnomalyResults,
    /// The commonest patterns: `queryId`, `status`, `statistics`, `results`.
    #[schemars(with = "Map<String, Value>")]
    top_patterns: QueryResult,
    /// The commonest patterns of events that look like errors, likewise.
    #[schemars(with = "Map<String, Value>")]
    top_patterns_containing_errors: QueryResult,
}

#[tool_router(router = analyze_log_group_router, vis = "pub(crate)")]
impl Server {
    /// Analyse a CloudWatch log group over some time: anomalies that its detectors found, the
    /// commonest message patterns, and the commonest of those that look like errors. A pattern
    /// query that takes too long answers its `queryId`: go on with
    /// `get_logs_insight_query_results`.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(
            &[
                "logs:ListLogAnomalyDetectors",
                "logs:ListAnomalies",
                "logs:StartQuery",
                "logs:GetQueryResults"
            ],
            None
        )
    )]
    async fn analyze_log_group(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let range = TimeRange::new(input.start_time, input.end_time)?;
        let arn = input.log_group_arn;
        let region = region_of(input.region, [arn.region()].into_iter())?;
        let insights = self.insights(region, input.profile_name, deadline).await?;
        let until = insights.until(WAIT);
        let (anomalies, all, errors) = futures_util::join!(
            anomalies::find(&insights, &arn, range),
            patterns(&insights, &arn, range, PATTERNS, until),
            patterns(&insights, &arn, range, ERROR_PATTERNS, until),
        );
        let (all, errors) = match (all, errors) {
            // Nothing is there to be shown but the anomalies that may have failed as well.
            (Err(error), Err(_)) if anomalies.is_err() => return Err(error),
            (all, errors) => (shown(all), shown(errors)),
        };
        Ok(Answer::json(&Output {
            log_anomaly_results: anomalies
                .unwrap_or_else(|error| LogAnomalyResults::failed(&error)),
            top_patterns: all,
            top_patterns_containing_errors: errors,
        }))
    }
}

async fn patterns(
    insights: &Insights,
    arn: &LogGroupArn,
    range: TimeRange,
    text: &str,
    until: Instant,
) -> Result<QueryResult, CloudWatchError> {
    let identifier = LogGroupIdentifier::from(arn.clone());
    let query = Query {
        groups: Groups::Identifiers(vec![identifier]),
        range,
        text: text.to_owned(),
        limit: Some(MOST_PATTERNS),
    };
    let id = insights.start(&query).await?;
    let mut result = insights.wait(&id, until).await?;
    result.results.iter_mut().for_each(tidy);
    Ok(result)
}

/// A part that failed beside others that did not.
fn shown(part: Result<QueryResult, CloudWatchError>) -> QueryResult {
    part.unwrap_or_else(|error| {
        QueryResult::failed(None, "Error", format!("{}: {error}", error.code()))
    })
}

/// Leaves out what only a console can draw, and keeps one sample.
fn tidy(row: &mut Row) {
    row.remove("@tokens");
    row.remove("@visualization");
    let Some(Value::String(text)) = row.get("@logSamples") else {
        return;
    };
    if let Ok(Value::Array(mut samples)) = serde_json::from_str(text) {
        samples.truncate(1);
        row.insert("@logSamples".to_owned(), samples.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_sample_is_kept_and_nothing_for_consoles() {
        let row = |value: Value| value.as_object().expect("an object").clone();
        for (given, expected) in [
            (
                json!({ "@pattern": "p", "@tokens": "[]", "@visualization": "{}", "@logSamples": "[{\"message\":\"a\"},{\"message\":\"b\"}]" }),
                json!({ "@pattern": "p", "@logSamples": [{ "message": "a" }] }),
            ),
            (
                json!({ "@logSamples": "no JSON" }),
                json!({ "@logSamples": "no JSON" }),
            ),
        ] {
            let mut given = row(given);
            tidy(&mut given);
            assert_eq!(given, row(expected));
        }
    }
}
