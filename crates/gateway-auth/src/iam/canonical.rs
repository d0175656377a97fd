//! The canonical form of a request: the bytes that were signed.
//!
//! Source: "Create a signed AWS API request" in the IAM User Guide, for services other than S3: the path
//! is normalized, and what arrives encoded is encoded once more.

use http::HeaderMap;
use http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::signature::{Carrier, Signature};

/// RFC 3986's unreserved characters stay as they are.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `payload` is the SHA-256 of the body in hexadecimal digits.
pub(super) fn request(parts: &Parts, signature: &Signature, payload: &str) -> Vec<u8> {
    let mut canonical = Vec::new();
    canonical.extend_from_slice(parts.method.as_str().as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(path(parts.uri.path()).as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(
        query(parts.uri.query().unwrap_or_default(), signature.carrier).as_bytes(),
    );
    canonical.push(b'\n');
    for name in &signature.signed_headers {
        canonical.extend_from_slice(name.as_bytes());
        canonical.push(b':');
        canonical.extend_from_slice(&header(parts, name));
        canonical.push(b'\n');
    }
    canonical.push(b'\n');
    canonical.extend_from_slice(signature.signed_headers.join(";").as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(payload.as_bytes());
    canonical
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, &ENCODED).to_string()
}

/// Without `.`, `..` and empty segments; a final `/` stays.
fn path(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(encode(segment.as_bytes())),
        }
    }
    let slash = if segments.is_empty() || !path.ends_with('/') {
        ""
    } else {
        "/"
    };
    format!("/{}{slash}", segments.join("/"))
}

/// Sorted by name and value, encoded alike whatever the sender encoded. A presigned URL cannot sign its own signature.
fn query(query: &str, carrier: Carrier) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| carrier == Carrier::Header || *name != "X-Amz-Signature")
        .map(|(name, value)| (encode(&decode(name)), encode(&decode(value))))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// Signers take `+` for a space.
fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

/// All values of a header, trimmed, runs of spaces made one.
fn header(parts: &Parts, name: &str) -> Vec<u8> {
    let values = values(&parts.headers, name);
    // HTTP/2 has the host in the URL.
    if values.is_empty() && name == "host" {
        return parts
            .uri
            .authority()
            .map(|host| host.as_str().as_bytes().to_vec())
            .unwrap_or_default();
    }
    values.join(&b',')
}

fn values(headers: &HeaderMap, name: &str) -> Vec<Vec<u8>> {
    let words = |value: &[u8]| {
        let words: Vec<&[u8]> = value
            .split(|byte| *byte == b' ')
            .filter(|word| !word.is_empty())
            .collect();
        words.join(&b' ')
    };
    headers
        .get_all(name)
        .iter()
        .map(|value| words(value.as_bytes()))
        .collect()
}
