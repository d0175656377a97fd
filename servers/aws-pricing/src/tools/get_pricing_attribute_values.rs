//! `get_pricing_attribute_values`: what the attributes of a service's products can be.

use std::collections::BTreeMap;

use agentcore_gateway_target::{Parameters, tool_meta};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::ValuesOutput;
use crate::answer::Answer;
use crate::error::{Kind, PricingError};
use crate::pattern::Pattern;
use crate::price_list::api_error;
use crate::server::Server;

/// Input of `get_pricing_attribute_values`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Code of the service, from `get_pricing_service_codes`: `AmazonEC2`.
    service_code: String,
    /// Names of attributes, from `get_pricing_service_attributes`: `["instanceType", "location"]`.
    attribute_names: Vec<String>,
    /// By attribute, a regular expression to search for in its values, in any case:
    /// `{"instanceType": "^t3"}`. Only for attributes in `attribute_names`. Default: all values.
    #[serde(default)]
    filters: Option<BTreeMap<String, String>>,
}

#[tool_router(router = get_pricing_attribute_values_router, vis = "pub(crate)")]
impl Server {
    /// List the values that attributes of a service's products have, sorted, by attribute. Several
    /// attributes in one call fail together. A filter that fits no value gives an empty list.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<ValuesOutput>(),
        meta = tool_meta(&["pricing:GetAttributeValues"], None)
    )]
    async fn get_pricing_attribute_values(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, PricingError> {
        let code = input.service_code;
        let names = input.attribute_names;
        let about = |error: PricingError| error.field("service_code", code.as_str());
        let failed = |error: PricingError, name: &str| {
            about(error)
                .field("attribute_name", name)
                .field("failed_attribute", name)
                .field("requested_attributes", names.clone())
        };
        if names.is_empty() {
            let message = "`attribute_names` is empty";
            return Err(about(
                PricingError::new(Kind::EmptyAttributeList, message)
                    .suggest("name attributes from `get_pricing_service_attributes`"),
            ));
        }
        let mut patterns = BTreeMap::new();
        for (name, pattern) in input.filters.unwrap_or_default() {
            if !names.contains(&name) {
                let message = format!("`filters` has `{name}`, which is not in `attribute_names`");
                return Err(failed(
                    PricingError::new(Kind::InvalidArguments, message)
                        .suggest("add it to `attribute_names`, or take the filter out"),
                    &name,
                ));
            }
            let pattern = Pattern::new(pattern).map_err(|error| failed(error, &name))?;
            patterns.insert(name, pattern);
        }
        let api = self.api(None).await.map_err(api_error).map_err(about)?;
        let mut found = Map::new();
        for name in &names {
            if found.contains_key(name) {
                continue;
            }
            let mut values = match api.values(&code, name).await {
                Ok(values) => values,
                Err(error) => return Err(failed(api.explain(api_error(error), None), name)),
            };
            if values.is_empty() {
                let message = format!("attribute `{name}` of `{code}` has no values");
                return Err(failed(
                    PricingError::new(Kind::NoAttributeValuesFound, message)
                        .suggest("take attributes from `get_pricing_service_attributes`"),
                    name,
                ));
            }
            if let Some(pattern) = patterns.get(name) {
                values.retain(|value| pattern.finds(value));
            }
            found.insert(name.clone(), values.into());
        }
        Ok(Answer::json(Value::Object(found)))
    }
}
