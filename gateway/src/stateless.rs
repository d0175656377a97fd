//! What protocol 2026-07-28 demands of a request, and what it adds to a result.
//!
//! <https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http>

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use rmcp::model::ErrorData;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::jsonrpc::{Request, json};
use crate::protocol::{Revision, STATELESS, SupportedVersions, VERSION_HEADER};

const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";
const SERVER_INFO_KEY: &str = "io.modelcontextprotocol/serverInfo";

/// The members of `params` that headers mirror.
#[derive(Default, Deserialize)]
struct Mirrored<'a> {
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    uri: Option<Cow<'a, str>>,
    #[serde(default, borrow, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

/// The members of `_meta` that every request carries.
#[derive(Default, Deserialize)]
struct Meta<'a> {
    #[serde(default, borrow, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<&'a RawValue>,
    #[serde(default, borrow, rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Option<&'a RawValue>,
}

/// The revision that `request` follows.
///
/// # Errors
///
/// When the gateway does not serve it, or the request breaks its rules; HTTP 400 then.
pub(crate) fn revision_of(
    request: &Request<'_>,
    headers: &HeaderMap,
    supported: &SupportedVersions,
) -> Result<Revision, ErrorData> {
    if supported.has_stateless() && is_stateless(request, headers) {
        return checked(request, headers, supported);
    }
    if request.method == "initialize" {
        // Where the version is agreed upon; the header follows.
        return Ok(Revision::Handshake(supported.negotiate("")?));
    }
    supported.of_header(headers)
}

/// Whether the request declares its version by itself. Without one of these three signs it belongs to a
/// client that began, or should have begun, with `initialize`.
fn is_stateless(request: &Request<'_>, headers: &HeaderMap) -> bool {
    headers
        .get(VERSION_HEADER)
        .is_some_and(|value| value.as_bytes() == STATELESS.as_str().as_bytes())
        || request.method == "server/discover"
        // A search, because reading `_meta` of every call would cost more than it finds.
        || request.params.is_some_and(|params| params.get().contains(VERSION_KEY))
            && meta_of(&mirrored(request)).version.is_some()
}

fn mirrored<'a>(request: &Request<'a>) -> Mirrored<'a> {
    request
        .params
        .and_then(|params| serde_json::from_str(params.get()).ok())
        .unwrap_or_default()
}

fn meta_of<'a>(mirrored: &Mirrored<'a>) -> Meta<'a> {
    mirrored
        .meta
        .and_then(|meta| serde_json::from_str(meta.get()).ok())
        .unwrap_or_default()
}

fn checked(
    request: &Request<'_>,
    headers: &HeaderMap,
    supported: &SupportedVersions,
) -> Result<Revision, ErrorData> {
    let mirrored = mirrored(request);
    let meta = meta_of(&mirrored);
    let version = meta
        .version
        .and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let Some(version) = version else {
        return Err(malformed(VERSION_KEY, "a string"));
    };
    if !meta
        .capabilities
        .is_some_and(|raw| raw.get().starts_with('{'))
    {
        return Err(malformed(CAPABILITIES_KEY, "an object"));
    }
    matches(headers, "MCP-Protocol-Version", &version, Encoding::Plain)?;
    let revision = supported.find(&version)?;
    if revision == Revision::Stateless {
        matches(headers, "Mcp-Method", &request.method, Encoding::Plain)?;
        let name = match request.method.as_ref() {
            "tools/call" | "prompts/get" => mirrored.name,
            "resources/read" => mirrored.uri,
            _ => None,
        };
        if let Some(name) = name {
            matches(headers, "Mcp-Name", &name, Encoding::Sentinel)?;
        }
    }
    Ok(revision)
}

fn malformed(key: &str, kind: &str) -> ErrorData {
    ErrorData::invalid_params(
        format!("Invalid params: `_meta` must have `{key}`, {kind}"),
        None,
    )
}

enum Encoding {
    Plain,
    /// `=?base64?…?=` for what a header cannot carry.
    Sentinel,
}

/// Checks that the header `name` is there, once, and says `expected`.
fn matches(
    headers: &HeaderMap,
    name: &str,
    expected: &str,
    encoding: Encoding,
) -> Result<(), ErrorData> {
    let mismatch = |problem: String| {
        Err(ErrorData::header_mismatch(
            format!("Header mismatch: {problem}"),
            None,
        ))
    };
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return mismatch(format!("{name} is missing"));
    };
    if values.next().is_some() {
        return mismatch(format!("{name} is there more than once"));
    }
    let value = value
        .to_str()
        .ok()
        .map(|value| value.trim_matches([' ', '\t']));
    let decoded = value.and_then(|value| match encoding {
        Encoding::Plain => Some(Cow::Borrowed(value)),
        Encoding::Sentinel => decoded(value),
    });
    match decoded {
        None => mismatch(format!(
            "{name} has invalid characters or an invalid encoding"
        )),
        Some(found) if found == expected => Ok(()),
        Some(found) => mismatch(format!(
            "{name} is `{found}` and the body says `{expected}`"
        )),
    }
}

fn decoded(value: &str) -> Option<Cow<'_, str>> {
    let inner = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    let Some(inner) = inner else {
        return Some(Cow::Borrowed(value));
    };
    let bytes = STANDARD.decode(inner).ok()?;
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// A result as 2026-07-28 has it: with `resultType`, the server's name in `_meta`, and for a `cacheable` one
/// how long it may be kept. What `result` says for itself is kept, each member to the byte.
pub(crate) fn dressed(result: &str, server: &impl serde::Serialize, cacheable: bool) -> String {
    type Members<'a> = BTreeMap<String, Cow<'a, RawValue>>;
    let read = |text| serde_json::from_str::<BTreeMap<String, &RawValue>>(text).ok();
    let own = |text: String| Cow::Owned(RawValue::from_string(text).expect("our own JSON"));
    let borrowed = |members: BTreeMap<String, _>| -> Members<'_> {
        members
            .into_iter()
            .map(|(key, value)| (key, Cow::Borrowed(value)))
            .collect()
    };
    let mut members = borrowed(read(result).expect("a result is a JSON object"));
    let mut add = |key: &str, value: &str| {
        members
            .entry(key.to_owned())
            .or_insert_with(|| own(value.to_owned()));
    };
    add("resultType", r#""complete""#);
    if cacheable {
        // The tools can change at any time, and who may see them depends on the caller.
        add("ttlMs", "0");
        add("cacheScope", r#""private""#);
    }
    let said = members
        .get("_meta")
        .map_or("{}", |meta| meta.get())
        .to_owned();
    if let Some(meta) = read(&said) {
        let mut meta = borrowed(meta);
        meta.entry(SERVER_INFO_KEY.to_owned())
            .or_insert_with(|| own(json(server)));
        members.insert("_meta".to_owned(), own(json(&meta)));
    }
    json(&members)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dress(result: &str, cacheable: bool) -> String {
        dressed(result, &serde_json::json!({"name": "g"}), cacheable)
    }

    #[test]
    fn a_result_gets_what_it_lacks_and_keeps_what_it_has() {
        let server = r#""io.modelcontextprotocol/serverInfo":{"name":"g"}"#;
        for (result, cacheable, expected) in [
            (
                "{}",
                false,
                format!(r#"{{"_meta":{{{server}}},"resultType":"complete"}}"#),
            ),
            (
                r#"{"tools":[ 1.50 ]}"#,
                true,
                format!(
                    r#"{{"_meta":{{{server}}},"cacheScope":"private","resultType":"complete","tools":[ 1.50 ],"ttlMs":0}}"#
                ),
            ),
            (
                r#"{"resultType":"other","_meta":{"a":1}}"#,
                false,
                format!(r#"{{"_meta":{{"a":1,{server}}},"resultType":"other"}}"#),
            ),
            (
                r#"{"_meta":7}"#,
                false,
                r#"{"_meta":7,"resultType":"complete"}"#.to_owned(),
            ),
        ] {
            assert_eq!(dress(result, cacheable), expected);
        }
    }

    #[test]
    fn only_a_whole_sentinel_is_base64() {
        for (value, expected) in [
            ("plain", Some("plain")),
            ("=?base64?SGVsbG8=?=", Some("Hello")),
            ("=?base64?w6k=?=", Some("é")),
            ("=?base64?SGVsbG8=", Some("=?base64?SGVsbG8=")),
            ("SGVsbG8=", Some("SGVsbG8=")),
            ("=?base64?SGVsbG8?=", None),
            ("=?base64?!!!!?=", None),
            ("=?base64?/w==?=", None),
        ] {
            assert_eq!(decoded(value).as_deref(), expected, "{value}");
        }
    }
}
