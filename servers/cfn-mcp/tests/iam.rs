//! Every tool declares the IAM actions of the calls that it makes, and no others.

#[path = "support/cloud.rs"]
mod cloud;

use aws_testing::{IamCheck, assert_iam};
use cfn_mcp_server::Server;
use serde_json::json;

#[tokio::test]
async fn what_is_declared_is_what_is_called() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let bucket = json!({ "resource_type": "AWS::S3::Bucket", "identifier": "b-1" });
    let with = |more: serde_json::Value| {
        let mut arguments = bucket.clone();
        for (name, value) in more.as_object().expect("arguments") {
            arguments[name] = value.clone();
        }
        arguments
    };
    let patch = json!([{ "op": "replace", "path": "/Tags", "value": [] }]);
    let mut check = IamCheck::new();
    for (tool, arguments) in [
        (
            "get_resource_schema_information",
            json!({ "resource_type": "AWS::S3::Bucket" }),
        ),
        (
            "list_resources",
            json!({ "resource_type": "AWS::S3::Bucket" }),
        ),
        ("get_resource", bucket.clone()),
        // Another region: the schema of this one is in memory already.
        (
            "update_resource",
            with(json!({ "patch_document": patch, "dry_run": true, "region": "us-east-2" })),
        ),
        ("update_resource", with(json!({ "patch_document": patch }))),
        (
            "create_resource",
            json!({ "resource_type": "AWS::S3::Bucket", "properties": { "BucketName": "b-1" } }),
        ),
        ("delete_resource", with(json!({ "dry_run": true }))),
        ("delete_resource", bucket.clone()),
        (
            "get_resource_request_status",
            json!({ "request_token": cloud::TOKEN }),
        ),
        ("create_template", json!({ "template_name": "t" })),
        ("create_template", json!({ "template_id": "arn:done" })),
    ] {
        let result = check.call(&server, &aws, tool, arguments).await;
        assert_ne!(result["isError"], true, "{tool}: {result}");
    }
    assert_iam(&Server::tools().list_all(), &check);
    assert_eq!(check.operations().len(), 10);
}
