//! What the recordings do not show: paging, endpoints, sizes, failures, inline files, reports.

mod failures;
mod lookups;
mod projects;
mod reports;
#[path = "../support/mod.rs"]
mod support;

use aws_testing::AwsStandIn;
use serde_json::Value;

async fn stub() -> AwsStandIn {
    let aws = AwsStandIn::start().await;
    support::stub(&aws);
    aws
}

fn failed<'a>(result: &'a Value, kind: &str) -> &'a Value {
    assert_eq!(result["isError"], true, "{result}");
    let fields = &result["structuredContent"]["result"];
    assert_eq!(fields["status"], "error", "{result}");
    assert_eq!(fields["error_type"], kind, "{result}");
    fields
}

fn good(result: &Value) -> &Value {
    assert_ne!(result["isError"], true, "{result}");
    &result["structuredContent"]["result"]
}
