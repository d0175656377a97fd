//! What an AWS client asked: service, operation, region and body, whatever the protocol.

use serde_json::{Map, Value};
use wiremock::Request;

use crate::stand_in::Route;
use crate::{cbor, form};

/// One request that the stand-in received.
#[derive(Debug, Clone, PartialEq)]
pub struct AwsRequest {
    /// The SDK's name of the service: `cloudwatch`, `cloudcontrolapi`. `unsigned` for a request
    /// without a signature.
    pub service: String,
    /// The operation: `GetMetricData`.
    pub operation: String,
    /// The region of the signature.
    pub region: String,
    /// The access key of the signature.
    pub access_key: String,
    /// The input, decoded: times in seconds, bytes in base64, query values as text. For REST the
    /// body alone; what the path and the query string hold is in `path` and `query`.
    pub body: Value,
    /// HTTP method.
    pub method: String,
    /// Path, as sent.
    pub path: String,
    /// Query string, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers, lower-case names.
    pub headers: Vec<(String, String)>,
    pub(crate) protocol: Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `awsJson1_0`, `awsJson1_1` and REST with JSON bodies.
    Json,
    Cbor,
    Query,
}

impl AwsRequest {
    /// `service:Operation`, as recordings write it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// A header's value. The name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn read(request: &Request, routes: &[Route]) -> Self {
        let header = |name: &str| {
            let value = request.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let scope = header("authorization").as_deref().and_then(Scope::read);
        let scope = scope.unwrap_or_default();
        let path = request.url.path().to_owned();
        let text = String::from_utf8_lossy(&request.body);
        let (protocol, operation, body) = if let Some(operation) = rpc_operation(&path)
            && header("smithy-protocol").as_deref() == Some("rpc-v2-cbor")
        {
            let body = cbor::decode(&request.body)
                .unwrap_or_else(|error| panic!("{operation}: not CBOR: {error}"));
            (Protocol::Cbor, operation.to_owned(), body)
        } else if let Some(target) = header("x-amz-target") {
            let operation = target.rsplit('.').next().unwrap_or_default();
            (Protocol::Json, operation.to_owned(), json(&text))
        } else if let mut fields @ Value::Object(_) = form::decode(&text)
            && let Some(operation) = fields["Action"].as_str().map(str::to_owned)
        {
            if let Value::Object(fields) = &mut fields {
                fields.remove("Action");
                fields.remove("Version");
            }
            (Protocol::Query, operation, fields)
        } else {
            let method = request.method.as_str();
            let route = routes
                .iter()
                .find(|route| route.fits(&scope.service, method, &path));
            let operation = match route {
                Some(route) => route.operation.clone(),
                None => format!("{method} {path}"),
            };
            (Protocol::Json, operation, json(&text))
        };
        Self {
            service: scope.service,
            operation,
            region: scope.region,
            access_key: scope.access_key,
            body,
            method: request.method.to_string(),
            query: request
                .url
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
            path,
            headers: request
                .headers
                .iter()
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    (name.as_str().to_owned(), value)
                })
                .collect(),
            protocol,
        }
    }
}

/// `/service/GraniteServiceVersion20100801/operation/GetMetricData`
fn rpc_operation(path: &str) -> Option<&str> {
    let mut parts = path.strip_prefix("/service/")?.split('/');
    let _service = parts.next()?;
    (parts.next() == Some("operation")).then_some(())?;
    parts.next()
}

fn json(text: &str) -> Value {
    match text {
        "" => Value::Object(Map::new()),
        text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
    }
}

/// `AWS4-HMAC-SHA256 Credential=KEY/20250101/us-east-1/monitoring/aws4_request, …`
struct Scope {
    access_key: String,
    region: String,
    service: String,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            access_key: String::new(),
            region: String::new(),
            service: "unsigned".to_owned(),
        }
    }
}

impl Scope {
    fn read(authorization: &str) -> Option<Self> {
        let (_, rest) = authorization.split_once("Credential=")?;
        let mut parts = rest.split(',').next()?.split('/');
        let access_key = parts.next()?.to_owned();
        let _day = parts.next()?;
        let region = parts.next()?.to_owned();
        // The signing name where it differs from the SDK's name of the service.
        let service = match parts.next()? {
            "monitoring" => "cloudwatch",
            "aps" => "amp",
            other => other,
        };
        Some(Self {
            access_key,
            region,
            service: service.to_owned(),
        })
    }
}
