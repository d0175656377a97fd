//! Whatever a caller sends gets an answer; nothing of it makes the process panic.

use std::sync::LazyLock;

use gateway_auth::{AccessKey, AwsIam, CustomJwtConfig, IamConfig, InboundAuth, JwtOptions};
use http::Request;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{auth, encode};

static IAM: LazyLock<InboundAuth> = LazyLock::new(|| {
    let key = AccessKey {
        id: "AKID".to_owned(),
        secret: "secret".into(),
        session_token: None,
        principal: None,
    };
    InboundAuth::AwsIam(
        AwsIam::new(IamConfig {
            region: "us-east-1".to_owned(),
            access_keys: vec![key],
        })
        .unwrap(),
    )
});

/// No token that is made up here has a known algorithm and a `kid`, so nobody is asked for keys, and if so in vain.
static JWT: LazyLock<InboundAuth> = LazyLock::new(|| {
    let config = CustomJwtConfig {
        discovery_url: "http://127.0.0.1:9/.well-known/openid-configuration".to_owned(),
        allowed_audience: Some(vec!["gateway".to_owned()]),
        ..CustomJwtConfig::default()
    };
    auth(config, JwtOptions::default())
});

/// The status, if the input is an HTTP message at all.
fn status(auth: &InboundAuth, target: &str, headers: &[(&str, Vec<u8>)]) -> Option<u16> {
    let mut request = Request::post(target);
    for (name, value) in headers {
        request = request.header(*name, value.as_slice());
    }
    let parts = request.body(()).ok()?.into_parts().0;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let refusal = runtime
        .block_on(auth.authenticate(&parts, b""))
        .unwrap_err();
    let metadata = "http://127.0.0.1/".parse().unwrap();
    assert!(
        refusal
            .reason()
            .bytes()
            .all(|byte| !byte.is_ascii_control()),
        "{}",
        refusal.reason()
    );
    Some(refusal.into_response(&metadata).status().as_u16())
}

proptest! {
    #[test]
    fn any_bytes_as_authorization(value in prop::collection::vec(any::<u8>(), 0..200)) {
        for auth in [&*JWT, &*IAM] {
            if let Some(status) = status(auth, "/mcp", &[("authorization", value.clone())]) {
                prop_assert!(matches!(status, 401 | 403));
            }
        }
    }

    #[test]
    fn any_json_as_token_header(alg in "\\PC{0,8}", kid in prop::option::of("\\PC{0,20}"), rest in "[A-Za-z0-9_.=-]{0,60}") {
        let header = json!({ "alg": alg, "kid": kid }).to_string();
        let token = format!("Bearer {}.{rest}", encode(header));
        let status = status(&JWT, "/mcp", &[("authorization", token.into_bytes())]);
        prop_assert!(matches!(status, Some(401 | 503)));
    }

    #[test]
    fn any_text_where_a_signature_has_its_elements(
        credential in "(AKID/[0-9]{0,9}/us-east-1/bedrock-agentcore/aws4_request|[!-~é]{0,40})",
        signed in "(host|host;x-amz-date|[!-~]{0,20})",
        signature in "([0-9a-f]{64}|[!-~]{0,64})",
        date in "([0-9]{8}T[0-9]{6}Z|[ -~]{0,20})",
        target in "/[!-~]{0,40}",
    ) {
        let header = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={signature}");
        let headers = [("host", b"h".to_vec()), ("x-amz-date", date.clone().into_bytes()), ("authorization", header.into_bytes())];
        if let Some(status) = status(&IAM, &target, &headers) {
            prop_assert_eq!(status, 403);
        }
        let query = format!("/mcp?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={date}\
                             &X-Amz-Expires=60&X-Amz-SignedHeaders={signed}&X-Amz-Signature={signature}");
        if let Some(status) = status(&IAM, &query, &[]) {
            prop_assert_eq!(status, 403);
        }
    }
}
