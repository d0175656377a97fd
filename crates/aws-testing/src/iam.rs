//! Does a tool declare the IAM actions that it uses, and no others?

use std::collections::{BTreeMap, BTreeSet};

use agentcore_gateway_target::IAM_META;
use rmcp::ServerHandler;
use rmcp::model::Tool;
use serde_json::Value;

use crate::request::AwsRequest;
use crate::stand_in::AwsStandIn;

/// What each tool asked of AWS in the calls that a test made.
///
/// Make calls until every path that asks something else has been taken, then [`assert_iam`].
#[derive(Debug, Clone, Default)]
pub struct IamCheck {
    /// By tool, the operations: `service:Operation`.
    asked: BTreeMap<String, BTreeSet<String>>,
    authorised_by: BTreeMap<String, Vec<String>>,
    unseen: BTreeSet<(String, String)>,
}

impl IamCheck {
    /// Nothing called yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// An operation that AWS authorises under other actions than the one of its own name, where
    /// the table of this crate does not know it: `authorised_by("cloudwatch:PromQL",
    /// &["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"])`.
    #[must_use]
    pub fn authorised_by(mut self, operation: &str, actions: &[&str]) -> Self {
        let actions = actions.iter().map(|action| (*action).to_owned()).collect();
        self.authorised_by.insert(operation.to_owned(), actions);
        self
    }

    /// An action that a tool has to declare although no request of its own shows it, such as
    /// `iam:PassRole`. Say why beside the call.
    #[must_use]
    pub fn unseen(mut self, tool: &str, action: &str) -> Self {
        self.unseen.insert((tool.to_owned(), action.to_owned()));
        self
    }

    /// Calls a tool and notes what it asked of AWS meanwhile. Returns the `CallToolResult`.
    ///
    /// # Panics
    ///
    /// When the tool asked for something that the test has no answer for: what it would have
    /// asked next is then not seen.
    pub async fn call<S: ServerHandler + Clone>(
        &mut self,
        server: &S,
        aws: &AwsStandIn,
        tool: &str,
        arguments: Value,
    ) -> Value {
        aws.take_requests();
        let result = server_testing::call(server, tool, arguments).await;
        let text = result.to_string();
        assert!(!text.contains("NotScripted"), "{tool}: {text}");
        self.note(tool, &aws.take_requests());
        result
    }

    /// Notes requests that a tool made.
    pub fn note(&mut self, tool: &str, requests: &[AwsRequest]) {
        let operations = self.asked.entry(tool.to_owned()).or_default();
        operations.extend(requests.iter().map(AwsRequest::name));
    }

    /// What is wrong, one line each.
    pub fn problems(&self, tools: &[Tool]) -> Vec<String> {
        let mut problems = Vec::new();
        for tool in tools {
            let name = tool.name.as_ref();
            let Some(operations) = self.asked.get(name) else {
                problems.push(format!("{name}: never called"));
                continue;
            };
            let declared = declared(tool);
            let mut used = BTreeSet::new();
            for operation in operations {
                for action in self.actions(operation) {
                    if !declared.contains(&action) {
                        problems.push(format!(
                            "{name}: called {operation}, but does not declare {action}"
                        ));
                    }
                    used.insert(action);
                }
            }
            for action in &declared {
                let unseen = self.unseen.contains(&(name.to_owned(), action.clone()));
                if !used.contains(action) && !unseen {
                    problems.push(format!("{name}: declares {action}, but no call needed it"));
                }
                if action.contains('*') {
                    problems.push(format!("{name}: declares the wildcard {action}"));
                }
            }
        }
        let known: BTreeSet<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        for name in self
            .asked
            .keys()
            .filter(|name| !known.contains(name.as_str()))
        {
            problems.push(format!("{name}: no such tool"));
        }
        problems
    }

    /// How many different operations were seen, over all tools.
    pub fn operations(&self) -> BTreeSet<&str> {
        self.asked.values().flatten().map(String::as_str).collect()
    }

    fn actions(&self, operation: &str) -> Vec<String> {
        match self.authorised_by.get(operation) {
            Some(actions) => actions.clone(),
            None => vec![action(operation)],
        }
    }
}

/// Fails with every tool that called what it did not declare, or declares what it never called,
/// or was not called at all.
///
/// # Panics
///
/// That is how it fails.
pub fn assert_iam(tools: &[Tool], check: &IamCheck) {
    let problems = check.problems(tools);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The IAM action that authorises an operation.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/>
fn action(operation: &str) -> String {
    let by_operation = match operation {
        "lambda:Invoke" => Some("lambda:InvokeFunction"),
        "s3:HeadBucket" | "s3:ListObjects" | "s3:ListObjectsV2" => Some("s3:ListBucket"),
        "s3:HeadObject" => Some("s3:GetObject"),
        "s3:ListBuckets" => Some("s3:ListAllMyBuckets"),
        _ => None,
    };
    if let Some(action) = by_operation {
        return action.to_owned();
    }
    let (service, name) = operation.split_once(':').expect("`service:Operation`");
    let prefix = match service {
        "amp" => "aps",
        // Cloud Control is authorised as CloudFormation.
        "cloudcontrolapi" => "cloudformation",
        other => other,
    };
    format!("{prefix}:{name}")
}

fn declared(tool: &Tool) -> BTreeSet<String> {
    let meta = tool.meta.as_ref().and_then(|meta| meta.0.get(IAM_META));
    let actions = meta.and_then(Value::as_array).into_iter().flatten();
    actions
        .map(|action| action.as_str().expect("an action is text").to_owned())
        .collect()
}
