//! What came back for a message.

use serde::Deserialize;

/// The answer to a message.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The result of a tool.
    Result { is_error: bool, text: String },
    /// A JSON-RPC error, or an HTTP status of its own.
    Refused(String),
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Lost(pub(crate) String);

#[derive(Deserialize)]
struct Message {
    id: u64,
    result: Option<ToolResult>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolResult {
    #[serde(default)]
    is_error: bool,
    #[serde(default)]
    content: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(default)]
    text: String,
}

impl Answer {
    /// Reads the body of a response to the message `id`, JSON or events.
    pub(crate) fn read(id: u64, is_stream: bool, body: &[u8]) -> Result<Self, Lost> {
        let lost = |what: &str| {
            let shown: String = String::from_utf8_lossy(body).chars().take(300).collect();
            Lost(format!("{what}: {shown}"))
        };
        let message: Message = if is_stream {
            let text = std::str::from_utf8(body).map_err(|_| lost("not text"))?;
            let mut events = text
                .split("\n\n")
                .filter_map(|event| event.split_once("data: "))
                .map(|(_, data)| serde_json::from_str(&data.replace("\ndata: ", "\n")));
            let first = events.next().ok_or_else(|| lost("no event"))?;
            if events.next().is_some() {
                return Err(lost("more than one answer"));
            }
            first.map_err(|_| lost("not an answer"))?
        } else {
            serde_json::from_slice(body).map_err(|_| lost("not an answer"))?
        };
        if message.id != id {
            return Err(lost("somebody else's answer"));
        }
        match (message.result, message.error) {
            (Some(result), None) => {
                let texts: Vec<String> =
                    result.content.into_iter().map(|block| block.text).collect();
                Ok(Self::Result {
                    is_error: result.is_error,
                    text: texts.join("\n"),
                })
            }
            (None, Some(error)) => Ok(Self::Refused(error.to_string())),
            _ => Err(lost("neither result nor error")),
        }
    }
}
