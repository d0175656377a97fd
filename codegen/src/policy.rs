//! `policy.json`: the IAM actions of the tools that a server offers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// A policy with one statement per AWS service, sorted.
///
/// The resource is `*`: which resources a tool reaches is decided by its arguments. Narrow it by a
/// permissions boundary or the resources' own policies.
pub(crate) fn policy<'a>(actions: impl IntoIterator<Item = &'a str>) -> Value {
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        let service = action.split(':').next().unwrap_or_default();
        services.entry(service).or_default().insert(action);
    }
    let statements: Vec<Value> = services
        .into_iter()
        .map(|(service, actions)| {
            json!({
                "Sid": sid(service),
                "Effect": "Allow",
                "Action": actions,
                "Resource": "*",
            })
        })
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// Whether a text is `service:Action`.
pub(crate) fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, action)| {
        let service_letter =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let action_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'*';
        !service.is_empty()
            && service.bytes().all(service_letter)
            && !action.is_empty()
            && action.bytes().all(action_letter)
    })
}

/// `cost-explorer` as `CostExplorer`: a statement's name has letters and digits only.
fn sid(service: &str) -> String {
    service
        .split('-')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_grouped_by_service_and_sorted() {
        let actions = [
            "s3:PutObject",
            "aps:QueryMetrics",
            "s3:GetObject",
            "s3:GetObject",
        ];
        let policy = policy(actions);
        let statements = policy["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[0]["Sid"], "Aps");
        assert_eq!(
            statements[1]["Action"],
            json!(["s3:GetObject", "s3:PutObject"])
        );
        assert_eq!(statements[1]["Resource"], "*");
        assert_eq!(super::policy([])["Statement"], json!([]));
    }

    #[test]
    fn an_action_has_a_service() {
        for good in ["aps:QueryMetrics", "execute-api:*", "s3:GetObject"] {
            assert!(is_action(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "QueryMetrics",
            "aps:",
            ":Get",
            "aps:Get Object",
            "APS:Get",
        ] {
            assert!(!is_action(bad), "{bad}");
        }
    }
}
