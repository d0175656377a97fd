//! What stands behind a target: something that takes a tool call and returns what the tool returned.

use std::error::Error;
use std::pin::Pin;

use bytes::Bytes;

use crate::client_context::Call;

/// A tool call on its way to a target.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The arguments: a JSON object, as the client wrote it.
    pub arguments: Bytes,
    /// Which tool, and for whom.
    pub call: Call,
}

/// What a target gave back: JSON.
#[derive(Clone, Debug)]
pub enum Returned {
    /// A function's return value, which the gateway makes a result of.
    Value(Bytes),
    /// The `CallToolResult` of an MCP server, which the client gets as it is.
    ToolResult(Bytes),
}

/// The future that [`Invoke::invoke`] returns.
pub type Invoking<'a> = Pin<Box<dyn Future<Output = Result<Returned, Failure>> + Send + 'a>>;

/// The other end of a target. One implementation per kind of target.
pub trait Invoke: Send + Sync + 'static {
    /// Calls the target. The gateway gives up after 15 minutes; dropping the future is allowed at any time.
    fn invoke(&self, invocation: Invocation) -> Invoking<'_>;
}

/// Why a target returned nothing that could be passed on.
///
/// With its sources it is what the gateway's operator reads, and with `--exception-level debug` the client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The function ended with an error: it threw, timed out, ran out of memory or died.
    #[error("Lambda function `{function}` failed: {kind}: {message}")]
    Function {
        /// Name of the function.
        function: String,
        /// The `errorType` that Lambda returned.
        kind: String,
        /// The `errorMessage` that Lambda returned.
        message: String,
    },
    /// The target returned something else than JSON.
    #[error("target `{target}` returned {size_bytes} bytes that are not JSON")]
    NotJson {
        /// Name of the target.
        target: String,
        /// Size of what it returned.
        size_bytes: usize,
        /// Where the JSON broke.
        source: serde_json::Error,
    },
    /// Lambda refused the invocation.
    #[error("Lambda function `{function}` could not be invoked")]
    Refused {
        /// Name of the function.
        function: String,
        /// Lambda's reason.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The target did not return in time.
    #[error("target `{target}` did not return within {seconds} seconds")]
    TimedOut {
        /// Name of the target.
        target: String,
        /// How long the gateway waited.
        seconds: u64,
    },
    /// More than the gateway passes on.
    #[error(
        "target `{target}` returned {size_bytes} bytes, and the gateway passes on {limit_bytes} at most"
    )]
    TooLarge {
        /// Name of the target.
        target: String,
        /// Size of what it returned.
        size_bytes: usize,
        /// Largest size that the gateway passes on.
        limit_bytes: usize,
    },
    /// An MCP server did not answer with a result.
    #[error("MCP server `{server}` could not be called: {reason}")]
    Server {
        /// Where the server is, or its name.
        server: String,
        /// What it answered, or why it did not.
        reason: String,
    },
    /// The call's context does not fit the header that carries it.
    #[error(
        "the client context of this call takes {size_bytes} bytes in base64, and Lambda accepts {limit_bytes}: \
         use a shorter JSON-RPC id, or propagate fewer or shorter headers"
    )]
    ContextTooLarge {
        /// Size of the context in base64.
        size_bytes: usize,
        /// Largest size that Lambda accepts.
        limit_bytes: usize,
    },
}
