//! The published tools, one snapshot each in `snapshots/`.

use git_repo_server::Server;

#[test]
fn tool_schemas() {
    for tool in Server::tools().list_all() {
        insta::assert_json_snapshot!(tool.name.as_ref(), tool);
    }
}
