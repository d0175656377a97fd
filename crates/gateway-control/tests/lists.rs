//! Lists and tags: sections 5.1 and 5.2 of the contract.

mod support;

use serde_json::json;
use support::Api;

#[tokio::test]
async fn lists_have_pages_with_opaque_tokens() {
    let api = Api::in_memory();
    for name in ["a", "b", "c", "d", "e"] {
        api.gateway(name).await;
    }
    let mut names = Vec::new();
    let mut query = "?maxResults=2".to_owned();
    let mut sizes = Vec::new();
    loop {
        let page = api.get(&format!("/gateways/{query}")).await.2;
        let items = page["items"].as_array().unwrap();
        sizes.push(items.len());
        names.extend(
            items
                .iter()
                .map(|item| item["name"].as_str().unwrap().to_owned()),
        );
        let Some(token) = page["nextToken"].as_str() else {
            break;
        };
        assert!(!token.contains("gateways"), "opaque");
        query = format!("?maxResults=2&nextToken={token}");
        // What comes in between shifts nothing.
        if names.len() == 2 {
            api.gateway("0-before").await;
        }
    }
    assert_eq!(
        (names, sizes),
        (
            ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
            vec![2, 2, 1]
        )
    );

    let item = &api.get("/gateways/?maxResults=1").await.2["items"][0];
    let members: Vec<_> = item
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "authorizerType",
            "createdAt",
            "gatewayId",
            "name",
            "protocolType",
            "status",
            "updatedAt"
        ]
    );

    let path = api.gateway("f").await;
    let foreign = api.get("/gateways/?maxResults=1").await.2["nextToken"]
        .as_str()
        .unwrap()
        .to_owned();
    for (path, name) in [
        ("/gateways/?maxResults=0".to_owned(), "maxResults"),
        ("/gateways/?maxResults=1001".to_owned(), "maxResults"),
        ("/gateways/?maxResults=x".to_owned(), "maxResults"),
        ("/gateways/?nextToken=abc".to_owned(), "nextToken"),
        (format!("{path}targets/?nextToken={foreign}"), "nextToken"),
    ] {
        let (status, kind, body) = api.get(&path).await;
        assert_eq!(
            (status, kind.as_str()),
            (400, "ValidationException"),
            "{path}"
        );
        assert_eq!(body["fieldList"][0]["name"], name, "{path}");
    }
}

#[tokio::test]
async fn tags_are_added_listed_and_removed() {
    let api = Api::in_memory();
    let path = api.gateway("orders").await;
    let arn = api.get(&path).await.2["gatewayArn"]
        .as_str()
        .unwrap()
        .to_owned();
    // SDKs escape the ARN; other clients do not have to.
    let escaped = format!("/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    let plain = format!("/tags/{arn}");
    assert_eq!(
        api.json(
            "POST",
            &escaped,
            json!({ "tags": { "a": "1", "b": "2", "c": "" } })
        )
        .await
        .0,
        204
    );
    assert_eq!(
        api.delete(&format!("{escaped}?tagKeys=a&tagKeys=c"))
            .await
            .0,
        204
    );
    assert_eq!(api.get(&plain).await.2, json!({ "tags": { "b": "2" } }));

    let many: serde_json::Map<_, _> = (0..50)
        .map(|index| (format!("k{index}"), json!("v")))
        .collect();
    let (status, kind, _) = api.json("POST", &plain, json!({ "tags": many })).await;
    assert_eq!(
        (status, kind.as_str()),
        (402, "ServiceQuotaExceededException"),
        "5.2: 50 tags, and one is there"
    );
    assert_eq!(
        api.get(&plain).await.2,
        json!({ "tags": { "b": "2" } }),
        "nothing of it was kept"
    );
    for (path, body, status, name) in [
        (
            plain.as_str(),
            json!({ "tags": { "aws:x": "1" } }),
            400,
            "ValidationException",
        ),
        (
            &plain,
            json!({ "tags": { "a#": "1" } }),
            400,
            "ValidationException",
        ),
        (&plain, json!({}), 400, "ValidationException"),
        (
            "/tags/no-arn",
            json!({ "tags": {} }),
            400,
            "ValidationException",
        ),
        (
            "/tags/arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/none-0123456789",
            json!({ "tags": {} }),
            404,
            "ResourceNotFoundException",
        ),
        (
            "/tags/%FF",
            json!({ "tags": {} }),
            400,
            "ValidationException",
        ),
    ] {
        let (found, kind, _) = api.json("POST", path, body).await;
        assert_eq!((found, kind.as_str()), (status, name), "{path}");
    }
}
