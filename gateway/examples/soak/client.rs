//! One MCP client: its connection, and the way in which it speaks the protocol.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::answer::{Answer, Lost};
use crate::calls::Call;

/// An answer that takes longer is none.
const DEADLINE: Duration = Duration::from_secs(20);
/// A session ends after so many calls, and another begins.
const CALLS_OF_A_SESSION: u32 = 200;

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// 2025-11-25: `initialize`, calls in the session, its end.
    Session,
    /// 2026-07-28, answered with JSON.
    Stateless,
    /// 2026-07-28, answered with events.
    Events,
    /// 2026-07-28, a new connection for each call.
    Newcomer,
}

impl Way {
    pub(crate) fn of(index: usize) -> Self {
        match index % 8 {
            0 | 3 | 5 => Self::Session,
            1 | 4 => Self::Stateless,
            2 | 6 => Self::Events,
            _ => Self::Newcomer,
        }
    }
}

/// A client.
pub(crate) struct Client {
    gateway: SocketAddr,
    way: Way,
    connection: Option<SendRequest<Full<Bytes>>>,
    session: Option<(String, u32)>,
}

impl Client {
    pub(crate) fn new(gateway: SocketAddr, way: Way) -> Self {
        Self {
            gateway,
            way,
            connection: None,
            session: None,
        }
    }

    /// Makes a call.
    pub(crate) async fn call(&mut self, call: &Call) -> Result<Answer, Lost> {
        let answer = tokio::time::timeout(DEADLINE, self.answer(call)).await;
        let answer = answer.unwrap_or_else(|_| Err(Lost(format!("no answer in {DEADLINE:?}"))));
        if answer.is_err() || self.way == Way::Newcomer {
            self.connection = None;
        }
        answer
    }

    async fn answer(&mut self, call: &Call) -> Result<Answer, Lost> {
        let tool = call.kind.tool();
        let mut params = json!({"name": tool, "arguments": call.arguments});
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = value.parse() {
                headers.insert(name, value);
            }
        };
        if self.way == Way::Session {
            let session = self.session().await?;
            set("mcp-protocol-version", "2025-11-25");
            set("mcp-session-id", &session);
        } else {
            set("mcp-protocol-version", "2026-07-28");
            set("mcp-method", "tools/call");
            set("mcp-name", tool);
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        let message =
            json!({"jsonrpc": "2.0", "id": call.id, "method": "tools/call", "params": params});
        let (status, headers, body) = self.send(Method::POST, headers, &message).await?;
        let is_stream = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream");
        if is_stream != (self.way == Way::Events && status == StatusCode::OK) {
            return Err(Lost(format!("{status}, events: {is_stream}")));
        }
        Answer::read(call.id, is_stream, &body)
    }

    /// The session's id; begins one, and ends the old one, where that is due.
    async fn session(&mut self) -> Result<String, Lost> {
        if let Some((id, left)) = &mut self.session
            && *left > 0
        {
            *left -= 1;
            return Ok(id.clone());
        }
        if let Some((id, _)) = self.session.take() {
            let mut headers = HeaderMap::new();
            headers.insert("mcp-session-id", id.parse().map_err(broken)?);
            let (status, ..) = self.send(Method::DELETE, headers, &Value::Null).await?;
            if status != StatusCode::NO_CONTENT {
                return Err(Lost(format!(
                    "the end of a session was answered with {status}"
                )));
            }
        }
        let client = json!({"name": "soak", "version": "0"});
        let params =
            json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
        let message = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let (status, headers, _) = self.send(Method::POST, HeaderMap::new(), &message).await?;
        let id = headers
            .get("mcp-session-id")
            .and_then(|id| id.to_str().ok());
        let id = id.ok_or_else(|| Lost(format!("`initialize` was answered with {status}")))?;
        self.session = Some((id.to_owned(), CALLS_OF_A_SESSION));
        Ok(id.to_owned())
    }

    async fn send(
        &mut self,
        method: Method,
        headers: HeaderMap,
        body: &Value,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Lost> {
        let accept = match self.way {
            Way::Events => "application/json, text/event-stream",
            _ => "application/json",
        };
        let mut request = Request::builder()
            .method(method)
            .uri("/mcp")
            .header(header::HOST, self.gateway.to_string())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, accept)
            .body(Full::new(Bytes::from(body.to_string())))
            .map_err(broken)?;
        request.headers_mut().extend(headers);
        send(self.gateway, &mut self.connection, request).await
    }
}

/// Sends a request over a connection, which is opened when there is none.
pub(crate) async fn send(
    address: SocketAddr,
    connection: &mut Option<SendRequest<Full<Bytes>>>,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, HeaderMap, Bytes), Lost> {
    let sender = match connection {
        Some(sender) => sender,
        None => connection.insert(connect(address).await?),
    };
    // The answer before may have been read to its end before the connection knows.
    sender.ready().await.map_err(broken)?;
    let (parts, body) = sender
        .send_request(request)
        .await
        .map_err(broken)?
        .into_parts();
    let body = body.collect().await.map_err(broken)?.to_bytes();
    Ok((parts.status, parts.headers, body))
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, Lost> {
    let stream = TcpStream::connect(address).await.map_err(broken)?;
    stream.set_nodelay(true).map_err(broken)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with the sender; that it broke shows in the call.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

fn broken(error: impl std::error::Error) -> Lost {
    let cause = error.source().map(|cause| format!(": {cause}"));
    Lost(format!(
        "the connection broke: {error}{}",
        cause.unwrap_or_default()
    ))
}
