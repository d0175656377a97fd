//! Which fields have an index already.

use std::collections::BTreeMap;

use agentcore_gateway_target::Deadline;
use aws_clients::{AwsError, Session};
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::PolicyType;
use serde_json::Value;

use crate::aws_call;
use crate::names::LogGroupIdentifier;

/// By field, where its index is from: `LOG_GROUP` or `ACCOUNT`.
pub(crate) type Indexed = BTreeMap<String, String>;

/// The fields of a log group that have an index.
pub(crate) async fn group_policies(
    session: &Session,
    client: &Client,
    group: &LogGroupIdentifier,
    deadline: Deadline,
) -> Result<Indexed, AwsError> {
    let subject = Some(format!("log group `{group}`"));
    let call = session.call("logs:DescribeIndexPolicies", subject);
    let request = client
        .describe_index_policies()
        .log_group_identifiers(group.as_str());
    let page = aws_call::run(deadline, call, request.send()).await?;
    let mut indexed = Indexed::new();
    for policy in page.index_policies.unwrap_or_default() {
        let source = policy
            .source
            .map_or("LOG_GROUP".to_owned(), |source| source.as_str().to_owned());
        let fields = fields(policy.policy_document.as_deref().unwrap_or_default());
        indexed.extend(fields.into_iter().map(|field| (field, source.clone())));
    }
    Ok(indexed)
}

/// The index policies of an account.
#[derive(Debug, Default)]
pub(crate) struct AccountPolicies {
    /// Name prefixes of the groups that a policy is for (none: all of them), and its fields.
    policies: Vec<(Option<Vec<String>>, Vec<String>)>,
}

impl AccountPolicies {
    /// Whether a field of a log group has an index by one of them.
    pub(crate) fn index(&self, group: &str, field: &str) -> bool {
        self.policies.iter().any(|(prefixes, fields)| {
            let is_for = match prefixes {
                None => true,
                Some(prefixes) => prefixes
                    .iter()
                    .any(|prefix| group.starts_with(prefix.as_str())),
            };
            is_for && fields.iter().any(|own| own == field)
        })
    }
}

/// The index policies of the account.
pub(crate) async fn account_policies(
    session: &Session,
    client: &Client,
    deadline: Deadline,
) -> Result<AccountPolicies, AwsError> {
    let call = session.call("logs:DescribeAccountPolicies", None);
    let mut found = AccountPolicies::default();
    let mut next_token: Option<String> = None;
    loop {
        let request = client
            .describe_account_policies()
            .policy_type(PolicyType::FieldIndexPolicy)
            .set_next_token(next_token);
        let page = aws_call::run(deadline, call.clone(), request.send()).await?;
        for policy in page.account_policies.unwrap_or_default() {
            let prefixes = selected(policy.selection_criteria.as_deref().unwrap_or_default());
            let fields = fields(policy.policy_document.as_deref().unwrap_or_default());
            found.policies.push((prefixes, fields));
        }
        next_token = page.next_token.filter(|token| !token.is_empty());
        if next_token.is_none() {
            return Ok(found);
        }
    }
}

/// The fields of a policy: `{"Fields": ["a"], "FieldsV2": {"b": {"type": "FIELD_INDEX"}}}`.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutIndexPolicy.html>
fn fields(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let listed = document["Fields"].as_array().into_iter().flatten();
    let listed = listed.filter_map(Value::as_str);
    let typed = document["FieldsV2"].as_object().into_iter().flatten();
    listed
        .chain(typed.map(|(field, _)| field.as_str()))
        .map(str::to_owned)
        .collect()
}

/// The prefixes of `LogGroupNamePrefix IN ["/aws/", "/app/"]`; none: every group.
fn selected(criteria: &str) -> Option<Vec<String>> {
    if criteria.trim().is_empty() {
        return None;
    }
    let (_, prefixes) = criteria.split_once("LogGroupNamePrefix")?;
    Some(
        prefixes
            .split(['"', '\''])
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_policy_are_read() {
        assert_eq!(
            fields(r#"{"Fields": ["a"], "FieldsV2": {"b": {"type": "FIELD_INDEX"}}}"#),
            ["a", "b"]
        );
        assert_eq!(fields("no JSON"), Vec::<String>::new());
    }

    #[test]
    fn an_account_policy_may_be_for_some_groups_only() {
        let policies = AccountPolicies {
            policies: vec![
                (selected(""), vec!["a".to_owned()]),
                (
                    selected(r#"LogGroupNamePrefix IN ["/app/", "/x"]"#),
                    vec!["b".to_owned()],
                ),
            ],
        };
        assert!(policies.index("/other", "a"));
        assert!(policies.index("/app/a", "b"));
        assert!(!policies.index("/other", "b"));
    }
}
