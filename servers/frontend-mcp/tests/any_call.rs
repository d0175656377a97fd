//! Any calls: each is answered.

use frontend_mcp_server::Server;
use server_testing::{Rules, Words, calls, checked_call, fuzz};

#[test]
fn any_calls_are_answered() {
    let strategy = calls(&Server::tools().list_all(), &Words::new());
    let start = async || Server::from_env(&[]).expect("no settings");
    fuzz(100, strategy, start, async |server, calls| {
        for call in &calls {
            checked_call(server, call, &Rules::default()).await;
        }
    });
}
