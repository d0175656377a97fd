//! A streamed HTTP response, in the form that Lambda takes it: its head as JSON, eight zero bytes, its body.
//! <https://docs.aws.amazon.com/lambda/latest/dg/response-streaming.html>

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use lambda_runtime_api_client::body::sender::Sender;
use serde_json::json;

use super::http::{HttpBody, header_object};
use crate::deadline::Deadline;

/// What Lambda looks for between head and body.
const END_OF_HEAD: [u8; 8] = [0; 8];

/// A response that may still be in the making.
pub(super) struct HttpStream {
    pub(super) response: Response<HttpBody>,
    pub(super) deadline: Deadline,
    /// The MCP message that says that there was no time left.
    pub(super) too_late: Box<dyn FnOnce() -> Vec<u8> + Send>,
}

impl HttpStream {
    /// Sends everything as it comes, until its end, the deadline, or until nobody reads it any more.
    pub(super) async fn send(
        self,
        sender: &mut Sender,
    ) -> Result<(), lambda_runtime_api_client::Error> {
        let (head, mut body) = self.response.into_parts();
        let head =
            json!({"statusCode": head.status.as_u16(), "headers": header_object(&head.headers)});
        let mut start = head.to_string().into_bytes();
        start.extend_from_slice(&END_OF_HEAD);
        sender.send_data(start.into()).await?;
        loop {
            let next = match self.deadline.instant() {
                Some(at) => tokio::time::timeout_at(at.into(), body.frame()).await,
                None => Ok(body.frame().await),
            };
            let data = match next {
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
                Ok(None) => return Ok(()),
                Err(_elapsed) => {
                    let message = (self.too_late)();
                    let event = [b"event: message\ndata: ", message.as_slice(), b"\n\n"].concat();
                    return sender.send_data(Bytes::from(event)).await;
                }
            };
            sender.send_data(data).await?;
        }
    }
}
