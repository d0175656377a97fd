//! The recorded calls of upstream's PromQL tools: all of them fail, upstream's without a reason.

#[path = "support/metrics.rs"]
mod metrics;

use std::net::TcpListener;
use std::path::Path;

use aws_testing::recordings;
use cloudwatch_mcp_server::Server;
use server_testing::{call, text};

const REASONS: &[(&str, &str)] = &[
    (
        "execute_promql_query.1",
        "aws_unreachable: `cloudwatch:GetMetricData` for PromQL in region `us-east-1` failed: its endpoint cannot be reached\nhint: check that the region exists and that the network lets this function out",
    ),
    (
        "execute_promql_query.2",
        "invalid_arguments: `region`: \"evil.example.com/x\" is not an AWS region; write one like `us-east-1`",
    ),
];

#[tokio::test]
async fn every_recorded_failure_fails_alike_with_its_reason() {
    let aws = metrics::start().await;
    let closed = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let server = Server::new(aws.clients().endpoint_url(url));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded");
    let all = recordings(&folder);
    let promql: Vec<_> = all
        .iter()
        .filter(|one| one.tool.contains("promql"))
        .collect();
    for recording in &promql {
        let ours = call(&server, &recording.tool, recording.arguments.clone()).await;
        let (_, reason) = REASONS
            .iter()
            .find(|(name, _)| *name == recording.name)
            .expect("listed");
        assert_eq!(recording.result["isError"], true, "{}", recording.name);
        assert_eq!(
            (ours["isError"].as_bool(), text(&ours)),
            (Some(true), *reason)
        );
    }
    assert_eq!(promql.len(), REASONS.len());
    assert!(aws.requests().is_empty());
}
