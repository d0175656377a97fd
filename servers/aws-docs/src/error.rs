//! Why a tool call failed.

use std::time::Duration;

use agentcore_gateway_target::{ToolError, tool_failure};
use rmcp::ErrorData;
use rmcp::handler::server::tool::IntoCallToolResult;
use rmcp::model::CallToolResponse;

use crate::html::TooComplex;
use crate::location::{DocsUrl, Hosts, NotDocs, Partition};

/// Why a tool call failed. Text of other servers is in the sources, which are logged only.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    private_interfaces,
    reason = "fields are named by the messages; callers only print an error"
)]
pub enum DocsError {
    /// An address that is not read.
    #[error("`url` {url:?} {reason}\nhint: give a page of {}, ending in `.html`; `{}` finds them", Hosts(*.partition), .partition.finder())]
    Url {
        url: String,
        partition: Partition,
        reason: NotDocs,
    },
    /// An argument with nothing in it, or a number out of its range.
    #[error("{0}")]
    Argument(String),
    /// A bad status for a page.
    #[error("{url} cannot be read: HTTP status {status}{}", status_hint(*.status, *.partition))]
    Status {
        url: DocsUrl,
        status: u16,
        partition: Partition,
    },
    /// A redirect to somewhere that is not read.
    #[error("{url} redirects to an address that {reason}, which is not followed")]
    Redirect {
        url: DocsUrl,
        reason: NotDocs,
        #[source]
        source: Location,
    },
    /// Redirects without end.
    #[error("{url} redirects more than {limit} times")]
    Redirects { url: DocsUrl, limit: usize },
    /// No text in the page.
    #[error("{url} holds no text to read; it may be written by scripts in the browser")]
    Empty { url: DocsUrl },
    /// Neither HTML nor text.
    #[error("{url} is `{kind}`, neither HTML nor text")]
    NotText { url: DocsUrl, kind: String },
    /// Text, where HTML is needed.
    #[error(
        "{url} is not HTML, so it has no sections or tables\nhint: read it with `read_documentation`"
    )]
    NotHtml { url: DocsUrl },
    /// More than can be taken apart.
    #[error("{url} cannot be read: {source}")]
    TooComplex { url: DocsUrl, source: TooComplex },
    /// A page without sections.
    #[error("{url} has no sections (level-2 headings)\nhint: read it with `read_documentation`")]
    NoSections { url: DocsUrl },
    /// None of the sections exists.
    #[error(
        "{url} has no section {asked}; it has {available}\nhint: ask for some of these, or read it all with `read_documentation`"
    )]
    UnknownSections {
        url: DocsUrl,
        asked: String,
        available: String,
    },
    /// A bad status of a service.
    #[error("{service} answered HTTP status {status}{}", service_hint(*.status))]
    Service { service: &'static str, status: u16 },
    /// A good status with something else in it.
    #[error(
        "{service} answered something that is not what it is documented to answer\nhint: call again in a moment"
    )]
    NotUnderstood {
        service: &'static str,
        #[source]
        source: serde_json::Error,
    },
    /// More than is read.
    #[error("{what} is larger than {limit} bytes, and is not read")]
    TooLarge { what: String, limit: usize },
    /// No connection, or one that broke.
    #[error(
        "{what} cannot be reached\nhint: check that the network lets this server reach it with https"
    )]
    Unreachable {
        what: String,
        #[source]
        source: reqwest::Error,
    },
    /// The time ran out.
    #[error("no answer within {seconds:.1} s\nhint: call again in a moment", seconds = .limit.as_secs_f32())]
    Timeout { limit: Duration },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client {
        #[source]
        source: reqwest::Error,
    },
}

/// Where a redirect leads. For the log.
#[derive(Debug, thiserror::Error)]
#[error("redirected to {0:?}")]
pub(crate) struct Location(pub(crate) String);

fn status_hint(status: u16, partition: Partition) -> String {
    match status {
        404 | 410 => format!("\nhint: find the address with `{}`", partition.finder()),
        _ => service_hint(status).to_owned(),
    }
}

fn service_hint(status: u16) -> &'static str {
    match status {
        429 => "\nhint: wait some seconds and call again, with fewer calls at once",
        500.. => "\nhint: call again in a moment",
        _ => "",
    }
}

impl ToolError for DocsError {
    fn code(&self) -> &'static str {
        match self {
            Self::Url { .. } | Self::Argument(_) => "invalid_arguments",
            Self::Status {
                status: 404 | 410, ..
            } => "page_not_found",
            Self::Status { .. } => "page_not_readable",
            Self::Redirect { .. } | Self::Redirects { .. } => "redirect_refused",
            Self::Empty { .. } => "page_empty",
            Self::NotText { .. } | Self::NotHtml { .. } => "page_not_html",
            Self::TooComplex { .. } => "page_too_complex",
            Self::NoSections { .. } | Self::UnknownSections { .. } => "section_not_found",
            Self::Service { .. } => "service_failed",
            Self::NotUnderstood { .. } => "service_not_understood",
            Self::TooLarge { .. } => "answer_too_large",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::Client { .. } => "http_client_failed",
        }
    }
}

impl IntoCallToolResult for DocsError {
    fn into_call_tool_result(self) -> Result<CallToolResponse, ErrorData> {
        Ok(tool_failure(&self))
    }
}
