//! A client of the control plane: creates a gateway, reads it, deletes it, again and again.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use serde_json::{Value, json};

use crate::answer::Lost;
use crate::calls::{Judged, Kind};
use crate::client;
use crate::explained;
use crate::load::Tally;
use crate::phases::Fault;

const PAUSE: Duration = Duration::from_millis(20);
/// Most gateways at a time; an account has 1,000.
const MOST: usize = 900;
const DEADLINE: Duration = Duration::from_secs(20);

/// A client of the control plane, and the gateways that it has at the moment.
pub(crate) struct Operator {
    address: SocketAddr,
    connection: Option<SendRequest<Full<Bytes>>>,
    count: u64,
    gateways: Vec<String>,
}

impl Operator {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            connection: None,
            count: 0,
            gateways: Vec::new(),
        }
    }

    /// Works until then.
    pub(crate) async fn work(&mut self, until: Instant, fault: Fault) -> Tally {
        let mut tally = Tally::default();
        while Instant::now() < until {
            let began = Instant::now();
            let step = tokio::time::timeout(DEADLINE, self.step(fault)).await;
            match step.unwrap_or_else(|_| Err(Lost(format!("no answer in {DEADLINE:?}")))) {
                Ok(judged) => tally.judged(Kind::Control, began.elapsed(), judged),
                Err(lost) => {
                    self.connection = None;
                    tally.lost(Kind::Control, &lost);
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.connection = None;
        tally
    }

    async fn step(&mut self, fault: Fault) -> Result<Judged, Lost> {
        self.count += 1;
        // A state that only grows needs room on the disk.
        let grows = fault == Fault::FullDisk && self.gateways.len() < MOST;
        let last = self.gateways.last().filter(|_| !grows);
        let path = last.map(|id| format!("/gateways/{id}/"));
        let (status, answer, expected) = match path {
            None => {
                let settings = json!({
                    "name": format!("soak-{}", self.count), "roleArn": "arn:aws:iam::123456789012:role/gateway",
                    "authorizerType": "NONE", "description": "x".repeat(200),
                });
                let (status, answer) = self.send(Method::POST, "/gateways/", &settings).await?;
                let id = answer["gatewayId"].as_str().map(str::to_owned);
                self.gateways.extend(id);
                (status, answer, StatusCode::ACCEPTED)
            }
            Some(path) if self.gateways.len() == 1 && self.count.is_multiple_of(2) => {
                let (status, answer) = self.send(Method::GET, &path, &Value::Null).await?;
                (status, answer, StatusCode::OK)
            }
            Some(path) => {
                let (status, answer) = self.send(Method::DELETE, &path, &Value::Null).await?;
                if status == StatusCode::ACCEPTED {
                    self.gateways.pop();
                }
                (status, answer, StatusCode::ACCEPTED)
            }
        };
        if status == expected {
            return Ok(Judged::Right);
        }
        let text = format!("{status}: {answer}");
        let reason = explained::reason(fault, Kind::Control, &text);
        Ok(reason.map_or(Judged::Wrong(text), Judged::Explained))
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<(StatusCode, Value), Lost> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.address.to_string())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| Lost(error.to_string()))?;
        let (status, _, body) = client::send(self.address, &mut self.connection, request).await?;
        let answer =
            serde_json::from_slice(&body).map_err(|_| Lost(format!("{status} without JSON")))?;
        Ok((status, answer))
    }
}
