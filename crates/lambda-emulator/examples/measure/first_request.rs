//! When the first request for AWS leaves a process: an endpoint that refuses everything and notes the time.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A refusal that no client repeats.
const REFUSAL: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 58\r\n\
connection: close\r\n\r\n{\"__type\":\"ValidationException\",\"message\":\"time measured\"}";

/// Stands in for every AWS service.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    first: Arc<Mutex<Option<Instant>>>,
}

impl Endpoint {
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let first = Arc::new(Mutex::new(None));
        let noted = Arc::clone(&first);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                // The first bytes are the request line; what follows them makes no difference.
                let mut request = [0; 16 * 1024];
                if matches!(stream.read(&mut request).await, Ok(1..)) {
                    if let Ok(mut first) = noted.lock() {
                        first.get_or_insert_with(Instant::now);
                    }
                    let _ = stream.write_all(REFUSAL).await;
                }
            }
        });
        Ok(Self { url, first })
    }

    /// When the first request came in since this was asked last.
    pub(crate) fn take(&self) -> Option<Instant> {
        self.first.lock().ok()?.take()
    }
}
