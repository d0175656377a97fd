//! Arguments of a tool call: deserialized with the path of what is wrong.

use std::borrow::Cow;

use rmcp::ErrorData;
use rmcp::handler::server::common::FromContextPart;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::model::{CallToolResult, ContentBlock};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::note_code;

/// How rmcp recognises arguments that do not fit, which it turns into an `isError` result.
const REJECTED: &str = "failed to deserialize parameters: ";

/// The code of every refusal of arguments.
const CODE: &str = "invalid_arguments";

/// What serde calls a value in Rust's words, and what a caller calls it.
const EXPECTED: [(&str, &str); 16] = [
    ("u8", "a whole number from 0 to 255"),
    ("u16", "a whole number from 0 to 65535"),
    ("u32", "a whole number from 0 to 4294967295"),
    ("u64", "a whole number, 0 or more"),
    ("usize", "a whole number, 0 or more"),
    ("i8", "a whole number from -128 to 127"),
    ("i16", "a whole number from -32768 to 32767"),
    ("i32", "a whole number from -2147483648 to 2147483647"),
    ("i64", "a whole number"),
    ("isize", "a whole number"),
    ("f32", "a number"),
    ("f64", "a number"),
    ("a sequence", "an array"),
    ("a map", "an object"),
    ("unit", "null"),
    ("string or map", "a string or an object"),
];

/// The arguments of a tool call as `P`.
///
/// Use it in place of rmcp's type of the same name (the `#[tool]` macro goes by the name): what
/// does not fit is reported with its path, as in ``invalid_arguments: `edits[0].oldText`: …``.
#[derive(Debug, Clone)]
pub struct Parameters<P>(pub P);

impl<P: JsonSchema> JsonSchema for Parameters<P> {
    fn schema_name() -> Cow<'static, str> {
        P::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        P::json_schema(generator)
    }
}

impl<S, P: DeserializeOwned> FromContextPart<ToolCallContext<'_, S>> for Parameters<P> {
    fn from_context_part(context: &mut ToolCallContext<'_, S>) -> Result<Self, ErrorData> {
        let arguments = Value::Object(context.arguments.take().unwrap_or_default());
        match serde_path_to_error::deserialize(arguments) {
            Ok(arguments) => Ok(Self(arguments)),
            Err(error) => {
                let path = error.path().to_string();
                let reason = plain(&error.into_inner().to_string(), &path);
                let text = format!("{REJECTED}{CODE}: {reason}");
                Err(ErrorData::invalid_params(text, None))
            }
        }
    }
}

/// serde's reason in the words of a caller who knows JSON and not Rust.
fn plain(reason: &str, path: &str) -> String {
    if let Some(rest) = reason.strip_prefix("unknown field `")
        && let Some((field, expected)) = rest.split_once("`, ")
    {
        // The path already ends in the field.
        let owner = path
            .strip_suffix(field)
            .unwrap_or(path)
            .trim_end_matches('.');
        let known = expected
            .trim_start_matches("expected ")
            .trim_start_matches("one of ")
            .replace("` or `", "`, `");
        let (place, noun) = match owner {
            "" => (String::new(), "argument"),
            owner => (format!("`{owner}`: "), "member"),
        };
        return match known.as_str() {
            "there are no fields" => format!("{place}unknown {noun} `{field}`; there are none"),
            known => format!("{place}unknown {noun} `{field}`; known: {known}"),
        };
    }
    let place = match path {
        // The value as a whole.
        "." => String::new(),
        path => format!("`{path}`: "),
    };
    if let Some(field) = reason.strip_prefix("missing field ") {
        let noun = if place.is_empty() {
            "argument"
        } else {
            "member"
        };
        return format!("{place}required {noun} {field} is missing");
    }
    if reason.starts_with("invalid ")
        && let Some((found, expected)) = reason.rsplit_once(", expected ")
    {
        let known = EXPECTED.iter().find(|(rust, _)| *rust == expected);
        let expected = match known {
            Some((_, words)) => words,
            None if expected.starts_with("struct ") => "an object",
            None => expected,
        };
        let found = found.trim_start_matches("invalid ");
        let found = found
            .trim_start_matches("type: ")
            .trim_start_matches("value: ");
        let found = match found {
            "map" => "an object",
            "sequence" => "an array",
            other => other,
        };
        return format!("{place}expected {expected}, found {found}");
    }
    format!("{place}{reason}")
}

/// Gives refused arguments their code, without the mark by which rmcp knows them. This covers
/// servers that use rmcp's own `Parameters` as well.
pub(crate) fn tidy(result: &mut CallToolResult) {
    if result.is_error != Some(true) {
        return;
    }
    let [ContentBlock::Text(text)] = result.content.as_mut_slice() else {
        return;
    };
    let Some(reason) = text.text.strip_prefix(REJECTED) else {
        return;
    };
    let coded = reason
        .strip_prefix(CODE)
        .is_some_and(|rest| rest.starts_with(": "));
    text.text = match coded {
        true => reason.to_owned(),
        false => format!("{CODE}: {}", plain(reason, ".")),
    };
    note_code(CODE);
}

/// `#[serde(deserialize_with = "…")]` functions for what upstream servers accept beside the
/// declared type. The published schema stays the declared one.
pub mod lenient {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde_json::Value;

    /// An integer, or a string that holds one: `5` and `"5"`.
    ///
    /// # Errors
    ///
    /// When the value is neither, or does not fit `T`.
    pub fn integer<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: TryFrom<i64>,
    {
        let value = Value::deserialize(deserializer)?;
        let number = match &value {
            Value::String(text) => text.trim().parse().ok(),
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            _ => None,
        };
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| Error::custom(format!("{value} is not an integer in range")))
    }

    /// [`integer`] or `null`, for an optional argument. Needs `#[serde(default)]` as well.
    ///
    /// # Errors
    ///
    /// As [`integer`].
    pub fn optional_integer<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        D: Deserializer<'de>,
        T: TryFrom<i64>,
    {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(None),
            value => integer(value).map(Some).map_err(Error::custom),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked: whole and within i64"
    )]
    fn whole(number: f64) -> Option<i64> {
        (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "deserialized for its errors")]
    struct Input {
        path: String,
        #[serde(default)]
        edits: Vec<Edit>,
        #[serde(default, deserialize_with = "lenient::optional_integer")]
        head: Option<u32>,
        #[serde(default)]
        depth: u64,
        #[serde(default)]
        sort: Option<Sort>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "deserialized for its errors")]
    struct Edit {
        old: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Sort {
        Name,
        Size,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    fn refusal<P: DeserializeOwned>(arguments: Value) -> String {
        match serde_path_to_error::deserialize::<_, P>(arguments) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => {
                let path = error.path().to_string();
                plain(&error.into_inner().to_string(), &path)
            }
        }
    }

    #[test]
    fn a_refusal_says_where_what_and_what_would_be_right() {
        let cases = [
            json!({}),
            json!({ "path": "a", "pth": 1 }),
            json!({ "path": 1 }),
            json!({ "path": "a", "edits": {} }),
            json!({ "path": "a", "edits": [1] }),
            json!({ "path": "a", "edits": [{}] }),
            json!({ "path": "a", "edits": [{ "old": "x", "new": "y" }] }),
            json!({ "path": "a", "edits": [{ "old": "x" }, { "old": null }] }),
            json!({ "path": "a", "head": "five" }),
            json!({ "path": "a", "depth": -1 }),
            json!({ "path": "a", "depth": "1" }),
            json!({ "path": "a", "sort": "date" }),
            json!({ "path": "a", "sort": "name" }),
        ];
        let mut texts: Vec<String> = cases.map(refusal::<Input>).into();
        texts.push(refusal::<Nothing>(json!({ "x": 1 })));
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn refused_arguments_carry_their_code() {
        let cases = [
            (
                "failed to deserialize parameters: invalid_arguments: `path`: no",
                "invalid_arguments: `path`: no",
            ),
            (
                "failed to deserialize parameters: missing field `path`",
                "invalid_arguments: required argument `path` is missing",
            ),
            ("not_found: nothing", "not_found: nothing"),
        ];
        for (before, after) in cases {
            let mut result = CallToolResult::error(vec![ContentBlock::text(before)]);
            tidy(&mut result);
            let text = result.content[0].as_text().map(|text| text.text.as_str());
            assert_eq!(text, Some(after));
        }
    }

    #[test]
    fn integers_may_come_as_text() {
        let head = |value| serde_json::from_value::<Input>(json!({ "path": "a", "head": value }));
        for value in [json!(5), json!("5"), json!(" 5 "), json!(5.0)] {
            assert_eq!(head(value).unwrap().head, Some(5));
        }
        assert_eq!(head(Value::Null).unwrap().head, None);
        for value in [
            json!(-1),
            json!("x"),
            json!(5.5),
            json!(4_294_967_296_i64),
            json!([]),
        ] {
            assert!(
                head(value)
                    .unwrap_err()
                    .to_string()
                    .contains("is not an integer in range")
            );
        }
    }
}
