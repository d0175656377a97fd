//! The client context: who calls, and for which tool.

use std::sync::Arc;

use rmcp::handler::server::common::{AsRequestContext, FromContextPart};
use rmcp::model::JsonObject;
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::Value;

const TOOL_NAME: &str = "bedrockAgentCoreToolName";
const MESSAGE_ID: &str = "bedrockAgentCoreMcpMessageId";
const GATEWAY_ID: &str = "bedrockAgentCoreGatewayId";
const TARGET_ID: &str = "bedrockAgentCoreTargetId";
const AWS_REQUEST_ID: &str = "bedrockAgentCoreAwsRequestId";
const PROPAGATED_HEADERS: &str = "bedrockAgentCorePropagatedHeaders";

/// What the AgentCore Gateway says about a call, beside its arguments.
///
/// Take it as an argument of a `#[tool]` function, or from the request's context with
/// [`GatewayContext::of`]. It is empty for a call that did not come through a gateway. The gateway
/// passes on no identity of its own: what a header proves is for its interceptor to decide.
#[derive(Debug, Clone, Default)]
pub struct GatewayContext(Arc<JsonObject>);

impl GatewayContext {
    /// The context of a request.
    pub fn of(context: &RequestContext<RoleServer>) -> Self {
        context.extensions.get().cloned().unwrap_or_default()
    }

    /// Reads the header of an invocation. Whatever is in it: a context that cannot be read is an
    /// empty one, because the event may be meaningful without.
    pub(super) fn read(header: Option<&[u8]>) -> Self {
        let Some(header) = header else {
            return Self::default();
        };
        // Some senders put bytes there that are not UTF-8. What matters to us is ASCII.
        let text = String::from_utf8_lossy(header);
        let custom = match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(mut context)) => context.remove("custom"),
            _ => None,
        };
        match custom {
            Some(Value::Object(custom)) => Self(Arc::new(custom)),
            _ => Self::default(),
        }
    }

    /// The gateway's name of the tool, `<target>___<tool>`.
    pub fn tool(&self) -> Option<&str> {
        self.text(TOOL_NAME).filter(|name| !name.is_empty())
    }

    /// Id of the MCP message that asked for the call.
    pub fn message_id(&self) -> Option<&str> {
        self.text(MESSAGE_ID)
    }

    /// Id of the gateway.
    pub fn gateway_id(&self) -> Option<&str> {
        self.text(GATEWAY_ID)
    }

    /// Id of the gateway's target, ten characters.
    pub fn target_id(&self) -> Option<&str> {
        self.text(TARGET_ID)
    }

    /// Id of the request that the gateway got.
    pub fn aws_request_id(&self) -> Option<&str> {
        self.text(AWS_REQUEST_ID)
    }

    /// A header that the target's configuration, or an interceptor, lets through. The case of
    /// `name` does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.0.get(PROPAGATED_HEADERS)?.as_object()?;
        let found = headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found?.1.as_str()
    }

    /// Everything in the client context's `custom`, as it came.
    pub fn custom(&self) -> &JsonObject {
        &self.0
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }
}

impl<C: AsRequestContext> FromContextPart<C> for GatewayContext {
    fn from_context_part(context: &mut C) -> Result<Self, ErrorData> {
        Ok(Self::of(context.as_request_context()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> GatewayContext {
        GatewayContext::read(Some(header.as_bytes()))
    }

    #[test]
    fn the_documented_context_is_read() {
        let context = read(
            r#"{"client":null,"custom":{"bedrockAgentCoreMessageVersion":"1.0",
                "bedrockAgentCoreAwsRequestId":"r-1","bedrockAgentCoreMcpMessageId":"7",
                "bedrockAgentCoreGatewayId":"gw-1","bedrockAgentCoreTargetId":"ABCDEFGHIJ",
                "bedrockAgentCoreToolName":"files___read_file",
                "bedrockAgentCorePropagatedHeaders":{"X-Tenant":"acme"}}}"#,
        );
        assert_eq!(context.tool(), Some("files___read_file"));
        assert_eq!(context.message_id(), Some("7"));
        assert_eq!(context.gateway_id(), Some("gw-1"));
        assert_eq!(context.target_id(), Some("ABCDEFGHIJ"));
        assert_eq!(context.aws_request_id(), Some("r-1"));
        assert_eq!(context.header("x-tenant"), Some("acme"));
        assert_eq!(context.header("authorization"), None);
    }

    #[test]
    fn bytes_that_are_not_utf_8_do_not_hide_the_tool() {
        let mut header = br#"{"custom":{"bedrockAgentCoreToolName":"t___x","who":""#.to_vec();
        header.extend([0xe9, 0xff]);
        header.extend(br#""}}"#);
        assert_eq!(GatewayContext::read(Some(&header)).tool(), Some("t___x"));
    }

    #[test]
    fn a_context_that_cannot_be_read_is_an_empty_one() {
        let headers = [
            "",
            "null",
            "[]",
            "7",
            "{",
            "{}",
            r#"{"custom":null}"#,
            r#"{"custom":[]}"#,
            r#"{"custom":"x"}"#,
            r#"{"custom":{"bedrockAgentCoreToolName":null}}"#,
            r#"{"custom":{"bedrockAgentCoreToolName":{"a":1}}}"#,
            r#"{"custom":{"bedrockAgentCoreToolName":""}}"#,
            "eyJjdXN0b20iOnt9fQ==",
        ];
        for header in headers {
            assert_eq!(read(header).tool(), None, "{header}");
        }
        assert_eq!(GatewayContext::read(None).tool(), None);
    }
}
