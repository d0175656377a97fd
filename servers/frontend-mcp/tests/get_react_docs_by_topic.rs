//! The recorded calls, and what holds for every document.

use frontend_mcp_server::Server;
use serde_json::{Value, json};
use server_testing::{call, text};

async fn ask(arguments: Value) -> Value {
    let server = Server::from_env(&[]).expect("no settings");
    call(&server, "GetReactDocsByTopic", arguments).await
}

async fn document(topic: &str) -> String {
    let result = ask(json!({ "topic": topic })).await;
    assert_eq!(result["isError"], false);
    // As recorded: the same text twice.
    assert_eq!(result["structuredContent"]["result"], text(&result));
    text(&result).to_owned()
}

#[tokio::test]
async fn documents_are_short_enough_to_be_read_whole() {
    for (topic, title, most) in [
        (
            "essential-knowledge",
            "# React on AWS Amplify (Gen 2): what you need to know\n",
            12_000,
        ),
        (
            "troubleshooting",
            "# React on AWS Amplify (Gen 2): when something fails\n",
            5_000,
        ),
    ] {
        let document = document(topic).await;
        assert!(document.starts_with(title), "{topic}");
        assert!(document.len() <= most, "{topic}: {} bytes", document.len());
        assert!(
            document.ends_with('\n') && !document.contains('\t'),
            "{topic}"
        );
    }
}

#[tokio::test]
async fn every_code_block_ends_and_names_its_language() {
    let document = document("essential-knowledge").await;
    let fences: Vec<&str> = document
        .lines()
        .filter_map(|line| line.strip_prefix("```"))
        .collect();
    assert!(fences.len() >= 10, "{fences:?}");
    for pair in fences.chunks(2) {
        assert!(
            matches!(pair, ["bash" | "ts" | "tsx" | "yaml", ""]),
            "{pair:?}"
        );
    }
}

#[tokio::test]
async fn imports_come_from_packages_that_the_set_up_installs() {
    let document = document("essential-knowledge").await;
    let imported = document
        .split(" from '")
        .skip(1)
        .filter_map(|rest| rest.split('\'').next());
    for module in imported.filter(|module| !module.starts_with('.')) {
        let mut parts = module.splitn(3, '/');
        let scoped = module.starts_with('@');
        let package: Vec<&str> = parts.by_ref().take(if scoped { 2 } else { 1 }).collect();
        let package = package.join("/");
        // `npm create amplify` and `npm create vite` bring these.
        let brought = ["@aws-amplify/backend", "react", "react-dom"].contains(&package.as_str());
        let installed = document.contains(&format!("npm install aws-amplify {package}"))
            || package == "aws-amplify";
        assert!(brought || installed, "{package} is never installed");
    }
}

#[tokio::test]
async fn what_is_no_topic_is_refused_with_the_topics() {
    let result = ask(json!({})).await;
    assert_eq!(
        text(&result),
        "invalid_arguments: required argument `topic` is missing"
    );
    let result = ask(json!({"topic": "vue"})).await;
    assert_eq!(result["isError"], true);
    let expected = "invalid_arguments: `topic`: unknown variant `vue`, expected `essential-knowledge` or `troubleshooting`";
    assert_eq!(text(&result), expected);
    let result = ask(json!({"topic": "troubleshooting", "page": 2})).await;
    assert!(
        text(&result).starts_with("invalid_arguments: "),
        "{}",
        text(&result)
    );
}
