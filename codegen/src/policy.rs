//! `policy.json`: the IAM actions of the tools that a server offers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// An IAM policy document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Policy<'a> {
    version: &'static str,
    statement: Vec<Statement<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    sid: String,
    effect: &'static str,
    action: BTreeSet<&'a str>,
    resource: &'static str,
}

/// A policy with one statement per AWS service, sorted.
///
/// The resource is `*`: which resources a tool reaches is decided by its arguments. Narrow it by a
/// permissions boundary or the resources' own policies.
pub(crate) fn policy<'a>(actions: impl IntoIterator<Item = &'a str>) -> Policy<'a> {
    let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        let service = action.split(':').next().unwrap_or_default();
        services.entry(service).or_default().insert(action);
    }
    let statement = services
        .into_iter()
        .map(|(service, action)| Statement {
            sid: sid(service),
            effect: "Allow",
            action,
            resource: "*",
        })
        .collect();
    Policy {
        version: "2012-10-17",
        statement,
    }
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
    use serde_json::json;

    use super::*;

    #[test]
    fn actions_are_grouped_by_service_and_sorted() {
        let actions = [
            "s3:PutObject",
            "aps:QueryMetrics",
            "s3:GetObject",
            "s3:GetObject",
        ];
        let policy = json!(policy(actions));
        let statements = policy["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[0]["Sid"], "Aps");
        assert_eq!(
            statements[1]["Action"],
            json!(["s3:GetObject", "s3:PutObject"])
        );
        assert_eq!(statements[1]["Resource"], "*");
        assert_eq!(json!(super::policy([]))["Statement"], json!([]));
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
