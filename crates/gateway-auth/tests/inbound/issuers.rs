//! Fetching, keeping and renewing the issuer's keys.

use std::time::Duration;

use gateway_auth::{CustomJwt, CustomJwtConfig, InboundAuth, JwtOptions};
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Key, auth, claims, config, discovery_url, outcome, publish};

const DISCOVERY: &str = "/.well-known/openid-configuration";

fn options(change: impl FnOnce(&mut JwtOptions)) -> JwtOptions {
    let mut options = JwtOptions::default();
    change(&mut options);
    options
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

fn token(server: &MockServer, key: &Key, kid: &str) -> String {
    key.token(&json!({ "alg": "ES256", "kid": kid }), &claims(server))
}

#[tokio::test]
async fn keys_are_fetched_with_the_first_token_and_kept() {
    let (server, key) = (MockServer::start().await, Key::p256());
    publish(&server, &[key.jwk("one")]).await;
    let auth = auth(config(&server), JwtOptions::default());
    assert_eq!(requests(&server).await, 0);
    for _ in 0..5 {
        assert_eq!(outcome(&auth, &token(&server, &key, "one")).await.0, 200);
    }
    assert_eq!(requests(&server).await, 2);
}

#[tokio::test]
async fn many_first_tokens_at_once_fetch_once() {
    let (server, key) = (MockServer::start().await, Key::p256());
    publish(&server, &[key.jwk("one")]).await;
    let auth = std::sync::Arc::new(auth(config(&server), JwtOptions::default()));
    let token = token(&server, &key, "one");
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (auth, token) = (auth.clone(), token.clone());
            tokio::spawn(async move { outcome(&auth, &token).await.0 })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(requests(&server).await, 2);
}

#[tokio::test]
async fn a_caller_that_hangs_up_does_not_waste_the_fetch() {
    let (server, key) = (MockServer::start().await, Key::p256());
    publish(&server, &[key.jwk("one")]).await;
    let auth = auth(config(&server), JwtOptions::default());
    let token = token(&server, &key, "one");
    let gave_up = tokio::time::timeout(Duration::ZERO, outcome(&auth, &token)).await;
    assert!(gave_up.is_err());
    assert_eq!(outcome(&auth, &token).await.0, 200);
    assert_eq!(requests(&server).await, 2);
}

#[tokio::test]
async fn after_a_rotation_the_new_key_is_fetched_and_the_old_one_is_void() {
    let (server, old, new) = (MockServer::start().await, Key::p256(), Key::p256());
    publish(&server, &[old.jwk("old")]).await;
    let auth = auth(
        config(&server),
        options(|options| options.refresh_interval = Duration::ZERO),
    );
    assert_eq!(outcome(&auth, &token(&server, &old, "old")).await.0, 200);
    server.reset().await;
    publish(&server, &[new.jwk("new")]).await;
    assert_eq!(outcome(&auth, &token(&server, &new, "new")).await.0, 200);
    assert_eq!(outcome(&auth, &token(&server, &old, "old")).await.0, 401);
}

#[tokio::test]
async fn unknown_keys_do_not_make_us_ask_more_often_than_the_interval() {
    let (server, key) = (MockServer::start().await, Key::p256());
    publish(&server, &[key.jwk("one")]).await;
    let auth = auth(config(&server), JwtOptions::default());
    for number in 0..50 {
        assert_eq!(
            outcome(&auth, &token(&server, &key, &format!("made-up-{number}")))
                .await
                .0,
            401
        );
    }
    assert_eq!(outcome(&auth, &token(&server, &key, "one")).await.0, 200);
    assert_eq!(requests(&server).await, 2);
}

#[tokio::test]
async fn keys_older_than_their_time_are_fetched_again() {
    let (server, old, new) = (MockServer::start().await, Key::p256(), Key::p256());
    publish(&server, &[old.jwk("same")]).await;
    let auth = auth(
        config(&server),
        options(|options| {
            options.keys_ttl = Duration::ZERO;
            options.refresh_interval = Duration::ZERO;
        }),
    );
    assert_eq!(outcome(&auth, &token(&server, &old, "same")).await.0, 200);
    server.reset().await;
    publish(&server, &[new.jwk("same")]).await;
    assert_eq!(outcome(&auth, &token(&server, &old, "same")).await.0, 401);
    assert_eq!(outcome(&auth, &token(&server, &new, "same")).await.0, 200);
}

#[tokio::test]
async fn known_keys_are_kept_while_the_issuer_is_down_but_not_for_ever() {
    for (max_stale, status) in [(Duration::from_secs(3600), 200), (Duration::ZERO, 503)] {
        let (server, key) = (MockServer::start().await, Key::p256());
        publish(&server, &[key.jwk("one")]).await;
        let auth = auth(
            config(&server),
            options(|options| {
                options.keys_ttl = Duration::from_millis(1);
                options.max_stale = max_stale;
                options.refresh_interval = Duration::ZERO;
            }),
        );
        let token = token(&server, &key, "one");
        // Whether these keys are a millisecond old already does not matter yet.
        outcome(&auth, &token).await;
        server.reset().await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(outcome(&auth, &token).await.0, status, "{max_stale:?}");
    }
}

#[tokio::test]
async fn an_issuer_that_recovers_is_asked_again() {
    let (server, key) = (MockServer::start().await, Key::p256());
    let auth = auth(
        config(&server),
        options(|options| options.refresh_interval = Duration::ZERO),
    );
    let token = token(&server, &key, "one");
    assert_eq!(outcome(&auth, &token).await.0, 503);
    publish(&server, &[key.jwk("one")]).await;
    assert_eq!(outcome(&auth, &token).await.0, 200);
}

/// The status for a good token when the issuer describes itself like this. `/keys` has the token's key.
async fn status_with(document: impl Fn(&MockServer) -> ResponseTemplate) -> u16 {
    let (server, key) = (MockServer::start().await, Key::p256());
    let mut for_encryption = key.jwk("one");
    for_encryption["use"] = json!("enc");
    let mut for_signing = key.jwk("one");
    for_signing["key_ops"] = json!(["sign"]);
    let secret = json!({ "kty": "oct", "kid": "one", "k": "c2VjcmV0" });
    let answers = [
        (DISCOVERY, document(&server)),
        ("/good", discovery(&server, "", "/keys")),
        ("/keys", answer(json!({ "keys": [key.jwk("one")] }))),
        (
            "/useless",
            answer(json!({ "keys": [for_encryption, for_signing, secret, {}, 1] })),
        ),
    ];
    for (at, template) in answers {
        Mock::given(path(at))
            .respond_with(template)
            .mount(&server)
            .await;
    }
    let auth = auth(config(&server), JwtOptions::default());
    outcome(&auth, &token(&server, &key, "one")).await.0
}

fn answer(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// `keys` is a path of this issuer, or a URL.
fn discovery(server: &MockServer, path: &str, keys: &str) -> ResponseTemplate {
    let here = server.uri();
    let keys = if keys.starts_with('/') {
        format!("{here}{keys}")
    } else {
        keys.to_owned()
    };
    answer(json!({ "issuer": format!("{here}{path}"), "jwks_uri": keys }))
}

#[tokio::test]
async fn bad_documents_let_nobody_in() {
    assert_eq!(
        status_with(|server| discovery(server, "", "/keys")).await,
        200
    );
    let cases = [
        ("another issuer", "/other", "/keys"),
        ("keys in a file", "", "file:///etc/passwd"),
        ("keys over http from elsewhere", "", "http://192.0.2.1/keys"),
        ("no key document", "", "/nothing"),
        ("no usable key", "", "/useless"),
        ("keys are not what is there", "", "/good"),
    ];
    for (case, path, keys) in cases {
        assert_eq!(
            status_with(|server| discovery(server, path, keys)).await,
            503,
            "{case}"
        );
    }
    let large = json!({ "issuer": "x".repeat(300 * 1024), "jwks_uri": "x" });
    let cases = [
        ("an error", ResponseTemplate::new(500)),
        (
            "no JSON",
            ResponseTemplate::new(200).set_body_string("<html>"),
        ),
        ("no members", answer(json!({}))),
        ("more than 256 KiB", answer(large)),
        (
            "a redirect",
            ResponseTemplate::new(302).insert_header("location", "/good"),
        ),
    ];
    for (case, template) in cases {
        assert_eq!(status_with(|_| template.clone()).await, 503, "{case}");
    }
}

#[tokio::test]
async fn a_key_is_used_only_with_the_algorithm_that_it_is_published_for() {
    let (server, key) = (MockServer::start().await, Key::rsa());
    let mut jwk = key.jwk("one");
    jwk["alg"] = json!("PS256");
    publish(&server, &[jwk]).await;
    let auth = auth(config(&server), JwtOptions::default());
    for (algorithm, status) in [("PS256", 200), ("RS256", 401), ("PS384", 401)] {
        let token = key.token(&json!({ "alg": algorithm, "kid": "one" }), &claims(&server));
        assert_eq!(outcome(&auth, &token).await.0, status, "{algorithm}");
    }
}

#[tokio::test]
async fn without_a_kid_the_key_must_be_the_only_one_that_fits() {
    let (server, key) = (MockServer::start().await, Key::p256());
    publish(&server, &[key.jwk("one"), Key::p256().jwk("two")]).await;
    let auth = auth(config(&server), JwtOptions::default());
    let token = key.token(&json!({ "alg": "ES256" }), &claims(&server));
    let reason = "the issuer publishes no key that fits the token's `kid` and algorithm";
    assert_eq!(outcome(&auth, &token).await, (401, reason.to_owned()));
}

#[tokio::test]
async fn an_issuer_may_end_in_a_slash_and_is_then_named_so() {
    let (server, key) = (MockServer::start().await, Key::p256());
    let issuer = format!("{}/", server.uri());
    let document = json!({ "issuer": issuer, "jwks_uri": format!("{}/keys", server.uri()) });
    Mock::given(path(DISCOVERY))
        .respond_with(ResponseTemplate::new(200).set_body_json(document))
        .mount(&server)
        .await;
    let keys = json!({ "keys": [key.jwk("one")] });
    Mock::given(path("/keys"))
        .respond_with(ResponseTemplate::new(200).set_body_json(keys))
        .mount(&server)
        .await;
    let auth = auth(config(&server), JwtOptions::default());
    let mut claims = claims(&server);
    assert_eq!(
        outcome(&auth, &key.token(&json!({ "alg": "ES256" }), &claims))
            .await
            .0,
        403
    );
    claims["iss"] = json!(issuer);
    assert_eq!(
        outcome(&auth, &key.token(&json!({ "alg": "ES256" }), &claims))
            .await
            .0,
        200
    );
    assert_eq!(
        auth.protected_resource_metadata("r").unwrap()["authorization_servers"],
        json!([issuer])
    );
}

#[tokio::test]
async fn the_issuer_can_be_named_and_both_well_known_paths_are_known() {
    let (server, key) = (MockServer::start().await, Key::p256());
    let keys = json!({ "keys": [key.jwk("one")] });
    Mock::given(path("/keys"))
        .respond_with(ResponseTemplate::new(200).set_body_json(keys))
        .mount(&server)
        .await;
    let rfc8414 = "/.well-known/oauth-authorization-server/tenant";
    let tenant = format!("{}/tenant", server.uri());
    let cases = [
        (rfc8414, tenant.clone(), None),
        (
            "/tenant/.well-known/openid-configuration",
            tenant.clone(),
            None,
        ),
        (
            "/v1/.well-known/openid-configuration",
            "https://sts.example/1/".to_owned(),
            Some("https://sts.example/1/"),
        ),
    ];
    for (at, issuer, named) in cases {
        let document = json!({ "issuer": issuer, "jwks_uri": format!("{}/keys", server.uri()) });
        Mock::given(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(document))
            .mount(&server)
            .await;
        let config = CustomJwtConfig {
            discovery_url: format!("{}{at}", server.uri()),
            ..config(&server)
        };
        let auth = auth(
            config,
            options(|options| options.issuer = named.map(str::to_owned)),
        );
        assert_eq!(
            auth.protected_resource_metadata("r").unwrap()["authorization_servers"],
            json!([issuer]),
            "{at}"
        );
        let mut claims = claims(&server);
        claims["iss"] = json!(issuer);
        assert_eq!(
            outcome(&auth, &key.token(&json!({ "alg": "ES256" }), &claims)).await,
            (200, String::new()),
            "{at}"
        );
    }
}

#[tokio::test]
async fn only_issuers_on_this_machine_may_use_http() {
    let server = MockServer::start().await;
    assert!(discovery_url(&server).starts_with("http://127.0.0.1"));
    let cases = [
        (
            "http://idp.example",
            Some("must be an https URL; http is for issuers on this machine"),
        ),
        (
            "http://localhost.idp.example",
            Some("must be an https URL; http is for issuers on this machine"),
        ),
        (
            "http://10.0.0.1",
            Some("must be an https URL; http is for issuers on this machine"),
        ),
        (
            "ftp://localhost",
            Some("must be an https URL; http is for issuers on this machine"),
        ),
        (
            "https://user:secret@idp.example",
            Some("must not hold a user name or password"),
        ),
        (
            "idp.example",
            Some("is not a URL: relative URL without a base"),
        ),
        ("https://idp.example", None),
        ("http://localhost:1", None),
        ("http://[::1]:1", None),
    ];
    for (origin, problem) in cases {
        let config = CustomJwtConfig {
            discovery_url: format!("{origin}{DISCOVERY}"),
            ..config(&server)
        };
        let result = CustomJwt::new(config, JwtOptions::default()).map(InboundAuth::from);
        let found = result.err().map(|error| error.to_string());
        assert_eq!(
            found,
            problem.map(|problem| format!("`customJWTAuthorizer.discoveryUrl` {problem}")),
            "{origin}"
        );
    }
}
