//! Arguments of a tool call: deserialized with the path of what is wrong.

use std::borrow::Cow;

use rmcp::ErrorData;
use rmcp::handler::server::common::FromContextPart;
use rmcp::handler::server::tool::ToolCallContext;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How rmcp recognises arguments that do not fit, which it turns into an `isError` result.
const REJECTED: &str = "failed to deserialize parameters:";

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
                let reason = error.into_inner();
                // serde names a missing or unknown field itself; its path is then `.`.
                let place = if path == "." {
                    String::new()
                } else {
                    format!("`{path}`: ")
                };
                let text = format!("{REJECTED} invalid_arguments: {place}{reason}");
                Err(ErrorData::invalid_params(text, None))
            }
        }
    }
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
