//! `read_documentation`: a page as Markdown, in slices.

use agentcore_gateway_target::{Deadline, Parameters, lenient};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{in_range, smoke};
use crate::answer::{Answer, TextOutput};
use crate::error::DocsError;
use crate::location::Partition;
use crate::markdown::LargeTables;
use crate::server::Server;

/// Input of `read_documentation`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Address of a page on docs.aws.amazon.com, awsdocs-neuron.readthedocs-hosted.com or, in the
    /// partition `aws-cn`, docs.amazonaws.cn. Its path ends in `.html`; a query and a fragment may
    /// follow. Read with https, also when it says http.
    #[schemars(length(min = 1))]
    url: String,
    /// The most characters to answer, 1 to 999999.
    #[serde(default = "default_length", deserialize_with = "lenient::integer")]
    #[schemars(range(min = 1, max = 999_999))]
    max_length: i64,
    /// Where to begin, in characters of the whole page: what the answer before named, to go on.
    #[serde(default, deserialize_with = "lenient::integer")]
    #[schemars(range(min = 0))]
    start_index: i64,
}

fn default_length() -> i64 {
    5000
}

#[tool_router(router = read_documentation_router, vis = "pub(crate)")]
impl Server {
    /// Read a page of the AWS documentation as Markdown. A long page comes in slices: the end of
    /// each says where the next begins. Where `search_table` is offered, tables with more than 20
    /// rows are cut to five; it finds the others. For a few sections of a long page use
    /// `read_sections`.
    #[tool(
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<TextOutput>(),
        meta = smoke(json!({ "url": "https://docs.aws.amazon.com/lambda/latest/dg/welcome.html", "max_length": 500 }))
    )]
    async fn read_documentation(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, DocsError> {
        let length = in_range("max_length", input.max_length, 1, 999_999)?;
        let start = in_range("start_index", input.start_index, 0, i64::MAX)?;
        // The partition China has no `search_table` to point to.
        let large_tables = match self.partition {
            Partition::Aws => LargeTables::Sampled,
            Partition::China => LargeTables::Whole,
        };
        self.read(deadline, &input.url, move |page| {
            let heading = page.heading();
            let text = page.markdown(large_tables)?;
            Ok(Answer::text(heading + &slice(&text, start, length)))
        })
        .await
    }
}

/// Characters of a text, and what to do for more of them.
fn slice(text: &str, start: usize, length: usize) -> String {
    let all = text.chars().count();
    if start >= all {
        return format!("<e>There is nothing left: the page has {all} characters.</e>");
    }
    let part: String = text.chars().skip(start).take(length).collect();
    let end = start + part.chars().count();
    if end == all {
        part
    } else {
        format!(
            "{part}\n\n<e>Cut at {end} of {all} characters: call `read_documentation` with start_index={end} to read on.</e>"
        )
    }
}
