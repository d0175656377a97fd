//! Replies of the search, and what the tool answers of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the search replies. Parts that are not as expected are left out one by one, not the whole.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reply {
    suggestions: Vec<Suggestion>,
    #[serde(default)]
    query_id: Option<String>,
    #[serde(default)]
    facets: Value,
    #[serde(default)]
    metadata: Value,
}

/// One suggestion. Only excerpts are of use.
#[derive(Debug, Deserialize)]
struct Suggestion {
    #[serde(default, rename = "textExcerptSuggestion")]
    excerpt: Option<Excerpt>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Excerpt {
    #[serde(default)]
    link: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    suggestion_body: Option<String>,
    #[serde(default)]
    metadata: Value,
}

/// Output of `search_documentation`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
pub(crate) struct Output {
    /// Pages, best first.
    search_results: Vec<SearchResult>,
    /// What a further search can be narrowed to: `product_types` and `guide_types`.
    facets: Option<BTreeMap<&'static str, Vec<String>>>,
    /// The search's name for this query.
    query_id: String,
    /// What the search knows about the topic.
    metadata: Option<ResponseMetadata>,
}

/// One page.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct SearchResult {
    /// Place in the search's own order, from 1.
    rank_order: usize,
    /// Address of the page.
    url: String,
    /// Title of the page.
    title: String,
    /// Summary of the page, or an excerpt.
    context: Option<String>,
    /// Sections that fit the phrase best, for `read_sections`.
    recommended_sections: Option<Vec<String>>,
    /// Sections of the page, for `read_sections`.
    sections: Option<Vec<String>>,
    /// More about the result.
    metadata: Option<SearchResultMetadata>,
}

/// More about a result.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct SearchResultMetadata {
    /// Other places that fit.
    additional_urls: Option<Vec<AdditionalUrl>>,
}

/// Another place that fits.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct AdditionalUrl {
    /// Address of the page.
    url: String,
    /// Title of the section.
    #[serde(default)]
    section_title: Option<String>,
    /// Fragment of the section, without `#`.
    #[serde(default)]
    section_anchor: Option<String>,
}

/// What the search knows about the topic.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct ResponseMetadata {
    /// Services that the phrase is about.
    #[serde(default)]
    discovered_services: Option<Vec<DiscoveredService>>,
    /// Tasks around it.
    #[serde(default)]
    related_tasks: Option<Vec<RelatedTask>>,
    /// How topics relate.
    #[serde(default)]
    relationships: Option<Vec<Relationship>>,
}

/// A service that the phrase is about.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct DiscoveredService {
    /// Its name.
    name: String,
    /// What it is.
    #[serde(default)]
    description: Option<String>,
}

/// A task around the topic.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct RelatedTask {
    /// Its name.
    name: String,
    /// What it is.
    #[serde(default)]
    description: Option<String>,
    /// Where it is described.
    #[serde(default)]
    urls: Option<Vec<RelatedTaskUrl>>,
}

/// Where a task is described.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct RelatedTaskUrl {
    /// Address or title of the page.
    url_name: String,
    /// What the page is about.
    #[serde(default)]
    url_description: Option<String>,
}

/// How two topics relate.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct Relationship {
    /// Kind of relation.
    #[serde(default)]
    relation: Option<String>,
    /// Topic it leads to.
    #[serde(default)]
    to: Option<String>,
    /// What that topic is.
    #[serde(default)]
    to_description: Option<String>,
    /// Topic it comes from.
    #[serde(default)]
    from: Option<String>,
}

impl Reply {
    /// What the tool answers: the first `limit` suggestions, without those that are no pages.
    pub(crate) fn output(self, limit: usize) -> Output {
        let ranked = (1..).zip(self.suggestions).take(limit);
        Output {
            search_results: ranked
                .filter_map(|(rank, suggestion)| Some(suggestion.excerpt?.result(rank)))
                .collect(),
            facets: facets(&self.facets),
            query_id: self.query_id.unwrap_or_default(),
            metadata: known(self.metadata).filter(|metadata: &ResponseMetadata| {
                metadata.discovered_services.is_some()
                    || metadata.related_tasks.is_some()
                    || metadata.relationships.is_some()
            }),
        }
    }
}

impl Excerpt {
    fn result(mut self, rank_order: usize) -> SearchResult {
        let additional = self.metadata.get_mut("additional_urls");
        let additional = additional.and_then(|urls| known(urls.take()));
        SearchResult {
            rank_order,
            url: self.link,
            title: self.title,
            context: [self.summary, self.suggestion_body]
                .into_iter()
                .flatten()
                .find(|text| !text.is_empty()),
            recommended_sections: titles(&self.metadata["recommended_sections"]),
            sections: titles(&self.metadata["sections"]),
            metadata: additional.map(|additional_urls| SearchResultMetadata { additional_urls }),
        }
    }
}

/// A part of the reply, if it has the form that is known.
fn known<T: serde::de::DeserializeOwned>(value: Value) -> Option<T> {
    if value.is_null() {
        return None;
    }
    serde_json::from_value(value).ok()
}

/// The texts of a list; `None` when there are none.
fn titles(list: &Value) -> Option<Vec<String>> {
    let titles = list.as_array()?.iter().filter_map(Value::as_str);
    let titles: Vec<String> = titles
        .filter(|t| !t.is_empty())
        .map(str::to_owned)
        .collect();
    (!titles.is_empty()).then_some(titles)
}

fn facets(facets: &Value) -> Option<BTreeMap<&'static str, Vec<String>>> {
    let known = [
        ("product_types", "aws-docs-search-product"),
        ("guide_types", "aws-docs-search-guide"),
    ];
    let found: BTreeMap<_, _> = known
        .into_iter()
        .filter_map(|(ours, theirs)| Some((ours, titles(&facets[theirs])?)))
        .collect();
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_of_any_type_is_left_out() {
        for metadata in [
            json!([]),
            json!("a"),
            json!(7),
            json!(null),
            json!({ "additional_urls": 7 }),
        ] {
            let excerpt = json!({ "link": "l", "title": "t", "metadata": metadata });
            let reply = json!({ "suggestions": [{ "textExcerptSuggestion": excerpt }] });
            let reply: Reply = serde_json::from_value(reply).expect("a reply");
            let output = json!(reply.output(1));
            assert_eq!(output["search_results"][0]["url"], "l", "{metadata}");
        }
    }
}
