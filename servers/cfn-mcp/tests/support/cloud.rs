//! Cloud Control and CloudFormation as the recordings describe them: one bucket `b-1`, requests
//! that are under way when they are sent and done when they are asked for.

use std::collections::BTreeMap;

use aws_clients::Builder;
use aws_testing::{AwsRequest, AwsStandIn, Reply, map};
use cfn_mcp_server::{Config, Server};
use serde_json::{Value, json};

/// The token of every request.
pub(crate) const TOKEN: &str = "11111111-2222-3333-4444-555555555555";

/// 2025-01-01T00:00:00.5Z
const EVENT_TIME: f64 = 1_735_689_600.5;

pub(crate) async fn start() -> AwsStandIn {
    let aws = AwsStandIn::start().await;
    aws.on(
        "cloudformation:DescribeType",
        Reply::ok(json!({ "Schema": schema().to_string() })),
    )
    .by("cloudcontrolapi:ListResources", |request| {
        match request.body["NextToken"].as_str() {
            None => Reply::ok(json!({
                "ResourceDescriptions": [{ "Identifier": "b-1", "Properties": "{}" }], "NextToken": "t"
            })),
            Some(_) => Reply::ok(json!({ "ResourceDescriptions": [{ "Identifier": "b-2" }] })),
        }
    })
    .by("cloudcontrolapi:GetResource", |request| {
        match request.body["Identifier"].as_str() {
            Some("b-1") => Reply::ok(json!({ "ResourceDescription": {
                "Identifier": "b-1", "Properties": properties().to_string()
            } })),
            _ => Reply::error(400, "ResourceNotFoundException", "no such bucket"),
        }
    })
    .on(
        "cloudcontrolapi:CreateResource",
        // In the past, as in the recording: there is nothing to wait for.
        accepted(json!({ "RetryAfter": 1_735_689_605.0 })),
    )
    .on("cloudcontrolapi:UpdateResource", accepted(json!({})))
    .on("cloudcontrolapi:DeleteResource", accepted(json!({})))
    .by("cloudcontrolapi:GetResourceRequestStatus", status)
    .on(
        "cloudformation:CreateGeneratedTemplate",
        Reply::ok(json!({
            "GeneratedTemplateId": "arn:aws:cloudformation:us-east-1:123456789012:generatedTemplate/abc"
        })),
    )
    .by("cloudformation:DescribeGeneratedTemplate", template)
    .on(
        "cloudformation:GetGeneratedTemplate",
        Reply::ok(json!({ "Status": "COMPLETE", "TemplateBody": "Resources: {}\n" })),
    );
    aws
}

/// A server with these variables of its own, and those of the recordings for AWS.
pub(crate) fn server(aws: &AwsStandIn, settings: &[(&str, &str)]) -> Server {
    server_with(
        aws.clients().variables(&[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "us-west-2"),
        ]),
        settings,
    )
}

pub(crate) fn server_with(clients: Builder, settings: &[(&str, &str)]) -> Server {
    let settings: BTreeMap<&str, &str> = settings.iter().copied().collect();
    let lookup = |name: &str| settings.get(name).map(|value| (*value).to_owned());
    Server::new(
        Config::from_lookup(&[], &lookup).expect("good settings"),
        clients,
    )
}

pub(crate) fn properties() -> Value {
    json!({ "BucketName": "b-1", "Tags": [{ "Key": "env", "Value": "dev" }], "Arn": "arn:aws:s3:::b-1" })
}

fn schema() -> Value {
    json!({
        "typeName": "AWS::S3::Bucket", "description": "synthetic", "additionalProperties": false,
        "properties": {
            "BucketName": { "type": "string" },
            "Tags": { "type": "array", "items": { "$ref": "#/definitions/Tag" } },
            "Arn": { "type": "string" }
        },
        "definitions": { "Tag": { "type": "object" } },
        "readOnlyProperties": ["/properties/Arn"],
        "primaryIdentifier": ["/properties/BucketName"]
    })
}

/// A request with status and what else is known of it.
pub(crate) fn event(status: &str, more: Value) -> Value {
    let mut event = json!({
        "TypeName": "AWS::S3::Bucket", "Identifier": "b-1", "RequestToken": TOKEN,
        "OperationStatus": status, "EventTime": EVENT_TIME
    });
    for (name, value) in more.as_object().expect("fields") {
        event[name] = value.clone();
    }
    event
}

fn accepted(more: Value) -> Reply {
    Reply::ok(json!({ "ProgressEvent": event("IN_PROGRESS", more) }))
}

fn status(request: &AwsRequest) -> Reply {
    match request.body["RequestToken"].as_str() {
        Some("hook-1") => Reply::ok(json!({
            "ProgressEvent": event("FAILED", json!({
                "ErrorCode": "NotStabilized", "StatusMessage": "event message"
            })),
            "HooksProgressEvent": [
                { "HookStatus": "HOOK_COMPLETE_SUCCEEDED", "HookStatusMessage": "hook said yes" },
                { "HookStatus": "HOOK_COMPLETE_FAILED", "HookStatusMessage": "hook said no" }
            ]
        })),
        _ => Reply::ok(json!({ "ProgressEvent": event("SUCCESS", json!({})) })),
    }
}

fn template(request: &AwsRequest) -> Reply {
    let resource = json!({
        "ResourceType": "AWS::S3::Bucket", "LogicalResourceId": "Bucket", "ResourceStatus": "COMPLETE",
        "ResourceIdentifier": map(json!({ "BucketName": "b-1" })),
        "Warnings": [{
            "Type": "UNSUPPORTED_PROPERTIES",
            "Properties": [{ "PropertyPath": "AccessControl", "Required": false, "Description": "d" }]
        }]
    });
    match request.body["GeneratedTemplateName"].as_str() {
        Some("pending") => Reply::ok(json!({ "Status": "IN_PROGRESS" })),
        Some("failed") => Reply::ok(json!({
            "Status": "FAILED", "StatusReason": "too bad", "Resources": [{
                "ResourceType": "AWS::S3::Bucket", "ResourceStatus": "FAILED",
                "ResourceStatusReason": "not in the scan",
                "ResourceIdentifier": map(json!({ "BucketName": "b-9" }))
            }]
        })),
        _ => Reply::ok(json!({ "Status": "COMPLETE", "Resources": [resource] })),
    }
}
