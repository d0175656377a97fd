//! `get_pricing`: the prices of a service's products.

use agentcore_gateway_target::{Parameters, lenient, tool_meta};
use aws_sdk_pricing::types::{Filter, FilterType};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ObjectOutput, OneOrMany};
use crate::answer::Answer;
use crate::endpoint;
use crate::error::{Kind, PricingError};
use crate::price_list::api_error;
use crate::products::{self, Trim};
use crate::server::Server;

/// Examples of a result that is too large.
const SAMPLES: usize = 3;

/// Types of filters that the Price List API has.
const FILTER_TYPES: [&str; 5] = ["EQUALS", "TERM_MATCH", "CONTAINS", "ANY_OF", "NONE_OF"];

/// Input of `get_pricing`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Code of the service, from `get_pricing_service_codes`: `AmazonEC2`.
    service_code: String,
    /// Region that the products are in, or several: `"us-east-1"`, `["us-east-1", "eu-west-1"]`, or
    /// `"us-east-1,eu-west-1"`. Default: no filter by region, for products that have none (such as data transfer).
    #[serde(default)]
    region: Option<OneOrMany>,
    /// Conditions that a product has to meet, all of them.
    #[serde(default)]
    filters: Option<Vec<PricingFilter>>,
    /// The most characters of products (as compact JSON) to answer; more is the error
    /// `result_too_large`, with three samples. -1: no limit.
    #[serde(default = "default_characters", deserialize_with = "lenient::integer")]
    #[schemars(range(min = -1))]
    max_allowed_characters: i64,
    /// What to answer of each product. Default: everything.
    #[serde(default)]
    output_options: Option<OutputOptions>,
    /// The most products to answer in one call, 1 to 100.
    #[serde(default = "default_results", deserialize_with = "lenient::integer")]
    #[schemars(range(min = 1, max = 100))]
    max_results: i32,
    /// `next_token` of the answer before, for the next page with otherwise the same arguments.
    #[serde(default)]
    next_token: Option<String>,
}

fn default_characters() -> i64 {
    100_000
}

fn default_results() -> i32 {
    100
}

/// A condition on one attribute of a product.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PricingFilter {
    /// Name of the attribute, from `get_pricing_service_attributes`: `instanceType`.
    #[serde(rename = "Field")]
    #[schemars(length(min = 1))]
    field: String,
    /// How it is compared: `EQUALS` or `TERM_MATCH` (is the value), `CONTAINS` (has it as a part),
    /// `ANY_OF` (is one of the values), `NONE_OF` (is none of them).
    #[serde(rename = "Type", default = "equals")]
    #[schemars(length(min = 1))]
    kind: String,
    /// The value, from `get_pricing_attribute_values`; for `ANY_OF` and `NONE_OF` a list of them, or
    /// one text with commas between them.
    #[serde(rename = "Value")]
    value: OneOrMany,
}

fn equals() -> String {
    "EQUALS".to_owned()
}

/// What of each product is answered.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OutputOptions {
    /// Kinds of terms to keep: `OnDemand`, `Reserved`, `FlatRate`. Reserved terms are most of what
    /// an EC2 product is. Default: all.
    #[serde(default)]
    pricing_terms: Option<Vec<String>>,
    /// Attributes to keep: `["instanceType", "memory"]`. Default: all.
    #[serde(default)]
    product_attributes: Option<Vec<String>>,
    /// Leave out products whose on-demand prices are all zero.
    #[serde(default = "not")]
    exclude_free_products: Option<bool>,
}

#[expect(clippy::unnecessary_wraps, reason = "the published default is `false`")]
fn not() -> Option<bool> {
    Some(false)
}

#[tool_router(router = get_pricing_router, vis = "pub(crate)")]
impl Server {
    /// Get the list prices of a service's products: attributes and terms of each, as the AWS Price
    /// List has them, one page per call. Narrow the search with `region` and `filters`, and the
    /// answer with `output_options`. Returns `data`, `message`, and `next_token` when there is more.
    #[tool(
        annotations(read_only_hint = true),
        output_schema = schema_for_output::<ObjectOutput>(),
        meta = tool_meta(&["pricing:GetProducts"], None)
    )]
    async fn get_pricing(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<Answer, PricingError> {
        let region = json!(input.region);
        let code = input.service_code.clone();
        self.prices(input)
            .await
            .map_err(|error| error.field("service_code", code).field("region", region))
    }

    async fn prices(&self, input: Input) -> Result<Answer, PricingError> {
        if !(1..=100).contains(&input.max_results) {
            let message = format!("`max_results` is {}", input.max_results);
            return Err(invalid(
                message,
                "give 1 to 100; for more follow `next_token`",
            ));
        }
        if input.max_allowed_characters < -1 {
            let message = format!(
                "`max_allowed_characters` is {}",
                input.max_allowed_characters
            );
            return Err(invalid(
                message,
                "give a number of characters, or -1 for no limit",
            ));
        }
        let region = input.region.map(separated);
        let filters = filters(region.as_ref(), input.filters.unwrap_or_default())?;
        let asked = asked(region.as_ref())?;
        let code = input.service_code;
        let later_page = input.next_token.is_some();
        let api = self.api(asked).await.map_err(api_error)?;
        let page = match api
            .products(&code, filters, input.max_results, input.next_token)
            .await
        {
            Ok(page) => page,
            Err(error) => return Err(api.explain(api_error(error), asked)),
        };
        if page.products.is_empty() && page.next_token.is_none() && !later_page {
            return Err(empty(&code));
        }
        let options = input.output_options.unwrap_or_default();
        let trim = Trim {
            terms: options.pricing_terms.filter(|terms| !terms.is_empty()),
            attributes: options.product_attributes.filter(|names| !names.is_empty()),
            without_free: options.exclude_free_products.unwrap_or(false),
        };
        let products = products::read(&page.products, &trim).map_err(|reason| {
            let message =
                format!("the Price List API answered a product that is not JSON: {reason}");
            PricingError::new(Kind::DataProcessingError, message)
        })?;
        check_size(&products.items, input.max_allowed_characters)?;
        let mut result = json!({
            "status": "success",
            "service_name": code,
            "message": message(&code, products.items.len(), products.free, page.next_token.is_some()),
            "data": products.items,
        });
        if code == "AmazonCloudFront" {
            result["alternatives"] = cloudfront_alternatives();
        }
        if let Some(token) = page.next_token {
            result["next_token"] = token.into();
        }
        Ok(Answer::json(result))
    }
}

/// Regions with commas between them as a list: the gateway lets an argument have one type only, and
/// of a text and a list it keeps the text.
fn separated(region: OneOrMany) -> OneOrMany {
    match region {
        OneOrMany::One(text) if text.contains(',') => {
            let names = text.split(',').map(str::trim);
            OneOrMany::Many(
                names
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
            )
        }
        other => other,
    }
}

fn invalid(message: String, suggestion: &str) -> PricingError {
    PricingError::new(Kind::InvalidArguments, message).suggest(suggestion)
}

/// The filters of the call: that of the region, then the caller's.
fn filters(
    region: Option<&OneOrMany>,
    given: Vec<PricingFilter>,
) -> Result<Vec<Filter>, PricingError> {
    let region = region.map(|region| PricingFilter {
        field: "regionCode".to_owned(),
        kind: match region {
            OneOrMany::One(_) => equals(),
            OneOrMany::Many(_) => "ANY_OF".to_owned(),
        },
        value: region.clone(),
    });
    region.into_iter().chain(given).map(filter).collect()
}

fn filter(given: PricingFilter) -> Result<Filter, PricingError> {
    let PricingFilter { field, kind, value } = given;
    let kind = kind.to_ascii_uppercase();
    if !FILTER_TYPES.contains(&kind.as_str()) {
        return Err(invalid(
            format!("the filter on `{field}` has the type {kind:?}"),
            "types are `EQUALS`, `TERM_MATCH`, `CONTAINS`, `ANY_OF` and `NONE_OF`",
        ));
    }
    let value = match value {
        OneOrMany::One(value) => value,
        OneOrMany::Many(values) => {
            // AWS takes a list as one text; elsewhere it would look for that very text.
            let is_list = matches!(kind.as_str(), "ANY_OF" | "NONE_OF");
            if values.is_empty() || (values.len() > 1 && !is_list) {
                let (number, kind) = (values.len(), &kind);
                return Err(invalid(
                    format!("the filter on `{field}` has the type `{kind}` and {number} values"),
                    "give one value, or several with the type `ANY_OF` or `NONE_OF`",
                ));
            }
            values.join(",")
        }
    };
    Ok(Filter::builder()
        .field(field)
        .r#type(FilterType::from(kind.as_str()))
        .value(value)
        .build()
        .expect("all three are set"))
}

/// The region that the partition is chosen by.
fn asked(region: Option<&OneOrMany>) -> Result<Option<&str>, PricingError> {
    let regions = match region {
        None => return Ok(None),
        Some(OneOrMany::One(region)) => return Ok(Some(region)),
        Some(OneOrMany::Many(regions)) => regions,
    };
    let first = regions.first().map(String::as_str);
    let other = first.and_then(|first| {
        regions
            .iter()
            .find(|region| endpoint::is_elsewhere(first, region))
    });
    match (first, other) {
        (Some(first), Some(other)) => Err(invalid(
            format!("`region` has `{first}` and `{other}`, whose prices are in different APIs"),
            "ask for the regions of one AWS partition at a time",
        )),
        _ => Ok(first),
    }
}

fn empty(code: &str) -> PricingError {
    PricingError::new(
        Kind::EmptyResults,
        format!("no product of `{code}` fits the region and all filters"),
    )
    .suggest("check values with `get_pricing_attribute_values`, take filters away one at a time, and leave `region` out for products that have none")
    .field(
        "examples",
        json!({
            "Example service codes": ["AmazonEC2", "AmazonS3", "AmazonES", "AWSLambda", "AmazonDynamoDB"],
            "Example regions": ["us-east-1", "eu-west-1", "ap-south-1"]
        }),
    )
}

fn check_size(items: &[Value], limit: i64) -> Result<(), PricingError> {
    let characters = products::characters(items);
    // Negative: no limit.
    match usize::try_from(limit) {
        Ok(limit) if characters > limit => Err(PricingError::new(
            Kind::ResultTooLarge,
            format!("{} products have {characters} characters, more than {limit}", items.len()),
        )
        .suggest("add filters, keep less with `output_options` (`pricing_terms: [\"OnDemand\"]`, some `product_attributes`), lower `max_results`, or raise `max_allowed_characters`")
        .field("total_count", items.len())
        .field("total_characters", characters)
        .field("max_allowed_characters", limit)
        .field("sample_records", &items[..items.len().min(SAMPLES)])),
        _ => Ok(()),
    }
}

fn message(code: &str, count: usize, free: usize, more: bool) -> String {
    let mut text = format!("{count} products of {code}.");
    if free > 0 {
        text.push_str(&format!(" {free} free ones left out."));
    }
    if more {
        text.push_str(" There are more: pass `next_token`.");
    }
    if code == "AmazonCloudFront" {
        text.push_str(" Flat-rate plans are priced apart: see `alternatives`.");
    }
    text
}

/// Plans with one price a month that cover CloudFront and what goes with it.
fn cloudfront_alternatives() -> Value {
    json!([{
        "service_code": "CloudFrontPlans",
        "keywords": ["fixed rate", "flat rate", "monthly subscription", "plans"],
        "bundled_services": ["AmazonCloudFront", "AmazonS3", "AmazonRoute53", "AWSWAF", "AWSShield"],
        "description": "Flat-rate monthly plans that bundle CloudFront with these services."
    }])
}

#[cfg(test)]
mod tests {
    use agentcore_gateway_target::ToolError as _;

    use super::*;

    fn given(kind: &str, value: OneOrMany) -> Result<(String, String), String> {
        let given = PricingFilter {
            field: "f".to_owned(),
            kind: kind.to_owned(),
            value,
        };
        match filter(given) {
            Ok(filter) => Ok((
                filter.r#type().as_str().to_owned(),
                filter.value().to_owned(),
            )),
            Err(error) => Err(format!("{}: {error}", error.code())),
        }
    }

    #[test]
    fn filters_of_every_type_reach_aws() {
        let many =
            |values: &[&str]| OneOrMany::Many(values.iter().map(|v| (*v).to_owned()).collect());
        for kind in FILTER_TYPES {
            let sent = (kind.to_owned(), "v".to_owned());
            assert_eq!(
                given(kind, OneOrMany::One("v".to_owned())),
                Ok(sent.clone())
            );
            assert_eq!(given(&kind.to_lowercase(), many(&["v"])), Ok(sent));
        }
        for kind in ["ANY_OF", "NONE_OF"] {
            assert_eq!(
                given(kind, many(&["a", "b"])),
                Ok((kind.to_owned(), "a,b".to_owned()))
            );
        }
        assert_eq!(
            given("EQUALS", many(&["a", "b"])),
            Err("invalid_arguments: the filter on `f` has the type `EQUALS` and 2 values\nhint: give one value, or several with the type `ANY_OF` or `NONE_OF`".to_owned())
        );
        assert_eq!(
            given("LIKE", many(&["a"])),
            Err("invalid_arguments: the filter on `f` has the type \"LIKE\"\nhint: types are `EQUALS`, `TERM_MATCH`, `CONTAINS`, `ANY_OF` and `NONE_OF`".to_owned())
        );
        assert!(given("ANY_OF", many(&[])).is_err());
    }

    #[test]
    fn regions_may_be_separated_by_commas() {
        let one = |text: &str| separated(OneOrMany::One(text.to_owned()));
        let many = OneOrMany::Many(vec!["us-east-1".to_owned(), "eu-west-1".to_owned()]);
        assert_eq!(one("us-east-1, eu-west-1,"), many);
        assert_eq!(one("us-east-1"), OneOrMany::One("us-east-1".to_owned()));
        assert_eq!(separated(many.clone()), many);
    }

    #[test]
    fn regions_of_two_partitions_are_two_questions() {
        let regions =
            |names: &[&str]| OneOrMany::Many(names.iter().map(|n| (*n).to_owned()).collect());
        assert_eq!(
            asked(Some(&regions(&["us-east-1", "us-gov-west-1"]))).unwrap(),
            Some("us-east-1")
        );
        let error = asked(Some(&regions(&["us-east-1", "cn-north-1"]))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`region` has `us-east-1` and `cn-north-1`, whose prices are in different APIs\nhint: ask for the regions of one AWS partition at a time"
        );
    }

    #[test]
    fn the_limit_counts_characters_and_minus_one_lifts_it() {
        let items = vec![json!("ab"); 5];
        assert!(check_size(&items, 20).is_ok());
        assert!(check_size(&items, -1).is_ok());
        let details = check_size(&items, 19).unwrap_err().details().unwrap();
        let result = &details["result"];
        assert_eq!(result["error_type"], "result_too_large");
        assert_eq!(result["total_count"], 5);
        assert_eq!(result["total_characters"], 20);
        assert_eq!(result["max_allowed_characters"], 19);
        assert_eq!(result["sample_records"], json!(["ab", "ab", "ab"]));
    }
}
