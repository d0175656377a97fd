//! Events of every kind, whole and damaged.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json as value};

use crate::arguments::{Tool, arguments};
use crate::json::{json, object, one_of, quoted, scalar, string, text};

/// Requests as each of Lambda's HTTP front ends hands them over.
const HTTP_EVENTS: [&str; 4] = [
    include_str!("../../tests/fixtures/http/function_url.json"),
    include_str!("../../tests/fixtures/http/http_api.json"),
    include_str!("../../tests/fixtures/http/load_balancer.json"),
    include_str!("../../tests/fixtures/http/rest_api.json"),
];

/// An event that names its tool itself.
pub(crate) fn direct(tool: &Tool) -> BoxedStrategy<String> {
    let keys = ["toolName", "tool_name", "bedrockAgentCoreToolName"];
    let names = [tool.name.clone(), format!("target___{}", tool.name)];
    (one_of(&keys), select(names.to_vec()), arguments(tool))
        .prop_map(|(key, name, arguments)| {
            object(&[
                (quoted(&key), quoted(&name)),
                (quoted("arguments"), arguments),
            ])
        })
        .boxed()
}

/// A JSON-RPC message: mostly a call of the tool.
pub(crate) fn message(tool: &Tool) -> BoxedStrategy<String> {
    let name = quoted(&tool.name);
    let call = arguments(tool).prop_map(move |arguments| {
        let params = object(&[
            (quoted("name"), name.clone()),
            (quoted("arguments"), arguments),
        ]);
        ("tools/call".to_owned(), params)
    });
    let methods = [
        "initialize",
        "ping",
        "tools/list",
        "tools/call",
        "resources/list",
        "resources/read",
        "resources/subscribe",
        "prompts/get",
        "completion/complete",
        "logging/setLevel",
        "tasks/get",
        "server/discover",
        "notifications/initialized",
        "notifications/cancelled",
    ];
    let methods = prop_oneof![8 => one_of(&methods), 1 => text()];
    let initialize = value!({
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": { "name": "x", "version": "1" }
    });
    let params =
        prop_oneof![2 => json(), 2 => Just("{}".to_owned()), 1 => Just(initialize.to_string())];
    let id = prop_oneof![
        4 => any::<u32>().prop_map(|id| Some(id.to_string())),
        2 => string().prop_map(Some),
        1 => scalar().prop_map(Some),
        1 => Just(None),
    ];
    let other = (methods, params);
    (id, prop_oneof![2 => call, 1 => other])
        .prop_map(|(id, (method, params))| {
            let mut members = vec![(quoted("jsonrpc"), quoted("2.0"))];
            members.extend(id.map(|id| (quoted("id"), id)));
            members.push((quoted("method"), quoted(&method)));
            members.push((quoted("params"), params));
            object(&members)
        })
        .boxed()
}

/// An HTTP request with a message in it, or with anything.
pub(crate) fn http(tool: &Tool) -> BoxedStrategy<String> {
    let messages = message(tool).prop_map(String::into_bytes).boxed();
    let bodies = prop_oneof![
        8 => messages.clone(),
        2 => mutated(messages),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
    ];
    let methods = prop_oneof![
        12 => Just("POST".to_owned()),
        2 => one_of(&["GET", "DELETE", "OPTIONS", "PATCH", "post"]),
        1 => text(),
    ];
    let names = [
        "accept",
        "content-type",
        "mcp-protocol-version",
        "mcp-session-id",
        "last-event-id",
    ];
    let names = prop_oneof![4 => one_of(&names), 1 => text()];
    let versions = ["2025-11-25", "2025-06-18", "2024-11-05", "2026-07-28"];
    let values = prop_oneof![2 => one_of(&versions), 1 => text()];
    let headers = proptest::collection::vec((names, values), 0..3);
    let events = one_of(&HTTP_EVENTS);
    (events, bodies, methods, headers, any::<bool>())
        .prop_map(|(event, body, method, headers, encoded)| {
            request(&event, &body, &method, headers, encoded)
        })
        .boxed()
}

fn request(
    event: &str,
    body: &[u8],
    method: &str,
    headers: Vec<(String, String)>,
    encoded: bool,
) -> String {
    let mut event: Value = serde_json::from_str(event).expect("the fixtures are JSON");
    event["isBase64Encoded"] = encoded.into();
    event["body"] = match encoded {
        true => STANDARD.encode(body).into(),
        false => String::from_utf8_lossy(body).into(),
    };
    match event.get_mut("httpMethod") {
        Some(known) => *known = method.into(),
        None => event["requestContext"]["http"]["method"] = method.into(),
    }
    for (name, header) in headers {
        if let Some(single) = event.get_mut("headers").and_then(Value::as_object_mut) {
            single.insert(name.clone(), header.clone().into());
        }
        if let Some(lists) = event
            .get_mut("multiValueHeaders")
            .and_then(Value::as_object_mut)
        {
            lists.insert(name, value!([header]));
        }
    }
    event.to_string()
}

/// An HTTP request with more headers than any front end lets through.
pub(crate) fn many_headers() -> BoxedStrategy<String> {
    (1..60_000_usize)
        .prop_map(|count| {
            let headers: Vec<String> = (0..count).map(|at| format!("\"x{at}\":\"\"")).collect();
            format!(
                r#"{{"requestContext":{{}},"httpMethod":"POST","body":"","headers":{{{}}}}}"#,
                headers.join(",")
            )
        })
        .boxed()
}

/// What is no event at all.
pub(crate) fn garbage() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        json().prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..200),
        Just(Vec::new()),
    ]
    .boxed()
}

/// The same with a member that makes it as large as Lambda lets an event be.
pub(crate) fn large(tool: &Tool) -> BoxedStrategy<String> {
    let member = one_of(&["\"x", "\"\\u0001", "\"\\\"", "\"é", "[[", "1,"]);
    let places = [
        format!(r#"{{"toolName":"{}","arguments":{{"x":%}}}}"#, tool.name),
        r#"{"toolName":%}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":%,"method":"tools/list"}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":%,"method":"tools/call","params":{"name":"x"}}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":1,"method":%}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%}}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":%,"method":7}"#.to_owned(),
        "%".to_owned(),
    ];
    let http = |inner: String| request(HTTP_EVENTS[0], inner.as_bytes(), "POST", Vec::new(), true);
    (
        select(places.to_vec()),
        member,
        1000..6_000_000_usize,
        any::<bool>(),
    )
        .prop_map(move |(place, member, size, over_http)| {
            let (open, unit) = match member.strip_prefix('"') {
                Some(unit) => ("\"", unit),
                None => ("[", member.as_str()),
            };
            let close = if open == "\"" { "\"" } else { "0]" };
            // Base64 takes a third more.
            let size = if over_http { size * 2 / 3 } else { size };
            let value = format!("{open}{}{close}", unit.repeat(size / unit.len()));
            let event = place.replace('%', &value);
            if over_http { http(event) } else { event }
        })
        .boxed()
}

/// The same bytes, damaged in one to four places.
pub(crate) fn mutated(bytes: BoxedStrategy<Vec<u8>>) -> BoxedStrategy<Vec<u8>> {
    let damage = (any::<Index>(), any::<Index>(), 0..5_u8, any::<u8>());
    (bytes, proptest::collection::vec(damage, 1..5))
        .prop_map(|(mut bytes, damages)| {
            for (start, end, how, byte) in damages {
                if bytes.is_empty() {
                    break;
                }
                let (start, end) = (start.index(bytes.len()), end.index(bytes.len()));
                match how {
                    0 => bytes[start] = byte,
                    1 => bytes.insert(start, byte),
                    2 => drop(bytes.drain(start..end.max(start).min(start + 8))),
                    3 => bytes.truncate(start),
                    // A part twice: members, brackets, keys.
                    _ => {
                        let part = bytes[start..end.max(start).min(start + 64)].to_vec();
                        bytes.splice(start..start, part);
                    }
                }
            }
            bytes
        })
        .boxed()
}
