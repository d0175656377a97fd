//! `search_documentation`: pages that fit a phrase.

use agentcore_gateway_target::{Deadline, Parameters, lenient};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::in_range;
use crate::answer::Answer;
use crate::error::DocsError;
use crate::search_api::{Output, Reply};
use crate::server::{Server, in_time};

/// Input of `search_documentation`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// What to search for: names of services and features work best, `lambda concurrency limits`.
    search_phrase: String,
    /// What the answer is needed for, in a sentence without personal data: it is sent to the
    /// search. Default: nothing is sent.
    #[serde(default)]
    search_intent: String,
    /// The most results to answer, 1 to 50.
    #[serde(default = "default_limit", deserialize_with = "lenient::integer")]
    #[schemars(range(min = 1, max = 50))]
    limit: i64,
    /// Only pages of these products, from `facets.product_types` of an answer before:
    /// `["Amazon Simple Storage Service"]`. Default: all.
    #[serde(default)]
    product_types: Option<Vec<String>>,
    /// Only pages of these kinds of guides, from `facets.guide_types` of an answer before:
    /// `["API Reference"]`. Default: all.
    #[serde(default)]
    guide_types: Option<Vec<String>>,
}

fn default_limit() -> i64 {
    10
}

#[tool_router(router = search_documentation_router, vis = "pub(crate)")]
impl Server {
    /// Search the AWS documentation. Answers pages with title, summary and section titles, best
    /// first, and facets to narrow a further search. Read the pages with `read_documentation`,
    /// single sections with `read_sections`.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>()
    )]
    async fn search_documentation(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, DocsError> {
        let limit = in_range("limit", input.limit, 1, 50)?;
        if input.search_phrase.trim().is_empty() {
            let reason = "`search_phrase` is empty: give words to search for";
            return Err(DocsError::Argument(reason.to_owned()));
        }
        // One for each request: nothing ties the calls of a user together.
        let session = Uuid::new_v4().to_string();
        let intent: Vec<&str> = input.search_intent.split_whitespace().collect();
        let intent = intent.join(" ");
        let mut parameters = vec![("session", session.as_str())];
        if !intent.is_empty() {
            parameters.push(("search_intent", intent.as_str()));
        }
        let body = body(&input);
        let work = self.web.search::<Reply>(&parameters, &body);
        let reply = in_time(deadline, work).await?;
        Ok(Answer::json(&reply.output(limit)))
    }
}

/// The request of the search, as the documentation's own page sends it.
fn body(input: &Input) -> Value {
    let mut context = vec![("domain", "docs.aws.amazon.com")];
    if input.search_phrase.to_lowercase().contains("neuron") {
        context.push(("domain", "awsdocs-neuron.readthedocs-hosted.com"));
    }
    for (key, values) in [
        ("aws-docs-search-product", &input.product_types),
        ("aws-docs-search-guide", &input.guide_types),
    ] {
        let values = values.iter().flatten();
        context.extend(values.map(|value| (key, value.as_str())));
    }
    let context: Vec<Value> = context
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    json!({
        "textQuery": { "input": input.search_phrase },
        "contextAttributes": context,
        "acceptSuggestionBody": "RawText",
        "locales": ["en_us"],
    })
}
