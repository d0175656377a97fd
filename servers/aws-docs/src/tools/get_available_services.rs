//! `get_available_services`: what the documentation for China covers.

use agentcore_gateway_target::{Deadline, Parameters};
use futures_util::future::try_join;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Answer, TextOutput};
use crate::error::DocsError;
use crate::location::{DocsUrl, Partition};
use crate::markdown::{LargeTables, Links};
use crate::server::Server;

const SERVICES: &str = "https://docs.amazonaws.cn/en_us/aws/latest/userguide/services.html";
const CONTENTS: &str = "toc-contents.json";

/// Input of `get_available_services`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {}

/// An entry of a table of contents, with those below it.
#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(default)]
    title: String,
    #[serde(default)]
    href: Option<String>,
    #[serde(default)]
    contents: Vec<Entry>,
}

#[tool_router(router = get_available_services_router, vis = "pub(crate)")]
impl Server {
    /// List the services that are available in the AWS Regions in China, each with the address of
    /// its page for `read_documentation`, which says how the service differs there.
    #[tool(
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<TextOutput>()
    )]
    async fn get_available_services(
        &self,
        Parameters(Input {}): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, DocsError> {
        let services = DocsUrl::of_page(Partition::China, SERVICES).expect("a constant");
        let contents = services
            .redirected(Partition::China, CONTENTS)
            .expect("a constant");
        let page = self.read(deadline, SERVICES, |page| {
            let (heading, links) = (page.heading(), page.links());
            Ok((heading + &page.markdown(LargeTables::Whole)?, links))
        });
        let what = "the table of contents of the documentation for China";
        let contents = self.web.document::<Entry>(what, &contents);
        let contents = crate::server::in_time(deadline, contents);
        let ((page, links), contents) = try_join(page, contents).await?;
        let mut list = Vec::new();
        for entry in services_of(&contents).unwrap_or(std::slice::from_ref(&contents)) {
            collect(entry, &links, &mut list);
        }
        let list = list.join("\n");
        Ok(Answer::text(format!(
            "{page}\n\n## Services in Amazon Web Services China\n\n{list}"
        )))
    }
}

/// What the contents have below the page of services, if they have it.
fn services_of(entry: &Entry) -> Option<&[Entry]> {
    let here = entry
        .href
        .as_deref()
        .is_some_and(|href| SERVICES.ends_with(href));
    if here && !entry.contents.is_empty() {
        return Some(&entry.contents);
    }
    entry.contents.iter().find_map(services_of)
}

/// Every entry that has a page, in order, as an item of a list. What is not available in China is
/// left out, with all below it.
fn collect(entry: &Entry, links: &Links, list: &mut Vec<String>) {
    if entry.title.to_lowercase().contains("unsupported") {
        return;
    }
    if let Some(target) = entry.href.as_deref().and_then(|href| links.target(href)) {
        list.push(format!("- [{}]({target})", entry.title));
    }
    for below in &entry.contents {
        collect(below, links, list);
    }
}
