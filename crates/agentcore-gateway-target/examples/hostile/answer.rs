//! Whether an answer is one.

use serde_json::Value;

/// What Lambda takes at most: <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const RESPONSE_LIMIT_BYTES: usize = 6_291_556;

/// Stands in the handler's environment, and in nothing that is sent to it.
pub(crate) const SECRET: &str = "planted-c0ffee-secret";

/// What an answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The result of a tool.
    Tool,
    /// A JSON-RPC response, or `null` for what is not to be answered.
    Message,
    /// An HTTP response.
    Http,
    /// Any of these, or the error of an event that names no tool.
    Any,
}

/// What a handler posted.
#[derive(Debug)]
pub(crate) struct Posted {
    /// Not a report of a failure.
    pub(crate) is_response: bool,
    pub(crate) streamed: bool,
    pub(crate) body: Vec<u8>,
}

/// What an answer turned out to be, for the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    ToolResult,
    ToolError,
    /// A tool that panicked, and was answered for.
    Panic,
    MessageResult,
    MessageError,
    Nothing,
    Http,
    HttpRefusal,
    NoToolName,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ToolResult => "tool_result",
            Self::ToolError => "tool_error",
            Self::Panic => "panic",
            Self::MessageResult => "message_result",
            Self::MessageError => "message_error",
            Self::Nothing => "nothing",
            Self::Http => "http",
            Self::HttpRefusal => "http_refusal",
            Self::NoToolName => "no_tool_name",
        }
    }
}

/// Checks the answer to an event.
pub(crate) fn check(shape: Shape, event: &[u8], posted: &Posted) -> Result<Kind, String> {
    if !posted.is_response {
        return Err("the invocation was reported as failed".to_owned());
    }
    if posted.body.len() > RESPONSE_LIMIT_BYTES {
        return Err(format!(
            "{} bytes, more than Lambda takes",
            posted.body.len()
        ));
    }
    if contains(&posted.body, SECRET.as_bytes()) {
        return Err("a secret of the environment is in the answer".to_owned());
    }
    let answer = match posted.streamed {
        true => streamed(&posted.body)?,
        false => {
            serde_json::from_slice(&posted.body).map_err(|error| format!("no JSON: {error}"))?
        }
    };
    let kind = kind(&answer, posted.streamed)?;
    let fits = match shape {
        Shape::Tool => matches!(kind, Kind::ToolResult | Kind::ToolError | Kind::Panic),
        Shape::Message => matches!(
            kind,
            Kind::MessageResult | Kind::MessageError | Kind::Panic | Kind::Nothing
        ),
        Shape::Http => matches!(kind, Kind::Http | Kind::HttpRefusal | Kind::Panic),
        Shape::Any => true,
    };
    if !fits {
        return Err(format!("{kind:?} is not what was asked for"));
    }
    if shape == Shape::Message {
        same_id(event, &answer)?;
    }
    Ok(kind)
}

fn kind(answer: &Value, streamed: bool) -> Result<Kind, String> {
    if answer.is_null() {
        return Ok(Kind::Nothing);
    }
    let Some(members) = answer.as_object() else {
        return Err("neither an object nor null".to_owned());
    };
    if members.contains_key("statusCode") {
        return http(answer, streamed);
    }
    if members.contains_key("jsonrpc") {
        return message(answer);
    }
    if answer["error"]["data"]["server_id"].is_string() {
        return Ok(Kind::NoToolName);
    }
    result(answer)
}

fn result(result: &Value) -> Result<Kind, String> {
    let Some(content) = result["content"].as_array() else {
        return Err("a result without content".to_owned());
    };
    if content.iter().any(|block| !block["type"].is_string()) {
        return Err("a content block without a type".to_owned());
    }
    let text = content.first().and_then(|block| block["text"].as_str());
    let panicked = text.is_some_and(|text| text.starts_with("internal_error: "));
    match &result["isError"] {
        Value::Bool(true) if panicked => Ok(Kind::Panic),
        Value::Bool(true) => Ok(Kind::ToolError),
        Value::Bool(false) | Value::Null => Ok(Kind::ToolResult),
        _ => Err("`isError` is no boolean".to_owned()),
    }
}

fn message(answer: &Value) -> Result<Kind, String> {
    if answer["jsonrpc"] != "2.0" {
        return Err("not of JSON-RPC 2.0".to_owned());
    }
    match (answer.get("result"), answer.get("error")) {
        (Some(value), None) if value.get("content").is_some() => match result(value)? {
            Kind::Panic => Ok(Kind::Panic),
            _ => Ok(Kind::MessageResult),
        },
        (Some(Value::Object(_)), None) => Ok(Kind::MessageResult),
        (None, Some(error)) if error["code"].is_i64() && error["message"].is_string() => {
            Ok(Kind::MessageError)
        }
        _ => Err("neither a result nor an error".to_owned()),
    }
}

/// The answer to a message has its id, or says that it had none.
fn same_id(event: &[u8], answer: &Value) -> Result<(), String> {
    let sent: Value = serde_json::from_slice(event).map_err(|error| error.to_string())?;
    match answer.get("id") {
        None | Some(Value::Null) => Ok(()),
        Some(id) if *id == sent["id"] || id.is_number() && id.as_f64() == sent["id"].as_f64() => {
            Ok(())
        }
        Some(id) => Err(format!("the id {id} is not that of the message")),
    }
}

fn http(answer: &Value, streamed: bool) -> Result<Kind, String> {
    let status = answer["statusCode"].as_u64().unwrap_or_default();
    if !(200..600).contains(&status) {
        return Err(format!("the status {}", answer["statusCode"]));
    }
    let headers = answer["headers"].as_object().ok_or("no headers")?;
    if headers.values().any(|value| !value.is_string()) {
        return Err("a header that is no string".to_owned());
    }
    if !streamed && answer["isBase64Encoded"] != false {
        return Err("the body's encoding is not said".to_owned());
    }
    let body = answer["body"].as_str().ok_or("a body that is no string")?;
    let kind = match status {
        200..300 => Kind::Http,
        _ => Kind::HttpRefusal,
    };
    let media = headers.get("content-type").and_then(Value::as_str);
    let inner = match media {
        Some("application/json") => Some(body),
        Some("text/event-stream") => {
            let last = body
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix("data:"));
            Some(last.ok_or("a stream without an event")?.trim_start())
        }
        _ => None,
    };
    let Some(inner) = inner else {
        return Ok(kind);
    };
    let inner: Value =
        serde_json::from_str(inner).map_err(|error| format!("no JSON in the body: {error}"))?;
    match message(&inner)? {
        Kind::Panic => Ok(Kind::Panic),
        _ => Ok(kind),
    }
}

/// The head and the body of a streamed response, as one value.
fn streamed(bytes: &[u8]) -> Result<Value, String> {
    let end = bytes.windows(8).position(|window| window == [0; 8]);
    let end = end.ok_or("no end of the head")?;
    let mut head: Value =
        serde_json::from_slice(&bytes[..end]).map_err(|error| format!("the head: {error}"))?;
    let body = std::str::from_utf8(&bytes[end + 8..]).map_err(|error| error.to_string())?;
    head["body"] = body.into();
    Ok(head)
}

/// Whether some bytes are in others.
pub(crate) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
