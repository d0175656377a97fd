//! Creating, changing and deleting: what is told before, what is waited for, what is never lost.

#[path = "support/cloud.rs"]
mod cloud;

use std::time::{Duration, Instant};

use agentcore_gateway_target::{Deadline, handle};
use aws_testing::{AwsStandIn, Reply};
use cfn_mcp_server::Server;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions as _, JsonRpcMessage};
use serde_json::{Value, json};
use server_testing::{call, text};

/// Calls a tool in an invocation with a deadline.
async fn call_until(server: &Server, deadline: Deadline, tool: &str, arguments: Value) -> Value {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": tool, "arguments": arguments }
    });
    let mut message: ClientJsonRpcMessage = serde_json::from_value(message).expect("a request");
    if let JsonRpcMessage::Request(request) = &mut message {
        request.request.extensions_mut().insert(deadline);
    }
    let reply = handle(server.clone(), message).await.expect("an answer");
    serde_json::to_value(reply).expect("JSON")["result"].take()
}

fn in_seconds(seconds: u64) -> Deadline {
    Deadline::at(Instant::now() + Duration::from_secs(seconds))
}

fn bucket() -> Value {
    json!({ "resource_type": "AWS::S3::Bucket", "identifier": "b-1" })
}

fn new_bucket() -> Value {
    json!({ "resource_type": "AWS::S3::Bucket", "properties": { "BucketName": "b-1" } })
}

fn names(aws: &AwsStandIn) -> Vec<String> {
    aws.take_requests()
        .iter()
        .map(|request| request.operation.clone())
        .collect()
}

fn progress(status: &str, more: Value) -> Reply {
    Reply::ok(json!({ "ProgressEvent": cloud::event(status, more) }))
}

#[tokio::test]
async fn a_change_is_waited_for_until_it_is_complete() {
    let aws = cloud::start().await;
    aws.in_turn(
        "cloudcontrolapi:GetResourceRequestStatus",
        [
            progress("IN_PROGRESS", json!({})),
            Reply::error(400, "ThrottlingException", "slow down"),
            progress(
                "SUCCESS",
                json!({ "ResourceModel": "{\"BucketName\":\"b-1\"}" }),
            ),
        ],
    );
    let server = cloud::server(&aws, &[]);
    let result = call_until(&server, in_seconds(300), "create_resource", new_bucket()).await;
    let answer = &result["structuredContent"];
    assert_eq!(answer["status"], "SUCCESS", "{result}");
    assert_eq!(answer["resource_info"], json!({ "BucketName": "b-1" }));
    assert_eq!(answer.get("how_to_resume"), None);
    let status = "GetResourceRequestStatus";
    assert_eq!(names(&aws), ["CreateResource", status, status, status]);
}

#[tokio::test]
async fn what_takes_longer_than_the_invocation_answers_with_its_token() {
    let aws = cloud::start().await;
    // 2100: AWS asks for more patience than there is.
    let slow = progress("IN_PROGRESS", json!({ "RetryAfter": 4_102_444_800.0 }));
    for (tool, operation, arguments) in [
        ("create_resource", "CreateResource", new_bucket()),
        ("delete_resource", "DeleteResource", bucket()),
    ] {
        aws.on(&format!("cloudcontrolapi:{operation}"), slow.clone());
        let server = cloud::server(&aws, &[]);
        let result = call_until(&server, in_seconds(30), tool, arguments).await;
        assert_ne!(result["isError"], true, "{result}");
        let answer = &result["structuredContent"];
        assert_eq!(answer["is_complete"], false);
        assert_eq!(answer["request_token"], cloud::TOKEN);
        assert_eq!(answer["retry_after"], "2100-01-01T00:00:00Z");
        assert_eq!(
            answer["how_to_resume"],
            format!(
                "AWS is still working on it. Call `get_resource_request_status` with `request_token` `{}` in the same region until `is_complete` is true; do not send the change again.",
                cloud::TOKEN
            )
        );
        assert!(!names(&aws).contains(&"GetResourceRequestStatus".to_owned()));
        // And so it goes on.
        let token = json!({ "request_token": cloud::TOKEN });
        let result = call(&server, "get_resource_request_status", token).await;
        assert_eq!(result["structuredContent"]["is_complete"], true);
        aws.take_requests();
    }
}

#[tokio::test]
async fn without_time_to_wait_the_answer_is_upstreams() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[("CFN_WAIT_SECONDS", "0")]);
    let result = call(&server, "create_resource", new_bucket()).await;
    assert_eq!(result["structuredContent"]["status"], "IN_PROGRESS");
    assert_eq!(names(&aws), ["CreateResource"]);
}

#[tokio::test]
async fn with_too_little_time_nothing_is_started() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let patch = json!([{ "op": "replace", "path": "/Tags", "value": [] }]);
    let mut update = bucket();
    update["patch_document"] = patch;
    for (tool, arguments) in [
        ("create_resource", new_bucket()),
        ("update_resource", update),
        ("delete_resource", bucket()),
        ("create_template", json!({ "template_name": "t" })),
    ] {
        // Enough to read, not enough to change.
        let result = call_until(&server, in_seconds(2), tool, arguments).await;
        assert_eq!(result["isError"], true, "{tool}: {result}");
        let text = text(&result);
        // A slow machine may not even come to the end of reading.
        let refused = text.starts_with("too_little_time: ") && text.contains("nothing was changed");
        assert!(
            refused || text.starts_with("aws_timeout: "),
            "{tool}: {text}"
        );
        let asked = names(&aws);
        assert!(
            asked.iter().all(|name| name == "GetResource"),
            "{tool}: {asked:?}"
        );
    }
}

#[tokio::test]
async fn a_token_is_not_lost_when_its_state_cannot_be_read() {
    let aws = cloud::start().await;
    aws.on(
        "cloudcontrolapi:GetResourceRequestStatus",
        Reply::error(400, "AccessDeniedException", "no"),
    );
    let server = cloud::server(&aws, &[]);
    let result = call(&server, "delete_resource", bucket()).await;
    assert_ne!(result["isError"], true, "{result}");
    let answer = &result["structuredContent"];
    assert_eq!(answer["request_token"], cloud::TOKEN);
    assert_eq!(answer["is_complete"], false);
    assert_eq!(answer["properties_before"], cloud::properties());
    let note = answer["note"].as_str().expect("a note");
    assert!(note.starts_with("The request was accepted, but its state cannot be read. `cloudformation:GetResourceRequestStatus`"), "{note}");
    assert!(
        note.contains("hint: allow `cloudformation:GetResourceRequestStatus`"),
        "{note}"
    );
}

#[tokio::test]
async fn a_change_without_answer_is_not_called_failed() {
    let aws = cloud::start().await;
    aws.on(
        "cloudcontrolapi:CreateResource",
        Reply::raw(200, "text/html", "<html>"),
    );
    let server = cloud::server(&aws, &[]);
    let result = call(&server, "create_resource", new_bucket()).await;
    assert_eq!(result["isError"], true);
    assert_eq!(
        text(&result),
        "outcome_unknown: `cloudformation:CreateResource` for a resource of type `AWS::S3::Bucket` in region `eu-west-1` did not answer in time, so it is not known whether it was accepted\nhint: look with `get_resource` or `list_resources` before you repeat it"
    );
}

#[tokio::test]
async fn a_change_that_fails_is_an_error_with_its_fields_and_advice() {
    for (code, message, hint) in [
        (
            "AccessDenied",
            "User: u is not authorized to perform: s3:CreateBucket on resource: r",
            "allow `s3:CreateBucket` in the policy of the role or user whose credentials these are; `get_resource_schema_information` lists all that the resource type needs under `handlers`",
        ),
        (
            "AlreadyExists",
            "taken",
            "read it with `get_resource` and change it with `update_resource`, or choose another name",
        ),
        (
            "NotUpdatable",
            "no",
            "this property cannot be changed once the resource exists: create another resource and delete this one",
        ),
    ] {
        let aws = cloud::start().await;
        let failed = json!({ "ErrorCode": code, "StatusMessage": message });
        aws.on(
            "cloudcontrolapi:GetResourceRequestStatus",
            progress("FAILED", failed),
        );
        let server = cloud::server(&aws, &[]);
        let result = call(&server, "create_resource", new_bucket()).await;
        assert_eq!(result["isError"], true, "{result}");
        assert_eq!(
            text(&result),
            format!(
                "resource_request_failed: creating a resource of type `AWS::S3::Bucket` failed: {code}: {message}\nhint: {hint}"
            )
        );
        let fields = &result["structuredContent"];
        assert_eq!(fields["status"], "FAILED");
        assert_eq!(fields["error_code"], code);
        assert_eq!(fields["request_token"], cloud::TOKEN);
    }
}

#[tokio::test]
async fn a_cancelled_change_has_ended() {
    let aws = cloud::start().await;
    aws.on(
        "cloudcontrolapi:GetResourceRequestStatus",
        progress("CANCEL_COMPLETE", json!({})),
    );
    let server = cloud::server(&aws, &[]);
    let token = json!({ "request_token": cloud::TOKEN });
    let result = call(&server, "get_resource_request_status", token).await;
    assert_eq!(result["structuredContent"]["is_complete"], true);
    let result = call(&server, "delete_resource", bucket()).await;
    assert_eq!(
        text(&result),
        "resource_request_failed: deleting resource `b-1` of type `AWS::S3::Bucket` failed: CANCEL_COMPLETE\nhint: it was cancelled; look with `get_resource` what came of it"
    );
}

#[tokio::test]
async fn a_dry_run_shows_what_would_change_and_changes_nothing() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let mut arguments = bucket();
    arguments["dry_run"] = json!(true);
    let result = call(&server, "delete_resource", arguments.clone()).await;
    assert_eq!(
        result["structuredContent"],
        json!({
            "dry_run": true, "action": "delete", "resource_type": "AWS::S3::Bucket",
            "identifier": "b-1", "region": "eu-west-1", "properties_before": cloud::properties(),
            "message": "Nothing was deleted. Without `dry_run` this resource goes, for good."
        })
    );
    assert_eq!(names(&aws), ["GetResource"]);
    arguments["patch_document"] = json!([
        { "op": "replace", "path": "/Tags/0/Value", "value": "prod" },
        { "op": "replace", "path": "/Arn", "value": "arn:x" }
    ]);
    let result = call(&server, "update_resource", arguments.clone()).await;
    let mut after = cloud::properties();
    after["Tags"][0]["Value"] = json!("prod");
    after["Arn"] = json!("arn:x");
    assert_eq!(
        result["structuredContent"],
        json!({
            "dry_run": true, "action": "update", "resource_type": "AWS::S3::Bucket",
            "identifier": "b-1", "region": "eu-west-1", "properties_after": after,
            "changes": [
                { "op": "replace", "path": "/Tags/0/Value", "before": "dev", "after": "prod" },
                { "op": "replace", "path": "/Arn", "before": "arn:aws:s3:::b-1", "after": "arn:x" }
            ],
            "refused": [{ "path": "/Arn", "reason": "is set by AWS" }],
            "message": "Nothing was changed. Without `dry_run` AWS refuses the update because of `refused`."
        })
    );
    assert_eq!(names(&aws), ["GetResource", "DescribeType"]);
    arguments["patch_document"] = json!([{ "op": "add", "path": "/BucketName", "value": "b-1" }]);
    let result = call(&server, "update_resource", arguments.clone()).await;
    let message = result["structuredContent"]["message"].as_str();
    assert!(
        message.is_some_and(|text| text.contains("like this already")),
        "{result}"
    );
    // The schema is in memory now.
    assert_eq!(names(&aws), ["GetResource"]);
}

#[tokio::test]
async fn a_dry_run_says_when_it_cannot_know_the_rules() {
    let aws = cloud::start().await;
    aws.on(
        "cloudformation:DescribeType",
        Reply::error(403, "AccessDenied", "no"),
    );
    let server = cloud::server(&aws, &[]);
    let mut arguments = bucket();
    arguments["dry_run"] = json!(true);
    arguments["patch_document"] = json!([{ "op": "remove", "path": "/Tags" }]);
    let result = call(&server, "update_resource", arguments).await;
    let answer = &result["structuredContent"];
    assert_eq!(answer["changes"][0]["op"], "remove", "{result}");
    let note = answer["note"].as_str().expect("a note");
    assert!(
        note.contains("hint: allow `cloudformation:DescribeType`"),
        "{note}"
    );
}

#[tokio::test]
async fn a_patch_that_does_not_fit_is_refused_before_it_is_sent() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let mut arguments = bucket();
    arguments["patch_document"] =
        json!([{ "op": "replace", "path": "/properties/Tags", "value": [] }]);
    let result = call(&server, "update_resource", arguments.clone()).await;
    assert_eq!(
        text(&result),
        "patch_does_not_fit: `patch_document[0]` (`replace` `/properties/Tags`) does not fit: there is no `/properties`\nhint: nothing was changed; `get_resource` shows the properties that paths start at. Those that AWS never shows, such as passwords, are set with `add`"
    );
    assert_eq!(names(&aws), ["GetResource"]);
    arguments["patch_document"] = json!([]);
    let result = call(&server, "update_resource", arguments).await;
    assert!(
        text(&result).starts_with("invalid_arguments: `patch_document` is empty"),
        "{result}"
    );
    assert_eq!(names(&aws), [""; 0]);
}

#[tokio::test]
async fn what_is_not_there_or_cannot_be_read_is_told_apart_before_deleting() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let missing = json!({ "resource_type": "AWS::S3::Bucket", "identifier": "missing" });
    let result = call(&server, "delete_resource", missing).await;
    assert!(text(&result).starts_with("aws_not_found: "), "{result}");
    assert_eq!(names(&aws), ["GetResource"]);
    // A type without read handler can still be deleted.
    aws.on(
        "cloudcontrolapi:GetResource",
        Reply::error(400, "UnsupportedActionException", "no READ"),
    );
    let result = call(&server, "delete_resource", bucket()).await;
    let answer = &result["structuredContent"];
    assert_eq!(answer["status"], "SUCCESS", "{result}");
    assert_eq!(answer.get("properties_before"), None);
    assert!(
        answer["properties_note"]
            .as_str()
            .is_some_and(|note| note.contains("not known"))
    );
    // Whoever may not read it may not delete it unseen.
    aws.on(
        "cloudcontrolapi:GetResource",
        Reply::error(400, "AccessDeniedException", "no"),
    );
    aws.take_requests();
    let result = call(&server, "delete_resource", bucket()).await;
    assert!(text(&result).starts_with("aws_access_denied: "), "{result}");
    assert_eq!(names(&aws), ["GetResource"]);
}
