//! `customJWTAuthorizer` as the control plane's API has it: its JSON, and every rule.

use gateway_auth::{AuthorizerConfiguration, CustomJwtConfig};
use serde_json::{Value, json};

/// What AWS's documentation shows, with every member that the gateway uses.
fn complete() -> Value {
    json!({
        "discoveryUrl": "https://idp.example/.well-known/openid-configuration",
        "allowedAudience": ["gateway"],
        "allowedClients": ["cli"],
        "allowedScopes": ["invoke"],
        "advertisedScopeMapping": { "invoke": "api://gateway/invoke" },
        "customClaims": [{
            "inboundTokenClaimName": "cognito:groups",
            "inboundTokenClaimValueType": "STRING_ARRAY",
            "authorizingClaimMatchValue": {
                "claimMatchOperator": "CONTAINS_ANY",
                "claimMatchValue": { "matchValueStringList": ["ops", "dev"] }
            }
        }],
        "privateEndpoint": { "selfManagedLatticeResource": { "resourceConfigurationIdentifier": "rcfg-0123456789abcdef0" } }
    })
}

/// Sets or removes (`null`) what a JSON pointer leads to.
fn with(pointer: &str, value: Value) -> Value {
    let mut config = complete();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = config.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(name)),
        (Value::Object(members), value) => drop(members.insert(name.to_owned(), value)),
        (parent, value) => parent[name.parse::<usize>().unwrap()] = value,
    }
    config
}

/// With this one scope, and no other name for it.
fn with_scope(scope: &str) -> Value {
    let mut config = with("/allowedScopes/0", json!(scope));
    config
        .as_object_mut()
        .unwrap()
        .remove("advertisedScopeMapping");
    config
}

fn problems(config: Value) -> Vec<(String, String)> {
    let config: CustomJwtConfig = serde_json::from_value(config).unwrap();
    let problems = config
        .validate()
        .err()
        .map(|invalid| invalid.0)
        .unwrap_or_default();
    problems
        .into_iter()
        .map(|problem| (problem.field, problem.message))
        .collect()
}

#[test]
fn the_apis_json_is_read_and_written_unchanged() {
    let json = json!({ "customJWTAuthorizer": complete() });
    let config: AuthorizerConfiguration = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&config).unwrap(), json);
    assert_eq!(config.custom_jwt_authorizer.validate(), Ok(()));
    assert_eq!(
        config.custom_jwt_authorizer.without_effect(),
        ["privateEndpoint"]
    );
    let unknown = with("/allowedAudiences", json!(["typo"]));
    let error = serde_json::from_value::<CustomJwtConfig>(unknown).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("unknown field `allowedAudiences`"),
        "{error}"
    );
}

#[test]
fn discovery_urls_have_the_shape_of_the_api() {
    let url = |url: &str| problems(with("/discoveryUrl", json!(url)));
    for good in [
        "https://a/.well-known/openid-configuration",
        "https://a/tenant/v2.0/.well-known/openid-configuration",
        "https://a/.well-known/oauth-authorization-server",
        "https://a/.well-known/oauth-authorization-server/tenant/1",
    ] {
        assert_eq!(url(good), [], "{good}");
    }
    for bad in [
        "",
        "https://a",
        "/.well-known/openid-configuration",
        "https://a/.well-known/openid-configuration/",
        "https://a/.well-known/openid-configuration?x=1",
        "https://a/.well-known/openid-configuration#x",
        "https://a/.well-known/openid-configurations",
        "https://a b/.well-known/openid-configuration",
        "https://a/.well-known/jwks.json",
    ] {
        let expected = "must be a URL that ends in `/.well-known/openid-configuration` or \
                        `/.well-known/oauth-authorization-server`, without `?` and `#`";
        assert_eq!(
            url(bad),
            [(
                "customJWTAuthorizer.discoveryUrl".to_owned(),
                expected.to_owned()
            )],
            "{bad}"
        );
    }
}

#[test]
fn every_rule_is_named_with_its_member() {
    let claim = "/customClaims/0";
    let value = format!("{claim}/authorizingClaimMatchValue/claimMatchValue");
    let long = "x".repeat(256);
    let many: serde_json::Map<String, Value> =
        (0..51).map(|n| (format!("s{n}"), json!("a"))).collect();
    let scopes: Vec<String> = many.keys().cloned().collect();
    let mut crowded = with("/advertisedScopeMapping", Value::Object(many));
    crowded["allowedScopes"] = json!(scopes);
    let cases = [
        (
            with("/allowedAudience", json!([])),
            "allowedAudience",
            "is empty",
        ),
        (
            with("/allowedClients", json!([])),
            "allowedClients",
            "is empty",
        ),
        (with("/customClaims", json!([])), "customClaims", "is empty"),
        (with_scope("a b"), "allowedScopes[0]", "printable ASCII"),
        (with_scope(&long), "allowedScopes[0]", "1 to 255"),
        (with_scope("a\"b"), "allowedScopes[0]", "without space"),
        (
            with("/advertisedScopeMapping", json!({})),
            "advertisedScopeMapping",
            "has 0 entries",
        ),
        (crowded, "advertisedScopeMapping", "has 51 entries"),
        (
            with("/advertisedScopeMapping", json!({ "other": "x" })),
            "advertisedScopeMapping.other",
            "not in `allowedScopes`",
        ),
        (
            with("/advertisedScopeMapping", json!({ "invoke": "" })),
            "advertisedScopeMapping.invoke",
            "1 to 255",
        ),
        (
            with(&format!("{claim}/inboundTokenClaimName"), json!("a b")),
            "customClaims[0].inboundTokenClaimName",
            "letters, digits",
        ),
        (
            with(&format!("{claim}/inboundTokenClaimName"), json!("")),
            "customClaims[0].inboundTokenClaimName",
            "1 to 255",
        ),
        (
            with(&format!("{claim}/inboundTokenClaimName"), json!("scp")),
            "customClaims[0].inboundTokenClaimName",
            "use `allowedScopes`",
        ),
        (
            with(
                &format!("{claim}/inboundTokenClaimName"),
                json!("client_id"),
            ),
            "customClaims[0].inboundTokenClaimName",
            "use `allowedClients`",
        ),
        (
            with(
                &format!("{claim}/inboundTokenClaimValueType"),
                json!("STRING"),
            ),
            "customClaims[0].authorizingClaimMatchValue.claimMatchOperator",
            "EQUALS compares a STRING",
        ),
        (
            with(&value, json!({})),
            "customClaims[0].authorizingClaimMatchValue.claimMatchValue",
            "must be `matchValueStringList` alone",
        ),
        (
            with(&value, json!({ "matchValueString": "a" })),
            "customClaims[0].authorizingClaimMatchValue.claimMatchValue",
            "must be `matchValueStringList` alone",
        ),
        (
            with(
                &value,
                json!({ "matchValueString": "a", "matchValueStringList": ["b"] }),
            ),
            "customClaims[0].authorizingClaimMatchValue.claimMatchValue",
            "must be `matchValueStringList` alone",
        ),
        (
            with(&value, json!({ "matchValueStringList": [] })),
            "customClaims[0].authorizingClaimMatchValue.claimMatchValue.matchValueStringList",
            "is empty",
        ),
        (
            with(&value, json!({ "matchValueStringList": ["a", "b c"] })),
            "customClaims[0].authorizingClaimMatchValue.claimMatchValue",
            "holds `b c`",
        ),
        (
            with("/allowedWorkloadConfiguration", json!({})),
            "allowedWorkloadConfiguration",
            "cannot be checked outside AWS",
        ),
    ];
    for (config, field, message) in cases {
        let found = problems(config);
        assert_eq!(found.len(), 1, "{field}: {found:?}");
        assert_eq!(found[0].0, format!("customJWTAuthorizer.{field}"));
        assert!(found[0].1.contains(message), "{field}: {}", found[0].1);
    }
}

#[test]
fn some_condition_must_be_there_and_all_problems_are_told_at_once() {
    let found = problems(json!({ "discoveryUrl": "x" }));
    let fields: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        ["customJWTAuthorizer.discoveryUrl", "customJWTAuthorizer"]
    );
    let config: CustomJwtConfig = serde_json::from_value(json!({ "discoveryUrl": "x" })).unwrap();
    let text = config.validate().unwrap_err().to_string();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(
        text.lines()
            .all(|line| line.starts_with("`customJWTAuthorizer")),
        "{text}"
    );
}
