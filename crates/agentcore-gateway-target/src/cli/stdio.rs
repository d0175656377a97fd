//! `stdio`: one client, on standard input and output.

use std::process::ExitCode;
use std::sync::Arc;

use rmcp::ServerHandler;
use rmcp::service::{ServerInitializeError, serve_server};
use rmcp::transport::stdio;

use super::{FAILED, fail};
use crate::dispatch::Streams;
use crate::guarded::Guarded;

/// Serves until the client closes standard input.
pub(super) async fn serve<S: ServerHandler>(server: Arc<Guarded<S>>) -> ExitCode {
    let (input, output) = stdio();
    let streams: Streams = (Box::new(input), Box::new(output));
    let running = match serve_server(server, streams).await {
        Ok(running) => running,
        // A client that leaves before it says anything has done nothing wrong.
        Err(ServerInitializeError::ConnectionClosed(_)) => return ExitCode::SUCCESS,
        Err(error) => return fail(FAILED, &format!("no MCP session on stdin: {error}")),
    };
    match running.waiting().await {
        Ok(_reason) => ExitCode::SUCCESS,
        Err(error) => fail(FAILED, &format!("the MCP session ended: {error}")),
    }
}
