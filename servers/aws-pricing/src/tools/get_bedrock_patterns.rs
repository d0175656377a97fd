//! `get_bedrock_patterns`: how Bedrock applications are built and what makes them cost.

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::TextOutput;
use crate::answer::Answer;
use crate::error::PricingError;
use crate::server::Server;

const PATTERNS: &str = include_str!("bedrock_patterns.md");

/// Input of `get_bedrock_patterns`: nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {}

#[tool_router(router = get_bedrock_patterns_router, vis = "pub(crate)")]
impl Server {
    /// Read how applications on Amazon Bedrock are commonly built, what each of them is billed
    /// for, how to estimate it and how to look the prices up with the other tools. Names no prices.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<TextOutput>(),
        meta = tool_meta(&[], Some(json!({})))
    )]
    async fn get_bedrock_patterns(
        &self,
        Parameters(Input {}): Parameters<Input>,
    ) -> Result<Answer, PricingError> {
        Ok(Answer::text(PATTERNS.to_owned()))
    }
}
