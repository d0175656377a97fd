//! The MCP server that the official conformance suite finds behind the gateway: a Lambda function like any other,
//! with the tools that the suite calls, as far as a Lambda target can have them.
//!
//! What they are to answer is prescribed by the suite: `conformance list`, and the description of each scenario.

use std::process::ExitCode;

use agentcore_gateway_target::ServerInfo;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};

/// One transparent pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// A WAV file without a sample.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

#[derive(Clone)]
struct Fixture {
    tools: ToolRouter<Self>,
}

#[tool_router]
impl Fixture {
    /// Answers with a text.
    #[tool(annotations(read_only_hint = true))]
    async fn test_simple_text(&self) -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::text(
            "This is a simple text response for testing.",
        )])
    }

    /// Answers with an image.
    #[tool(annotations(read_only_hint = true))]
    async fn test_image_content(&self) -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::image(PNG, "image/png")])
    }

    /// Answers with a sound.
    #[tool(annotations(read_only_hint = true))]
    async fn test_audio_content(&self) -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::audio(WAV, "audio/wav")])
    }

    /// Answers with a resource.
    #[tool(annotations(read_only_hint = true))]
    async fn test_embedded_resource(&self) -> CallToolResult {
        let text = "This is an embedded resource content.";
        let resource =
            ResourceContents::text(text, "test://embedded-resource").with_mime_type("text/plain");
        CallToolResult::success(vec![ContentBlock::resource(resource)])
    }

    /// Answers with a text, an image and a resource.
    #[tool(annotations(read_only_hint = true))]
    async fn test_multiple_content_types(&self) -> CallToolResult {
        let text = r#"{"test":"data","value":123}"#;
        let resource = ResourceContents::text(text, "test://mixed-content-resource")
            .with_mime_type("application/json");
        CallToolResult::success(vec![
            ContentBlock::text("Multiple content types test:"),
            ContentBlock::image(PNG, "image/png"),
            ContentBlock::resource(resource),
        ])
    }

    /// Fails.
    #[tool(annotations(read_only_hint = true))]
    async fn test_error_handling(&self) -> CallToolResult {
        CallToolResult::error(vec![ContentBlock::text(
            "This tool intentionally returns an error for testing",
        )])
    }

    /// Answers without a log message, which the suite wants from a request that asks for none.
    #[tool(annotations(read_only_hint = true))]
    async fn test_logging_tool(&self) -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::text("Nothing was logged.")])
    }

    /// Answers without a request of its own, which the suite wants on the stream of an answer.
    #[tool(annotations(read_only_hint = true))]
    async fn test_streaming_elicitation(&self) -> CallToolResult {
        CallToolResult::success(vec![ContentBlock::text("Nothing was asked.")])
    }
}

#[tool_handler(router = self.tools, name = "conformance")]
impl ServerHandler for Fixture {}

const SERVER: ServerInfo = ServerInfo {
    id: "conformance",
    name: "Conformance fixture",
    version: env!("CARGO_PKG_VERSION"),
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    agentcore_gateway_target::run(SERVER, |_| {
        Ok::<_, std::convert::Infallible>(Fixture {
            tools: Fixture::tool_router(),
        })
    })
    .await
}
