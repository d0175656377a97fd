//! `describe_log_groups`: log groups, and the saved queries that are about them.

use std::collections::BTreeSet;

use agentcore_gateway_target::{Deadline, Parameters, lenient, tool_meta};
use aws_clients::{ProfileName, RegionName, Session};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{self, QueryDefinition};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, schema_for_output};
use crate::arguments::{count, no, scope};
use crate::aws_call;
use crate::error::CloudWatchError;
use crate::names::{AccountId, LogGroupName};
use crate::saved_queries;
use crate::server::Server;
use crate::time::Time;

/// Log groups in one answer, unless the caller wants fewer: some 3 MB.
const MOST_GROUPS: usize = 5_000;

/// Input of `describe_log_groups`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Accounts to list, each 12 digits. Only with `include_linked_accounts`, from a monitoring
    /// account. Default: all linked ones.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    account_identifiers: Option<Vec<AccountId>>,
    /// Whether to list the groups of linked accounts as well. Default: false.
    #[serde(default = "no")]
    include_linked_accounts: Option<bool>,
    /// Only groups of this class. Default: all classes.
    #[serde(default)]
    #[schemars(with = "Class")]
    log_group_class: Option<Class>,
    /// Only groups whose name begins with this: `/aws/lambda/`. Default: all.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    log_group_name_prefix: Option<LogGroupName>,
    /// Most groups to answer, 1 to 5000. Default: 5000.
    #[serde(default, deserialize_with = "lenient::optional_integer")]
    max_items: Option<i64>,
    /// AWS region. Default: the server's region.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    region: Option<RegionName>,
    /// Profile of the AWS configuration files. Default: the server's credentials.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    profile_name: Option<ProfileName>,
}

/// What a log group was made for.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
enum Class {
    Standard,
    InfrequentAccess,
    Delivery,
}

/// Output of `describe_log_groups`.
#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// The groups, sorted by name.
    log_group_metadata: Vec<LogGroupMetadata>,
    /// Saved Logs Insights queries about one of these groups.
    saved_queries: Vec<SavedLogsInsightsQuery>,
    /// Says when there are more groups than these.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// A log group. Names as AWS has them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LogGroupMetadata {
    /// The name.
    log_group_name: String,
    /// When it was created, ISO 8601.
    creation_time: String,
    /// Days after which events are deleted; null: never.
    #[schemars(default)]
    retention_in_days: Option<i32>,
    /// How many metric filters it has.
    metric_filter_count: i32,
    /// Bytes stored, as of some hours ago.
    #[schemars(default)]
    stored_bytes: Option<i64>,
    /// Key that encrypts it; null: CloudWatch's own.
    #[schemars(default)]
    kms_key_id: Option<String>,
    /// Whether a data protection policy masks something.
    #[schemars(default)]
    data_protection_status: Option<String>,
    /// What it inherits from the account.
    #[schemars(default)]
    inherited_properties: Vec<String>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`. Only the first has all of Logs Insights.
    #[schemars(default = "standard")]
    log_group_class: String,
    /// The ARN, without `:*`.
    log_group_arn: String,
}

fn standard() -> String {
    "STANDARD".to_owned()
}

/// A saved Logs Insights query.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SavedLogsInsightsQuery {
    /// Groups that it is for.
    #[schemars(default)]
    log_group_names: BTreeSet<String>,
    /// Its name.
    name: String,
    /// The query, to be passed to `execute_log_insights_query`.
    query_string: String,
    /// Name prefixes of the groups that its `SOURCE` selects.
    #[schemars(default)]
    log_group_prefixes: BTreeSet<String>,
}

#[tool_router(router = describe_log_groups_router, vis = "pub(crate)")]
impl Server {
    /// List CloudWatch log groups, and the saved Logs Insights queries that are about them. Narrow
    /// large accounts with `log_group_name_prefix`.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>(),
        meta = tool_meta(&["logs:DescribeLogGroups", "logs:DescribeQueryDefinitions"], None)
    )]
    async fn describe_log_groups(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, CloudWatchError> {
        let most = count("max_items", input.max_items, MOST_GROUPS, MOST_GROUPS)?;
        let scope = scope(input.region.clone(), input.profile_name.clone());
        let (session, client) = self.logs.get(&scope).await?;
        let (groups, definitions) = futures_util::join!(
            groups(&session, &client, &input, most, deadline),
            saved_queries::all(&session, &client, deadline)
        );
        let (groups, definitions) = (groups?, definitions?);
        let (groups, more) = groups;
        let names: Vec<&str> = groups
            .iter()
            .map(|group| group.log_group_name.as_str())
            .collect();
        let saved_queries = definitions
            .into_iter()
            .filter_map(|definition| SavedLogsInsightsQuery::about(definition, &names))
            .collect();
        let message = more.then(|| {
"There are more log groups: narrow them with `log_group_name_prefix`, or raise `max_items`."
                .to_owned()
        });
        Ok(Answer::json(&Output {
            log_group_metadata: groups,
            saved_queries,
            message,
        }))
    }
}

/// At most `most` groups, and whether there are more.
async fn groups(
    session: &Session,
    client: &Client,
    input: &Input,
    most: usize,
    deadline: Deadline,
) -> Result<(Vec<LogGroupMetadata>, bool), CloudWatchError> {
    let call = session.call("logs:DescribeLogGroups", None);
    let accounts = input.account_identifiers.as_ref().map(|accounts| {
        let ids = accounts.iter().map(|account| account.as_str().to_owned());
        ids.collect()
    });
    let class = input.log_group_class.map(|class| match class {
        Class::Standard => types::LogGroupClass::Standard,
        Class::InfrequentAccess => types::LogGroupClass::InfrequentAccess,
        Class::Delivery => types::LogGroupClass::Delivery,
    });
    let prefix = input.log_group_name_prefix.as_ref();
    let prefix = prefix.map(|prefix| prefix.as_str().to_owned());
    let mut found = Vec::new();
    let mut next_token = None;
    loop {
        let request = client
            .describe_log_groups()
            .set_account_identifiers(accounts.clone())
            // `false` is AWS's default, and single accounts need no permission for the member.
            .set_include_linked_accounts(input.include_linked_accounts.filter(|linked| *linked))
            .set_log_group_class(class.clone())
            .set_log_group_name_prefix(prefix.clone())
            .set_next_token(next_token);
        let page = aws_call::run(deadline, call.clone(), request.send()).await?;
        found.extend(
            page.log_groups
                .unwrap_or_default()
                .into_iter()
                .map(metadata),
        );
        next_token = page.next_token.filter(|token| !token.is_empty());
        let more = next_token.is_some() || found.len() > most;
        if found.len() >= most || !more {
            found.truncate(most);
            return Ok((found, more));
        }
    }
}

fn metadata(group: types::LogGroup) -> LogGroupMetadata {
    let arn = group.log_group_arn.or(group.arn).unwrap_or_default();
    let created = group.creation_time.and_then(Time::from_millis);
    let inherited = group.inherited_properties.unwrap_or_default();
    LogGroupMetadata {
        log_group_name: group.log_group_name.unwrap_or_default(),
        creation_time: created.map(Time::with_offset).unwrap_or_default(),
        retention_in_days: group.retention_in_days,
        metric_filter_count: group.metric_filter_count.unwrap_or_default(),
        stored_bytes: group.stored_bytes,
        kms_key_id: group.kms_key_id,
        data_protection_status: group
            .data_protection_status
            .map(|status| status.as_str().to_owned()),
        inherited_properties: inherited
            .iter()
            .map(|property| property.as_str().to_owned())
            .collect(),
        log_group_class: group
            .log_group_class
            .map_or_else(standard, |class| class.as_str().to_owned()),
        log_group_arn: arn.strip_suffix(":*").unwrap_or(&arn).to_owned(),
    }
}

impl SavedLogsInsightsQuery {
    /// The query, when it is about one of these groups.
    fn about(definition: QueryDefinition, groups: &[&str]) -> Option<Self> {
        let query_string = definition.query_string.unwrap_or_default();
        let log_group_names: BTreeSet<String> = definition
            .log_group_names
            .unwrap_or_default()
            .into_iter()
            .collect();
        let log_group_prefixes = saved_queries::source_prefixes(&query_string);
        let is_about = groups.iter().any(|group| {
            let prefixed = |prefix: &String| group.starts_with(prefix.as_str());
            log_group_names.contains(*group) || log_group_prefixes.iter().any(prefixed)
        });
        is_about.then(|| Self {
            log_group_names,
            name: definition.name.unwrap_or_default(),
            query_string,
            log_group_prefixes,
        })
    }
}
