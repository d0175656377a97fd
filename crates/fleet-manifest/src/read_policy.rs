//! Reads `policy`: further IAM statements, and the resources of the actions that the tools need.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::fields::{Field, Fields, backticked, entries};
use crate::iam::{self, Wrong};
use crate::manifest::Places;
use crate::node::{Node, Value, shorten};
use crate::policy::{Policy, Statement, is_action, is_service};
use crate::problem::{Position, Problems};
use crate::scalars::{distinct, texts_of};

pub(crate) fn read_policy(field: &Field, places: &mut Places, problems: &mut Problems) -> Policy {
    let fields = Fields::read(
        &field.node,
        "`policy`",
        &["resources", "statements"],
        problems,
    );
    let resources = fields.get("resources");
    let statements = fields.get("statements");
    Policy {
        resources: resources.map_or_else(BTreeMap::new, |field| {
            read_resources(&field.node, places, problems)
        }),
        statements: statements.map_or_else(Vec::new, |field| read_statements(&field, problems)),
    }
}

/// ARNs by `service:Action` or `service`.
fn read_resources(
    node: &Node,
    places: &mut Places,
    problems: &mut Problems,
) -> BTreeMap<String, Vec<String>> {
    let mut read = BTreeMap::new();
    for (key, entry) in entries(node, "`resources`", problems) {
        let position = entry.key.position;
        if !is_service(&key) && !is_action(&key) {
            problems.push(
                position,
                format!("`{}` is neither an action nor a service", shorten(&key)),
                "write an action that the tools need, as `aps:QueryMetrics`, or all those of a service, as `aps`",
            );
        }
        let arns = read_list(&key, position, &entry.value, iam::resource, problems);
        places.policy_resources.insert(key.clone(), position);
        read.insert(key, arns);
    }
    read
}

fn read_statements(field: &Field, problems: &mut Problems) -> Vec<Statement> {
    let Value::List(items) = &field.node.value else {
        problems.push(
            field.position(),
            format!(
                "`statements` must be a list, found {}",
                field.node.describe()
            ),
            "write `- actions: […]` lines, each with its `resources: […]`",
        );
        return Vec::new();
    };
    items
        .iter()
        .map(|item| read_statement(item, problems))
        .collect()
}

fn read_statement(item: &Rc<Node>, problems: &mut Problems) -> Statement {
    let known = ["actions", "resources", "conditions"];
    let fields = Fields::read(item, "a statement", &known, problems);
    let is_map = matches!(item.value, Value::Map { .. } | Value::Null);
    let mut list = |key: &'static str, check: Check, example: &str| match fields.written(key) {
        Some(field) => read_list(key, field.position(), &field.node, check, problems),
        None => {
            if is_map {
                let hint = format!("add `{key}: [{example}]`");
                problems.push(item.position, format!("a statement has no `{key}`"), hint);
            }
            Vec::new()
        }
    };
    Statement {
        actions: list("actions", iam::action, "s3:GetObject"),
        resources: list("resources", iam::resource, "\"arn:aws:s3:::bucket/*\""),
        conditions: fields
            .get("conditions")
            .map_or_else(BTreeMap::new, |field| {
                read_conditions(&field.node, problems)
            }),
    }
}

type Check = fn(&str) -> Result<(), Wrong>;

/// A list of at least one text, each of which passes a check and is there once.
fn read_list(
    key: &str,
    position: Position,
    node: &Node,
    check: Check,
    problems: &mut Problems,
) -> Vec<String> {
    let before = problems.len();
    let texts = texts_of(key, position, node, problems);
    let texts = distinct(texts, key, problems);
    if texts.is_empty() && problems.len() == before {
        let message = format!("`{}` is an empty list", shorten(key));
        problems.push(
            position,
            message,
            "write at least one, or leave the key out",
        );
    }
    for (position, text) in &texts {
        if let Err((message, hint)) = check(text) {
            problems.push(*position, message, hint);
        }
    }
    texts.into_iter().map(|(_, text)| text).collect()
}

/// `StringEquals: {aws:ResourceTag/team: data}`: values by condition key by operator.
fn read_conditions(
    node: &Node,
    problems: &mut Problems,
) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let mut read = BTreeMap::new();
    for (operator, entry) in entries(node, "`conditions`", problems) {
        if let Err((message, hint)) = iam::operator(&operator) {
            problems.push(entry.key.position, message, hint);
        }
        let shown = format!("`{}`", shorten(&operator));
        let mut keys = BTreeMap::new();
        for (key, entry) in entries(&entry.value, &shown, problems) {
            if let Err((message, hint)) = iam::condition_key(&key) {
                problems.push(entry.key.position, message, hint);
            }
            keys.insert(key, read_values(&entry.value, entry.key.position, problems));
        }
        if keys.is_empty()
            && (entry.value.is_null() || matches!(entry.value.value, Value::Map { .. }))
        {
            problems.push(
                entry.key.position,
                format!("{shown} compares nothing"),
                format!("write {}", backticked(&["aws:ResourceTag/team: data"])),
            );
        }
        read.insert(operator, keys);
    }
    read
}

/// One value or several. IAM has them all as text.
fn read_values(node: &Node, key: Position, problems: &mut Problems) -> Vec<String> {
    let alone = std::slice::from_ref(node);
    let values: Vec<&Node> = match &node.value {
        Value::List(items) => items.iter().map(Rc::as_ref).collect(),
        _ => alone.iter().collect(),
    };
    let mut read = Vec::new();
    for value in &values {
        match value.scalar() {
            Some(text) => read.push(text.to_owned()),
            None => problems.push(
                if value.is_null() { key } else { value.position },
                format!("a condition compares with text, found {}", value.describe()),
                "write one value, or a list of values",
            ),
        }
    }
    if values.is_empty() {
        problems.push(
            node.position,
            "a condition compares with an empty list",
            "write at least one value",
        );
    }
    read
}
