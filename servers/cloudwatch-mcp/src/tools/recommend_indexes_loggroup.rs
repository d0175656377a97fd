//! `recommend_indexes_loggroup`: which fields of a log group deserve an index.

use std::collections::BTreeSet;
use std::time::Duration;

use agentcore_gateway_target::{Deadline, Parameters, tool_meta};
use aws_clients::{AwsError, ProfileName, RegionName};
use aws_sdk_cloudwatchlogs::types::LogGroupClass;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Answer, schema_for_output};
use crate::aws_call;
use crate::error::CloudWatchError;
use crate::indexes::{
    AlreadyIndexedField, Candidate, DAYS, FieldNotFound, IndexRecommenderResult, PastQuery,
    Weights, candidates, group_policies, past_queries, quoted, recommendations,
};
use crate::insights::{Groups, Insights, Query};
use crate::names::{LogGroupIdentifier, LogGroupName};
use crate::server::Server;
use crate::time::{Time, TimeRange};

/// Past queries of a group that are read.
const MOST_QUERIES: usize = 10_000;

/// Fields whose values are counted: as many as an index policy has.
const MOST_FIELDS: usize = 20;

/// How long the values are counted; the invocation's deadline shortens it.
const WAIT: Duration = Duration::from_secs(30);

/// Input of `recommend_indexes_loggroup`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Name or ARN of the log group: `/aws/lambda/orders`.
    #[schemars(with = "String")]
    log_group_identifier: String,
    /// AWS region. Default: that of the ARN, else the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

#[tool_router(router = recommend_indexes_loggroup_router, vis = "pub(crate)")]
impl Server {
    /// Recommend field indexes for a log group, from the Logs Insights queries that were run over
    /// it in the last 30 days: fields that they filter by `field = value` or `field in [...]`,
    /// which is all that an index helps. Counts the values of these fields over the last hour.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<IndexRecommenderResult>(),
        meta = tool_meta(
            &[
                "logs:DescribeQueries",
                "logs:DescribeIndexPolicies",
                "logs:DescribeLogGroups",
                "logs:StartQuery",
                "logs:GetQueryResults",
                "logs:StopQuery"
            ],
            None
        )
    )]
    async fn recommend_indexes_loggroup(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let refuse = |reason: String| {
            CloudWatchError::Arguments(format!("`log_group_identifier`: {reason}"))
        };
        let group = LogGroupIdentifier::try_from(input.log_group_identifier.clone())
            .map_err(|error| refuse(error.to_string()))?;
        let name = LogGroupName::try_from(group.name().to_owned())
            .map_err(|error| refuse(error.to_string()))?;
        let region = crate::arguments::region_of(input.region, group.region().into_iter())?;
        let insights = self.insights(region, input.profile_name, deadline).await?;
        let mut report = Recommender {
            insights,
            group,
            name,
        };
        let result = report.run(input.log_group_identifier).await?;
        Ok(Answer::json(&result))
    }
}

struct Recommender {
    insights: Insights,
    group: LogGroupIdentifier,
    name: LogGroupName,
}

impl Recommender {
    async fn run(&mut self, given: String) -> Result<IndexRecommenderResult, CloudWatchError> {
        let Insights {
            session,
            client,
            deadline,
        } = &self.insights;
        let (queries, more) =
            past_queries(session, client, Some(&self.name), MOST_QUERIES, *deadline).await?;
        let texts: BTreeSet<&str> = queries.iter().map(|query| query.text.as_str()).collect();
        let mut result = IndexRecommenderResult {
            recommendations: Vec::new(),
            already_indexed: Vec::new(),
            fields_not_found: Vec::new(),
            queries_analyzed: queries.len(),
            unique_queries: texts.len(),
            time_range_days: DAYS,
            log_group: given,
            warnings: Vec::from_iter(more),
        };
        if queries.is_empty() {
            result.warnings.push(format!(
                "No query over this log group was completed in the last {DAYS} days."
            ));
            return Ok(result);
        }
        let mut fields = candidates(&queries.iter().collect::<Vec<&PastQuery>>());
        let warnings = &mut result.warnings;
        let indexed = group_policies(session, client, &self.group, *deadline).await;
        let indexed = indexed.unwrap_or_else(|error| {
            warnings.push(unknown("Which fields have an index", &error));
            Default::default()
        });
        fields.retain(|candidate| match indexed.get(&candidate.field) {
            Some(source) => {
                result.already_indexed.push(AlreadyIndexedField {
                    field_name: candidate.field.clone(),
                    query_count: candidate.queries,
                    source: source.clone(),
                });
                false
            }
            None => candidate.equalities > 0,
        });
        let (stores_anything, counted) =
            futures_util::join!(self.stores_anything(), self.count_values(&fields));
        let stores_anything = stores_anything.unwrap_or_else(|warning| {
            warnings.push(warning);
            false
        });
        match counted {
            Ok(counts) => fields = found(fields, &counts, &mut result),
            Err(warning) => warnings.push(warning),
        }
        result.recommendations = recommendations(&fields, Weights::GROUP, stores_anything);
        Ok(result)
    }

    /// Whether the group has events; a warning when that cannot be found out, or no index can help.
    async fn stores_anything(&self) -> Result<bool, String> {
        let Insights {
            session,
            client,
            deadline,
        } = &self.insights;
        let call = session.call(
            "logs:DescribeLogGroups",
            Some(format!("log group `{}`", self.name)),
        );
        let request = client
            .describe_log_groups()
            .log_group_name_prefix(self.name.as_str());
        let page = aws_call::run(*deadline, call, request.send())
            .await
            .map_err(|error| unknown("How much the log group stores", &error))?;
        let own = page
            .log_groups()
            .iter()
            .find(|group| group.log_group_name() == Some(self.name.as_str()));
        match own {
            Some(group) if group.log_group_class().is_some_and(|class| *class != LogGroupClass::Standard) => {
                Err("Only log groups of class STANDARD can have field indexes; this one is of another.".to_owned())
            }
            own => Ok(own.is_some_and(|group| group.stored_bytes().unwrap_or_default() > 0)),
        }
    }

    /// How many different values each of the first fields had in the last hour, in their order.
    async fn count_values(&self, fields: &[Candidate]) -> Result<Vec<f64>, String> {
        let counts: Vec<String> = fields
            .iter()
            .take(MOST_FIELDS)
            .enumerate()
            .map(|(place, field)| {
                format!("count_distinct({}) as card_{place}", quoted(&field.field))
            })
            .collect();
        if counts.is_empty() {
            return Ok(Vec::new());
        }
        let now = Time::now();
        let query = Query {
            groups: match self.group.region() {
                Some(_) => Groups::Identifiers(vec![self.group.clone()]),
                None => Groups::Names(vec![self.name.clone()]),
            },
            range: TimeRange {
                start: now.plus_seconds(-3_600),
                end: now,
            },
            text: format!("stats {} | limit 1", counts.join(", ")),
            limit: Some(1),
        };
        const WHAT: &str = "Whether the fields exist and how many values they have";
        let until = self.insights.until(WAIT);
        let id = match self.insights.start(&query).await {
            Ok(id) => id,
            Err(error) => return Err(unknown(WHAT, &error)),
        };
        let result = match self.insights.wait(&id, until).await {
            Ok(result) => result,
            Err(error) => return Err(format!("{WHAT} is not known: {error}")),
        };
        if result.status != "Complete" {
            // Nobody would fetch it.
            let _ = self.insights.stop(&id).await;
            return Err(format!(
                "{WHAT} is not known: counting took too long and was stopped."
            ));
        }
        let scanned = result
            .statistics
            .map_or(0.0, |statistics| statistics.records_scanned);
        match result.results.first() {
            Some(row) if scanned > 0.0 => Ok((0..counts.len())
                .map(|place| {
                    let value = row.get(&format!("card_{place}"));
                    let text = value.and_then(serde_json::Value::as_str).unwrap_or("0");
                    text.parse().unwrap_or(0.0)
                })
                .collect()),
            _ => Err(format!(
                "{WHAT} is not known: the log group had no events in the last hour."
            )),
        }
    }
}

/// Notes the counts, and takes out the fields that no event has.
fn found(
    fields: Vec<Candidate>,
    counts: &[f64],
    result: &mut IndexRecommenderResult,
) -> Vec<Candidate> {
    let mut kept = Vec::new();
    for (place, mut field) in fields.into_iter().enumerate() {
        match counts.get(place) {
            Some(0.0) => result.fields_not_found.push(FieldNotFound {
                field_name: field.field,
                query_count: field.queries,
            }),
            count => {
                field.distinct = count.copied();
                kept.push(field);
            }
        }
    }
    kept
}

fn unknown(what: &str, error: &AwsError) -> String {
    format!(
        "{what} is not known: {}",
        error.to_string().replace('\n', "; ")
    )
}
