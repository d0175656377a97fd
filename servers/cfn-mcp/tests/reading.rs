//! Reading: lists, schemas, templates, regions.

#[path = "support/cloud.rs"]
mod cloud;

use aws_testing::Reply;
use serde_json::{Value, json};
use server_testing::{call, text};

fn texts(result: &Value) -> Vec<&str> {
    let blocks = result["content"].as_array().expect("blocks");
    blocks
        .iter()
        .filter_map(|block| block["text"].as_str())
        .collect()
}

#[tokio::test]
async fn a_list_goes_on_where_it_stopped() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let mut arguments = json!({ "resource_type": "AWS::S3::Bucket", "max_items": "1" });
    let result = call(&server, "list_resources", arguments.clone()).await;
    assert_eq!(
        result["structuredContent"],
        json!({ "result": ["b-1"], "next_token": "t" })
    );
    assert_eq!(
        texts(&result),
        [
            "b-1",
            "(There are more: call `list_resources` with `next_token` `t`.)"
        ]
    );
    arguments["next_token"] = json!("t");
    let result = call(&server, "list_resources", arguments).await;
    assert_eq!(result["structuredContent"], json!({ "result": ["b-2"] }));
    let tokens: Vec<Value> = aws
        .take_requests()
        .iter()
        .map(|request| request.body["NextToken"].clone())
        .collect();
    assert_eq!(tokens, [Value::Null, json!("t")]);
}

#[tokio::test]
async fn a_later_page_that_fails_for_now_does_not_cost_the_first() {
    for (code, message) in [
        ("ThrottlingException", "slow down"),
        ("ServiceInternalErrorException", "oh"),
    ] {
        let aws = cloud::start().await;
        let status = if code == "ThrottlingException" {
            400
        } else {
            500
        };
        let first = Reply::ok(json!({
            "ResourceDescriptions": [{ "Identifier": "b-1" }], "NextToken": "t"
        }));
        aws.in_turn(
            "cloudcontrolapi:ListResources",
            [first, Reply::error(status, code, message)],
        );
        let server = cloud::server(&aws, &[]);
        let bucket = json!({ "resource_type": "AWS::S3::Bucket" });
        let result = call(&server, "list_resources", bucket).await;
        assert_eq!(
            result["structuredContent"],
            json!({ "result": ["b-1"], "next_token": "t" }),
            "{result}"
        );
    }
    // A denial does not pass by itself.
    let aws = cloud::start().await;
    aws.on(
        "cloudcontrolapi:ListResources",
        Reply::error(400, "AccessDeniedException", "no"),
    );
    let server = cloud::server(&aws, &[]);
    let bucket = json!({ "resource_type": "AWS::S3::Bucket", "next_token": "t" });
    let result = call(&server, "list_resources", bucket).await;
    assert!(text(&result).starts_with("aws_access_denied: "), "{result}");
}

#[tokio::test]
async fn a_child_type_is_listed_by_its_parent() {
    let aws = cloud::start().await;
    aws.on(
        "cloudcontrolapi:ListResources",
        Reply::ok(json!({ "ResourceDescriptions": [] })),
    );
    let server = cloud::server(&aws, &[]);
    let arguments = json!({
        "resource_type": "AWS::EKS::Addon", "resource_model": { "ClusterName": "prod" }, "region": "eu-north-1"
    });
    let result = call(&server, "list_resources", arguments).await;
    assert_eq!(result["structuredContent"], json!({ "result": [] }));
    assert_eq!(
        texts(&result),
        ["There are no resources of type `AWS::EKS::Addon` in region `eu-north-1`."]
    );
    let requests = aws.take_requests();
    assert_eq!(
        requests[0].body,
        json!({ "TypeName": "AWS::EKS::Addon", "ResourceModel": "{\"ClusterName\":\"prod\"}" })
    );
    assert_eq!(requests[0].region, "eu-north-1");
}

#[tokio::test]
async fn a_token_that_repeats_itself_ends_the_list() {
    let aws = cloud::start().await;
    aws.on(
        "cloudcontrolapi:ListResources",
        Reply::ok(json!({ "ResourceDescriptions": [{ "Identifier": "x" }], "NextToken": "same" })),
    );
    let server = cloud::server(&aws, &[]);
    let result = call(
        &server,
        "list_resources",
        json!({ "resource_type": "AWS::S3::Bucket" }),
    )
    .await;
    assert_eq!(result["structuredContent"], json!({ "result": ["x", "x"] }));
    assert_eq!(aws.take_requests().len(), 2);
}

#[tokio::test]
async fn a_schema_is_fetched_once_per_region() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    for region in ["eu-west-1", "eu-west-1", "us-east-2", "eu-west-1"] {
        let arguments = json!({ "resource_type": "AWS::S3::Bucket", "region": region });
        let result = call(&server, "get_resource_schema_information", arguments).await;
        assert_eq!(result["structuredContent"]["typeName"], "AWS::S3::Bucket");
    }
    let regions: Vec<String> = aws
        .take_requests()
        .into_iter()
        .map(|request| request.region)
        .collect();
    assert_eq!(regions, ["eu-west-1", "us-east-2"]);
}

#[tokio::test]
async fn a_schema_that_is_none_is_said_to_be_none() {
    let aws = cloud::start().await;
    aws.on(
        "cloudformation:DescribeType",
        Reply::ok(json!({ "Schema": "[1" })),
    );
    let server = cloud::server(&aws, &[]);
    let arguments = json!({ "resource_type": "AWS::S3::Bucket" });
    let result = call(&server, "get_resource_schema_information", arguments).await;
    assert_eq!(result["isError"], true);
    assert!(
        text(&result).starts_with("aws_unreadable_answer: "),
        "{result}"
    );
}

/// One rule: the argument, `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile, `us-east-1`.
#[tokio::test]
async fn the_region_follows_the_one_rule() {
    for (variables, argument, expected) in [
        (
            &[
                ("AWS_REGION", "eu-west-1"),
                ("AWS_DEFAULT_REGION", "us-west-2"),
            ][..],
            Some("ap-south-1"),
            "ap-south-1",
        ),
        (
            &[
                ("AWS_REGION", "eu-west-1"),
                ("AWS_DEFAULT_REGION", "us-west-2"),
            ],
            None,
            "eu-west-1",
        ),
        (&[("AWS_DEFAULT_REGION", "us-west-2")], None, "us-west-2"),
        (&[], None, "us-east-1"),
    ] {
        let aws = cloud::start().await;
        let server = cloud::server_with(aws.clients().variables(variables), &[]);
        let arguments =
            json!({ "resource_type": "AWS::S3::Bucket", "identifier": "b-1", "region": argument });
        let result = call(&server, "get_resource", arguments).await;
        assert_ne!(result["isError"], true, "{result}");
        assert_eq!(aws.take_requests()[0].region, expected);
    }
}

#[tokio::test]
async fn bad_arguments_are_refused_with_the_right_form_and_nothing_is_sent() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    for (tool, arguments, expected) in [
        (
            "get_resource",
            json!({ "resource_type": "AWS::S3::Bucket", "identifier": "" }),
            "`identifier`: \"\" is not an identifier: it has 1 to 1024 characters on one line, as in `my-bucket`; the parts of one that has several are joined by `|`",
        ),
        (
            "get_resource",
            json!({ "resource_type": "AWS::S3::Bucket", "identifier": "b", "region": "eu-west-1.evil.example" }),
            "`region`: \"eu-west-1.evil.example\" is not an AWS region; write one like `us-east-1`",
        ),
        (
            "get_resource_request_status",
            json!({ "request_token": "a b" }),
            "`request_token`: \"a b\" is not a request token; `create_resource`, `update_resource` and `delete_resource` return one",
        ),
        (
            "list_resources",
            json!({ "resource_type": "AWS::S3::Bucket", "max_items": 0 }),
            "`max_items` must be from 1 to 10000",
        ),
        (
            "list_resources",
            json!({ "resource_type": "AWS::S3::Bucket", "limit": 1 }),
            "unknown argument `limit`; known: `resource_type`, `region`, `resource_model`, `max_items`, `next_token`",
        ),
        (
            "create_resource",
            json!({ "resource_type": "AWS::S3::Bucket", "properties": { "a": "x".repeat(262_144) } }),
            "`properties` has 262152 characters as JSON; AWS takes at most 262144",
        ),
        (
            "create_template",
            json!({ "template_name": "t", "deletion_policy": "SNAPSHOT" }),
            "`deletion_policy`: CloudFormation does not take `SNAPSHOT` for generated templates; write `RETAIN` or `DELETE`",
        ),
        (
            "create_template",
            json!({ "template_name": "t", "update_replace_policy": "KEEP" }),
            "`update_replace_policy`: \"KEEP\" is not `RETAIN` or `DELETE`",
        ),
        (
            "create_template",
            json!({ "template_name": "t", "output_format": "XML" }),
            "`output_format`: unknown variant `XML`, expected `JSON` or `YAML`",
        ),
        (
            "create_template",
            json!({ "template_name": "t", "resources": [{ "ResourceType": "AWS::S3::Bucket" }] }),
            "`resources[0]`: required member `ResourceIdentifier` is missing",
        ),
        (
            "create_template",
            json!({ "template_id": "t", "save_to_file": "/etc/passwd" }),
            "`save_to_file`: \"/etc/passwd\" is not a file below /tmp/mcp-cfn; write a relative path such as `template.yaml`, or leave it out: the answer holds the template",
        ),
    ] {
        let result = call(&server, tool, arguments).await;
        assert_eq!(result["isError"], true, "{tool}: {result}");
        assert_eq!(text(&result), format!("invalid_arguments: {expected}"));
    }
    assert_eq!(aws.take_requests(), []);
}

#[tokio::test]
async fn a_finished_template_can_be_saved_below_the_root() {
    let aws = cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("root");
    let server = cloud::server(&aws, &[("CFN_OUTPUT_ROOT", root.to_str().expect("text"))]);
    let arguments = json!({ "template_id": "arn:done", "save_to_file": "a/t.yaml" });
    let result = call(&server, "create_template", arguments).await;
    let answer = &result["structuredContent"];
    let path = root.join("a/t.yaml");
    assert_eq!(answer["file_path"].as_str(), path.to_str(), "{result}");
    assert_eq!(answer["template"], "Resources: {}\n");
    assert_eq!(
        std::fs::read_to_string(path).expect("the file"),
        "Resources: {}\n"
    );
    // The root is a file now: the template is not lost for that.
    std::fs::remove_dir_all(&root).expect("removed");
    std::fs::write(&root, "").expect("written");
    let arguments = json!({ "template_id": "arn:done", "save_to_file": "t.yaml" });
    let result = call(&server, "create_template", arguments).await;
    assert!(text(&result).starts_with("file_not_saved: "), "{result}");
    assert!(
        text(&result).contains("hint: call again without `save_to_file`"),
        "{result}"
    );
}

#[tokio::test]
async fn a_failed_template_is_an_error_with_its_fields() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let result = call(
        &server,
        "create_template",
        json!({ "template_id": "failed" }),
    )
    .await;
    assert_eq!(result["isError"], true);
    assert!(
        text(&result)
            .starts_with("template_failed: generating template `failed` failed: too bad\nhint: "),
        "{result}"
    );
    let fields = &result["structuredContent"];
    assert_eq!(fields["status"], "FAILED");
    assert_eq!(fields["template_id"], "failed");
    assert_eq!(
        fields["resources"][0]["ResourceStatusReason"],
        "not in the scan"
    );
}

#[tokio::test]
async fn a_template_name_that_is_taken_says_how_to_go_on() {
    let aws = cloud::start().await;
    aws.on(
        "cloudformation:CreateGeneratedTemplate",
        Reply::error(400, "AlreadyExistsException", "taken"),
    );
    let server = cloud::server(&aws, &[]);
    let result = call(&server, "create_template", json!({ "template_name": "t" })).await;
    assert!(
        text(&result).ends_with("\nhint: ask for it by passing its name as `template_id`, or choose another `template_name`"),
        "{result}"
    );
}
