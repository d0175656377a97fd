//! Every recorded call of the upstream server, replayed: the answer, and the AWS calls it makes.
//! What differs is in [`DIFFERENT`], exactly, and in the README.

#[path = "support/cloud.rs"]
mod cloud;

use std::path::Path;

use agentcore_gateway_target::Access;
use aws_testing::{AwsRequest, Recording, differences, recordings};
use cfn_mcp_server::Server;
use serde_json::{Value, json};
use server_testing::{call, text};

/// A call whose answer or whose AWS calls are not upstream's.
struct Different {
    name: &'static str,
    answer: Answer,
    calls: Calls,
}

enum Answer {
    /// As recorded.
    Same,
    /// Upstream fails in other words; ours with this text.
    Says(&'static str),
    /// Ours answers this JSON.
    Is(&'static str),
    /// The adapter refuses the tool below read-write access.
    Refused,
}

enum Calls {
    /// As recorded.
    Same,
    /// These operations, with this input.
    Are(&'static [(&'static str, &'static str)]),
}

const DESCRIBE_TYPE: (&str, &str) = (
    "cloudformation:DescribeType",
    r#"{ "Type": "RESOURCE", "TypeName": "AWS::S3::Bucket" }"#,
);
const GET: (&str, &str) = (
    "cloudcontrolapi:GetResource",
    r#"{ "TypeName": "AWS::S3::Bucket", "Identifier": "b-1" }"#,
);
const STATUS: (&str, &str) = (
    "cloudcontrolapi:GetResourceRequestStatus",
    r#"{ "RequestToken": "11111111-2222-3333-4444-555555555555" }"#,
);

/// Each has its row in the README's table.
const DIFFERENT: &[Different] = &[
    Different {
        name: "get_resource_schema_information.1",
        answer: Answer::Same,
        calls: Calls::Are(&[DESCRIBE_TYPE]),
    },
    Different {
        name: "get_resource_schema_information.4",
        answer: Answer::Says(
            "invalid_arguments: `resource_type`: \"Bucket\" is not a resource type; write one like `AWS::S3::Bucket`",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "get_resource.1",
        answer: Answer::Is(
            r#"{ "identifier": "b-1", "properties": {
                "BucketName": "b-1", "Tags": [{ "Key": "env", "Value": "dev" }], "Arn": "arn:aws:s3:::b-1"
            } }"#,
        ),
        calls: Calls::Same,
    },
    Different {
        name: "get_resource.2",
        answer: Answer::Says(
            "aws_not_found: `cloudformation:GetResource` for resource `missing` of type `AWS::S3::Bucket` in region `eu-west-1` failed: ResourceNotFoundException: no such bucket (request id 00000000-0000-0000-0000-000000000005)\nhint: check the name, and that it is in region `eu-west-1` of this account",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "create_resource.1",
        answer: Answer::Is(
            r#"{ "status": "SUCCESS", "resource_type": "AWS::S3::Bucket", "is_complete": true,
                "request_token": "11111111-2222-3333-4444-555555555555", "identifier": "b-1",
                "event_time": "2025-01-01T00:00:00.500000Z", "region": "eu-west-1" }"#,
        ),
        calls: Calls::Are(&[
            (
                "cloudcontrolapi:CreateResource",
                r#"{ "TypeName": "AWS::S3::Bucket", "DesiredState": "{\"BucketName\":\"b-1\"}", "ClientToken": "any" }"#,
            ),
            STATUS,
        ]),
    },
    Different {
        name: "create_resource.2",
        answer: Answer::Says(
            "invalid_arguments: `properties` is empty; `get_resource_schema_information` tells what the resource type needs",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "update_resource.1",
        answer: Answer::Is(
            r#"{ "status": "SUCCESS", "resource_type": "AWS::S3::Bucket", "is_complete": true,
                "request_token": "11111111-2222-3333-4444-555555555555", "identifier": "b-1",
                "event_time": "2025-01-01T00:00:00.500000Z", "region": "eu-west-1",
                "changes": [{
                    "op": "replace", "path": "/Tags", "before": [{ "Key": "env", "Value": "dev" }], "after": []
                }] }"#,
        ),
        calls: Calls::Are(&[
            GET,
            (
                "cloudcontrolapi:UpdateResource",
                r#"{ "TypeName": "AWS::S3::Bucket", "Identifier": "b-1", "ClientToken": "any",
                    "PatchDocument": "[{\"op\":\"replace\",\"path\":\"/Tags\",\"value\":[]}]" }"#,
            ),
            STATUS,
        ]),
    },
    Different {
        name: "update_resource.2",
        answer: Answer::Says(
            "invalid_arguments: `patch_document[0]`: the `add` operation needs `value`",
        ),
        calls: Calls::Same,
    },
    Different {
        name: "delete_resource.1",
        answer: Answer::Is(
            r#"{ "status": "SUCCESS", "resource_type": "AWS::S3::Bucket", "is_complete": true,
                "request_token": "11111111-2222-3333-4444-555555555555", "identifier": "b-1",
                "event_time": "2025-01-01T00:00:00.500000Z", "region": "eu-west-1",
                "properties_before": {
                    "BucketName": "b-1", "Tags": [{ "Key": "env", "Value": "dev" }], "Arn": "arn:aws:s3:::b-1"
                } }"#,
        ),
        calls: Calls::Are(&[
            GET,
            (
                "cloudcontrolapi:DeleteResource",
                r#"{ "TypeName": "AWS::S3::Bucket", "Identifier": "b-1", "ClientToken": "any" }"#,
            ),
            STATUS,
        ]),
    },
    Different {
        name: "delete_resource.2",
        answer: Answer::Refused,
        calls: Calls::Same,
    },
    Different {
        name: "create_template.2",
        answer: Answer::Is(
            r#"{ "status": "IN_PROGRESS", "template_id": "pending",
                "message": "CloudFormation is still at it. Call `create_template` with this `template_id` again in some seconds." }"#,
        ),
        calls: Calls::Same,
    },
    Different {
        name: "create_template.3",
        answer: Answer::Is(
            r#"{ "status": "COMPLETED", "template_id": "arn:done", "template": "Resources: {}\n",
                "message": "The template is complete.",
                "resources": [{
                    "ResourceType": "AWS::S3::Bucket", "ResourceIdentifier": { "BucketName": "b-1" },
                    "LogicalResourceId": "Bucket", "ResourceStatus": "COMPLETE",
                    "Warnings": [{ "Type": "UNSUPPORTED_PROPERTIES", "Properties": ["AccessControl"] }]
                }] }"#,
        ),
        calls: Calls::Same,
    },
    Different {
        name: "create_template.4",
        answer: Answer::Says(
            "invalid_arguments: one of `template_name` and `template_id` is needed: the first starts a template, the second asks for one that was started",
        ),
        calls: Calls::Same,
    },
];

/// New on every call; it only has to be there.
const IGNORED: &[&str] = &["ClientToken"];

#[tokio::test]
async fn every_recorded_call_gives_the_recorded_result_or_a_listed_better_one() {
    let aws = cloud::start().await;
    let server = cloud::server(&aws, &[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded");
    let (mut equal, mut different, mut requests) = (Vec::new(), Vec::new(), 0);
    for recording in recordings(&folder) {
        let name = recording.name.clone();
        let listed = DIFFERENT.iter().find(|listed| listed.name == name);
        if let Some(Different {
            answer: Answer::Refused,
            ..
        }) = listed
        {
            assert_refused(&recording);
            different.push(name);
            continue;
        }
        let ours = call(&server, &recording.tool, recording.arguments.clone()).await;
        let asked: Vec<AwsRequest> = aws.take_requests().into_iter().map(comparable).collect();
        let expected_calls = match listed {
            Some(Different {
                calls: Calls::Are(calls),
                ..
            }) => calls.iter().map(expected).collect(),
            _ => recording.backend_requests.clone(),
        };
        requests += expected_calls.len();
        let expected_calls: Vec<Value> = expected_calls
            .into_iter()
            .map(comparable_recorded)
            .collect();
        assert_eq!(
            differences(&expected_calls, &asked, IGNORED),
            Vec::<String>::new(),
            "{name}"
        );
        match listed {
            None => {
                assert_same(&recording, &ours);
                equal.push(name);
            }
            Some(listed) => {
                match listed.answer {
                    Answer::Same => assert_same(&recording, &ours),
                    Answer::Says(expected) => {
                        assert_eq!(recording.result["isError"], true, "{name}");
                        assert_eq!(ours["isError"], true, "{name}: {ours}");
                        assert_eq!(text(&ours), expected, "{name}");
                    }
                    Answer::Is(expected) => {
                        assert_eq!(recording.result["isError"], false, "{name}");
                        assert_json(&name, &serde_json::from_str(expected).expect("JSON"), &ours);
                    }
                    Answer::Refused => unreachable!("handled above"),
                }
                different.push(name);
            }
        }
    }
    assert_eq!(
        different.len(),
        DIFFERENT.len(),
        "listed, but not recorded: {different:?}"
    );
    assert_eq!(
        (equal.len(), different.len(), requests),
        (5, 13, 19),
        "{equal:?}"
    );
}

/// A tool below whose level the adapter never lets a call through.
fn assert_refused(recording: &Recording) {
    assert_eq!(recording.setup, "server started with --readonly");
    assert_eq!(recording.result["isError"], true);
    let tools = Server::tools().list_all();
    let tool = tools
        .iter()
        .find(|tool| tool.name == recording.tool)
        .expect("the tool");
    assert_eq!(Access::of(tool), Access::ReadWrite);
}

fn assert_same(recording: &Recording, ours: &Value) {
    let theirs = &recording.result;
    assert_eq!(
        theirs["isError"], false,
        "{}: list what ours says",
        recording.name
    );
    match &theirs["text"] {
        Value::Array(blocks) => {
            assert_ne!(ours["isError"], true, "{ours}");
            let texts: Vec<&Value> = ours["content"]
                .as_array()
                .expect("blocks")
                .iter()
                .map(|block| &block["text"])
                .collect();
            assert_eq!(
                texts,
                blocks.iter().collect::<Vec<_>>(),
                "{}",
                recording.name
            );
            assert_eq!(
                ours["structuredContent"],
                json!({ "result": blocks }),
                "{}",
                recording.name
            );
        }
        text => {
            let theirs = serde_json::from_str(text.as_str().expect("text")).expect("JSON");
            assert_json(&recording.name, &theirs, ours);
        }
    }
}

/// The same JSON in the text, indented, and as structured content; sentences are ours.
fn assert_json(name: &str, expected: &Value, ours: &Value) {
    assert_ne!(ours["isError"], true, "{name}: {ours}");
    let mut structured = ours["structuredContent"].clone();
    let text = text(ours);
    assert!(text.contains("\n  "), "{name}: {text}");
    let from_text: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(from_text, structured, "{name}");
    for (field, value) in expected.as_object().expect("an object") {
        let is_prose = value
            .as_str()
            .is_some_and(|text| text.starts_with("<prose "));
        if is_prose
            && structured[field]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        {
            structured[field] = value.clone();
        }
    }
    assert_eq!(structured, *expected, "{name}");
}

fn expected((operation, input): &(&str, &str)) -> Value {
    let input: Value = serde_json::from_str(input).expect("JSON");
    json!({ "op": operation, "region": "eu-west-1", "request": input })
}

/// JSON inside of JSON, whatever its blanks.
fn unspaced(input: &mut Value) {
    for member in ["DesiredState", "PatchDocument"] {
        if let Some(text) = input.get(member).and_then(Value::as_str) {
            let value: Value = serde_json::from_str(text).expect("JSON");
            input[member] = value.to_string().into();
        }
    }
}

fn comparable(mut request: AwsRequest) -> AwsRequest {
    unspaced(&mut request.body);
    request
}

fn comparable_recorded(mut recorded: Value) -> Value {
    unspaced(&mut recorded["request"]);
    recorded
}

#[test]
fn every_listed_difference_is_a_row_of_the_readme() {
    let readme = include_str!("../README.md");
    let (_, table) = readme
        .split_once("# Differs from upstream, because")
        .expect("the section");
    for listed in DIFFERENT {
        let cell = format!("`{}`", listed.name);
        assert!(
            table
                .lines()
                .any(|line| line.starts_with('|') && line.contains(&cell)),
            "{cell}"
        );
    }
}
