use std::sync::atomic::{AtomicUsize, Ordering};

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, RequestId, ToolAnnotations};

use super::*;
use crate::dispatch::Dispatcher;
use crate::settings::Settings;

/// A server as plain as rmcp allows: no router, no `get_tool`, and its list comes in pages.
#[derive(Debug, Default)]
struct Paged {
    listed: AtomicUsize,
}

fn tool(name: &'static str, read_only: bool) -> Tool {
    let mut tool = Tool::new(name, "", JsonObject::new());
    tool.annotations = Some(ToolAnnotations::new().read_only(read_only));
    tool
}

impl ServerHandler for Paged {
    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.listed.fetch_add(1, Ordering::SeqCst);
        let cursor = page.and_then(|page| page.cursor);
        let mut listed = ListToolsResult::default();
        match cursor.as_deref() {
            None => {
                listed.tools = vec![tool("zebra", true), tool("write", false)];
                listed.next_cursor = Some("2".to_owned());
            }
            Some(_) => listed.tools = vec![tool("aardvark", true)],
        }
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        Ok(CallToolResult::success(vec![ContentBlock::text(request.name)]).into())
    }
}

fn guarded(settings: &Settings) -> Dispatcher<Guarded<Paged>> {
    Dispatcher::new(Guarded::new(Paged::default(), Filter::new(settings)))
}

async fn call(dispatcher: &Dispatcher<Guarded<Paged>>, name: &'static str) -> String {
    let params = CallToolRequestParams::new(name);
    match dispatcher.call_tool(RequestId::Number(1), params).await {
        Ok(CallToolResponse::Complete(result)) => {
            let text = result.content[0].as_text().expect("a text");
            text.text.clone()
        }
        Ok(other) => panic!("{other:?}"),
        Err(error) => error.message.into_owned(),
    }
}

#[tokio::test]
async fn a_server_without_get_tool_is_asked_for_its_list_once() {
    let dispatcher = guarded(&Settings::default());
    assert_eq!(call(&dispatcher, "aardvark").await, "aardvark");
    let pages = dispatcher.server().server.listed.load(Ordering::SeqCst);
    assert_eq!(pages, 2);
    assert_eq!(call(&dispatcher, "zebra").await, "zebra");
    let refused = call(&dispatcher, "write").await;
    assert!(
        refused.starts_with("access_denied: `write` needs"),
        "{refused}"
    );
    assert_eq!(
        dispatcher.server().server.listed.load(Ordering::SeqCst),
        pages
    );
    let unknown = call(&dispatcher, "yak").await;
    assert_eq!(unknown, "Unknown tool: yak; known: `aardvark`, `zebra`");
}

#[tokio::test]
async fn every_page_is_filtered_and_the_whole_is_sorted() {
    let dispatcher = guarded(&Settings::default());
    let context = dispatcher.context(RequestId::Number(1));
    let page = dispatcher.server().list_tools(None, context.clone()).await;
    let page = page.expect("a page");
    let names: Vec<&str> = page.tools.iter().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(
        (names, page.next_cursor.as_deref()),
        (vec!["zebra"], Some("2"))
    );
    let tools = dispatcher
        .server()
        .allowed_tools(&context)
        .await
        .expect("tools");
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    assert_eq!(names, ["aardvark", "zebra"]);
}

#[tokio::test]
async fn names_in_the_filter_are_looked_for_on_every_page() {
    let settings = Settings {
        include: Some(vec!["aardvark".to_owned(), "yak".to_owned()]),
        ..Settings::default()
    };
    let dispatcher = guarded(&settings);
    let context = dispatcher.context(RequestId::Number(1));
    let error = dispatcher
        .server()
        .check_filter(&context)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "MCP_FLEET_TOOLS_INCLUDE: this server has no tool `yak`; it has `aardvark`, `write`, `zebra`"
    );
}
