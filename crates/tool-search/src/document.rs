//! What of a tool is searched.

use serde_json::Value;

use crate::Tool;

/// How often a part is counted: BM25 knows one text per document, and a word of the name says more than one of an argument.
const NAME: usize = 3;
const SUMMARY: usize = 3;

/// The text of a tool, its weighty parts repeated.
pub(crate) fn text(tool: &Tool<'_>) -> String {
    let mut text = String::new();
    for _ in 0..NAME {
        push(&mut text, tool.name);
    }
    for _ in 1..SUMMARY {
        push(&mut text, first_sentence(tool.description));
    }
    push(&mut text, tool.description);
    arguments(tool.input_schema, &mut text);
    text
}

/// Names and descriptions of the arguments, those inside objects and lists included.
fn arguments(schema: &Value, text: &mut String) {
    if let Some(properties) = schema["properties"].as_object() {
        for (name, property) in properties {
            push(text, name);
            push(text, property["description"].as_str().unwrap_or_default());
            arguments(property, text);
        }
    }
    if schema["items"].is_object() {
        arguments(&schema["items"], text);
    }
}

fn first_sentence(text: &str) -> &str {
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    &text[..end]
}

fn push(text: &mut String, part: &str) {
    text.push_str(part);
    text.push('\n');
}
