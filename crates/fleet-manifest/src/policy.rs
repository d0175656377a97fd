//! What the role of a function may do, beyond what the tools say of themselves.

use std::collections::BTreeMap;

use crate::id::ServerId;
use crate::manifest::{Manifest, Place};
use crate::node::shorten;
use crate::problem::{Problems, closest};

/// The `policy` of a server's entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// What the actions that the tools need may be used on, by `service:Action` or by `service`; the
    /// action wins. `*` where nothing is said.
    pub resources: BTreeMap<String, Vec<String>>,
    /// Statements beside those of the tools.
    pub statements: Vec<Statement>,
}

impl Policy {
    /// What an action of the tools may be used on.
    #[must_use]
    pub fn resources_of(&self, action: &str) -> Vec<&str> {
        let service = service(action);
        let stated = (self.resources.get(action)).or_else(|| self.resources.get(service));
        match stated {
            Some(resources) => resources.iter().map(String::as_str).collect(),
            None => vec!["*"],
        }
    }
}

/// One IAM statement; its effect is always to allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// `service:Action`, at least one, none of them a whole service.
    pub actions: Vec<String>,
    /// ARNs or `*`, at least one.
    pub resources: Vec<String>,
    /// Values by condition key by operator.
    pub conditions: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The part of an action before the colon.
#[must_use]
pub fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

/// Whether a text has the form of an IAM action: `s3:GetObject`, `s3:Get*`, `execute-api:*`.
#[must_use]
pub fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, action)| {
        let action_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'*';
        is_service(service) && !action.is_empty() && action.bytes().all(action_letter)
    })
}

/// Whether a text has the form of a service's prefix: `s3`, `execute-api`.
pub(crate) fn is_service(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(letter)
}

impl Manifest {
    /// Checks one server's `policy.resources` against the actions that its tools need, whether or not
    /// the entry lets these tools through.
    #[must_use]
    pub fn check_policy(&self, id: &ServerId, actions: &[&str]) -> Problems {
        let mut problems = Problems::new(self.file_name());
        let Some(server) = self.server(id.as_str()) else {
            return problems;
        };
        for key in server.policy.resources.keys() {
            if (actions.iter()).any(|action| action == key || service(action) == key) {
                continue;
            }
            let services = actions.iter().map(|action| service(action));
            problems.push(
                self.position(id.as_str(), Place::PolicyResource(key)),
                format!("no tool of `{id}` needs `{}`", shorten(key)),
                match closest(key, actions.iter().copied().chain(services)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if actions.is_empty() => {
                        "take it out; what the tools do not need is allowed under `statements`"
                            .to_owned()
                    }
                    None => format!("its tools need {}", list(actions)),
                },
            );
        }
        problems
    }
}

fn list(actions: &[&str]) -> String {
    let mut sorted = actions.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    crate::fields::backticked(&sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_a_service() {
        for good in [
            "aps:QueryMetrics",
            "execute-api:*",
            "s3:GetObject",
            "s3:Get*",
        ] {
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

    #[test]
    fn the_action_wins_over_its_service() {
        let of = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let policy = Policy {
            resources: [
                ("s3", &["arn:a", "arn:b"][..]),
                ("s3:ListAllMyBuckets", &["*"]),
            ]
            .map(|(key, resources)| (key.to_owned(), of(resources)))
            .into(),
            statements: Vec::new(),
        };
        assert_eq!(policy.resources_of("s3:GetObject"), ["arn:a", "arn:b"]);
        assert_eq!(policy.resources_of("s3:ListAllMyBuckets"), ["*"]);
        assert_eq!(policy.resources_of("aps:QueryMetrics"), ["*"]);
    }
}
