//! The rules of the API for `customJWTAuthorizer`.

use super::{
    ClaimMatchOperator, ClaimMatchValue, ClaimValueType, CustomClaim, CustomJwtConfig, FieldProblem,
};

/// Longest scope, claim name and match value, in characters.
const MAX_LENGTH: usize = 255;

/// Most entries of `advertisedScopeMapping`.
const MAX_MAPPINGS: usize = 50;

/// The service has its own members for these.
const RESERVED_CLAIMS: [(&str, &str); 2] =
    [("client_id", "allowedClients"), ("scp", "allowedScopes")];

pub(super) fn broken(config: &CustomJwtConfig) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    discovery_url(config, &mut problems);
    conditions(config, &mut problems);
    scopes(config, &mut problems);
    for (index, claim) in config.custom_claims.iter().flatten().enumerate() {
        custom_claim(&format!("customClaims[{index}]"), claim, &mut problems);
    }
    if config.allowed_workload_configuration.is_some() {
        let message = "cannot be checked outside AWS; remove it to run this gateway locally";
        problems.push(FieldProblem::new("allowedWorkloadConfiguration", message));
    }
    problems
}

fn discovery_url(config: &CustomJwtConfig, problems: &mut Vec<FieldProblem>) {
    let url = &config.discovery_url;
    let fits = !url.contains(|c: char| c.is_whitespace() || c == '?' || c == '#')
        && url
            .split_once("/.well-known/")
            .is_some_and(|(issuer, document)| {
                let path = document
                    .strip_prefix("oauth-authorization-server")
                    .or(document.strip_prefix("openid-configuration"));
                !issuer.is_empty()
                    && path.is_some_and(|path| {
                        path.is_empty() || (path.starts_with('/') && path.len() > 1)
                    })
            });
    if !fits {
        let message = "must be a URL that ends in `/.well-known/openid-configuration` or \
                       `/.well-known/oauth-authorization-server`, without `?` and `#`";
        problems.push(FieldProblem::new("discoveryUrl", message));
    }
}

fn conditions(config: &CustomJwtConfig, problems: &mut Vec<FieldProblem>) {
    let lists = [
        (
            "allowedAudience",
            config.allowed_audience.as_ref().map(Vec::len),
        ),
        (
            "allowedClients",
            config.allowed_clients.as_ref().map(Vec::len),
        ),
        (
            "allowedScopes",
            config.allowed_scopes.as_ref().map(Vec::len),
        ),
        ("customClaims", config.custom_claims.as_ref().map(Vec::len)),
    ];
    for (name, length) in lists {
        if length == Some(0) {
            problems.push(FieldProblem::new(
                name,
                "is empty; write at least one entry, or leave it out",
            ));
        }
    }
    if lists.iter().all(|(_, length)| length.is_none()) {
        let message = "has no condition: every token of the issuer would be let in. \
                       Add `allowedAudience`, `allowedClients`, `allowedScopes` or `customClaims`";
        problems.push(FieldProblem {
            field: "customJWTAuthorizer".to_owned(),
            message: message.to_owned(),
        });
    }
}

fn scopes(config: &CustomJwtConfig, problems: &mut Vec<FieldProblem>) {
    let allowed = config.allowed_scopes.as_deref().unwrap_or_default();
    for (index, value) in allowed.iter().enumerate() {
        scope(&format!("allowedScopes[{index}]"), value, problems);
    }
    let Some(mapping) = &config.advertised_scope_mapping else {
        return;
    };
    if mapping.is_empty() || mapping.len() > MAX_MAPPINGS {
        let message = format!(
            "has {} entries; 1 to {MAX_MAPPINGS} are possible",
            mapping.len()
        );
        problems.push(FieldProblem::new("advertisedScopeMapping", message));
    }
    for (from, to) in mapping {
        let field = format!("advertisedScopeMapping.{from}");
        if !allowed.contains(from) {
            problems.push(FieldProblem::new(
                &field,
                "renames a scope that is not in `allowedScopes`",
            ));
        }
        scope(&field, to, problems);
    }
}

/// `scope-token` of RFC 6749, section 3.3.
fn scope(field: &str, value: &str, problems: &mut Vec<FieldProblem>) {
    let good = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    if !fits(value, good) {
        let message = format!(
            "must be 1 to {MAX_LENGTH} printable ASCII characters without space, `\"` and `\\`"
        );
        problems.push(FieldProblem::new(field, message));
    }
}

fn custom_claim(field: &str, claim: &CustomClaim, problems: &mut Vec<FieldProblem>) {
    let name = &claim.inbound_token_claim_name;
    // The API's pattern is `[A-Za-z0-9_.-:]+`, where `.-:` is a range by the letter, and by intent three characters.
    if !fits(name, |byte| {
        byte.is_ascii_alphanumeric() || b"_.-:/".contains(&byte)
    }) {
        let message =
            format!("must be 1 to {MAX_LENGTH} of letters, digits, `_`, `.`, `-`, `:` and `/`");
        problems.push(FieldProblem::new(
            format!("{field}.inboundTokenClaimName"),
            message,
        ));
    }
    if let Some((_, member)) = RESERVED_CLAIMS
        .iter()
        .find(|(reserved, _)| reserved == name)
    {
        let message = format!("cannot be `{name}`; use `{member}`");
        problems.push(FieldProblem::new(
            format!("{field}.inboundTokenClaimName"),
            message,
        ));
    }
    comparison(
        &format!("{field}.authorizingClaimMatchValue"),
        claim,
        problems,
    );
}

fn comparison(field: &str, claim: &CustomClaim, problems: &mut Vec<FieldProblem>) {
    let operator = claim.authorizing_claim_match_value.claim_match_operator;
    let value = &claim.authorizing_claim_match_value.claim_match_value;
    let (value_type, name, member) = match operator {
        ClaimMatchOperator::Equals => (ClaimValueType::String, "EQUALS", "matchValueString"),
        ClaimMatchOperator::Contains => {
            (ClaimValueType::StringArray, "CONTAINS", "matchValueString")
        }
        ClaimMatchOperator::ContainsAny => (
            ClaimValueType::StringArray,
            "CONTAINS_ANY",
            "matchValueStringList",
        ),
    };
    if value_type != claim.inbound_token_claim_value_type {
        let message = "does not go with the value type: EQUALS compares a STRING, CONTAINS and CONTAINS_ANY a STRING_ARRAY";
        problems.push(FieldProblem::new(
            format!("{field}.claimMatchOperator"),
            message,
        ));
    }
    let given = match (&value.match_value_string, &value.match_value_string_list) {
        (Some(_), None) => "matchValueString",
        (None, Some(_)) => "matchValueStringList",
        _ => "",
    };
    if given != member {
        let message = format!("must be `{member}` alone for {name}");
        problems.push(FieldProblem::new(
            format!("{field}.claimMatchValue"),
            message,
        ));
    }
    match_values(&format!("{field}.claimMatchValue"), value, problems);
}

fn match_values(field: &str, value: &ClaimMatchValue, problems: &mut Vec<FieldProblem>) {
    if value
        .match_value_string_list
        .as_ref()
        .is_some_and(Vec::is_empty)
    {
        let message = "is empty; write at least one entry";
        problems.push(FieldProblem::new(
            format!("{field}.matchValueStringList"),
            message,
        ));
    }
    let values = value
        .match_value_string
        .iter()
        .chain(value.match_value_string_list.iter().flatten());
    for value in values {
        if !fits(value, |byte| {
            byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
        }) {
            let message = format!(
                "holds `{value}`: values are 1 to {MAX_LENGTH} of letters, digits, `_`, `.` and `-`"
            );
            problems.push(FieldProblem::new(field, message));
        }
    }
}

fn fits(value: &str, good: impl Fn(u8) -> bool) -> bool {
    (1..=MAX_LENGTH).contains(&value.len()) && value.bytes().all(good)
}
