//! What a token must say (the checks of `customJWTAuthorizer`, all of which must hold).

use std::time::Duration;

use serde_json::{Map, Value};

use super::config::{ClaimMatch, ClaimMatchOperator, CustomClaim, CustomJwtConfig};
use super::problem::TokenProblem;

type Claims = Map<String, Value>;

/// `now` is the time since 1970; `skew` is granted on both sides of it.
pub(crate) fn check(
    claims: &Claims,
    config: &CustomJwtConfig,
    issuer: &str,
    now: Duration,
    skew: Duration,
) -> Result<(), TokenProblem> {
    check_times(claims, now.as_secs_f64(), skew.as_secs_f64())?;
    if let Some(allowed) = &config.allowed_audience
        && !strings(claims.get("aud"))
            .iter()
            .any(|audience| contains(allowed, audience))
    {
        return Err(TokenProblem::Audience);
    }
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(TokenProblem::Issuer);
    }
    // Only `client_id`: the service looks at no other name for it (`azp`, `cid`, `appid`).
    if let Some(allowed) = &config.allowed_clients
        && !claims
            .get("client_id")
            .and_then(Value::as_str)
            .is_some_and(|client| contains(allowed, client))
    {
        return Err(TokenProblem::Client);
    }
    if let Some(allowed) = &config.allowed_scopes
        && !scopes(claims).any(|scope| contains(allowed, scope))
    {
        return Err(TokenProblem::Scope);
    }
    match config
        .custom_claims
        .iter()
        .flatten()
        .find(|rule| !meets(claims, rule))
    {
        Some(rule) => Err(TokenProblem::CustomClaim(
            rule.inbound_token_claim_name.clone(),
        )),
        None => Ok(()),
    }
}

fn check_times(claims: &Claims, now: f64, skew: f64) -> Result<(), TokenProblem> {
    let time = |name: &'static str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or(TokenProblem::Claim(name)),
    };
    let expires = time("exp")?.ok_or(TokenProblem::Claim("exp"))?;
    if now >= expires + skew {
        return Err(TokenProblem::Expired);
    }
    if time("nbf")?.is_some_and(|not_before| now + skew < not_before) {
        return Err(TokenProblem::NotYetValid);
    }
    if time("iat")?.is_some_and(|issued| now + skew < issued) {
        return Err(TokenProblem::IssuedInFuture);
    }
    Ok(())
}

fn contains(allowed: &[String], value: &str) -> bool {
    allowed.iter().any(|one| one == value)
}

/// A claim that is one string or a list of them.
fn strings(claim: Option<&Value>) -> Vec<&str> {
    match claim {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// RFC 9068 has `scope`, one string with spaces; Okta and Entra have `scp`, a list or such a string.
fn scopes(claims: &Claims) -> impl Iterator<Item = &str> {
    ["scope", "scp"]
        .into_iter()
        .flat_map(|name| strings(claims.get(name)))
        .flat_map(|scopes| scopes.split(' '))
}

fn meets(claims: &Claims, rule: &CustomClaim) -> bool {
    let claim = claims.get(&rule.inbound_token_claim_name);
    let ClaimMatch {
        claim_match_operator,
        claim_match_value,
    } = &rule.authorizing_claim_match_value;
    let one = claim_match_value.match_value_string.as_deref();
    match claim_match_operator {
        ClaimMatchOperator::Equals => one.is_some() && claim.and_then(Value::as_str) == one,
        ClaimMatchOperator::Contains => list(claim).any(|value| Some(value) == one),
        ClaimMatchOperator::ContainsAny => {
            let any = claim_match_value
                .match_value_string_list
                .as_deref()
                .unwrap_or_default();
            list(claim).any(|value| contains(any, value))
        }
    }
}

/// The strings of a list. One string is no `STRING_ARRAY`.
fn list(claim: Option<&Value>) -> impl Iterator<Item = &str> {
    claim
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}
