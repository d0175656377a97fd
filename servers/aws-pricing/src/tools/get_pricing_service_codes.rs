//! `get_pricing_service_codes`: which services there are prices of.

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use super::NamesOutput;
use crate::answer::Answer;
use crate::error::{Kind, PricingError};
use crate::pattern::Pattern;
use crate::price_list::api_error;
use crate::server::Server;

/// Input of `get_pricing_service_codes`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Regular expression to search for in the codes, in any case: `bedrock`, `^AWSLambda$`.
    /// Default: all codes.
    #[serde(default)]
    filter: Option<String>,
}

#[tool_router(router = get_pricing_service_codes_router, vis = "pub(crate)")]
impl Server {
    /// List the service codes of the AWS Price List, such as `AmazonEC2` or `AWSLambda`, sorted.
    /// The other tools take a service by its code.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<NamesOutput>(),
        meta = tool_meta(&["pricing:DescribeServices"], None)
    )]
    async fn get_pricing_service_codes(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, PricingError> {
        let pattern = input.filter.map(Pattern::new).transpose()?;
        let api = self.api(None).await.map_err(api_error)?;
        let services = match api.services(None).await {
            Ok(services) => services,
            Err(error) => return Err(api.explain(api_error(error), None)),
        };
        let mut codes: Vec<String> = services.into_iter().map(|s| s.service_code).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.is_empty() {
            return Err(PricingError::new(
                Kind::EmptyResults,
                "the Price List API lists no services",
            )
            .suggest("call again in a moment"));
        }
        let Some(pattern) = pattern else {
            return Ok(Answer::lines(codes));
        };
        let all = codes.len();
        codes.retain(|code| pattern.finds(code));
        if codes.is_empty() {
            return Err(PricingError::new(
                Kind::NoMatchesFound,
                format!("none of the {all} service codes matches {:?}", pattern.as_str()),
            )
            .suggest("use a shorter pattern, or leave `filter` out to see all; codes abbreviate some names: `AmazonES` is OpenSearch, `AWSQueueService` is SQS")
            .field("filter", pattern.as_str()));
        }
        Ok(Answer::lines(codes))
    }
}
