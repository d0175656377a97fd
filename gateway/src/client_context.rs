//! The Lambda client context that tells a function which tool was called.

use std::collections::BTreeMap;

use crate::invoke::Failure;
use crate::jsonrpc::json;

/// Largest client context that Lambda's Invoke API accepts, counted in base64.
const LIMIT_BYTES: usize = 3583;

/// What the gateway says about one call.
pub(crate) struct Call<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) message_id: &'a str,
    pub(crate) gateway_id: &'a str,
    pub(crate) target_id: &'a str,
    /// With the target's prefix.
    pub(crate) tool: &'a str,
}

impl Call<'_> {
    /// The client context as JSON: `custom` with six members, each a string.
    ///
    /// # Errors
    ///
    /// When it is too large for Lambda, which only a very long message id makes it.
    pub(crate) fn client_context(&self) -> Result<String, Failure> {
        let custom = BTreeMap::from([
            ("bedrockAgentCoreMessageVersion", "1.0"),
            ("bedrockAgentCoreAwsRequestId", self.request_id),
            ("bedrockAgentCoreMcpMessageId", self.message_id),
            ("bedrockAgentCoreGatewayId", self.gateway_id),
            ("bedrockAgentCoreTargetId", self.target_id),
            ("bedrockAgentCoreToolName", self.tool),
        ]);
        let context = json(&BTreeMap::from([("custom", custom)]));
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

    fn context(message_id: &str) -> Result<String, Failure> {
        let call = Call {
            request_id: "r",
            message_id,
            gateway_id: "g",
            target_id: "t",
            tool: "target___tool",
        };
        call.client_context()
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
