//! `policy.json`: the IAM actions of the tools that a server offers, and what its entry adds.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use fleet_manifest::{Server, service};
use serde::Serialize;

/// The IAM limit for the inline policies of a role, white space not counted, less what Lambda itself needs
/// for logs, traces and a network.
const MAX_CHARACTERS: usize = 10_240 - 2_000;

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
    resource: OneOrMore<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a BTreeMap<String, BTreeMap<String, Vec<String>>>>,
}

/// IAM takes both; one alone is how people write it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OneOrMore<'a> {
    One(Cow<'a, str>),
    More(BTreeSet<Cow<'a, str>>),
}

impl<'a> OneOrMore<'a> {
    fn new<T: Into<Cow<'a, str>>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut texts: BTreeSet<Cow<'a, str>> = texts.into_iter().map(Into::into).collect();
        match texts.pop_first() {
            Some(one) if texts.is_empty() => Self::One(one),
            first => {
                texts.extend(first);
                Self::More(texts)
            }
        }
    }
}

/// The statements of the tools, one for each AWS service and set of resources, then those that the
/// entry states. Sorted.
///
/// # Errors
///
/// When it is more than a role can hold.
pub(crate) fn policy<'a>(
    server: &'a Server,
    actions: impl IntoIterator<Item = &'a str>,
) -> Result<Policy<'a>> {
    let mut of_tools: BTreeMap<(&str, Vec<&str>), BTreeSet<&str>> = BTreeMap::new();
    for action in actions {
        let mut resources = server.policy.resources_of(action);
        resources.sort_unstable();
        let group = of_tools.entry((service(action), resources)).or_default();
        group.insert(action);
    }
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    let mut statement = Vec::new();
    for ((service, resources), action) in of_tools {
        let count = named.entry(service).or_default();
        *count += 1;
        statement.push(Statement {
            sid: numbered(&sid(service), *count),
            effect: "Allow",
            action,
            resource: OneOrMore::new(resources),
            condition: None,
        });
    }
    for (index, (action, resources)) in secrets(server).into_iter().enumerate() {
        statement.push(Statement {
            sid: numbered("Secrets", index + 1),
            effect: "Allow",
            action: BTreeSet::from([action]),
            resource: OneOrMore::new(resources),
            condition: None,
        });
    }
    for (index, stated) in server.policy.statements.iter().enumerate() {
        statement.push(Statement {
            sid: numbered("Manifest", index + 1),
            effect: "Allow",
            action: stated.actions.iter().map(String::as_str).collect(),
            resource: OneOrMore::new(stated.resources.iter().map(String::as_str)),
            condition: Some(&stated.conditions).filter(|conditions| !conditions.is_empty()),
        });
    }
    let policy = Policy {
        version: "2012-10-17",
        statement,
    };
    let characters = serde_json::to_string(&policy)?.chars().count();
    ensure!(
        characters <= MAX_CHARACTERS,
        "the policy of `{}` has {characters} characters, a role takes {MAX_CHARACTERS} beside what Lambda needs\n  \
         hint: shorten its `policy`: patterns with `*` stand for several names",
        server.id
    );
    Ok(policy)
}

/// What the secrets that the server's variables name need: each action, and exactly the resources named.
fn secrets(server: &Server) -> BTreeMap<&'static str, Vec<String>> {
    let mut needed: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for secret in server.secrets() {
        let resources = needed.entry(secret.action()).or_default();
        resources.push(secret.resource());
    }
    needed
}

/// `Aps`, `ApsPart2`: the names of statements differ.
fn numbered(name: &str, count: usize) -> String {
    match count {
        1 => name.to_owned(),
        more => format!("{name}Part{more}"),
    }
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
    use fleet_manifest::Manifest;
    use serde_json::{Value, json};

    use super::*;

    /// The policy of an entry with these lines, for tools that need `actions`.
    fn of(lines: &str, actions: &[&str]) -> Result<Value> {
        let text =
            format!("servers:\n  a:\n    name: A\n    description: A.\n    server: a\n{lines}");
        let manifest = Manifest::parse("servers.yaml", &text).unwrap();
        policy(&manifest.servers[0], actions.iter().copied()).map(|policy| json!(policy))
    }

    #[test]
    fn secrets_in_variables_may_be_read_and_no_others() {
        let lines = "    env:\n      TOKEN: ${secretsmanager:prod/a#token}\n      USER_NAME: ${secretsmanager:prod/a#user}\n      \
                     KEY: ${ssm:/prod/key}\n      PLAIN: text\n";
        let expected = json!([
            { "Sid": "Secrets", "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"],
              "Resource": "arn:aws:secretsmanager:*:*:secret:prod/a-??????" },
            { "Sid": "SecretsPart2", "Effect": "Allow", "Action": ["ssm:GetParameter"],
              "Resource": "arn:aws:ssm:*:*:parameter/prod/key" },
        ]);
        assert_eq!(of(lines, &[]).unwrap()["Statement"], expected);
    }

    #[test]
    fn actions_are_grouped_by_service_and_sorted() {
        let actions = [
            "s3:PutObject",
            "aps:QueryMetrics",
            "s3:GetObject",
            "s3:GetObject",
        ];
        let policy = of("", &actions).unwrap();
        let statements = policy["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[0]["Sid"], "Aps");
        assert_eq!(
            statements[1]["Action"],
            json!(["s3:GetObject", "s3:PutObject"])
        );
        assert_eq!(statements[1]["Resource"], "*");
        assert_eq!(of("", &[]).unwrap()["Statement"], json!([]));
    }

    #[test]
    fn resources_split_the_statement_of_a_service() {
        let lines = "    policy:\n      resources:\n        s3: ['arn:aws:s3:::b/*', 'arn:aws:s3:::a/*']\n        s3:ListAllMyBuckets: ['*']\n";
        let actions = ["s3:PutObject", "s3:ListAllMyBuckets", "s3:GetObject"];
        assert_eq!(
            of(lines, &actions).unwrap()["Statement"],
            json!([
                {"Sid": "S3", "Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": "*"},
                {
                    "Sid": "S3Part2", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
                    "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
                },
            ])
        );
    }

    #[test]
    fn more_than_a_role_can_hold_is_refused() {
        let actions: Vec<String> = (0..1_000).map(|n| format!("s3:GetObject{n}")).collect();
        let lines = format!(
            "    policy: {{statements: [{{actions: ['{}'], resources: ['*']}}]}}\n",
            actions.join("', '")
        );
        let error = of(&lines, &[]).unwrap_err().to_string();
        assert!(error.starts_with("the policy of `a` has 1"), "{error}");
        assert!(error.contains("a role takes 8240"), "{error}");
    }
}
