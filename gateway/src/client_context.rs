//! The Lambda client context that tells a function which tool was called.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::invoke::Failure;
use crate::jsonrpc::json;

/// Largest client context that Lambda's Invoke API accepts, counted in base64.
const LIMIT_BYTES: usize = 3583;

/// What the gateway says about one call.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    #[serde(rename = "bedrockAgentCoreMessageVersion")]
    version: &'static str,
    /// The gateway's id of the request.
    #[serde(rename = "bedrockAgentCoreAwsRequestId")]
    pub request_id: String,
    /// The client's JSON-RPC id, as text.
    #[serde(rename = "bedrockAgentCoreMcpMessageId")]
    pub message_id: String,
    /// The gateway.
    #[serde(rename = "bedrockAgentCoreGatewayId")]
    pub gateway_id: Arc<str>,
    /// The target: ten characters.
    #[serde(rename = "bedrockAgentCoreTargetId")]
    pub target_id: Arc<str>,
    /// The tool, with the target's prefix.
    #[serde(rename = "bedrockAgentCoreToolName")]
    pub tool: String,
    /// Headers of the client that the target may see.
    #[serde(
        rename = "bedrockAgentCorePropagatedHeaders",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub headers: BTreeMap<String, String>,
    /// Query parameters of the client that the target may see.
    #[serde(
        rename = "bedrockAgentCorePropagatedQueryParameters",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub query_parameters: BTreeMap<String, String>,
}

impl Call {
    /// A call of `tool`, without propagated headers and parameters.
    pub fn new(
        request_id: String,
        message_id: String,
        gateway_id: Arc<str>,
        target_id: Arc<str>,
        tool: String,
    ) -> Self {
        Self {
            version: "1.0",
            request_id,
            message_id,
            gateway_id,
            target_id,
            tool,
            headers: BTreeMap::new(),
            query_parameters: BTreeMap::new(),
        }
    }

    /// The client context as JSON, not yet base64: `custom` with six strings, and an object each for headers and
    /// parameters where there are any.
    ///
    /// # Errors
    ///
    /// When it is too large for Lambda, which propagated headers or a very long message id make it.
    pub fn client_context(&self) -> Result<String, Failure> {
        let context = json(&BTreeMap::from([("custom", self)]));
        let size_bytes = context.len().div_ceil(3) * 4;
        if size_bytes > LIMIT_BYTES {
            return Err(Failure::ContextTooLarge {
                size_bytes,
                limit_bytes: LIMIT_BYTES,
            });
        }
        Ok(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn call(message_id: &str) -> Call {
        let text = |text: &str| text.to_owned();
        Call::new(
            text("r"),
            text(message_id),
            "g".into(),
            "t".into(),
            text("target___tool"),
        )
    }

    fn context(message_id: &str) -> Result<String, Failure> {
        call(message_id).client_context()
    }

    #[test]
    fn six_strings_and_nothing_else() {
        let context: Value = serde_json::from_str(&context("7").unwrap()).unwrap();
        let expected = json!({"custom": {
            "bedrockAgentCoreMessageVersion": "1.0",
            "bedrockAgentCoreAwsRequestId": "r",
            "bedrockAgentCoreMcpMessageId": "7",
            "bedrockAgentCoreGatewayId": "g",
            "bedrockAgentCoreTargetId": "t",
            "bedrockAgentCoreToolName": "target___tool",
        }});
        assert_eq!(context, expected);
    }

    #[test]
    fn the_limit_is_that_of_lambda() {
        let empty = context("").unwrap().len();
        // 3583 in base64 is 2685 bytes and a remainder that holds no third group.
        let largest = 2685 - empty;
        assert_eq!(context(&"i".repeat(largest)).unwrap().len(), 2685);
        let error = context(&"i".repeat(largest + 1)).unwrap_err().to_string();
        assert!(
            error.starts_with("the client context of this call takes 3584 bytes"),
            "{error}"
        );
    }
}
