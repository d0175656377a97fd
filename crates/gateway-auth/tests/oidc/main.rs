//! Tokens of real providers: `tests/oidc/run` starts them and runs this.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway_auth::{CustomJwt, CustomJwtConfig, InboundAuth, JwtOptions};
use http::Request;
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

/// What `providers.mjs` prints.
#[derive(Deserialize)]
struct Providers {
    provider: String,
    control: String,
    mock: String,
}

impl Providers {
    fn started() -> Self {
        let urls = std::env::var("MCP_FLEET_OIDC_PROVIDERS").expect("tests/oidc/run sets this");
        serde_json::from_str(&urls).unwrap()
    }

    /// A machine's token of the provider for `resource`.
    async fn token(&self, client: &str, resource: &str, scope: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_secret", "secret"),
            ("resource", resource),
            ("scope", scope),
        ];
        access_token(&format!("{}/token", self.provider), &form).await
    }

    /// A token of the mock with these claims over its own.
    async fn mocked(&self, changes: Value) -> String {
        let changes = changes.to_string();
        access_token(
            &format!("{}/token", self.mock),
            &[("grant_type", "client_credentials"), ("changes", &changes)],
        )
        .await
    }

    async fn use_keys(&self, name: &str) {
        let response = Client::new()
            .post(format!("{}/use/{name}", self.control))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 204);
    }
}

async fn access_token(url: &str, form: &[(&str, &str)]) -> String {
    let response = Client::new().post(url).form(form).send().await.unwrap();
    let answer: Value = response.json().await.unwrap();
    answer["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("no token in {answer}"))
        .to_owned()
}

fn auth(config: Value, options: JwtOptions) -> InboundAuth {
    let config: CustomJwtConfig = serde_json::from_value(config).unwrap();
    CustomJwt::new(config, options).unwrap().into()
}

async fn outcome(auth: &InboundAuth, token: &str) -> (u16, String) {
    let request = Request::post("/mcp").header("authorization", format!("Bearer {token}"));
    let parts = request.body(()).unwrap().into_parts().0;
    match auth.authenticate(&parts, b"").await {
        Ok(caller) => (200, caller.id),
        Err(refusal) => (refusal.status().as_u16(), refusal.reason().to_owned()),
    }
}

/// One test: the provider's keys are one state for all of it.
#[tokio::test]
#[ignore = "needs the providers that tests/oidc/run starts"]
async fn tokens_of_oidc_provider() {
    let providers = Providers::started();
    providers.use_keys("first").await;
    let discovery = ["openid-configuration", "oauth-authorization-server"];
    for document in discovery {
        let config = json!({
            "discoveryUrl": format!("{}/.well-known/{document}", providers.provider),
            "allowedAudience": ["http://gateway/RS256", "http://gateway/PS256", "http://gateway/ES256", "http://gateway/EdDSA"],
            "allowedClients": ["agent"],
            "allowedScopes": ["invoke"],
        });
        let mut options = JwtOptions::default();
        options.refresh_interval = Duration::ZERO;
        let auth = auth(config, options);
        for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
            let token = providers
                .token("agent", &format!("http://gateway/{algorithm}"), "invoke")
                .await;
            assert_eq!(
                outcome(&auth, &token).await,
                (200, "sub:agent".to_owned()),
                "{algorithm}"
            );
        }
        refusals(&providers, &auth).await;
        rotation(&providers, &auth).await;
        providers.use_keys("first").await;
    }
}

async fn refusals(providers: &Providers, auth: &InboundAuth) {
    let good = providers
        .token("agent", "http://gateway/RS256", "invoke")
        .await;
    let (_, rest) = good.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    let cases = [
        (
            "audience",
            providers
                .token("agent", "http://elsewhere/RS256", "invoke")
                .await,
            401,
            "no `aud` of the token is in `allowedAudience`",
        ),
        (
            "client",
            providers
                .token("stranger", "http://gateway/RS256", "invoke")
                .await,
            403,
            "the token's `client_id` is not in `allowedClients`",
        ),
        (
            "scope",
            providers
                .token("agent", "http://gateway/RS256", "other")
                .await,
            403,
            "the token has none of the scopes in `allowedScopes`",
        ),
        (
            "alg none",
            format!("{unsigned}.{payload}."),
            401,
            "the token is not signed (`alg: none`)",
        ),
        (
            "alg none with a signature",
            format!("{unsigned}.{payload}.{signature}"),
            401,
            "the token is not signed (`alg: none`)",
        ),
    ];
    for (case, token, status, reason) in cases {
        assert_eq!(
            outcome(auth, &token).await,
            (status, reason.to_owned()),
            "{case}"
        );
    }
}

async fn rotation(providers: &Providers, auth: &InboundAuth) {
    let token = async || {
        providers
            .token("agent", "http://gateway/ES256", "invoke")
            .await
    };
    let old = token().await;
    providers.use_keys("second").await;
    let new = token().await;
    assert_eq!(
        outcome(auth, &new).await.0,
        200,
        "a key that was not there yesterday"
    );
    let unknown = "the issuer publishes no key that fits the token's `kid` and algorithm";
    assert_eq!(
        outcome(auth, &old).await,
        (401, unknown.to_owned()),
        "a key that was withdrawn"
    );
    providers.use_keys("impostor").await;
    let forged = token().await;
    providers.use_keys("second").await;
    assert_eq!(
        outcome(auth, &forged).await,
        (401, "the token's signature is wrong".to_owned()),
        "a wrong key"
    );
    assert_eq!(outcome(auth, &new).await.0, 200);
}

#[tokio::test]
#[ignore = "needs the providers that tests/oidc/run starts"]
async fn tokens_of_oauth2_mock_server() {
    let providers = Providers::started();
    let config = json!({
        "discoveryUrl": format!("{}/.well-known/openid-configuration", providers.mock),
        "allowedAudience": ["gateway"],
        "customClaims": [{
            "inboundTokenClaimName": "groups", "inboundTokenClaimValueType": "STRING_ARRAY",
            "authorizingClaimMatchValue": { "claimMatchOperator": "CONTAINS", "claimMatchValue": { "matchValueString": "ops" } }
        }],
    });
    let auth = auth(config, JwtOptions::default());
    let good = json!({ "aud": "gateway", "groups": ["ops"], "sub": "alice" });
    let with = |name: &str, value: Value| {
        let mut changes = good.clone();
        changes[name] = value;
        changes
    };
    let cases = [
        (good.clone(), 200, "sub:alice"),
        (with("aud", json!(["x", "gateway"])), 200, "sub:alice"),
        (
            with("exp", json!(1_500_000_000)),
            401,
            "the token has expired",
        ),
        (
            with("nbf", json!(4_000_000_000_u64)),
            401,
            "the token is not valid yet (`nbf`)",
        ),
        (
            with("iat", json!(4_000_000_000_u64)),
            401,
            "the token was issued in the future (`iat`)",
        ),
        (
            with("aud", json!("elsewhere")),
            401,
            "no `aud` of the token is in `allowedAudience`",
        ),
        (
            with("iss", json!("https://evil.example")),
            403,
            "the token's `iss` is not the issuer of the discovery document",
        ),
        (
            with("groups", json!(["dev"])),
            403,
            "the token's claim `groups` does not meet `customClaims`",
        ),
    ];
    for (changes, status, text) in cases {
        let token = providers.mocked(changes.clone()).await;
        assert_eq!(
            outcome(&auth, &token).await,
            (status, text.to_owned()),
            "{changes}"
        );
    }
}
