//! A small MCP client, for `gateway tools` and `gateway call`.

use std::time::Duration;

use http::{StatusCode, header};
use reqwest::Response;
use rmcp::model::{ErrorData, ProtocolVersion};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Host, Url};

/// As long as a gateway lets a call run.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to a gateway, after the handshake.
pub struct Client {
    http: reqwest::Client,
    url: Url,
    session: Option<String>,
    version: Option<String>,
    next_id: u64,
}

/// Why a gateway gave no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Nothing listens there.
    #[error(
        "no gateway answers at {url}\nhint: start one with `scripts/up`, or name another with `--url`"
    )]
    Unreachable {
        /// Where it should be.
        url: Url,
        /// What the connection attempt gave.
        source: reqwest::Error,
    },
    /// The connection broke.
    #[error("the connection to {url} broke")]
    Broken {
        /// Where it was.
        url: Url,
        /// How it broke.
        source: reqwest::Error,
    },
    /// Something answers, and it is not a gateway.
    #[error("{url} answered {status}, which is not MCP: {body}")]
    NotMcp {
        /// Where it is.
        url: Url,
        /// The HTTP status.
        status: StatusCode,
        /// The beginning of the body.
        body: String,
    },
    /// The gateway refused the request.
    #[error("the gateway refused the request: {} ({})", .0.message, .0.code.0)]
    Refused(ErrorData),
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    result: Option<Value>,
    #[serde(default)]
    error: Option<ErrorData>,
}

impl Client {
    /// Connects to the gateway at `url` and agrees on a protocol version.
    ///
    /// # Errors
    ///
    /// When there is no gateway, or it refuses.
    pub async fn connect(url: Url) -> Result<Self, ClientError> {
        let mut http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT);
        if is_loopback(&url) {
            // A proxy cannot reach this machine's own ports.
            http = http.no_proxy();
        }
        let http = http.build().map_err(|source| ClientError::Unreachable {
            url: url.clone(),
            source,
        })?;
        let mut client = Self {
            http,
            url,
            session: None,
            version: None,
            next_id: 0,
        };
        let agreed = client
            .request(
                "initialize",
                json!({
                    "protocolVersion": ProtocolVersion::LATEST_WITH_INITIALIZE,
                    "capabilities": {},
                    "clientInfo": {"name": "gateway", "version": env!("CARGO_PKG_VERSION")},
                }),
            )
            .await?;
        client.version = agreed["protocolVersion"].as_str().map(str::to_owned);
        client
            .send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await?;
        Ok(client)
    }

    /// Every tool of every page.
    ///
    /// # Errors
    ///
    /// When the gateway refuses, or cannot be reached any more.
    pub async fn tools(&mut self) -> Result<Vec<Value>, ClientError> {
        let mut tools = Vec::new();
        let mut params = json!({});
        loop {
            let mut page = self.request("tools/list", params).await?;
            if let Value::Array(page) = page["tools"].take() {
                tools.extend(page);
            }
            match page["nextCursor"].take() {
                Value::String(cursor) => params = json!({ "cursor": cursor }),
                _ => return Ok(tools),
            }
        }
    }

    /// Calls a tool. A result with `isError` is a result.
    ///
    /// # Errors
    ///
    /// When the gateway refuses, or cannot be reached any more.
    pub async fn call(&mut self, tool: &str, arguments: Value) -> Result<Value, ClientError> {
        self.request("tools/call", json!({"name": tool, "arguments": arguments}))
            .await
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value, ClientError> {
        self.next_id += 1;
        let request =
            json!({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params});
        let response = self.send(&request).await?;
        if let Some(session) = response
            .headers()
            .get("mcp-session-id")
            .and_then(|value| value.to_str().ok())
        {
            self.session = Some(session.to_owned());
        }
        let status = response.status();
        let is_stream = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
        let body = response
            .text()
            .await
            .map_err(|source| self.broken(source))?;
        let message = if is_stream {
            last_event(&body)
        } else {
            body.clone()
        };
        match serde_json::from_str::<Message>(&message) {
            Ok(Message {
                result: Some(result),
                ..
            }) => Ok(result),
            Ok(Message {
                error: Some(error), ..
            }) => Err(ClientError::Refused(error)),
            _ => Err(ClientError::NotMcp {
                url: self.url.clone(),
                status,
                body: body.chars().take(200).collect(),
            }),
        }
    }

    async fn send(&self, message: &Value) -> Result<Response, ClientError> {
        let mut request = self
            .http
            .post(self.url.clone())
            .header(header::ACCEPT, "application/json, text/event-stream")
            .json(message);
        if let Some(version) = &self.version {
            request = request.header("mcp-protocol-version", version);
        }
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        request.send().await.map_err(|source| {
            if source.is_connect() {
                ClientError::Unreachable {
                    url: self.url.clone(),
                    source,
                }
            } else {
                self.broken(source)
            }
        })
    }

    fn broken(&self, source: reqwest::Error) -> ClientError {
        ClientError::Broken {
            url: self.url.clone(),
            source,
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The data of the last event: a gateway that streams sends the result last.
fn last_event(stream: &str) -> String {
    let data = |event: &str| {
        let lines: Vec<&str> = event
            .lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    };
    stream
        .replace("\r\n", "\n")
        .split("\n\n")
        .filter_map(data)
        .last()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_is_the_answer() {
        let stream = "event: message\ndata: {\"method\":\"x\"}\n\n: comment\r\n\r\nevent: message\r\ndata: {\r\ndata: \"id\":1}\r\n\r\n";
        assert_eq!(last_event(stream), " {\n \"id\":1}");
        assert_eq!(last_event(""), "");
    }
}
