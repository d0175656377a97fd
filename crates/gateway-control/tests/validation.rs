//! What a request may say: the API model's rules, section 2 (tool schemas), 3.9 (headers), 4.1 and 4.2 (authorization).

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use serde_json::{Value, json};
use support::{Api, gateway, lambda, server, with};

/// Sends each `body` to `path` and compares the members that the error names.
async fn refused(api: &Api, path: &str, cases: Vec<(Value, &str, &str)>) {
    for (body, member, message) in cases {
        let (status, kind, answer) = api.json("POST", path, body.clone()).await;
        assert_eq!(
            (status, kind.as_str()),
            (400, "ValidationException"),
            "{body}: {answer}"
        );
        assert_eq!(answer["reason"], "FieldValidationFailed", "{answer}");
        assert_eq!(answer["fieldList"][0]["name"], member, "{answer}");
        let text = answer["message"].as_str().unwrap();
        assert!(
            text.contains(message) && text.contains(member),
            "{message:?} is not in {text:?}"
        );
    }
    assert!(
        api.get(path).await.2["items"]
            .as_array()
            .unwrap()
            .is_empty(),
        "nothing was kept"
    );
}

#[tokio::test]
async fn gateways_that_the_api_model_refuses() {
    let api = Api::in_memory();
    let set = |pointer: &str, value: Value| with(gateway("orders"), pointer, value);
    let mcp = |value: Value| set("/protocolConfiguration", json!({ "mcp": value }));
    let pattern = "Member must satisfy regular expression pattern: ([0-9a-zA-Z][-]?){1,48}";
    refused(
        &api,
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
    refused(
        &api,
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
    let claim = |pointer: &str, value: Value| {
        let claim = json!({
            "inboundTokenClaimName": "team",
            "inboundTokenClaimValueType": "STRING",
            "authorizingClaimMatchValue": { "claimMatchValue": { "matchValueString": "a" }, "claimMatchOperator": "EQUALS" },
        });
        jwt(json!({ "discoveryUrl": url, "customClaims": [with(claim, pointer, value)] }))
    };
    let path = "authorizerConfiguration.customJWTAuthorizer";
    let at = |member: &str| format!("{path}.{member}");
    let value = "customClaims[0].authorizingClaimMatchValue";
    refused(
        &api,
        "/gateways/",
        vec![
            (
                with(gateway("orders"), "/authorizerType", json!("CUSTOM_JWT")),
                "authorizerConfiguration",
                "is required",
            ),
            (
                with(
                    jwt(json!({ "discoveryUrl": url })),
                    "/authorizerType",
                    json!("AWS_IAM"),
                ),
                "authorizerConfiguration",
                "is only for authorizerType CUSTOM_JWT",
            ),
            (jwt(json!({})), &at("discoveryUrl"), "must not be null"),
            (
                jwt(json!({ "discoveryUrl": "https://issuer.example/" })),
                &at("discoveryUrl"),
                "well-known",
            ),
            (
                jwt(json!({ "discoveryUrl": format!("{url}?a") })),
                &at("discoveryUrl"),
                "well-known",
            ),
            (
                jwt(json!({ "discoveryUrl": url, "allowedAudience": [] })),
                &at("allowedAudience"),
                "must have 1",
            ),
            (
                jwt(json!({ "discoveryUrl": url, "allowedScopes": ["a b"] })),
                &at("allowedScopes[0]"),
                "regular expression",
            ),
            (
                jwt(json!({ "discoveryUrl": url, "advertisedScopeMapping": {} })),
                &at("advertisedScopeMapping"),
                "1 to 50",
            ),
            (
                jwt(json!({ "discoveryUrl": url, "privateEndpoint": {} })),
                &at("privateEndpoint"),
                "unknown field",
            ),
            (
                claim("/inboundTokenClaimName", json!("a b")),
                &at("customClaims[0].inboundTokenClaimName"),
                "regular expression",
            ),
            (
                claim("/inboundTokenClaimValueType", json!("INT")),
                &at("customClaims[0].inboundTokenClaimValueType"),
                "INT",
            ),
            (
                claim(
                    "/authorizingClaimMatchValue/claimMatchOperator",
                    json!("LIKE"),
                ),
                &at(&format!("{value}.claimMatchOperator")),
                "LIKE",
            ),
            (
                claim(
                    "/authorizingClaimMatchValue/claimMatchValue",
                    json!({ "matchValueString": "a b" }),
                ),
                &at(&format!("{value}.claimMatchValue")),
                "regular expression",
            ),
        ],
    )
    .await;
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
async fn tool_schemas_of_section_2() {
    let api = Api::in_memory();
    let path = format!("{}targets/", api.gateway("orders").await);
    let at = "targetConfiguration.mcp.lambda.toolSchema.inlinePayload";
    let payload = "/targetConfiguration/mcp/lambda/toolSchema/inlinePayload";
    let tools = |tools: Value| with(lambda("orders"), payload, tools);
    let tool =
        |pointer: &str, value: Value| tools(json!([with(support::tool("get"), pointer, value)]));
    let mut cases = vec![
        (
            tool("/name", json!("")),
            format!("{at}[0].name"),
            "greater than or equal to 1",
        ),
        (
            tool("/name", json!("x".repeat(257))),
            format!("{at}[0].name"),
            "less than or equal to 256",
        ),
        (
            tool("/description", Value::Null),
            format!("{at}[0].description"),
            "must not be null",
        ),
        (
            tool("/inputSchema", Value::Null),
            format!("{at}[0].inputSchema"),
            "must not be null",
        ),
        (
            tool("/annotations", json!({})),
            format!("{at}[0].annotations"),
            "unknown field `annotations`",
        ),
        (
            tool("/inputSchema/type", json!("string")),
            format!("{at}[0].inputSchema.type"),
            "must be 'object'",
        ),
        (
            tool("/inputSchema/type", json!(["object"])),
            format!("{at}[0].inputSchema.type"),
            "expected",
        ),
        (
            tool("/inputSchema/type", json!("null")),
            format!("{at}[0].inputSchema.type"),
            "unknown variant `null`",
        ),
        (
            tool("/inputSchema/required", json!("id")),
            format!("{at}[0].inputSchema.required"),
            "expected a sequence",
        ),
        (
            tool("/inputSchema/properties/id/items", json!({})),
            format!("{at}[0].inputSchema.properties.id.items.type"),
            "must not be null",
        ),
        (
            tool("/outputSchema", json!({})),
            format!("{at}[0].outputSchema.type"),
            "must not be null",
        ),
        (
            tools(json!([support::tool("a"), support::tool("a")])),
            format!("{at}[1].name"),
            "declared twice",
        ),
        (tools(json!({})), at.to_owned(), "expected a sequence"),
    ];
    // 2.2: all other keywords.
    for keyword in [
        "enum",
        "default",
        "title",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "$defs",
        "additionalProperties",
        "minimum",
        "maximum",
        "pattern",
        "format",
        "minLength",
        "const",
        "nullable",
    ] {
        let body = tool(&format!("/inputSchema/properties/id/{keyword}"), json!(1));
        cases.push((
            body,
            format!("{at}[0].inputSchema.properties.id.{keyword}"),
            "expected one of `type`, `properties`",
        ));
    }
    let cases = cases
        .iter()
        .map(|(body, member, message)| (body.clone(), member.as_str(), *message));
    refused(&api, &path, cases.collect()).await;
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
    refused(&api, &path, vec![
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
async fn kinds_of_target_that_are_not_served_are_named() {
    let api = Api::in_memory();
    let path = format!("{}targets/", api.gateway("orders").await);
    let kind = |value: Value| with(lambda("orders"), "/targetConfiguration", value);
    let s3 = json!({ "s3": { "uri": "s3://b/k" } });
    let serves = "it serves mcp.lambda and mcp.mcpServer";
    let mut cases = Vec::new();
    for name in ["openApiSchema", "smithyModel", "apiGateway", "connector"] {
        cases.push((
            kind(json!({ "mcp": { name: s3 } })),
            format!("targetConfiguration.mcp.{name}"),
            serves,
        ));
    }
    for name in ["http", "inference"] {
        cases.push((
            kind(json!({ name: {} })),
            format!("targetConfiguration.{name}"),
            serves,
        ));
    }
    let member = "targetConfiguration.mcp.lambda.toolSchema.s3".to_owned();
    cases.push((
        with(
            lambda("orders"),
            "/targetConfiguration/mcp/lambda/toolSchema",
            s3,
        ),
        member,
        "inlinePayload",
    ));
    let cases = cases
        .iter()
        .map(|(body, member, message)| (body.clone(), member.as_str(), *message));
    refused(&api, &path, cases.collect()).await;
}

#[tokio::test]
async fn mcp_servers() {
    let api = Api::in_memory();
    let path = format!("{}targets/", api.gateway("orders").await);
    let at = "targetConfiguration.mcp.mcpServer";
    let set = |name: &str, value: Value| {
        with(
            server("remote"),
            &format!("/targetConfiguration/mcp/mcpServer/{name}"),
            value,
        )
    };
    let tools = |text: &str| set("mcpToolSchema", json!({ "inlinePayload": text }));
    let provider = |value: Value| {
        with(
            server("remote"),
            "/credentialProviderConfigurations",
            json!([value]),
        )
    };
    let endpoint = format!("{at}.endpoint");
    let payload = format!("{at}.mcpToolSchema.inlinePayload");
    let credentials = "credentialProviderConfigurations[0].credentialProvider";
    let mut cases = vec![
        (
            set("resourcePriority", json!(1001)),
            format!("{at}.resourcePriority"),
            "0 to 1000",
        ),
        (
            set("listingMode", json!("DYNAMIC")),
            format!("{at}.listingMode"),
            "DEFAULT only",
        ),
        (tools("{"), payload.clone(), "is not JSON"),
        (tools("1"), payload.clone(), "must be a JSON list of tools"),
        (tools("{}"), payload.clone(), "has no list `tools`"),
        (tools("[{}]"), payload.clone(), "tool 0 has no name"),
        (
            tools(r#"[{"name": "a"}]"#),
            payload,
            "no inputSchema of type 'object'",
        ),
        (
            provider(json!({ "credentialProviderType": "GATEWAY_IAM_ROLE" })),
            credentials.to_owned(),
            "with a service is required",
        ),
        (
            provider(json!({
                "credentialProviderType": "GATEWAY_IAM_ROLE",
                "credentialProvider": { "iamCredentialProvider": { "service": "a b" } },
            })),
            format!("{credentials}.iamCredentialProvider.service"),
            "regular expression",
        ),
    ];
    for url in [
        "",
        "mcp",
        "http://mcp.example/mcp",
        "ftp://127.0.0.1/",
        "https://u:p@mcp.example/",
        "https://mcp.example/#a",
    ] {
        cases.push((
            set("endpoint", json!(url)),
            endpoint.clone(),
            "must be an https:// URL",
        ));
    }
    let cases = cases
        .iter()
        .map(|(body, member, message)| (body.clone(), member.as_str(), *message));
    refused(&api, &path, cases.collect()).await;
    for (name, url) in [
        ("a", "https://mcp.example:8443/mcp?x=1"),
        ("b", "http://127.0.0.1:3000/mcp"),
        ("c", "http://[::1]:1/"),
        ("d", "http://localhost/"),
    ] {
        let body = with(set("endpoint", json!(url)), "/name", json!(name));
        assert_eq!(api.json("POST", &path, body).await.0, 202, "{url}");
        api.settled().await;
    }
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
