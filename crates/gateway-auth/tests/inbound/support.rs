//! Keys to sign tokens with, and issuers that publish them.

use std::time::SystemTime;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway_auth::{Caller, CustomJwt, CustomJwtConfig, InboundAuth, JwtOptions, Refusal};
use http::Request;
use http::request::Parts;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A private key.
pub(crate) enum Key {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    pub(crate) fn rsa() -> Self {
        Self::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    pub(crate) fn p256() -> Self {
        Self::P256(EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn p384() -> Self {
        Self::P384(EcdsaKeyPair::generate(&signature::ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn ed25519() -> Self {
        Self::Ed25519(Ed25519KeyPair::generate().unwrap())
    }

    /// The public half, as an issuer publishes it.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let point = |curve: &str, public: &[u8]| {
            // 0x04, x, y: the uncompressed form.
            let (x, y) = public[1..].split_at(public.len() / 2);
            json!({ "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y) })
        };
        let mut jwk = match self {
            Self::Rsa(key) => {
                let public = key.public_key();
                let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
                let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
                json!({ "kty": "RSA", "n": encode(modulus), "e": encode(exponent) })
            }
            Self::P256(key) => point("P-256", key.public_key().as_ref()),
            Self::P384(key) => point("P-384", key.public_key().as_ref()),
            Self::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().as_ref()) })
            }
        };
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// Signs as `algorithm` says, whatever the header says.
    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let padding: &'static dyn signature::RsaEncoding = match algorithm {
                    "RS384" => &signature::RSA_PKCS1_SHA384,
                    "RS512" => &signature::RSA_PKCS1_SHA512,
                    "PS256" => &signature::RSA_PSS_SHA256,
                    "PS384" => &signature::RSA_PSS_SHA384,
                    "PS512" => &signature::RSA_PSS_SHA512,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut signed = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, message, &mut signed).unwrap();
                signed
            }
            Self::P256(key) | Self::P384(key) => {
                key.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// A token with exactly this header and these claims.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = self.sign(
            header["alg"].as_str().unwrap_or_default(),
            signed.as_bytes(),
        );
        format!("{signed}.{}", encode(signature))
    }
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Lets the issuer publish `keys`.
pub(crate) async fn publish(server: &MockServer, keys: &[Value]) {
    let documents = [
        (
            "/.well-known/openid-configuration",
            json!({ "issuer": server.uri(), "jwks_uri": format!("{}/keys", server.uri()) }),
        ),
        ("/keys", json!({ "keys": keys })),
    ];
    for (at, document) in documents {
        Mock::given(method("GET"))
            .and(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(document))
            .mount(server)
            .await;
    }
}

pub(crate) fn discovery_url(server: &MockServer) -> String {
    format!("{}/.well-known/openid-configuration", server.uri())
}

/// What the claims of [`claims`] meet.
pub(crate) fn config(server: &MockServer) -> CustomJwtConfig {
    CustomJwtConfig {
        discovery_url: discovery_url(server),
        allowed_audience: Some(vec!["gateway".to_owned()]),
        ..CustomJwtConfig::default()
    }
}

pub(crate) fn claims(server: &MockServer) -> Value {
    json!({ "iss": server.uri(), "sub": "alice", "aud": "gateway", "client_id": "cli", "scope": "read write",
            "iat": now(), "nbf": now(), "exp": now() + 300 })
}

pub(crate) fn auth(config: CustomJwtConfig, options: JwtOptions) -> InboundAuth {
    CustomJwt::new(config, options).unwrap().into()
}

pub(crate) fn request(headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::post("http://127.0.0.1:8080/mcp").header("host", "127.0.0.1:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

pub(crate) async fn call(auth: &InboundAuth, token: &str) -> Result<Caller, Refusal> {
    auth.authenticate(
        &request(&[("authorization", &format!("Bearer {token}"))]),
        b"{}",
    )
    .await
}

/// Status and reason of the refusal, or 200 and nothing.
pub(crate) async fn outcome(auth: &InboundAuth, token: &str) -> (u16, String) {
    match call(auth, token).await {
        Ok(_) => (200, String::new()),
        Err(refusal) => (refusal.status().as_u16(), refusal.reason().to_owned()),
    }
}

/// An issuer with one key, `one`.
pub(crate) struct Setup {
    pub(crate) server: MockServer,
    pub(crate) key: Key,
}

impl Setup {
    pub(crate) async fn new() -> Self {
        let (server, key) = (MockServer::start().await, Key::p256());
        publish(&server, &[key.jwk("one")]).await;
        Self { server, key }
    }

    pub(crate) fn auth(&self, change: impl FnOnce(&mut CustomJwtConfig)) -> InboundAuth {
        let mut config = config(&self.server);
        change(&mut config);
        auth(config, JwtOptions::default())
    }

    /// A good token with some claims replaced; `null` removes one.
    pub(crate) fn token(&self, changes: &Value) -> String {
        let mut claims = claims(&self.server);
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims
                    .as_object_mut()
                    .unwrap()
                    .insert(name.clone(), value.clone()),
            };
        }
        self.key
            .token(&json!({ "alg": "ES256", "kid": "one" }), &claims)
    }
}
