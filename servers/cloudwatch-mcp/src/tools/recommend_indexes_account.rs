//! `recommend_indexes_account`: which fields deserve an index, for every log group that is queried.

use std::collections::{BTreeMap, BTreeSet};

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, schema_for_output};
use crate::arguments::scope;
use crate::error::CloudWatchError;
use crate::indexes::{
    AccountPolicies, AlreadyIndexedField, DAYS, IndexRecommenderResult, PastQuery, Weights,
    account_policies, candidates, past_queries, recommendations,
};
use crate::server::Server;

/// Input of `recommend_indexes_account`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
    /// Most past queries to analyse; 0 or less: all. Default: 5000.
    #[serde(default = "five_thousand", deserialize_with = "lenient::integer")]
    max_queries: i64,
}

fn five_thousand() -> i64 {
    5_000
}

/// Output of `recommend_indexes_account`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Log groups with something to say of, best recommendation first.
    log_group_results: Vec<IndexRecommenderResult>,
    /// Log groups that were queried.
    total_log_groups_analyzed: usize,
    /// How often queries were run.
    total_queries_analyzed: usize,
    /// How far back, in days.
    time_range_days: i64,
    /// What could not be found out.
    #[schemars(default)]
    warnings: Vec<String>,
}

#[tool_router(router = recommend_indexes_account_router, vis = "pub(crate)")]
impl Server {
    /// Recommend field indexes for all log groups of an account and region, from the Logs Insights
    /// queries of the last 30 days. Looks at the queries and the account's index policies only:
    /// `recommend_indexes_loggroup` also knows a group's own policies and values.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["logs:DescribeQueries", "logs:DescribeAccountPolicies"], None)
    )]
    async fn recommend_indexes_account(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let most = match usize::try_from(input.max_queries) {
            Ok(0) | Err(_) => usize::MAX,
            Ok(most) => most,
        };
        let scope = scope(input.region, input.profile_name);
        let (session, client) = self.logs.get(&scope).await?;
        let (queries, more) = past_queries(&session, &client, None, most, deadline).await?;
        let mut warnings = Vec::from_iter(more);
        let policies = match account_policies(&session, &client, deadline).await {
            Ok(policies) => policies,
            Err(error) => {
                warnings.push(format!(
                    "Which fields have an index is not known: {}",
                    error.to_string().replace('\n', "; ")
                ));
                AccountPolicies::default()
            }
        };
        let mut by_group: BTreeMap<&str, Vec<&PastQuery>> = BTreeMap::new();
        for query in &queries {
            by_group.entry(&query.log_group).or_default().push(query);
        }
        let mut results: Vec<IndexRecommenderResult> = by_group
            .iter()
            .map(|(group, queries)| analyse(group, queries, &policies))
            .filter(|result| {
                !result.recommendations.is_empty() || !result.already_indexed.is_empty()
            })
            .collect();
        let best = |result: &IndexRecommenderResult| {
            result
                .recommendations
                .first()
                .map_or(0.0, |best| best.score)
        };
        results.sort_by(|one, other| best(other).total_cmp(&best(one)));
        Ok(Answer::json(&Output {
            total_log_groups_analyzed: by_group.len(),
            total_queries_analyzed: queries.len(),
            time_range_days: DAYS,
            log_group_results: results,
            warnings,
        }))
    }
}

fn analyse(
    group: &str,
    queries: &[&PastQuery],
    policies: &AccountPolicies,
) -> IndexRecommenderResult {
    let texts: BTreeSet<&str> = queries.iter().map(|query| query.text.as_str()).collect();
    let (indexed, open): (Vec<_>, Vec<_>) = candidates(queries)
        .into_iter()
        .partition(|candidate| policies.index(group, &candidate.field));
    IndexRecommenderResult {
        recommendations: recommendations(&open, Weights::ACCOUNT, false),
        already_indexed: indexed
            .into_iter()
            .map(|candidate| AlreadyIndexedField {
                field_name: candidate.field,
                query_count: candidate.queries,
                source: "ACCOUNT".to_owned(),
            })
            .collect(),
        fields_not_found: Vec::new(),
        queries_analyzed: queries.len(),
        unique_queries: texts.len(),
        time_range_days: DAYS,
        log_group: group.to_owned(),
        warnings: Vec::new(),
    }
}
