//! What the Runtime API hands over with a call.

use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderValue;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::InvokeError;

/// Largest client context, in base64: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>.
pub(crate) const CLIENT_CONTEXT_LIMIT: usize = 3583;

/// A call on its way to the process.
pub(crate) struct Event {
    pub(crate) request_id: String,
    pub(crate) deadline_ms: u64,
    pub(crate) function_arn: HeaderValue,
    pub(crate) trace_id: HeaderValue,
    pub(crate) client_context: Option<HeaderValue>,
    pub(crate) payload: Bytes,
    /// Where a streamed answer goes, if somebody waits for one.
    pub(crate) stream: Option<mpsc::Sender<Bytes>>,
}

/// JSON as a header value: the same value, in one line. Bytes over 127 stay as they are, because that is how Lambda hands them over.
pub(crate) fn context_header(json: &[u8]) -> Result<HeaderValue, InvokeError> {
    let size = json.len().div_ceil(3) * 4;
    if size > CLIENT_CONTEXT_LIMIT {
        return Err(InvokeError::ClientContextTooLarge {
            size,
            limit: CLIENT_CONTEXT_LIMIT,
        });
    }
    let mut value = Vec::with_capacity(json.len());
    for &byte in json {
        match byte {
            // Only between JSON's tokens: inside a string they are escaped.
            b'\n' | b'\r' | b'\t' => value.push(b' '),
            // Only inside a string, where it may be raw, which a header may not have.
            0x7f => value.extend_from_slice(b"\\u007f"),
            byte => value.push(byte),
        }
    }
    HeaderValue::from_bytes(&value).map_err(|_| InvokeError::InvalidClientContext)
}

/// As X-Ray writes it, not sampled.
pub(crate) fn new_trace_id() -> HeaderValue {
    let root = Uuid::new_v4().simple().to_string();
    let parent = Uuid::new_v4().simple().to_string();
    let seconds = epoch_ms() / 1000;
    let text = format!(
        "Root=1-{seconds:08x}-{};Parent={};Sampled=0",
        &root[..24],
        &parent[..16]
    );
    HeaderValue::try_from(text).expect("hexadecimal digits are a header value")
}

/// Milliseconds since 1970.
pub(crate) fn epoch_ms() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}
