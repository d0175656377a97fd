//! rmcp's own client, over a socket: what it is told by a gateway is what it expects of any server.

use gateway::{SessionTimeout, Settings, SupportedVersions};
use rmcp::model::CallToolRequestParams;
use rmcp::service::serve_client;
use rmcp::transport::StreamableHttpClientTransport;
use serde_json::json;

use crate::support::{Recorder, gateway_of, target};

/// More than one page.
const TOOLS: usize = 35;

async fn lists_and_calls(settings: Settings) {
    let recorder = Recorder::returning(r#"{"answer":42}"#);
    let names: Vec<String> = (0..TOOLS)
        .map(|number| format!("tool{number:02}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let app = gateway_of(vec![target("files", &names, &recorder)], settings);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, app).into_future());

    let transport = StreamableHttpClientTransport::from_uri(url);
    let client = serve_client((), transport).await.unwrap();
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), TOOLS, "every page");
    assert_eq!(tools[0].name, "files___tool00");

    let arguments = json!({"path": "/x"}).as_object().cloned().unwrap();
    let call = CallToolRequestParams::new("files___tool34").with_arguments(arguments);
    let result = serde_json::to_value(client.call_tool(call).await.unwrap()).unwrap();
    assert_eq!(result["content"][0]["text"], r#"{"answer":42}"#, "{result}");
    assert_eq!(recorder.seen()[0].0, json!({"path": "/x"}));

    // A missing argument is a result with an error, as recorded, and not the end of the session.
    let call = CallToolRequestParams::new("files___tool00");
    let result = serde_json::to_value(client.call_tool(call).await.unwrap()).unwrap();
    assert_eq!(result["isError"], true, "{result}");
    client.cancel().await.unwrap();
    serving.abort();
}

#[tokio::test]
async fn without_sessions() {
    lists_and_calls(Settings::default()).await;
}

#[tokio::test]
async fn with_sessions_and_streams() {
    let settings = Settings {
        session_timeout: Some("900".parse::<SessionTimeout>().unwrap()),
        response_streaming: true,
        ..Settings::default()
    };
    lists_and_calls(settings).await;
}

#[tokio::test]
async fn when_only_the_oldest_version_is_served() {
    let settings = Settings {
        supported_versions: "2025-03-26".parse::<SupportedVersions>().unwrap(),
        ..Settings::default()
    };
    lists_and_calls(settings).await;
}
