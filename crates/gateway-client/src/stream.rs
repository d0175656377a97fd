//! Bodies of answers: one text, or server-sent events.

use std::io;
use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use reqwest::Response;
use sse_stream::{Error, SseStream};

/// Ten times what a function, and so a gateway, answers with at the most.
const LARGEST_BYTES: usize = 64 * 1024 * 1024;

/// A body as it arrives, unless it is too large.
pub(crate) fn pieces(response: Response) -> impl Stream<Item = io::Result<Bytes>> {
    let mut left = LARGEST_BYTES;
    response.bytes_stream().map(move |piece| {
        let piece = piece.map_err(io::Error::other)?;
        let rest = left.checked_sub(piece.len());
        left = rest.ok_or_else(|| io::Error::other("the answer has more than 64 MiB"))?;
        Ok(piece)
    })
}

/// The whole of a body.
pub(crate) async fn text(body: impl Stream<Item = io::Result<Bytes>>) -> io::Result<String> {
    let add = async |mut whole: Vec<u8>, piece: Bytes| {
        whole.extend_from_slice(&piece);
        Ok(whole)
    };
    let whole = body.try_fold(Vec::new(), add).await?;
    Ok(String::from_utf8_lossy(&whole).into_owned())
}

/// What `read` makes of the first event that it can read; what comes after it is not waited for.
pub(crate) async fn first_event<T>(
    body: impl Stream<Item = io::Result<Bytes>>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let mut events = pin!(SseStream::from_bytes_stream(body));
    while let Some(event) = events.next().await {
        if let Some(found) = event?.data.as_deref().and_then(&read) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use futures_util::stream::{iter, once, pending};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use server_testing::{config, events, hostile_text};

    use super::*;

    fn read(data: &str) -> Option<Value> {
        let mut message: Value = serde_json::from_str(data).ok()?;
        message.get_mut("result").map(Value::take)
    }

    proptest! {
        #![proptest_config(config(500))]

        #[test]
        fn an_answer_is_read_however_it_is_written_and_before_the_stream_ends(
            events in events(), result in hostile_text(),
        ) {
            let pieces = events.pieces(&json!({ "jsonrpc": "2.0", "id": 1, "result": result }));
            let body = iter(pieces).map(|piece| Ok(piece.into())).chain(pending());
            let found = first_event(body, read).now_or_never().expect("not waited for more");
            prop_assert_eq!(found.unwrap(), Some(Value::String(result)));
        }

        #[test]
        fn any_bytes_are_no_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let body = once(async { Ok(bytes.into()) });
            let found = first_event(body, read).now_or_never().expect("all is there");
            prop_assert!(matches!(found, Ok(None) | Err(_)));
        }
    }
}
