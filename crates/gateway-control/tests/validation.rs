//! What a request may say: the API model's rules, section 2 (tool schemas), 3.9 (headers), 4.1 and 4.2 (authorization).

mod support;

use serde_json::{Value, json};
use support::{Api, gateway, lambda, with};

#[tokio::test]
async fn gateways_that_the_api_model_refuses() {
    let api = Api::in_memory();
    let set = |pointer: &str, value: Value| with(gateway("orders"), pointer, value);
    let mcp = |value: Value| set("/protocolConfiguration", json!({ "mcp": value }));
    let pattern = "Member must satisfy regular expression pattern: ([0-9a-zA-Z][-]?){1,48}";
    api.refuses(
        "/gateways/",
        vec![
            (
                set("/name", json!("under_score")),
                "name",
                "Value 'under_score' failed to satisfy constraint",
            ),
            (set("/name", json!("two--hyphens")), "name", pattern),
            (set("/name", json!("x".repeat(49))), "name", pattern),
            (set("/name", json!("")), "name", pattern),
            (set("/name", Value::Null), "name", "must not be null"),
            (set("/name", json!(1)), "name", "expected a string"),
            (set("/roleArn", Value::Null), "roleArn", "must not be null"),
            (set("/roleArn", json!("role")), "roleArn", "arn:aws"),
            (
                set("/authorizerType", Value::Null),
                "authorizerType",
                "must not be null",
            ),
            (
                set("/authorizerType", json!("OPEN")),
                "authorizerType",
                "unknown variant `OPEN`",
            ),
            (
                set("/description", json!("")),
                "description",
                "greater than or equal to 1",
            ),
            (
                set("/description", json!("x".repeat(201))),
                "description",
                "less than or equal to 200",
            ),
            (
                set("/clientToken", json!("short")),
                "clientToken",
                "greater than or equal to 33",
            ),
            (
                set("/clientToken", json!("-".repeat(40))),
                "clientToken",
                "[a-zA-Z0-9]",
            ),
            (
                set("/protocolType", json!("HTTP")),
                "protocolType",
                "unknown variant `HTTP`",
            ),
            (
                set("/exceptionLevel", json!("INFO")),
                "exceptionLevel",
                "unknown variant `INFO`",
            ),
            (set("/kmsKeyArn", json!("key")), "kmsKeyArn", "arn:aws"),
            (
                set("/tags", json!({ "a#": "" })),
                "tags",
                "regular expression",
            ),
            (set("/colour", json!(1)), "colour", "unknown field `colour`"),
            (
                set("/wafConfiguration", json!({ "failureMode": "FAIL_OPEN" })),
                "wafConfiguration",
                "UpdateGateway",
            ),
            (
                mcp(json!({ "supportedVersions": ["2024-11-05"] })),
                "protocolConfiguration.mcp.supportedVersions[0]",
                "2025-03-26",
            ),
            (
                mcp(json!({ "supportedVersions": [] })),
                "protocolConfiguration.mcp.supportedVersions",
                "must name a version",
            ),
            (
                mcp(json!({ "instructions": "" })),
                "protocolConfiguration.mcp.instructions",
                "greater than or equal to 1",
            ),
            (
                mcp(json!({ "searchType": "FUZZY" })),
                "protocolConfiguration.mcp.searchType",
                "unknown variant",
            ),
            (
                mcp(json!({ "sessionConfiguration": { "sessionTimeoutInSeconds": 899 } })),
                "protocolConfiguration.mcp.sessionConfiguration.sessionTimeoutInSeconds",
                "900 to 28800",
            ),
            (
                mcp(json!({ "sessionConfiguration": { "timeout": 900 } })),
                "protocolConfiguration.mcp.sessionConfiguration.timeout",
                "unknown field `timeout`",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_the_local_gateway_cannot_honour_is_refused() {
    let api = Api::in_memory();
    let set = |pointer: &str, value: Value| with(gateway("orders"), pointer, value);
    api.refuses(
        "/gateways/",
        vec![
            (
                set("/interceptorConfigurations", json!([{}])),
                "interceptorConfigurations",
                "calls no interceptors",
            ),
            (
                set("/policyEngineConfiguration", json!({})),
                "policyEngineConfiguration",
                "no policy engine",
            ),
            (
                set("/customTransformConfiguration", json!({})),
                "customTransformConfiguration",
                "no transformations",
            ),
            (
                set("/domainOverride", json!({ "default": "a.example" })),
                "domainOverride",
                "no domains of its own",
            ),
        ],
    )
    .await;
}

/// The rules themselves are those of `gateway-auth`, and tested there.
#[tokio::test]
async fn authorizers_of_section_4_1() {
    let api = Api::in_memory();
    let url = "https://issuer.example/.well-known/openid-configuration";
    let jwt = |value: Value| {
        let body = with(gateway("orders"), "/authorizerType", json!("CUSTOM_JWT"));
        with(
            body,
            "/authorizerConfiguration",
            json!({ "customJWTAuthorizer": value }),
        )
    };
    let at = |member: &str| format!("authorizerConfiguration.customJWTAuthorizer{member}");
    api.refuses("/gateways/", vec![
        (with(gateway("orders"), "/authorizerType", json!("CUSTOM_JWT")), "authorizerConfiguration", "is required"),
        (
            with(jwt(json!({ "discoveryUrl": url })), "/authorizerType", json!("AWS_IAM")),
            "authorizerConfiguration",
            "is only for authorizerType CUSTOM_JWT",
        ),
        (jwt(json!({})), &at(".discoveryUrl"), "must not be null"),
        (jwt(json!({ "discoveryUrl": "https://issuer.example/", "allowedClients": ["c"] })), &at(".discoveryUrl"), "well-known"),
        (jwt(json!({ "discoveryUrl": url })), &at(""), "has no condition"),
        (jwt(json!({ "discoveryUrl": url, "allowedAudience": [] })), &at(".allowedAudience"), "is empty"),
        (jwt(json!({ "discoveryUrl": url, "allowedScopes": ["a b"] })), &at(".allowedScopes[0]"), "printable ASCII"),
        (
            jwt(json!({ "discoveryUrl": url, "allowedClients": ["c"], "allowedWorkloadConfiguration": {} })),
            &at(".allowedWorkloadConfiguration"),
            "cannot be checked outside AWS",
        ),
        (jwt(json!({ "discoveryUrl": url, "colour": {} })), &at(".colour"), "unknown field"),
    ]).await;
    for kind in ["AWS_IAM", "AUTHENTICATE_ONLY", "NONE"] {
        let body = with(
            gateway(&kind.replace('_', "-")),
            "/authorizerType",
            json!(kind),
        );
        assert_eq!(api.json("POST", "/gateways/", body).await.0, 202, "{kind}");
    }
}

#[tokio::test]
async fn targets_that_the_api_model_refuses() {
    let api = Api::in_memory();
    let path = format!("{}targets/", api.gateway("orders").await);
    let set = |pointer: &str, value: Value| with(lambda("orders"), pointer, value);
    let function = "/targetConfiguration/mcp/lambda/lambdaArn";
    let providers = "/credentialProviderConfigurations";
    let header = |name: &str| {
        set(
            "/metadataConfiguration",
            json!({ "allowedRequestHeaders": [name] }),
        )
    };
    let headers = "metadataConfiguration.allowedRequestHeaders";
    api.refuses( &path, vec![
        (set("/name", Value::Null), "name", "must not be null"),
        (set("/name", json!("git_repo")), "name", "([0-9a-zA-Z][-]?){1,100}"),
        (set("/targetConfiguration", Value::Null), "targetConfiguration", "must not be null"),
        (set("/targetConfiguration", json!({})), "targetConfiguration", "single key"),
        (set(function, json!("orders")), "targetConfiguration.mcp.lambda.lambdaArn", "arn:"),
        (
            set(function, json!("arn:aws:lambda:us-east-1:123456789012:function:orders")),
            "targetConfiguration.mcp.lambda.lambdaArn",
            "is in Region 'us-east-1' and the gateway in 'eu-west-1'",
        ),
        (set(providers, Value::Null), "credentialProviderConfigurations", "GATEWAY_IAM_ROLE"),
        (set(providers, json!([])), "credentialProviderConfigurations", "must have 1 element"),
        (
            set(providers, json!([{ "credentialProviderType": "GATEWAY_IAM_ROLE" }, { "credentialProviderType": "GATEWAY_IAM_ROLE" }])),
            "credentialProviderConfigurations",
            "0 to 1 elements",
        ),
        (
            set(providers, json!([{ "credentialProviderType": "OAUTH" }])),
            "credentialProviderConfigurations[0].credentialProviderType",
            "cannot obtain OAUTH credentials",
        ),
        (
            set("/credentialProviderConfigurations/0/credentialProvider", json!({ "iamCredentialProvider": { "service": "s" } })),
            "credentialProviderConfigurations[0].credentialProvider",
            "not for Lambda targets",
        ),
        (set("/privateEndpoint", json!({})), "privateEndpoint", "reaches no VPC"),
        (set("/certificateConfigurations", json!([{}])), "certificateConfigurations", "trusts"),
        (header("Authorization"), &format!("{headers}[0]"), "is restricted"),
        (header("X-Amzn-Trace-Id"), &format!("{headers}[0]"), "is restricted"),
        (
                set("/metadataConfiguration", json!({ "allowedResponseHeaders": ["X-A", "x-a"] })),
                "metadataConfiguration.allowedResponseHeaders[1]",
                "is there already",
            ),
            (header("a b"), &format!("{headers}[0]"), "regular expression"),
        (header(&"x".repeat(101)), &format!("{headers}[0]"), "less than or equal to 100"),
        (set("/metadataConfiguration", json!({ "allowedRequestHeaders": [] })), headers, "1 to 10"),
        (
            set("/metadataConfiguration", json!({ "allowedQueryParameters": ["x".repeat(41)] })),
            "metadataConfiguration.allowedQueryParameters[0]",
            "less than or equal to 40",
        ),
    ]).await;
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let api = Api::in_memory();
    let body = with(
        with(gateway("a_b"), "/roleArn", json!("x")),
        "/description",
        json!(""),
    );
    let (_, _, answer) = api.json("POST", "/gateways/", body).await;
    let names: Vec<_> = answer["fieldList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["name", "description", "roleArn"]);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .starts_with("3 validation errors detected: at 'name': "),
        "{answer}"
    );
}

#[tokio::test]
async fn bodies_that_are_no_objects_cannot_be_parsed() {
    let api = Api::in_memory();
    for body in ["{", "[]", "\"a\"", "{\"name\": \"\u{1}\"}"] {
        let (status, kind, answer) = api.send("POST", "/gateways/", body.to_owned()).await;
        assert_eq!(
            (status, kind.as_str(), &answer["reason"]),
            (400, "ValidationException", &json!("CannotParse")),
            "{body}"
        );
    }
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(api.send("POST", "/gateways/", deep).await.0, 400);
}

#[tokio::test]
async fn identifiers_of_section_5_3() {
    let api = Api::in_memory();
    let arn = "arn%3Aaws%3Abedrock-agentcore%3Aeu-west-1%3A123456789012%3Agateway%2Fa-0123456789";
    for (path, member, message) in [
        (
            format!("/gateways/{arn}/"),
            "gatewayIdentifier",
            "give the id, not the ARN",
        ),
        (
            "/gateways/Orders-0123456789/".to_owned(),
            "gatewayIdentifier",
            "is not a gateway id",
        ),
        ("/gateways/%FF/".to_owned(), "path", "UTF-8"),
        (
            "/gateways/..%2F..%2Fetc/".to_owned(),
            "gatewayIdentifier",
            "is not a gateway id",
        ),
        (
            "/gateways/a-0123456789/targets/short/".to_owned(),
            "targetId",
            "ten letters or digits",
        ),
    ] {
        let (status, _, answer) = api.get(&path).await;
        assert_eq!(
            (status, &answer["fieldList"][0]["name"]),
            (400, &json!(member)),
            "{path}"
        );
        assert!(
            answer["message"].as_str().unwrap().contains(message),
            "{answer}"
        );
    }
}
