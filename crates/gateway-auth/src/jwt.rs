//! `CUSTOM_JWT`: bearer tokens of one OIDC or OAuth issuer.

mod claims;
mod config;
mod issuer;
mod key_cache;
mod keys;
mod options;
mod problem;
mod token;

use std::time::SystemTime;

use http::request::Parts;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Caller, Refusal};
pub use config::{
    AuthorizerConfiguration, ClaimMatch, ClaimMatchOperator, ClaimMatchValue, ClaimValueType,
    CustomClaim, CustomJwtConfig, FieldProblem, InvalidConfig,
};
use key_cache::KeyCache;
pub use options::JwtOptions;
use problem::TokenProblem;
use token::Token;

/// Checks bearer tokens against a [`CustomJwtConfig`]. Nothing is fetched before the first token.
#[derive(Debug)]
pub struct CustomJwt {
    config: CustomJwtConfig,
    options: JwtOptions,
    keys: KeyCache,
}

impl CustomJwt {
    /// Needs no network. Warns once about settings that have no effect outside AWS.
    ///
    /// # Errors
    ///
    /// When the configuration breaks a rule of the API, demands what cannot be checked here, or names
    /// an issuer that would be asked over plain HTTP and is not this machine.
    pub fn new(config: CustomJwtConfig, options: JwtOptions) -> Result<Self, InvalidConfig> {
        config.validate()?;
        let issuer = issuer::Issuer::new(&config.discovery_url, options.issuer.as_deref())?;
        let ignored = config.without_effect();
        if !ignored.is_empty() {
            tracing::warn!("the local gateway does not use {}", ignored.join(", "));
        }
        let keys = KeyCache::new(issuer, &options);
        Ok(Self {
            config,
            options,
            keys,
        })
    }

    /// Which tokens are good.
    pub fn config(&self) -> &CustomJwtConfig {
        &self.config
    }

    pub(crate) async fn authenticate(&self, parts: &Parts) -> Result<Caller, Refusal> {
        self.check(parts)
            .await
            .map_err(|problem| problem.refusal(self.config.advertised_scope()))
    }

    async fn check(&self, parts: &Parts) -> Result<Caller, TokenProblem> {
        let text = token::bearer(&parts.headers)?;
        let token = Token::parse(text)?;
        let known = self.keys.for_token(&token).await?;
        let key = known.keys.select(&token).ok_or(TokenProblem::UnknownKey)?;
        let claims = token.verify(key)?;
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        claims::check(
            &claims,
            &self.config,
            &known.issuer,
            now,
            self.options.clock_skew,
        )?;
        Ok(caller(&claims, text))
    }

    pub(crate) fn metadata(&self, resource_url: &str) -> Value {
        let mut document = json!({
            "authorization_servers": [self.keys.issuer()],
            "resource": resource_url,
        });
        if let Some(scopes) = self.config.advertised_scopes() {
            document["scopes_supported"] = json!(scopes);
        }
        document
    }
}

/// A token that names nobody is its own caller: sessions must not be shared with other such tokens.
fn caller(claims: &Map<String, Value>, token: &str) -> Caller {
    let name = |claim| {
        claims
            .get(claim)
            .and_then(Value::as_str)
            .filter(|name: &&str| !name.is_empty())
    };
    if let Some(subject) = name("sub") {
        return Caller::new("sub", subject);
    }
    if let Some(client) = name("client_id") {
        return Caller::new("client", client);
    }
    let digest: String = Sha256::digest(token)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Caller::new("token", &digest)
}
