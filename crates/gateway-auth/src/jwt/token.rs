//! Reading a token: the `Authorization` header, the three parts, the signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::problem::TokenProblem;

/// More than any issuer is known to need: a token with 200 group ids has 8 KiB.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The token of the one `Authorization: Bearer` header (RFC 6750, section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, TokenProblem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(TokenProblem::Missing)?;
    if values.next().is_some() {
        return Err(TokenProblem::NotBearer);
    }
    let value = value.to_str().map_err(|_| TokenProblem::NotBearer)?;
    let (scheme, token) = value.split_once(' ').ok_or(TokenProblem::NotBearer)?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() || token.contains([' ', '\t']) {
        return Err(TokenProblem::NotBearer);
    }
    Ok(token)
}

/// A compact JWS (RFC 7515, section 7.1) whose signature has not been checked.
#[derive(Debug)]
pub(crate) struct Token<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    /// Header and payload as they were signed.
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    /// Reads the parts and refuses what no key could make good.
    pub(crate) fn parse(token: &'a str) -> Result<Self, TokenProblem> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenProblem::TooLong(MAX_TOKEN_BYTES));
        }
        let parts = token.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, payload) = signed.split_once('.')?;
            (!payload.contains('.')).then_some((signed, header, payload, signature))
        });
        let Some((signed, header, payload, signature)) = parts else {
            return Err(TokenProblem::Malformed("it has not three parts"));
        };
        let header = URL_SAFE_NO_PAD
            .decode(header)
            .map_err(|_| TokenProblem::Malformed("its header is not base64url"))?;
        let header: Header = serde_json::from_slice(&header)
            .map_err(|_| TokenProblem::Malformed("its header is not an object with `alg`"))?;
        if header.crit.is_some() {
            return Err(TokenProblem::Critical);
        }
        let algorithm = algorithm(&header.alg)?;
        Ok(Self {
            algorithm,
            key_id: header.kid,
            signed,
            payload,
            signature,
        })
    }

    /// The claims, once `key` has been found to have signed them.
    pub(crate) fn verify(&self, key: &DecodingKey) -> Result<Map<String, Value>, TokenProblem> {
        // An error is a signature that is not base64url or a key that does not fit: both are no match.
        let good = jsonwebtoken::crypto::verify(
            self.signature,
            self.signed.as_bytes(),
            key,
            self.algorithm,
        );
        if !good.unwrap_or(false) {
            return Err(TokenProblem::Signature);
        }
        let payload = URL_SAFE_NO_PAD
            .decode(self.payload)
            .map_err(|_| TokenProblem::Malformed("its payload is not base64url"))?;
        serde_json::from_slice(&payload)
            .map_err(|_| TokenProblem::Malformed("its payload is not a JSON object"))
    }
}

/// Only algorithms where the verifier's key cannot sign.
fn algorithm(name: &str) -> Result<Algorithm, TokenProblem> {
    if name.eq_ignore_ascii_case("none") {
        return Err(TokenProblem::Unsigned);
    }
    match name.parse() {
        Ok(Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) => Err(TokenProblem::Symmetric),
        Ok(algorithm) => Ok(algorithm),
        Err(_) => Err(TokenProblem::Algorithm),
    }
}
