//! Tool schemas, kinds of target and MCP servers: section 2 of the contract.

mod support;

use serde_json::{Value, json};
use support::{Api, lambda, server, with};

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
    api.refuses(&path, cases.collect()).await;
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
    api.refuses(&path, cases.collect()).await;
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
    api.refuses(&path, cases.collect()).await;
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
