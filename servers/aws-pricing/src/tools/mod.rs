//! One module per tool.

mod analyze_cdk_project;
mod analyze_terraform_project;
mod generate_cost_report;
mod get_bedrock_patterns;
mod get_price_list_urls;
mod get_pricing;
mod get_pricing_attribute_values;
mod get_pricing_service_attributes;
mod get_pricing_service_codes;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One text, or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged, expecting = "expected a string or an array of strings")]
#[schemars(inline)]
pub(crate) enum OneOrMany {
    /// One text.
    One(String),
    /// A list of texts.
    Many(Vec<String>),
}

/// Output of the tools that answer a list of names.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(
    dead_code,
    reason = "the schema of what `Answer` and `PricingError` write"
)]
enum Names {
    /// The names, sorted.
    Found(Vec<String>),
    /// A failure: `status` is `error`; `error_type`, `message`, `suggestion` and what it was about.
    Failed(Map<String, Value>),
}

#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "the schema of what `Answer` and `PricingError` write"
)]
struct NamesOutput {
    /// Sorted names; after a failure an object with `status`, `error_type`, `message`, `suggestion`.
    result: Names,
}

/// Output of `get_pricing_attribute_values`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(
    dead_code,
    reason = "the schema of what `Answer` and `PricingError` write"
)]
enum Values {
    /// By attribute, its values, sorted.
    Found(BTreeMap<String, Vec<String>>),
    /// A failure: `status` is `error`; `error_type`, `message`, `suggestion` and what it was about.
    Failed(Map<String, Value>),
}

#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "the schema of what `Answer` and `PricingError` write"
)]
struct ValuesOutput {
    /// By attribute, its values, sorted; after a failure an object with `status`, `error_type`,
    /// `message`, `suggestion`.
    result: Values,
}

#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "the schema of what `Answer` and `PricingError` write"
)]
struct ObjectOutput {
    /// See the tool's description; after a failure `status`, `error_type`, `message`, `suggestion`.
    result: Map<String, Value>,
}

#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "the schema of what `Answer` and `PricingError` write"
)]
struct TextOutput {
    /// The text.
    result: String,
}
