//! Answers of a backend that are not what its API promises.

use proptest::collection::vec;
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
    Parts(Vec<(Index, Value)>),
    /// Its bytes end early.
    Cut(Index),
    /// Something else comes instead.
    Other(HttpAnswer),
}

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
    let parts = vec((any::<Index>(), hostile::json()), 1..5);
    prop_oneof![
        3 => Just(Damage::None),
        5 => parts.prop_map(Damage::Parts),
        1 => any::<Index>().prop_map(Damage::Cut),
        2 => other().prop_map(Damage::Other),
    ]
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
            Self::Parts(parts) => json(replaced(good, parts).to_string().into_bytes()),
            Self::Cut(place) => {
                let mut body = good.to_string().into_bytes();
                body.truncate(place.index(body.len()));
                json(body)
            }
            Self::Other(answer) => answer.clone(),
        }
    }
}

/// `good` with some of its nodes replaced, one after the other.
pub fn replaced(good: &Value, parts: &[(Index, Value)]) -> Value {
    let mut value = good.clone();
    for (place, part) in parts {
        let mut left = place.index(nodes(&value));
        replace(&mut value, &mut left, part);
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

/// Counts `left` down to the node to replace. True when that is done.
fn replace(value: &mut Value, left: &mut usize, part: &Value) -> bool {
    if *left == 0 {
        *value = part.clone();
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, left, part)),
        Value::Object(members) => members.values_mut().any(|item| replace(item, left, part)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_node_can_be_replaced() {
        let good = json!({ "a": [1, { "b": 2 }], "c": 3 });
        let mut runner = TestRunner::deterministic();
        let mut index = || any::<Index>().new_tree(&mut runner).unwrap().current();
        let mut seen: Vec<String> = (0..200)
            .map(|_| replaced(&good, &[(index(), json!("x"))]).to_string())
            .collect();
        seen.sort();
        seen.dedup();
        let expected = [
            r#""x""#,
            r#"{"a":"x","c":3}"#,
            r#"{"a":["x",{"b":2}],"c":3}"#,
            r#"{"a":[1,"x"],"c":3}"#,
            r#"{"a":[1,{"b":"x"}],"c":3}"#,
            r#"{"a":[1,{"b":2}],"c":"x"}"#,
        ];
        assert_eq!(seen, expected);
    }
}
