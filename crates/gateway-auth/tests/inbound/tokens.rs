//! Which tokens prove something: one case for each statement of RFC 7515, 7519, 8725 or 9068.

use gateway_auth::JwtOptions;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::support::{Key, Setup, auth, claims, config, encode, now, outcome, publish};

#[tokio::test]
async fn every_asymmetric_algorithm_is_accepted_with_its_kind_of_key() {
    let server = MockServer::start().await;
    let (rsa, p256, p384, ed25519) = (Key::rsa(), Key::p256(), Key::p384(), Key::ed25519());
    let unknown = json!({ "kty": "AKP", "kid": "post-quantum", "alg": "ML-DSA-44", "pub": "AA" });
    let keys = [
        unknown,
        rsa.jwk("rsa"),
        p256.jwk("p256"),
        p384.jwk("p384"),
        ed25519.jwk("ed25519"),
    ];
    publish(&server, &keys).await;
    let auth = auth(config(&server), JwtOptions::default());
    let cases = [
        (
            &rsa,
            "rsa",
            &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"][..],
        ),
        (&p256, "p256", &["ES256"]),
        (&p384, "p384", &["ES384"]),
        (&ed25519, "ed25519", &["EdDSA"]),
    ];
    for (key, kid, algorithms) in cases {
        for algorithm in algorithms {
            for header in [
                json!({ "alg": algorithm, "kid": kid, "typ": "at+jwt" }),
                json!({ "alg": algorithm }),
            ] {
                let token = key.token(&header, &claims(&server));
                assert_eq!(
                    outcome(&auth, &token).await,
                    (200, String::new()),
                    "{header}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_proves_nothing_is_401() {
    let setup = Setup::new().await;
    let auth = setup.auth(|_| {});
    let good = setup.token(&json!({}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let claims = claims(&setup.server);
    let with_header = |header: Value| setup.key.token(&header, &claims);
    let unsigned = format!("{}.{payload}.", encode(r#"{"alg":"none"}"#));
    let other_payload = format!(
        "{header}.{}.{signature}",
        encode(claims.to_string().replace("alice", "mallory"))
    );
    let unknown_key = "the issuer publishes no key that fits the token's `kid` and algorithm";
    let algorithm =
        "the token's algorithm is none of RS256/384/512, PS256/384/512, ES256/384, EdDSA";
    let no_object = "the token is not a signed JWT: its header is not an object with `alg`";
    let cases = [
        ("RFC 8725 3.1: alg none", unsigned, "the token is not signed (`alg: none`)"),
        ("RFC 8725 3.1: alg NONE", format!("{}.{payload}.{signature}", encode(r#"{"alg":"NoNe"}"#)), "the token is not signed (`alg: none`)"),
        ("RFC 8725 2.1: a public key as HMAC secret", with_header(json!({ "alg": "HS256", "kid": "one" })), "the token is signed with a shared secret (HS256, HS384 or HS512)"),
        ("RFC 8725 3.1: unknown alg", with_header(json!({ "alg": "ES256K", "kid": "one" })), algorithm),
        ("RFC 8725 3.1: key of another kind", with_header(json!({ "alg": "RS256", "kid": "one" })), unknown_key),
        ("RFC 8725 3.1: key of another curve", with_header(json!({ "alg": "ES384", "kid": "one" })), unknown_key),
        ("RFC 7515 4.1.11: crit", with_header(json!({ "alg": "ES256", "kid": "one", "crit": ["b64"], "b64": false })), "the token has critical header parameters (`crit`), of which none is known"),
        ("RFC 7515 4.1.11: empty crit", with_header(json!({ "alg": "ES256", "kid": "one", "crit": [] })), "the token has critical header parameters (`crit`), of which none is known"),
        ("RFC 7515 4.1.4: unknown kid", with_header(json!({ "alg": "ES256", "kid": "two" })), unknown_key),
        ("RFC 7515 5.2: another key's signature", Key::p256().token(&json!({ "alg": "ES256", "kid": "one" }), &claims), "the token's signature is wrong"),
        ("RFC 7515 4.1.2, 4.1.3: a key of the token's own", Key::p256().token(&json!({ "alg": "ES256", "kid": "one", "jku": "http://127.0.0.1:1/", "jwk": Key::p256().jwk("one") }), &claims), "the token's signature is wrong"),
        ("RFC 7515 5.2: other claims", other_payload, "the token's signature is wrong"),
        ("RFC 7515 5.2: no signature", format!("{signed}."), "the token's signature is wrong"),
        ("RFC 7515 5.2: signature is no base64url", format!("{signed}.%%%"), "the token's signature is wrong"),
        ("RFC 7515 7.1: two parts", signed.to_owned(), "the token is not a signed JWT: it has not three parts"),
        ("RFC 7515 7.1: one part", "abc".to_owned(), "the token is not a signed JWT: it has not three parts"),
        ("RFC 7516: five parts, encrypted", "a.b.c.d.e".to_owned(), "the token is not a signed JWT: it has not three parts"),
        ("RFC 7515 4: header is a list", format!("{}.{payload}.{signature}", encode("[]")), no_object),
        ("RFC 7515 4.1.1: no alg", format!("{}.{payload}.{signature}", encode("{}")), no_object),
        ("RFC 7519 3: claims are a list", setup.key.token(&json!({ "alg": "ES256", "kid": "one" }), &json!([])), "the token is not a signed JWT: its payload is not a JSON object"),
        ("16 KiB bound", setup.token(&json!({ "padding": "x".repeat(16 * 1024) })), "the token is longer than 16384 bytes"),
    ];
    for (statement, token, reason) in cases {
        assert_eq!(
            outcome(&auth, &token).await,
            (401, reason.to_owned()),
            "{statement}"
        );
    }
    assert_eq!(outcome(&auth, &good).await.0, 200);
}

#[tokio::test]
async fn times_are_checked_with_a_minute_of_tolerance() {
    let setup = Setup::new().await;
    let auth = setup.auth(|_| {});
    let now = now();
    let cases = [
        (
            "exp past",
            json!({ "exp": now - 120 }),
            401,
            "the token has expired",
        ),
        (
            "exp past, within the tolerance",
            json!({ "exp": now - 5 }),
            200,
            "",
        ),
        (
            "exp with a fraction (RFC 7519 2)",
            json!({ "exp": now as f64 + 60.5 }),
            200,
            "",
        ),
        (
            "no exp (RFC 9068 2.2)",
            json!({ "exp": null }),
            401,
            "the claim `exp` is missing or is not what RFC 7519 says",
        ),
        (
            "exp is text",
            json!({ "exp": "tomorrow" }),
            401,
            "the claim `exp` is missing or is not what RFC 7519 says",
        ),
        (
            "exp is negative",
            json!({ "exp": -1 }),
            401,
            "the token has expired",
        ),
        (
            "nbf to come",
            json!({ "nbf": now + 200 }),
            401,
            "the token is not valid yet (`nbf`)",
        ),
        (
            "nbf to come, within the tolerance",
            json!({ "nbf": now + 30 }),
            200,
            "",
        ),
        (
            "nbf is a list",
            json!({ "nbf": [] }),
            401,
            "the claim `nbf` is missing or is not what RFC 7519 says",
        ),
        ("no nbf", json!({ "nbf": null }), 200, ""),
        (
            "iat to come",
            json!({ "iat": now + 200 }),
            401,
            "the token was issued in the future (`iat`)",
        ),
        ("no iat", json!({ "iat": null }), 200, ""),
    ];
    for (case, changes, status, reason) in cases {
        assert_eq!(
            outcome(&auth, &setup.token(&changes)).await,
            (status, reason.to_owned()),
            "{case}"
        );
    }
}
