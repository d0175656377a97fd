//! Requests signed by the AWS SDK's own signer, and a gateway that knows its keys.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use gateway_auth::{AccessKey, AwsIam, IamConfig, InboundAuth, SERVICE};
use http::Request;
use serde_json::Value;

pub(crate) const BODY: &[u8] = br#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

pub(crate) fn key(id: &str, secret: &str, session_token: Option<&str>) -> AccessKey {
    AccessKey {
        id: id.to_owned(),
        secret: secret.into(),
        session_token: session_token.map(Into::into),
        principal: None,
    }
}

pub(crate) fn auth() -> InboundAuth {
    let mut named = key("AKIDROLE", "role-secret", None);
    named.principal = Some("arn:aws:iam::123456789012:role/agent".to_owned());
    let mut same = key("AKIDROLE2", "role-secret-2", Some("role-token"));
    same.principal = named.principal.clone();
    let access_keys = vec![
        key("AKIDPLAIN", "plain-secret", None),
        key("ASIATEMP", "temp-secret", Some("temp-token")),
        named,
        same,
    ];
    let config = IamConfig {
        region: "eu-central-1".to_owned(),
        access_keys,
    };
    InboundAuth::AwsIam(AwsIam::new(config).unwrap())
}

/// How a request is signed.
pub(crate) struct Signer<'a> {
    pub(crate) key: (&'a str, &'a str, Option<&'a str>),
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) time: SystemTime,
    pub(crate) settings: SigningSettings,
    pub(crate) target: &'a str,
    pub(crate) body: SignableBody<'a>,
}

impl Default for Signer<'_> {
    fn default() -> Self {
        Self {
            key: ("AKIDPLAIN", "plain-secret", None),
            region: "eu-central-1",
            service: SERVICE,
            time: SystemTime::now(),
            settings: SigningSettings::default(),
            target: "/mcp",
            body: SignableBody::Bytes(BODY),
        }
    }
}

impl Signer<'_> {
    /// A request as the AWS SDK would send it.
    pub(crate) fn request(self) -> Request<()> {
        let (id, secret, token) = self.key;
        let identity = Credentials::new(id, secret, token.map(str::to_owned), None, "test").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.time)
            .settings(self.settings)
            .build()
            .unwrap()
            .into();
        let url = format!("http://127.0.0.1:8080{}", self.target);
        let headers = [
            ("host", "127.0.0.1:8080"),
            ("content-type", "application/json"),
            ("x-amzn-trace-id", " a   b "),
        ];
        let signable = SignableRequest::new("POST", &url, headers.into_iter(), self.body).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut request = Request::post(&url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        // As a server sees it: only path and query.
        *request.uri_mut() = request
            .uri()
            .path_and_query()
            .unwrap()
            .as_str()
            .parse()
            .unwrap();
        request
    }
}

pub(crate) async fn outcome(request: Request<()>, body: &[u8]) -> Result<String, (String, Value)> {
    let (parts, ()) = request.into_parts();
    match auth().authenticate(&parts, body).await {
        Ok(caller) => Ok(caller.id),
        Err(refusal) => {
            assert_eq!(refusal.status(), 403);
            let response = refusal.into_response(&"http://127.0.0.1/".parse().unwrap());
            assert!(!response.headers().contains_key("www-authenticate"));
            let error_type = response.headers()["x-amzn-errortype"]
                .to_str()
                .unwrap()
                .to_owned();
            Err((error_type, serde_json::from_str(response.body()).unwrap()))
        }
    }
}

pub(crate) async fn refusal(request: Request<()>) -> (String, String) {
    let (error_type, body) = outcome(request, BODY).await.unwrap_err();
    (
        error_type.trim_end_matches("Exception").to_owned(),
        body["message"].as_str().unwrap().to_owned(),
    )
}

pub(crate) fn settings(change: impl FnOnce(&mut SigningSettings)) -> SigningSettings {
    let mut settings = SigningSettings::default();
    change(&mut settings);
    settings
}
