//! Collects everything that is wrong with a request, in the words of the service.

use std::fmt::Display;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{ApiError, Field, Reason};

/// A pattern of the API model. Compiled at its first use.
pub(crate) type Pattern = LazyLock<Regex>;

/// What of the API model a string has to fit.
pub(crate) struct Text {
    /// Smallest and largest number of characters.
    pub(crate) length: (usize, usize),
    /// What it must match, with the text of the pattern for the message.
    pub(crate) pattern: Option<(&'static Pattern, &'static str)>,
    /// Not repeated in messages, as the model says.
    pub(crate) sensitive: bool,
}

/// Declares a [`Text`] with a pattern of the model, which has to match the whole string.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $length:expr) => {
        $(#[$doc])*
        pub(crate) static $name: $crate::check::Text =
            $crate::check::Text { length: $length, pattern: None, sensitive: true };
    };
    ($(#[$doc:meta])* $name:ident, $length:expr, $pattern:literal) => {
        $(#[$doc])*
        pub(crate) static $name: $crate::check::Text = {
            static PATTERN: $crate::check::Pattern = std::sync::LazyLock::new(|| {
                regex_lite::Regex::new(concat!("^(?:", $pattern, ")$")).expect("a pattern of the API model")
            });
            $crate::check::Text { length: $length, pattern: Some((&PATTERN, $pattern)), sensitive: false }
        };
    };
}
pub(crate) use text;

/// What is wrong so far.
#[derive(Default)]
pub(crate) struct Findings {
    fields: Vec<Field>,
}

impl Findings {
    /// Member `name` is wrong: `message` says what it must be.
    pub(crate) fn add(&mut self, name: impl Display, message: impl Display) {
        self.fields.push(Field {
            name: name.to_string(),
            message: message.to_string(),
        });
    }

    /// Checks a string that may be absent.
    pub(crate) fn text(&mut self, name: impl Display, value: Option<&str>, rule: &Text) {
        let Some(value) = value else { return };
        let (least, most) = rule.length;
        let length = value.chars().count();
        let constraint = if length < least {
            format!("Member must have length greater than or equal to {least}")
        } else if length > most {
            format!("Member must have length less than or equal to {most}")
        } else {
            match rule.pattern {
                Some((pattern, text)) if !pattern.is_match(value) => {
                    format!("Member must satisfy regular expression pattern: {text}")
                }
                _ => return,
            }
        };
        let shown = if rule.sensitive || length > most {
            String::new()
        } else {
            format!("Value '{value}' ")
        };
        self.add(
            &name,
            format_args!("{shown}failed to satisfy constraint: {constraint}"),
        );
    }

    /// Checks each string of a list, and their number.
    pub(crate) fn texts(
        &mut self,
        name: &str,
        values: Option<&[String]>,
        count: (usize, usize),
        rule: &Text,
    ) {
        let Some(values) = values else { return };
        self.count(name, values.len(), count);
        for (index, value) in values.iter().enumerate() {
            self.text(format_args!("{name}[{index}]"), Some(value), rule);
        }
    }

    /// Checks the number of elements.
    pub(crate) fn count(
        &mut self,
        name: impl Display,
        found: usize,
        (least, most): (usize, usize),
    ) {
        if found < least || found > most {
            self.add(
                name,
                format_args!("must have {least} to {most} elements, and has {found}"),
            );
        }
    }

    /// Everything that was found, as one error.
    pub(crate) fn into_result(self) -> Result<(), ApiError> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let lines = self
            .fields
            .iter()
            .map(|field| format!("at '{}': {}", field.name, field.message));
        let lines: Vec<_> = lines.collect();
        let errors = if lines.len() == 1 { "error" } else { "errors" };
        Err(ApiError::Validation {
            message: format!(
                "{} validation {errors} detected: {}",
                lines.len(),
                lines.join("; ")
            ),
            reason: Reason::FieldValidationFailed,
            fields: self.fields,
        })
    }
}

/// Reads a typed shape out of JSON that was parsed before; an error names the member by its path.
pub(crate) fn shape<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        // A member that is missing at the top has no path of its own; its name is in the message.
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split('`').next());
        match (path.as_str(), missing) {
            (".", Some(name)) => ApiError::field(name, "must not be null"),
            (path, Some(name)) => ApiError::field(format!("{path}.{name}"), "must not be null"),
            (path, None) => ApiError::field(path, message),
        }
    })
}
