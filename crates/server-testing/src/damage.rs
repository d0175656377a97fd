//! Answers of a backend that are not what its API promises.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::hostile;

/// What becomes of a good answer on its way to the server.
#[derive(Debug, Clone)]
pub enum Damage {
    /// Nothing.
    None,
    /// Some of its parts are other JSON: wrong types, wrong texts, huge numbers.
    Parts(Changes),
    /// Its bytes end early.
    Cut(Index),
    /// Something else comes instead.
    Other(HttpAnswer),
}

/// Places in JSON, and what they hold instead. `None`: they are missing.
pub type Changes = Vec<(Index, Option<Value>)>;

/// An answer as HTTP has it.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// Status, 200 to 599.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Any damage, and often none.
pub fn damage() -> impl Strategy<Value = Damage> + Clone {
    prop_oneof![
        3 => Just(Damage::None),
        5 => changes().prop_map(Damage::Parts),
        1 => any::<Index>().prop_map(Damage::Cut),
        2 => other().prop_map(Damage::Other),
    ]
}

/// A few places in JSON that hold something else, or are missing.
pub fn changes() -> impl Strategy<Value = Changes> + Clone {
    let instead = weighted(0.7, hostile::json());
    vec((any::<Index>(), instead), 1..5)
}

fn other() -> impl Strategy<Value = HttpAnswer> + Clone {
    let status = prop_oneof![
        Just(200_u16),
        select(&[204_u16, 301, 304, 400, 401, 403, 404, 429, 500, 503, 599][..]),
    ];
    let kind = select(
        &[
            "application/json",
            "application/x-amz-json-1.1",
            "application/cbor",
            "text/xml",
            "text/html; charset=utf-8",
            "text/html; charset=utf-16",
            "text/plain",
        ][..],
    );
    let body = prop_oneof![
        hostile::json().prop_map(|value| value.to_string().into_bytes()),
        hostile::text().prop_map(String::into_bytes),
        vec(any::<u8>(), 0..200),
        (
            select(&["[", "{\"a\":", "<a>", "\u{9f}", "\"\\u00"][..]),
            0..5_000_usize
        )
            .prop_map(|(piece, count)| piece.repeat(count).into_bytes()),
    ];
    (status, kind, body).prop_map(|(status, kind, body)| HttpAnswer {
        status,
        content_type: kind.to_owned(),
        body,
    })
}

impl Damage {
    /// A good JSON answer with this damage, as a plain HTTP service sends it.
    pub fn http(&self, good: &Value) -> HttpAnswer {
        let json = |body| HttpAnswer {
            status: 200,
            content_type: "application/json".to_owned(),
            body,
        };
        match self {
            Self::None => json(good.to_string().into_bytes()),
            Self::Parts(changes) => json(changed(good, changes).to_string().into_bytes()),
            Self::Cut(place) => {
                let mut body = good.to_string().into_bytes();
                body.truncate(place.index(body.len()));
                json(body)
            }
            Self::Other(answer) => answer.clone(),
        }
    }
}

/// `good` with some of its nodes changed, one after the other.
pub fn changed(good: &Value, changes: &[(Index, Option<Value>)]) -> Value {
    let mut value = good.clone();
    for (place, instead) in changes {
        let mut left = Some(place.index(nodes(&value)));
        if !stays(&mut value, &mut left, instead.as_ref()) {
            value = Value::Null;
        }
    }
    value
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    }
}

fn nodes(value: &Value) -> usize {
    1 + children(value).map(nodes).sum::<usize>()
}

/// Counts `left` down to the node to change. False for that one, when nothing comes instead.
fn stays(value: &mut Value, left: &mut Option<usize>, instead: Option<&Value>) -> bool {
    match *left {
        None => return true,
        Some(0) => {
            *left = None;
            return instead.map(|instead| *value = instead.clone()).is_some();
        }
        Some(more) => *left = Some(more - 1),
    }
    match value {
        Value::Array(items) => items.retain_mut(|item| stays(item, left, instead)),
        Value::Object(members) => members.retain(|_, item| stays(item, left, instead)),
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    use serde_json::json;

    use super::*;

    /// What `good` becomes, wherever it is changed.
    fn all_changed(good: &Value, instead: Option<&Value>) -> Vec<String> {
        let mut runner = TestRunner::deterministic();
        let mut index = || any::<Index>().new_tree(&mut runner).unwrap().current();
        let mut seen: Vec<String> = (0..200)
            .map(|_| changed(good, &[(index(), instead.cloned())]).to_string())
            .collect();
        seen.sort();
        seen.dedup();
        seen
    }

    #[test]
    fn every_node_can_be_replaced_and_removed() {
        let good = json!({ "a": [1, { "b": 2 }], "c": 3 });
        let replaced = [
            r#""x""#,
            r#"{"a":"x","c":3}"#,
            r#"{"a":["x",{"b":2}],"c":3}"#,
            r#"{"a":[1,"x"],"c":3}"#,
            r#"{"a":[1,{"b":"x"}],"c":3}"#,
            r#"{"a":[1,{"b":2}],"c":"x"}"#,
        ];
        assert_eq!(all_changed(&good, Some(&json!("x"))), replaced);
        let removed = [
            "null",
            r#"{"a":[1,{"b":2}]}"#,
            r#"{"a":[1,{}],"c":3}"#,
            r#"{"a":[1],"c":3}"#,
            r#"{"a":[{"b":2}],"c":3}"#,
            r#"{"c":3}"#,
        ];
        assert_eq!(all_changed(&good, None), removed);
    }
}
