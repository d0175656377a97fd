//! The issuer's public keys (RFC 7517).

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::token::Token;

/// The keys of a JWKS document that can check a signature.
#[derive(Debug)]
pub(crate) struct KeySet(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    /// The only algorithm that it may be used with, where the issuer says so.
    algorithm: Option<KeyAlgorithm>,
    form: Form,
    key: DecodingKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl KeySet {
    /// Keys of other kinds are passed over, as RFC 7517 (section 5) asks: an issuer may publish what we do not know.
    pub(crate) fn parse(document: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(document)?;
        let keys = document
            .keys
            .into_iter()
            .filter_map(|key| Key::read(&serde_json::from_value(key).ok()?));
        Ok(Self(keys.collect()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key with the token's `kid`; without a `kid`, the only one that fits its algorithm.
    pub(crate) fn select(&self, token: &Token<'_>) -> Option<&DecodingKey> {
        let mut fitting = self.0.iter().filter(|key| {
            key.fits(token.algorithm) && (token.key_id.is_none() || token.key_id == key.id)
        });
        let key = fitting.next()?;
        (token.key_id.is_some() || fitting.next().is_none()).then_some(&key.key)
    }
}

impl Key {
    fn read(jwk: &Jwk) -> Option<Self> {
        let common = &jwk.common;
        let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
            && common
                .key_operations
                .as_ref()
                .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let form = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Form::Rsa,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                Form::P256
            }
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => {
                Form::P384
            }
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                Form::Ed25519
            }
            _ => return None,
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        signs.then(|| Self {
            id: common.key_id.clone(),
            algorithm: common.key_algorithm,
            form,
            key,
        })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let form = match algorithm {
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512 => Form::Rsa,
            Algorithm::ES256 => Form::P256,
            Algorithm::ES384 => Form::P384,
            Algorithm::EdDSA => Form::Ed25519,
            _ => return false,
        };
        self.form == form
            && self
                .algorithm
                .is_none_or(|only| only == KeyAlgorithm::from(algorithm))
    }
}
