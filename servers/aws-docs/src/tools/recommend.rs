//! `recommend`: pages beside a page.

use agentcore_gateway_target::{Deadline, Parameters};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::answer::Answer;
use crate::error::DocsError;
use crate::server::{Server, in_time};

/// Input of `recommend`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Address of a page, as for `read_documentation`.
    url: String,
}

/// Output of `recommend`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct Output {
    /// The pages: what readers of the page read next, new pages, similar ones, and highly rated ones.
    result: Vec<RecommendationResult>,
}

/// A recommended page.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(transform = crate::answer::optional)]
struct RecommendationResult {
    /// Address of the page.
    url: String,
    /// Title of the page.
    title: String,
    /// Why it is recommended, or what it is about.
    context: Option<String>,
}

/// What the service replies: groups of pages.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    #[serde(default)]
    journey: Group<Journey>,
    #[serde(default)]
    new: Group<Item>,
    #[serde(default)]
    similar: Group<Item>,
    #[serde(default)]
    highly_rated: Group<Item>,
}

#[derive(Debug, Deserialize)]
struct Group<T> {
    #[serde(default = "Vec::new")]
    items: Vec<T>,
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

/// What readers want to do, and where that is described.
#[derive(Debug, Deserialize)]
struct Journey {
    #[serde(default)]
    intent: Option<String>,
    #[serde(default)]
    urls: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    url: String,
    #[serde(default)]
    asset_title: String,
    #[serde(default, rename = "abstract")]
    summary: Option<String>,
    #[serde(default)]
    date_created: Option<String>,
}

#[tool_router(router = recommend_router, vis = "pub(crate)")]
impl Server {
    /// List pages of the AWS documentation that go with a page: what readers go on to, what is new
    /// in the service, what is similar, and what is highly rated.
    #[tool(
        annotations(read_only_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Output>()
    )]
    async fn recommend(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, DocsError> {
        let url = self.address(&input.url)?.to_string();
        // One for each request: nothing ties the calls of a user together.
        let session = Uuid::new_v4().to_string();
        let parameters = [("path", url.as_str()), ("session", session.as_str())];
        let work = self.web.recommendations::<Reply>(&parameters);
        let reply = in_time(deadline, work).await?;
        Ok(Answer::list(&reply.pages()))
    }
}

impl Reply {
    fn pages(self) -> Vec<RecommendationResult> {
        let journeys = self.journey.items.into_iter().flat_map(|journey| {
            let intent = journey.intent.map(|intent| format!("Intent: {intent}"));
            let pages = journey.urls.into_iter();
            pages.map(move |item| item.page(intent.clone()))
        });
        let new = self.new.items.into_iter().map(|item| {
            let context = match &item.date_created {
                Some(date) => format!("New content added on {date}"),
                None => "New content".to_owned(),
            };
            item.page(Some(context))
        });
        let about = |what: &'static str| {
            move |mut item: Item| {
                let context = item.summary.take().unwrap_or_else(|| what.to_owned());
                item.page(Some(context))
            }
        };
        let similar = self.similar.items.into_iter().map(about("Similar content"));
        let rated = self.highly_rated.items.into_iter();
        let rated = rated.map(about("Highly rated content"));
        journeys.chain(new).chain(similar).chain(rated).collect()
    }
}

impl Item {
    fn page(self, context: Option<String>) -> RecommendationResult {
        RecommendationResult {
            url: self.url,
            title: self.asset_title,
            context,
        }
    }
}
