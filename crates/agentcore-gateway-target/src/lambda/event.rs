//! What an invocation is, told from the context and the shape of its event.

use rmcp::model::JsonObject;
use serde_json::Value;

use super::http::{BadRequest, HttpEvent};
use crate::failure::{CallFailure, shortened};

/// The gateway puts this between a target's name, which cannot contain `_`, and a tool's.
const DELIMITER: &str = "___";

/// Members, and headers, that name the tool of a direct call.
const TOOL_KEYS: [&str; 3] = ["toolName", "tool_name", "bedrockAgentCoreToolName"];

/// The longest id of a JSON-RPC message.
pub(super) const ID_LIMIT_BYTES: usize = 1024;

/// What an invocation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The client context names the tool; the event is its arguments.
    Gateway,
    /// The event names the tool and holds its arguments.
    Direct,
    /// The event is an HTTP request.
    Http,
    /// The event is an MCP message.
    Message,
    /// Anything else.
    Other,
}

impl Kind {
    /// The kind as the log has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Direct => "direct",
            Self::Http => "http",
            Self::Message => "message",
            Self::Other => "other",
        }
    }
}

/// An invocation's event, understood.
#[derive(Debug)]
pub(super) enum Event {
    Tool(ToolCall),
    Http(Box<Result<HttpEvent, BadRequest>>),
    Message(Value),
    Other,
}

/// A call of one tool.
#[derive(Debug)]
pub(super) struct ToolCall {
    pub(super) kind: Kind,
    /// The name as it came, with or without the target's.
    pub(super) name: String,
    pub(super) arguments: Result<JsonObject, CallFailure>,
}

impl ToolCall {
    /// The name without the target's.
    pub(super) fn bare_name(&self) -> &str {
        match self.name.split_once(DELIMITER) {
            Some((_target, tool)) => tool,
            None => &self.name,
        }
    }
}

impl Event {
    pub(super) fn classify(tool: Option<&str>, body: &[u8]) -> Self {
        let event = parse(body);
        if let Some(tool) = tool {
            return Self::Tool(ToolCall {
                kind: Kind::Gateway,
                name: tool.to_owned(),
                arguments: event.and_then(arguments),
            });
        }
        let Ok(Value::Object(event)) = event else {
            return Self::Other;
        };
        if let Some(request) = HttpEvent::read(&event) {
            return Self::Http(Box::new(request));
        }
        if event.get("jsonrpc").is_some_and(|version| version == "2.0") {
            return Self::Message(Value::Object(event));
        }
        match direct_name(&event).map(str::to_owned) {
            Some(name) => Self::Tool(direct(name, event)),
            None => Self::Other,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Tool(call) => call.kind,
            Self::Http(_) => Kind::Http,
            Self::Message(_) => Kind::Message,
            Self::Other => Kind::Other,
        }
    }

    /// The tool that is called, without the target's name.
    pub(super) fn tool(&self) -> Option<&str> {
        match self {
            Self::Tool(call) => Some(call.bare_name()),
            Self::Http(event) => event.as_ref().as_ref().ok()?.tool(),
            Self::Message(message) => Self::called_tool(message),
            Self::Other => None,
        }
    }

    /// The tool that a message calls, if that is what it does: for the log, and for failures.
    pub(super) fn called_tool(message: &Value) -> Option<&str> {
        let is_call = message["method"] == "tools/call";
        let name = is_call.then(|| message["params"]["name"].as_str());
        name.flatten().map(shortened)
    }

    /// Whether a message's id is too long to be repeated: the answer could be too large with it.
    pub(super) fn has_long_id(message: &Value) -> bool {
        let id = message.get("id").and_then(Value::as_str);
        id.is_some_and(|id| id.len() > ID_LIMIT_BYTES)
    }
}

/// An empty event is `null`: `aws lambda invoke` without a payload sends nothing at all.
fn parse(body: &[u8]) -> Result<Value, CallFailure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| CallFailure::Arguments {
        found: format!("not JSON: {error}"),
    })
}

fn arguments(value: Value) -> Result<JsonObject, CallFailure> {
    let found = match value {
        Value::Object(arguments) => return Ok(arguments),
        Value::Null => return Ok(JsonObject::new()),
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
    };
    Err(CallFailure::Arguments {
        found: found.to_owned(),
    })
}

fn direct(name: String, mut event: JsonObject) -> ToolCall {
    let given = event.remove("arguments").unwrap_or_default();
    ToolCall {
        kind: Kind::Direct,
        name,
        arguments: arguments(given),
    }
}

fn direct_name(event: &JsonObject) -> Option<&str> {
    if event.get("requestContext").is_some_and(Value::is_object) {
        // Of a front end that is none of ours, such as a WebSocket API: its headers are a browser's.
        return None;
    }
    let named = |value: &'_ Value| value.as_str().is_some_and(|name| !name.is_empty());
    let member = TOOL_KEYS
        .iter()
        .find_map(|key| event.get(*key).filter(|value| named(value)));
    let header = || {
        let headers = event.get("headers")?.as_object()?;
        let is_tool = |key: &str| {
            TOOL_KEYS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(key))
        };
        let mut found = headers
            .iter()
            .filter(|(key, value)| is_tool(key) && named(value));
        found.next().map(|(_, value)| value)
    };
    member.or_else(header)?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn call(tool: Option<&str>, event: &Value) -> Option<(Kind, String, Value)> {
        match Event::classify(tool, event.to_string().as_bytes()) {
            Event::Tool(call) => {
                let arguments = match &call.arguments {
                    Ok(arguments) => Value::Object(arguments.clone()),
                    Err(failure) => Value::String(failure.to_string()),
                };
                Some((call.kind, call.bare_name().to_owned(), arguments))
            }
            Event::Http(_) | Event::Message(_) | Event::Other => None,
        }
    }

    #[test]
    fn a_gateway_call_is_named_by_the_context_and_split_at_the_first_delimiter() {
        let event = json!({ "a": 1 });
        let names = [
            ("files___read_file", "read_file"),
            ("files___a___b", "a___b"),
            ("files_____x", "__x"),
            ("read_file", "read_file"),
            ("files___", ""),
        ];
        for (name, expected) in names {
            let expected = Some((Kind::Gateway, expected.to_owned(), event.clone()));
            assert_eq!(call(Some(name), &event), expected, "{name}");
        }
    }

    #[test]
    fn a_gateway_call_without_arguments_has_none() {
        let none = Some((Kind::Gateway, "x".to_owned(), json!({})));
        assert_eq!(call(Some("t___x"), &Value::Null), none);
        for body in ["", " \n", "null", "{}"] {
            let Event::Tool(call) = Event::classify(Some("t___x"), body.as_bytes()) else {
                panic!("{body:?} is a call");
            };
            assert_eq!(call.arguments.unwrap(), JsonObject::new(), "{body:?}");
        }
    }

    #[test]
    fn arguments_that_are_no_object_are_refused_and_not_guessed() {
        for (body, found) in [
            ("[1]", "an array"),
            ("\"x\"", "a string"),
            ("{", "not JSON"),
        ] {
            let Event::Tool(call) = Event::classify(Some("t___x"), body.as_bytes()) else {
                panic!("{body:?} is a call");
            };
            let text = call.arguments.unwrap_err().to_string();
            assert!(text.contains(found), "{text}");
        }
    }

    #[test]
    fn a_direct_call_is_named_by_a_member_or_a_header() {
        let arguments = json!({ "a": 1 });
        let events = [
            json!({ "toolName": "x", "arguments": arguments }),
            json!({ "tool_name": "t___x", "arguments": arguments }),
            json!({ "bedrockAgentCoreToolName": "t___x", "arguments": arguments }),
            json!({ "headers": { "bedrockagentcoretoolname": "x" }, "arguments": arguments }),
            json!({ "headers": { "accept": "*/*", "TOOLNAME": "x" }, "arguments": arguments }),
        ];
        for event in events {
            let expected = Some((Kind::Direct, "x".to_owned(), arguments.clone()));
            assert_eq!(call(None, &event), expected, "{event}");
        }
        let bare = json!({ "toolName": "x" });
        assert_eq!(
            call(None, &bare),
            Some((Kind::Direct, "x".to_owned(), json!({})))
        );
    }

    #[test]
    fn everything_else_is_told_apart() {
        let cases = [
            (
                json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }),
                Kind::Message,
            ),
            (json!({ "jsonrpc": "2.0", "toolName": "x" }), Kind::Message),
            (json!({ "jsonrpc": "1.0" }), Kind::Other),
            (json!({ "toolName": "" }), Kind::Other),
            (json!({ "toolName": 7 }), Kind::Other),
            (json!({ "a": 1 }), Kind::Other),
            (
                json!({ "httpMethod": "POST", "requestContext": {}, "headers": { "toolName": "x" } }),
                Kind::Http,
            ),
            (
                json!({ "requestContext": { "http": { "method": "POST" } }, "jsonrpc": "2.0" }),
                Kind::Http,
            ),
            (
                json!({ "httpMethod": "POST", "toolName": "x" }),
                Kind::Direct,
            ),
            (json!([]), Kind::Other),
            (Value::Null, Kind::Other),
            (
                json!({ "requestContext": {}, "headers": { "toolName": "x" }, "body": "{}" }),
                Kind::Other,
            ),
        ];
        for (event, kind) in cases {
            let classified = Event::classify(None, event.to_string().as_bytes());
            assert_eq!(classified.kind(), kind, "{event}");
        }
    }
}
