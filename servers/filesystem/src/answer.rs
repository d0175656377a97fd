//! What every tool answers: a text, and the same text as structured content.

use rmcp::model::{CallToolResult, ContentBlock};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::FilesystemError;

/// JSON of one answer at most. A Lambda response holds 6 MB (6,291,556 bytes, see
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>); the rest is for the
/// envelope around the answer.
const MOST_BYTES: usize = 6_000_000;

/// Output of every tool that answers with text.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextOutput {
    /// The answer, the same as the text block.
    content: String,
}

/// A text answer, unless it is too large to be sent; `hint` says how to ask for less.
pub(crate) fn text(content: String, hint: &'static str) -> Result<CallToolResult, FilesystemError> {
    fits(2 * json_len(&content), hint)?;
    let mut result = CallToolResult::success(vec![ContentBlock::text(content.as_str())]);
    result.structured_content = Some(json!({ "content": content }));
    Ok(result)
}

/// An answer that is one block of another kind than text. `bytes` is the size of its JSON.
pub(crate) fn block(
    block: ContentBlock,
    value: Value,
    bytes: usize,
    hint: &'static str,
) -> Result<CallToolResult, FilesystemError> {
    fits(2 * bytes, hint)?;
    let mut result = CallToolResult::success(vec![block]);
    result.structured_content = Some(json!({ "content": [value] }));
    Ok(result)
}

fn fits(bytes: usize, hint: &'static str) -> Result<(), FilesystemError> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let limit = MOST_BYTES;
    Err(FilesystemError::ResultTooLarge { bytes, limit, hint })
}

/// How many bytes a text takes as a JSON string, as `serde_json` writes it.
fn json_len(text: &str) -> usize {
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..=0x1f => 6,
        _ => 1,
    };
    2 + text.bytes().map(escaped).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, json_len, text};

    #[test]
    fn length_is_that_of_serde_json() {
        let every: String = (0..0x250u32).filter_map(char::from_u32).collect();
        assert_eq!(
            json_len(&every),
            serde_json::to_string(&every).unwrap().len()
        );
    }

    #[test]
    fn an_answer_just_fits_or_is_refused() {
        let most = "x".repeat(MOST_BYTES / 2 - 2);
        assert!(text(most.clone(), "less").is_ok());
        let error = text(format!("{most}x"), "ask for less").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the answer would take 6000002 bytes of JSON, more than the 6000000 that fit into a \
             response\nhint: ask for less"
        );
    }
}
