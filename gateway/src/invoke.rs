//! What stands behind a target: something that takes a tool call and returns what the tool returned.

use std::error::Error;
use std::pin::Pin;

use bytes::Bytes;

/// A tool call on its way to a target.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The arguments: a JSON object, as the client wrote it.
    pub arguments: Bytes,
    /// The Lambda client context: JSON, not yet base64.
    pub client_context: String,
}

/// The future that [`Target::invoke`] returns.
pub type Invoking<'a> = Pin<Box<dyn Future<Output = Result<Bytes, Failure>> + Send + 'a>>;

/// The other end of a target. One implementation per kind of target.
pub trait Invoke: Send + Sync + 'static {
    /// Calls the target and returns the JSON that it returned.
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
    /// The call's context does not fit the header that carries it.
    #[error(
        "the client context of this call takes {size_bytes} bytes in base64, and Lambda accepts {limit_bytes}: \
         use a shorter JSON-RPC id"
    )]
    ContextTooLarge {
        /// Size of the context in base64.
        size_bytes: usize,
        /// Largest size that Lambda accepts.
        limit_bytes: usize,
    },
}
