//! The conditions of `customJWTAuthorizer` (contract 4.1), and who a caller is (contract 3.8).

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{Setup, call, outcome};

#[tokio::test]
async fn allowed_audience_is_looked_for_in_aud() {
    let setup = Setup::new().await;
    let auth = setup.auth(|config| config.allowed_audience = Some(vec!["a".into(), "b".into()]));
    let refused = (
        401,
        "no `aud` of the token is in `allowedAudience`".to_owned(),
    );
    for audience in [json!("a"), json!("b"), json!(["x", "b"])] {
        assert_eq!(
            outcome(&auth, &setup.token(&json!({ "aud": audience })))
                .await
                .0,
            200,
            "{audience}"
        );
    }
    for audience in [
        json!("x"),
        json!("A"),
        json!("ab"),
        json!([]),
        json!(["x"]),
        json!({ "a": 1 }),
        json!(null),
    ] {
        assert_eq!(
            outcome(&auth, &setup.token(&json!({ "aud": audience }))).await,
            refused,
            "{audience}"
        );
    }
}

#[tokio::test]
async fn allowed_clients_are_looked_for_in_client_id_and_nowhere_else() {
    let setup = Setup::new().await;
    let auth = setup.auth(|config| {
        config.allowed_audience = None; // Cognito's machine tokens have none.
        config.allowed_clients = Some(vec!["cli".into()]);
    });
    assert_eq!(
        outcome(&auth, &setup.token(&json!({ "aud": null })))
            .await
            .0,
        200
    );
    let refused = (
        403,
        "the token's `client_id` is not in `allowedClients`".to_owned(),
    );
    for changes in [
        json!({ "client_id": "other" }),
        json!({ "client_id": ["cli"] }),
        json!({ "client_id": null, "azp": "cli", "cid": "cli", "appid": "cli" }),
    ] {
        assert_eq!(
            outcome(&auth, &setup.token(&changes)).await,
            refused,
            "{changes}"
        );
    }
}

#[tokio::test]
async fn one_of_the_allowed_scopes_is_enough_in_either_claim() {
    let setup = Setup::new().await;
    let auth =
        setup.auth(|config| config.allowed_scopes = Some(vec!["read".into(), "admin".into()]));
    let refused = (
        403,
        "the token has none of the scopes in `allowedScopes`".to_owned(),
    );
    for changes in [
        json!({ "scope": "write read" }),
        json!({ "scope": ["write", "read"] }),
        json!({ "scope": null, "scp": "admin" }),
        json!({ "scope": null, "scp": ["admin"] }),
    ] {
        assert_eq!(
            outcome(&auth, &setup.token(&changes)).await.0,
            200,
            "{changes}"
        );
    }
    for changes in [
        json!({ "scope": "write" }),
        json!({ "scope": "readonly" }),
        json!({ "scope": "" }),
        json!({ "scope": null }),
        json!({ "scope": 1 }),
    ] {
        assert_eq!(
            outcome(&auth, &setup.token(&changes)).await,
            refused,
            "{changes}"
        );
    }
}

#[tokio::test]
async fn custom_claims_compare_by_their_operator() {
    let setup = Setup::new().await;
    let rule = |value_type: &str, operator: &str, value: Value| {
        json!([{ "inboundTokenClaimName": "cognito:groups", "inboundTokenClaimValueType": value_type,
                 "authorizingClaimMatchValue": { "claimMatchOperator": operator, "claimMatchValue": value } }])
    };
    let equals = rule("STRING", "EQUALS", json!({ "matchValueString": "ops" }));
    let contains = rule(
        "STRING_ARRAY",
        "CONTAINS",
        json!({ "matchValueString": "ops" }),
    );
    let any = rule(
        "STRING_ARRAY",
        "CONTAINS_ANY",
        json!({ "matchValueStringList": ["ops", "dev"] }),
    );
    let cases = [
        (&equals, json!("ops"), 200),
        (&equals, json!("op"), 403),
        (&equals, json!(["ops"]), 403),
        (&equals, json!(null), 403),
        (&contains, json!(["x", "ops"]), 200),
        (&contains, json!(["x"]), 403),
        (&contains, json!("ops"), 403),
        (&contains, json!([1, null, "ops"]), 200),
        (&any, json!(["dev"]), 200),
        (&any, json!(["x", "y"]), 403),
        (&any, json!([]), 403),
        (&any, json!("dev"), 403),
    ];
    for (rule, claim, status) in cases {
        let auth = setup
            .auth(|config| config.custom_claims = serde_json::from_value(rule.clone()).unwrap());
        let (found, reason) =
            outcome(&auth, &setup.token(&json!({ "cognito:groups": claim }))).await;
        assert_eq!(found, status, "{rule} {claim}");
        if status == 403 {
            assert_eq!(
                reason,
                "the token's claim `cognito:groups` does not meet `customClaims`"
            );
        }
    }
}

#[tokio::test]
async fn all_conditions_must_hold_and_the_issuer_must_be_the_documents() {
    let setup = Setup::new().await;
    let auth = setup.auth(|config| {
        config.allowed_clients = Some(vec!["cli".into()]);
        config.allowed_scopes = Some(vec!["read".into()]);
    });
    assert_eq!(outcome(&auth, &setup.token(&json!({}))).await.0, 200);
    for (changes, status) in [
        (json!({ "aud": "x" }), 401),
        (json!({ "client_id": "x" }), 403),
        (json!({ "scope": "x" }), 403),
        (json!({ "iss": "https://evil.example" }), 403),
        (json!({ "iss": [setup.server.uri()] }), 403),
        (json!({ "iss": null }), 403),
        (json!({ "iss": format!("{}/", setup.server.uri()) }), 403),
    ] {
        assert_eq!(
            outcome(&auth, &setup.token(&changes)).await.0,
            status,
            "{changes}"
        );
    }
}

#[tokio::test]
async fn callers_are_told_apart_by_sub_then_client_then_token() {
    let setup = Setup::new().await;
    let auth = setup.auth(|_| {});
    let mut ids = Vec::new();
    for changes in [
        json!({ "sub": "alice" }),
        json!({ "sub": "bob" }),
        json!({ "sub": null, "client_id": "alice" }),
        json!({ "sub": "client:alice" }),
        json!({ "sub": null, "client_id": null, "jti": "1" }),
        json!({ "sub": "", "client_id": null, "jti": "2" }),
    ] {
        let token = setup.token(&changes);
        let caller = call(&auth, &token).await.unwrap();
        assert_eq!(caller, call(&auth, &token).await.unwrap(), "{changes}");
        assert_eq!(format!("{caller:?}"), "Caller { .. }");
        ids.push(caller.id);
    }
    // Another token of the same subject is the same caller.
    assert_eq!(
        call(&auth, &setup.token(&json!({ "jti": "other" })))
            .await
            .unwrap()
            .id,
        ids[0]
    );
    let distinct: HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}
