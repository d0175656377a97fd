//! The connection.

use std::collections::HashSet;
use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use reqwest::Response;
use reqwest::redirect::Policy;
use rmcp::model::{ErrorData, ProtocolVersion};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::error::ClientError;
use crate::stream::{first_event, pieces, text};

/// As long as a gateway lets a call run.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// What is shown of an answer that is not understood.
const SHOWN_CHARACTERS: usize = 200;

/// Adds to a finished request what the gateway's inbound authorization wants: a token, or a signature.
pub type Prepare =
    Box<dyn Fn(&mut Request<Bytes>) -> Result<(), Box<dyn Error + Send + Sync>> + Send + Sync>;

/// A connection to a gateway, after the handshake.
pub struct Client {
    http: reqwest::Client,
    url: Url,
    /// What the client calls itself.
    name: String,
    prepare: Option<Prepare>,
    session: Option<HeaderValue>,
    version: Option<String>,
    next_id: u64,
}

/// All tools of a gateway.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// As the gateway describes them.
    pub tools: Vec<Value>,
    /// On how many pages they came.
    pub pages: usize,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    result: Option<Value>,
    #[serde(default)]
    error: Option<ErrorData>,
}

impl Client {
    /// Connects to the gateway at `url` under the client's name `name`, and agrees on a protocol version.
    ///
    /// # Errors
    ///
    /// When there is no gateway, or it refuses.
    pub async fn connect(
        url: Url,
        name: &str,
        prepare: Option<Prepare>,
    ) -> Result<Self, ClientError> {
        let mut http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            // A gateway does not redirect, and a token is for the place that was named.
            .redirect(Policy::none());
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
            name: name.to_owned(),
            prepare,
            session: None,
            version: None,
            next_id: 0,
        };
        client.initialize().await?;
        Ok(client)
    }

    async fn initialize(&mut self) -> Result<(), ClientError> {
        self.session = None;
        self.version = None;
        let params = json!({
            "protocolVersion": ProtocolVersion::LATEST_WITH_INITIALIZE,
            "capabilities": {},
            "clientInfo": {"name": self.name, "version": env!("CARGO_PKG_VERSION")},
        });
        let agreed = self.ask("initialize", &params).await?;
        self.version = agreed["protocolVersion"].as_str().map(str::to_owned);
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        self.send(&initialized).await.map(drop)
    }

    /// The protocol version that was agreed on, when the gateway named one.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Every tool of every page.
    ///
    /// # Errors
    ///
    /// When the gateway refuses, its pages have no end, or it cannot be reached any more.
    pub async fn tools(&mut self) -> Result<Listing, ClientError> {
        let mut listing = Listing::default();
        let mut seen = HashSet::new();
        let mut params = json!({});
        loop {
            let mut page = self.request("tools/list", params).await?;
            listing.pages += 1;
            // Not by index: a result that is no object has none, and a panic would be the answer to it.
            let mut member = |name| page.get_mut(name).map(Value::take);
            if let Some(Value::Array(page)) = member("tools") {
                listing.tools.extend(page);
            }
            let Some(Value::String(cursor)) = member("nextCursor") else {
                return Ok(listing);
            };
            if !seen.insert(cursor.clone()) {
                let url = self.url.clone();
                return Err(ClientError::EndlessList { url, cursor });
            }
            params = json!({ "cursor": cursor });
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

    /// Asks, and asks again in a new session when the server does not know this one any more: then it did nothing.
    async fn request(&mut self, method: &str, params: Value) -> Result<Value, ClientError> {
        match self.ask(method, &params).await {
            Err(ClientError::SessionEnded { .. }) => {
                self.initialize().await?;
                self.ask(method, &params).await
            }
            answer => answer,
        }
    }

    async fn ask(&mut self, method: &str, params: &Value) -> Result<Value, ClientError> {
        self.next_id += 1;
        let request =
            json!({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params});
        let response = self.send(&request).await?;
        if let Some(session) = response.headers().get("mcp-session-id") {
            self.session = Some(session.clone());
        }
        let status = response.status();
        if status == StatusCode::NOT_FOUND && self.session.is_some() {
            let url = self.url.clone();
            return Err(ClientError::SessionEnded { url });
        }
        let header = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let challenge = header(header::WWW_AUTHENTICATE);
            let body = text(pieces(response)).await;
            let body = body.map_err(|source| self.broken(source))?;
            return Err(ClientError::Denied {
                url: self.url.clone(),
                status,
                reason: challenge.unwrap_or_else(|| reason(&body)),
            });
        }
        let kind = header(header::CONTENT_TYPE).unwrap_or_default();
        let (found, body) = if kind.starts_with("text/event-stream") {
            match first_event(pieces(response), outcome).await {
                Ok(found) => (found, "a stream without an answer".to_owned()),
                Err(sse_stream::Error::Body(source)) => return Err(self.broken(source)),
                Err(malformed) => (None, malformed.to_string()),
            }
        } else {
            let body = text(pieces(response)).await;
            let body = body.map_err(|source| self.broken(source))?;
            (outcome(&body), shortened(&body))
        };
        match found {
            Some(outcome) => outcome.map_err(ClientError::Refused),
            None => Err(ClientError::NotMcp {
                url: self.url.clone(),
                status,
                body,
            }),
        }
    }

    async fn send(&self, message: &Value) -> Result<Response, ClientError> {
        let request = self.prepared(message);
        let request = request.map_err(ClientError::Unprepared)?;
        self.http.execute(request).await.map_err(|source| {
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

    fn prepared(&self, message: &Value) -> Result<reqwest::Request, Box<dyn Error + Send + Sync>> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.url.as_str())
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(version) = &self.version {
            request = request.header("mcp-protocol-version", version);
        }
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        let mut request = request.body(Bytes::from(message.to_string()))?;
        if let Some(prepare) = &self.prepare {
            prepare(&mut request)?;
        }
        Ok(request.try_into()?)
    }

    fn broken(&self, source: impl Into<Box<dyn Error + Send + Sync>>) -> ClientError {
        ClientError::Broken {
            url: self.url.clone(),
            source: source.into(),
        }
    }
}

/// What a message answers a request with. `None`: it is no answer.
fn outcome(message: &str) -> Option<Result<Value, ErrorData>> {
    let message: Message = serde_json::from_str(message).ok()?;
    message.result.map(Ok).or(message.error.map(Err))
}

/// What a refusal says of itself: the message of a JSON-RPC or AWS error, else the body.
fn reason(body: &str) -> String {
    let parsed: Value = serde_json::from_str(body).unwrap_or_default();
    let messages = [
        &parsed["error"]["message"],
        &parsed["message"],
        &parsed["Message"],
    ];
    let said = messages.into_iter().find_map(Value::as_str);
    match said.unwrap_or(body).trim() {
        "" => "it does not say why".to_owned(),
        text => shortened(text),
    }
}

fn shortened(body: &str) -> String {
    match body.trim() {
        "" => "nothing".to_owned(),
        body => body.chars().take(SHOWN_CHARACTERS).collect(),
    }
}

/// Whether an address is of this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
