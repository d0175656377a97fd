//! `get_pricing_service_attributes`: what the products of a service can be filtered by.

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

/// Input of `get_pricing_service_attributes`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Code of the service, from `get_pricing_service_codes`: `AmazonEC2`.
    service_code: String,
    /// Regular expression to search for in the names, in any case: `storage`, `^instance`.
    /// Default: all attributes.
    #[serde(default)]
    filter: Option<String>,
}

#[tool_router(router = get_pricing_service_attributes_router, vis = "pub(crate)")]
impl Server {
    /// List the attributes of a service's products, sorted: what `get_pricing` can filter by and
    /// `get_pricing_attribute_values` can list the values of.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<NamesOutput>(),
        meta = tool_meta(&["pricing:DescribeServices"], None)
    )]
    async fn get_pricing_service_attributes(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, PricingError> {
        let code = input.service_code;
        let about = |error: PricingError| error.field("service_code", code.as_str());
        let pattern = input.filter.map(Pattern::new).transpose().map_err(about)?;
        let api = self.api(None).await.map_err(api_error).map_err(about)?;
        let services = match api.services(Some(&code)).await {
            Ok(services) => services,
            Err(error) => return Err(about(api.explain(api_error(error), None))),
        };
        let Some(service) = services.into_iter().next() else {
            let message = format!("there is no service `{code}` in the AWS Price List");
            return Err(about(
                PricingError::new(Kind::ServiceNotFound, message)
                    .suggest("take the code from `get_pricing_service_codes`; case matters"),
            ));
        };
        let mut names = service.attribute_names.unwrap_or_default();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            let message = format!("the products of `{code}` have no attributes");
            return Err(about(
                PricingError::new(Kind::EmptyResults, message)
                    .suggest("call `get_pricing` without filters"),
            ));
        }
        let Some(pattern) = pattern else {
            return Ok(Answer::lines(names));
        };
        let all = names.len();
        names.retain(|name| pattern.finds(name));
        if names.is_empty() {
            let message = format!(
                "none of the {all} attributes of `{code}` matches {:?}",
                pattern.as_str()
            );
            return Err(about(
                PricingError::new(Kind::NoMatchesFound, message)
                    .suggest("use a shorter pattern, or leave `filter` out to see all")
                    .field("filter", pattern.as_str()),
            ));
        }
        Ok(Answer::lines(names))
    }
}
