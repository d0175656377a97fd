//! The texts that tell a client what is wrong with its arguments, as recorded from the service at two times.

use std::fmt::Write as _;

use crate::schema::Kind;

/// Which of the recorded texts a client is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ValidationTexts {
    /// `ValidationException - …`, fields as `/field`.
    #[default]
    ValidationException,
    /// `JsonSchemaException - …`, fields as `$.field`: recorded in January 2026.
    JsonSchemaException,
}

impl ValidationTexts {
    fn prefix(self) -> &'static str {
        match self {
            Self::ValidationException => {
                "ValidationException - Parameter validation failed: Invalid request parameters:"
            }
            Self::JsonSchemaException => {
                "JsonSchemaException - Parameter validation failed: Invalid request parameters:"
            }
        }
    }
}

/// A step from a value to one inside it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Member(&'a str),
    Index(usize),
}

/// What is wrong with the value at a path.
pub(crate) enum Violation<'a> {
    Type {
        found: Kind,
        expected: Kind,
    },
    /// The object lacks this member.
    Missing(&'a str),
    /// The object has this member, which its schema does not declare.
    Undeclared(&'a str),
}

/// The text so far: one line for each violation.
pub(crate) struct Texts {
    variant: ValidationTexts,
    lines: String,
}

impl Texts {
    pub(crate) fn new(variant: ValidationTexts) -> Self {
        let lines = String::new();
        Self { variant, lines }
    }

    pub(crate) fn add(&mut self, path: &[Step<'_>], violation: &Violation<'_>) {
        let text = match self.variant {
            ValidationTexts::ValidationException => with_pointer(path, violation),
            ValidationTexts::JsonSchemaException => with_json_path(path, violation),
        };
        self.lines.push_str("\n- ");
        self.lines.push_str(&text);
    }

    /// The whole text, or `None` when nothing was wrong.
    pub(crate) fn finish(self) -> Option<String> {
        (!self.lines.is_empty()).then(|| format!("{}{}", self.variant.prefix(), self.lines))
    }
}

fn with_pointer(path: &[Step<'_>], violation: &Violation<'_>) -> String {
    let pointer = pointer(path);
    // At the top level the bare name: so in every recorded text.
    let field = |name: &str| match pointer.as_str() {
        "" => name.to_owned(),
        pointer => format!("{pointer}/{name}"),
    };
    match violation {
        Violation::Type { found, expected } => {
            let pointer = if pointer.is_empty() { "/" } else { &pointer };
            let (found, expected) = (found.name(), expected.name());
            format!("Field '{pointer}' has invalid type: {found} found, {expected} expected")
        }
        Violation::Missing(name) => format!("Missing required field(s): '{}'", field(name)),
        Violation::Undeclared(name) => format!(
            "additionalProperties validation failed: property '{}' is not defined in the schema and the schema \
             does not allow additional properties",
            field(name)
        ),
    }
}

fn with_json_path(path: &[Step<'_>], violation: &Violation<'_>) -> String {
    let path = json_path(path);
    match violation {
        Violation::Type { found, expected } => {
            format!(
                "{path}: {} found, {} expected",
                found.name(),
                expected.name()
            )
        }
        Violation::Missing(name) => format!("{path}: required property '{name}' not found"),
        Violation::Undeclared(name) => format!(
            "{path}: property '{name}' is not defined in the schema and the schema does not allow additional properties"
        ),
    }
}

/// RFC 6901.
fn pointer(path: &[Step<'_>]) -> String {
    path.iter()
        .map(|step| match step {
            Step::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("/{index}"),
        })
        .collect()
}

fn json_path(path: &[Step<'_>]) -> String {
    let mut text = "$".to_owned();
    for step in path {
        // Writing to a `String` cannot fail.
        let _ = match step {
            Step::Member(name) => write!(text, ".{name}"),
            Step::Index(index) => write!(text, "[{index}]"),
        };
    }
    text
}
