//! Signed requests to a control plane.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials as _;
use http::Request;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::redirect;
use serde_json::Value;

use super::{Endpoint, GatewayName, LoadError, answer, text};
use crate::ids::GatewayId;

/// Name of the service in signatures.
const SERVICE: &str = "bedrock-agentcore";
/// Largest answer that is read.
const LARGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Most pages of one list: more than the quotas of the service can fill.
const MOST_PAGES: usize = 1000;
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Asks a control plane, one signed request at a time.
pub(super) struct Reader<'a> {
    endpoint: &'a Endpoint,
    client: reqwest::Client,
}

impl<'a> Reader<'a> {
    pub(super) fn new(endpoint: &'a Endpoint) -> Result<Self, LoadError> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            // A signature holds for one host.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| unreachable(endpoint, "anything", error))?;
        Ok(Self { endpoint, client })
    }

    /// The answer of GetGateway for an id, or for the gateway of that name.
    pub(super) async fn find(&self, name: &GatewayName) -> Result<Value, LoadError> {
        if GatewayId::try_from(name.0.clone()).is_ok() {
            match self.get("GetGateway", &format!("/gateways/{name}/")).await {
                Err(LoadError::Refused { status: 404, .. }) => {}
                result => return result,
            }
        }
        let gateways = self.list("ListGateways", "/gateways/").await?;
        let named = |gateway: &&Value| {
            [text(gateway, "name"), text(gateway, "gatewayId")].contains(&name.0.as_str())
        };
        let found = gateways.iter().find(named);
        let Some(found) = found else {
            return Err(LoadError::NotFound {
                url: self.endpoint.url.clone(),
                name: name.clone(),
            });
        };
        self.listed(found).await
    }

    /// The answer of GetGateway for the only gateway there is.
    pub(super) async fn only(&self) -> Result<Value, LoadError> {
        let url = self.endpoint.url.clone();
        match self.list("ListGateways", "/gateways/").await?.as_slice() {
            [] => Err(LoadError::Empty { url }),
            [found] => self.listed(found).await,
            several => {
                let ids = several
                    .iter()
                    .map(|found| text(found, "gatewayId").to_owned());
                Err(LoadError::Several {
                    url,
                    ids: ids.collect(),
                })
            }
        }
    }

    /// The answer of GetGateway for an element of the list.
    async fn listed(&self, found: &Value) -> Result<Value, LoadError> {
        let id = GatewayId::of_answer(text(found, "gatewayId"));
        let id = id.map_err(|error| answer("ListGateways", error))?;
        self.get("GetGateway", &format!("/gateways/{id}/")).await
    }

    /// All elements of a list.
    pub(super) async fn list(
        &self,
        operation: &'static str,
        path: &str,
    ) -> Result<Vec<Value>, LoadError> {
        let mut items = Vec::new();
        let mut query = String::new();
        for _ in 0..MOST_PAGES {
            let mut page = self.get(operation, &format!("{path}{query}")).await?;
            match page.get_mut("items").map(Value::take) {
                Some(Value::Array(found)) => items.extend(found),
                _ => return Err(answer(operation, "it has no `items`")),
            }
            match page["nextToken"].as_str() {
                None => return Ok(items),
                Some(token) => {
                    query = format!("?nextToken={}", utf8_percent_encode(token, &UNRESERVED))
                }
            }
        }
        Err(answer(operation, "its pages do not end"))
    }

    /// One signed request. `path` is percent-encoded.
    pub(super) async fn get(
        &self,
        operation: &'static str,
        path: &str,
    ) -> Result<Value, LoadError> {
        let Endpoint {
            url,
            region,
            credentials,
        } = self.endpoint;
        let unreachable = |error: Box<dyn std::error::Error + Send + Sync>| {
            unreachable(self.endpoint, operation, error)
        };
        let credentials = credentials.provide_credentials().await;
        let credentials = credentials.map_err(|error| LoadError::Credentials(error.into()))?;
        let uri = format!("{}{path}", url.as_str().trim_end_matches('/'));
        let mut request = Request::get(uri)
            .body(Vec::new())
            .map_err(|error| unreachable(error.into()))?;
        aws_clients::sign(
            &mut request,
            SERVICE,
            region,
            &credentials,
            SystemTime::now(),
        )
        .map_err(|error| unreachable(error.into()))?;
        let request = request
            .try_into()
            .map_err(|error: reqwest::Error| unreachable(error.into()))?;
        let mut response = self
            .client
            .execute(request)
            .await
            .map_err(|error| unreachable(error.into()))?;
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| unreachable(error.into()))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_ANSWER_BYTES {
                return Err(answer(operation, "it is too large"));
            }
        }
        let status = response.status();
        let json: Result<Value, _> = serde_json::from_slice(&body);
        if !status.is_success() {
            let json = json.unwrap_or_default();
            let message = json["message"]
                .as_str()
                .unwrap_or("without a message")
                .to_owned();
            return Err(LoadError::Refused {
                operation,
                status: status.as_u16(),
                message,
            });
        }
        json.map_err(|error| answer(operation, error))
    }
}

fn unreachable(
    endpoint: &Endpoint,
    operation: &'static str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> LoadError {
    LoadError::Unreachable {
        url: endpoint.url.clone(),
        operation,
        source: source.into(),
    }
}
