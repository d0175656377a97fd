//! Every reason to refuse a token, and which response it gets.

use http::StatusCode;

use crate::Refusal;
use crate::refusal::RpcError;

/// Why a token is refused. Holds nothing of the token: claim names come from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenProblem {
    #[error("there is no `Authorization` header")]
    Missing,
    #[error("`Authorization` is not one bearer token")]
    NotBearer,
    #[error("the token is longer than {0} bytes")]
    TooLong(usize),
    #[error("the token is not a signed JWT: {0}")]
    Malformed(&'static str),
    #[error("the token is not signed (`alg: none`)")]
    Unsigned,
    #[error("the token is signed with a shared secret (HS256, HS384 or HS512)")]
    Symmetric,
    #[error("the token's algorithm is none of RS256/384/512, PS256/384/512, ES256/384, EdDSA")]
    Algorithm,
    #[error("the token has critical header parameters (`crit`), of which none is known")]
    Critical,
    #[error("the issuer publishes no key that fits the token's `kid` and algorithm")]
    UnknownKey,
    #[error("the token's signature is wrong")]
    Signature,
    #[error("the claim `{0}` is missing or is not what RFC 7519 says")]
    Claim(&'static str),
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet (`nbf`)")]
    NotYetValid,
    #[error("the token was issued in the future (`iat`)")]
    IssuedInFuture,
    #[error("no `aud` of the token is in `allowedAudience`")]
    Audience,
    #[error("the token's `iss` is not the issuer of the discovery document")]
    Issuer,
    #[error("the token's `client_id` is not in `allowedClients`")]
    Client,
    #[error("the token has none of the scopes in `allowedScopes`")]
    Scope,
    #[error("the token's claim `{0}` does not meet `customClaims`")]
    CustomClaim(String),
    #[error("the issuer's keys cannot be fetched, and none are known")]
    IssuerUnavailable,
}

const MISSING: RpcError = RpcError {
    code: -32001,
    message: "Missing Bearer token",
};
const INVALID: RpcError = RpcError {
    code: -32001,
    message: "Invalid Bearer token",
};
const INSUFFICIENT: RpcError = RpcError {
    code: -32002,
    message: "Insufficient scope",
};
const UNAVAILABLE: RpcError = RpcError {
    code: -32603,
    message: "The token issuer cannot be reached",
};

impl TokenProblem {
    /// 401 for a token that proves nothing, 403 for one that proves somebody else.
    ///
    /// Which claim belongs to which is not documented. The live gateway was seen to answer 401 for a
    /// wrong audience, and 403 `insufficient_scope` for a wrong issuer or client as for a missing scope.
    pub(crate) fn refusal(&self, scope: Option<String>) -> Refusal {
        let reason = self.to_string();
        let (status, error, message) = match self {
            Self::Missing => (StatusCode::UNAUTHORIZED, "invalid_token", &MISSING),
            Self::NotBearer
            | Self::TooLong(_)
            | Self::Malformed(_)
            | Self::Unsigned
            | Self::Symmetric
            | Self::Algorithm
            | Self::Critical
            | Self::UnknownKey
            | Self::Signature
            | Self::Claim(_)
            | Self::Expired
            | Self::NotYetValid
            | Self::IssuedInFuture
            | Self::Audience => (StatusCode::UNAUTHORIZED, "invalid_token", &INVALID),
            Self::Issuer | Self::Client | Self::Scope | Self::CustomClaim(_) => {
                (StatusCode::FORBIDDEN, "insufficient_scope", &INSUFFICIENT)
            }
            Self::IssuerUnavailable => return Refusal::unavailable(&UNAVAILABLE, reason),
        };
        Refusal::bearer(status, error, scope, message, reason)
    }
}
