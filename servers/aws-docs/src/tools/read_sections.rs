//! `read_sections`: some sections of a page as Markdown.

use agentcore_gateway_target::{Deadline, Parameters};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{Answer, TextOutput};
use crate::error::DocsError;
use crate::sections;
use crate::server::Server;

/// Input of `read_sections`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Address of a page, as for `read_documentation`.
    url: String,
    /// Titles of level-2 headings of the page, such as the `sections` that `search_documentation`
    /// lists. Case and white space do not count.
    section_titles: Vec<String>,
}

#[tool_router(router = read_sections_router, vis = "pub(crate)")]
impl Server {
    /// Read some sections of a page of the AWS documentation as Markdown, each whole, in the order
    /// of the page. A section is what stands below a level-2 heading. When none of the titles fits,
    /// the error lists those that the page has.
    #[tool(
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<TextOutput>()
    )]
    async fn read_sections(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, DocsError> {
        let wanted = input.section_titles;
        if wanted.iter().all(|title| title.trim().is_empty()) {
            let reason = "`section_titles` is empty: name at least one section, or read the page with `read_documentation`";
            return Err(DocsError::Argument(reason.to_owned()));
        }
        self.read(deadline, &input.url, move |page| {
            let text = sections::read(&page, &wanted)?;
            Ok(Answer::text(page.heading() + &text))
        })
        .await
    }
}
