//! `search_table`: rows of a page's tables.

use agentcore_gateway_target::{Deadline, Parameters, lenient};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use super::in_range;
use crate::answer::Answer;
use crate::error::DocsError;
use crate::server::Server;
use crate::table_search::{self, Found, Query};

/// Input of `search_table`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// Address of a page, as for `read_documentation`.
    url: String,
    /// Title of a section, of any level: only tables below that heading are searched. Case and
    /// white space do not count. Default: all tables of the page.
    #[serde(default)]
    section_title: Option<String>,
    /// Words that a row has to hold, all of them, in any case and order: `us-east-1 https`. Words
    /// of four letters and more may be the beginning of one in the row.
    query: String,
    /// The most rows to answer of each table, 1 to 100.
    #[serde(default = "default_rows", deserialize_with = "lenient::integer")]
    #[schemars(range(min = 1, max = 100))]
    max_rows: i64,
}

fn default_rows() -> i64 {
    20
}

#[tool_router(router = search_table_router, vis = "pub(crate)")]
impl Server {
    /// Find rows in the tables of a page of the AWS documentation: quotas, endpoints, prices,
    /// parameters. Answers them as values by column. Rows under a cell that spans them come as one
    /// group, with the spanning cells once and the others in `rows`.
    #[tool(
        annotations(read_only_hint = true, idempotent_hint = true, open_world_hint = true),
        output_schema = schema_for_output::<Found>()
    )]
    async fn search_table(
        &self,
        Parameters(input): Parameters<Input>,
        deadline: Deadline,
    ) -> Result<Answer, DocsError> {
        let max_rows = in_range("max_rows", input.max_rows, 1, 100)?;
        let Some(query) = Query::new(&input.query) else {
            let reason = "`query` has no words: give those that the wanted row holds";
            return Err(DocsError::Argument(reason.to_owned()));
        };
        let section = input.section_title.filter(|title| !title.trim().is_empty());
        self.read(deadline, &input.url, move |page| {
            let found = table_search::search(&page, section.as_deref(), &query, max_rows)?;
            Ok(Answer::json(&found))
        })
        .await
    }
}
