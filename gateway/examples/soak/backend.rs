//! What the servers ask: a stand-in for Prometheus and AWS that answers as it is told to.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

/// How the stand-in answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Mood {
    /// At once, and right.
    Well,
    /// Right, after a while.
    Slow,
    /// Never.
    Stuck,
    /// In turn: hangs up, answers with something else, stops in the middle, says 500.
    Broken,
}

const SLOW: Duration = Duration::from_millis(300);
/// A signature of another time is refused, as AWS does.
const MOST_SKEW_SECONDS: u64 = 300;

/// A running stand-in.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    mood: AtomicU8,
    /// Whether clocks matter: signatures are looked at.
    strict: AtomicBool,
    requests: AtomicU64,
    refused: AtomicU64,
}

type Body = BoxBody<Bytes, io::Error>;

impl Backend {
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            mood: AtomicU8::new(Mood::Well as u8),
            strict: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        });
        tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared })
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.shared.mood.store(mood as u8, Ordering::Relaxed);
    }

    /// Requests whose signature was of another time.
    pub(crate) fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::Relaxed)
    }

    pub(crate) fn check_signatures(&self, strict: bool) {
        self.shared.strict.store(strict, Ordering::Relaxed);
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(Arc::clone(&shared), request));
            // How a connection ends is the stand-in's own doing, or a killed handler's.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// An error hangs up.
async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let count = shared.requests.fetch_add(1, Ordering::Relaxed);
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let mood = shared.mood.load(Ordering::Relaxed);
    if mood == Mood::Slow as u8 {
        tokio::time::sleep(SLOW).await;
    } else if mood == Mood::Stuck as u8 {
        std::future::pending::<()>().await;
    } else if mood == Mood::Broken as u8 {
        return match count % 4 {
            0 => Err(io::Error::other("hangs up")),
            1 => Ok(whole(StatusCode::OK, "<html>not what was asked for</html>")),
            2 => Ok(half()),
            _ => Ok(whole(StatusCode::INTERNAL_SERVER_ERROR, "out of order")),
        };
    }
    let signed_at = parts
        .headers
        .get("x-amz-date")
        .and_then(|date| date.to_str().ok());
    Ok(match signed_at {
        Some(date) if shared.strict.load(Ordering::Relaxed) && is_skewed(date) => {
            shared.refused.fetch_add(1, Ordering::Relaxed);
            let message = format!("Signature expired: {date} is too far from this service's time");
            let error = json!({"__type": "InvalidSignatureException", "message": message});
            whole(StatusCode::FORBIDDEN, error.to_string())
        }
        Some(_) => whole(StatusCode::OK, resources(&body)),
        None => whole(
            StatusCode::OK,
            samples(parts.uri.query().unwrap_or_default()),
        ),
    })
}

/// Cloud Control's `ListResources`: one bucket, named after the token.
fn resources(request: &[u8]) -> String {
    let request: serde_json::Value = serde_json::from_slice(request).unwrap_or_default();
    let token = request["NextToken"].as_str().unwrap_or_default();
    let bucket = json!({"Identifier": format!("bucket-{token}"), "Properties": "{}"});
    json!({"TypeName": "AWS::S3::Bucket", "ResourceDescriptions": [bucket]}).to_string()
}

/// Prometheus's answer to `vector(N)`: one sample of the value N.
fn samples(query: &str) -> String {
    // Encoded or not: the digits after the name.
    let after = query.split_once("vector").map_or("", |(_, after)| after);
    let after = after
        .strip_prefix("%28")
        .or_else(|| after.strip_prefix('('));
    let number: String = after
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let result = json!([{"metric": {}, "value": [1_790_000_000, number]}]);
    json!({"status": "success", "data": {"resultType": "vector", "result": result}}).to_string()
}

/// Whether `20261121T100000Z` is far from now.
fn is_skewed(date: &str) -> bool {
    let Ok(signed) = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", date)
        .and_then(|time| time.to_datetime())
        .and_then(|time| time.to_zoned(jiff::tz::TimeZone::UTC))
    else {
        return true;
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    now.abs_diff(u64::try_from(signed.timestamp().as_second()).unwrap_or_default())
        > MOST_SKEW_SECONDS
}

fn whole(status: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(text.into()).map_err(|never: Infallible| match never {});
    let mut response = Response::new(body.boxed());
    *response.status_mut() = status;
    response
}

/// Promises more than it sends.
fn half() -> Response<Body> {
    let pieces = [
        Ok(Frame::data(Bytes::from_static(b"{\"status\":\"succ"))),
        Err(io::Error::other("stops")),
    ];
    let mut response = Response::new(StreamBody::new(stream::iter(pieces)).boxed());
    let length = http::HeaderValue::from_static("1000");
    response
        .headers_mut()
        .insert(http::header::CONTENT_LENGTH, length);
    response
}
