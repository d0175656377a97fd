//! Every recorded call of the upstream server, replayed against a stand-in for AWS that answers as
//! the recordings' stub did. Results are compared, and the AWS calls that were made. What differs is
//! in [`DIFFERENT`], exactly, each with its row of the README.

mod support;

use std::path::Path;

use aws_pricing_server::Server;
use aws_testing::{AwsStandIn, Recording, differences, recordings};
use serde_json::{Value, json};
use server_testing::{call, text};

/// How ours differs.
enum Different {
    /// Upstream's failure is a good result. Ours has the same fields, `isError`, and this text.
    Fails(&'static str),
    /// The same structured content, but one text block, with this text.
    Reads(&'static str),
    /// Other services: this list of `name source provider configurations`.
    Finds(&'static [&'static str]),
    /// A report: the snapshot of this test, which has these lines of upstream's report.
    Reports(&'static [&'static str]),
    /// An error of the protocol.
    Refuses,
}

use Different::{Fails, Finds, Reads, Refuses, Reports};

/// Calls whose result is not upstream's: name, row of the README's table, and what ours is.
const DIFFERENT: &[(&str, &str, Different)] = &[
    (
        "get_pricing.4",
        "Failures",
        Fails(
            "empty_results: no product of `Empty` fits the region and all filters\nhint: check values with `get_pricing_attribute_values`, take filters away one at a time, and leave `region` out for products that have none",
        ),
    ),
    (
        "get_pricing.5",
        "Failures",
        Fails(
            "aws_access_denied: `pricing:GetProducts` for service `Denied` in region `us-east-1` failed: AccessDeniedException: not you (request id 00000000-0000-0000-0000-000000000001)\nhint: allow `pricing:GetProducts` in the policy of the role or user whose credentials these are",
        ),
    ),
    (
        "get_pricing_service_codes.4",
        "Failures",
        Fails(
            "no_matches_found: none of the 4 service codes matches \"zzz\"\nhint: use a shorter pattern, or leave `filter` out to see all; codes abbreviate some names: `AmazonES` is OpenSearch, `AWSQueueService` is SQS",
        ),
    ),
    (
        "get_pricing_service_attributes.2",
        "Failures",
        Fails(
            "aws_invalid_request: `pricing:DescribeServices` for service `Nope` in region `us-east-1` failed: InvalidParameterException: said AWS (request id 00000000-0000-0000-0000-000000000001)\nhint: take the service code from `get_pricing_service_codes`, attributes from `get_pricing_service_attributes`, and values from `get_pricing_attribute_values`; case matters",
        ),
    ),
    (
        "get_pricing_attribute_values.2",
        "Failures",
        Fails(
            "aws_invalid_request: `pricing:GetAttributeValues` for attribute `bogus` of service `AmazonEC2` in region `us-east-1` failed: InvalidParameterException: said AWS (request id 00000000-0000-0000-0000-000000000002)\nhint: take the service code from `get_pricing_service_codes`, attributes from `get_pricing_service_attributes`, and values from `get_pricing_attribute_values`; case matters",
        ),
    ),
    (
        "get_price_list_urls.2",
        "Failures",
        Fails(
            "no_price_list_found: there was no price list of service `Empty` in `us-east-1` in USD at 2025-01-02 00:00\nhint: check the code with `get_pricing_service_codes` and the region; for a date long ago try a later one",
        ),
    ),
    (
        "analyze_cdk_project.2",
        "Failures",
        Fails(
            "path_not_found: there is no folder `<project>/none` below the project root\nhint: send the project's files in `files`, or start the server with `--project-root`",
        ),
    ),
    (
        "get_pricing_service_codes.1",
        "Lists as text",
        Reads("AWSLambda\nAmazonBedrock\nAmazonEC2\nAmazonS3"),
    ),
    (
        "get_pricing_service_attributes.1",
        "Lists as text",
        Reads("instanceType\nlocation\nmemory\nvcpu"),
    ),
    (
        "analyze_cdk_project.1",
        "CDK imports",
        Finds(&[
            "ec2 cdk - AmazonEC2: Vpc",
            "ecs cdk - AmazonECS: ",
            "rds cdk - AmazonRDS: DatabaseInstance",
            "sns cdk - AmazonSNS: Topic",
            "s3 cdk - AmazonS3: Bucket",
            "lambda cdk - AWSLambda: Function",
            "sqs cdk - AWSQueueService: Queue",
            "apigatewayv2-integrations cdk - AmazonApiGateway: ",
        ]),
    ),
    (
        "analyze_terraform_project.1",
        "Terraform names",
        Finds(&[
            "s3 terraform aws AmazonS3: aws_s3_bucket",
            "rds terraform aws AmazonRDS: aws_db_instance",
            "lambda terraform awscc AWSLambda: awscc_lambda_function",
            "iam terraform aws -: aws_iam_policy_document",
            "vpc terraform-module aws AmazonVPC: vpc",
            "other terraform-module unknown -: other",
            "sqs terraform aws AWSQueueService: aws_sqs_queue",
        ]),
    ),
    (
        "generate_cost_report.1",
        "Report arithmetic",
        Reports(&[
            "| AWS Lambda | Requests | 1,000,000 requests | $0.20 | 1M requests free |",
            "| AWS Lambda | 1M requests (Requests: 1,000,000) | $0.20 x 1 | $20.50 |",
            "| Amazon S3 | 100 GB | N/A | $2-3 |",
            "| **Total** | **All services** | **Sum of all calculations** | **$22.50-23.50/month** |",
            "- **AWS Lambda**: 1M requests free",
            "- A1",
            "- E1",
            "| B | x |",
            "- i3",
            "- b3",
        ]),
    ),
    (
        "generate_cost_report.2",
        "Report without usage",
        Reports(&[]),
    ),
    (
        "generate_cost_report.4",
        "Reports as files",
        Fails(
            "invalid_output_file: `output_file` \"../x.md\" is not a relative path without `..`\nhint: give a name such as `report.md`, or leave it out: the report is in the answer",
        ),
    ),
    ("no_such_tool.1", "Unknown tool", Refuses),
];

/// The folders that `<project>` stands for, as the recordings' `setup` describes them.
const PROJECT: &[(&str, &str)] = &[
    (
        "cdk/app.py",
        "from aws_cdk import (\n    aws_ec2 as ec2,\n    aws_ecs as ecs,\n)\nfrom aws_cdk.aws_rds import DatabaseInstance\nimport aws_cdk.aws_sns as sns\n\nec2.Vpc(self, \"Net\")\nDatabaseInstance(self, \"Db\")\nsns.Topic(self, \"Alerts\")\n",
    ),
    (
        "cdk/stack.ts",
        "import * as s3 from 'aws-cdk-lib/aws-s3';\nimport { Function } from 'aws-cdk-lib/aws-lambda';\nimport { aws_sqs as sqs } from 'aws-cdk-lib';\nimport { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';\n\nnew s3.Bucket(this, 'Files');\nnew Function(this, 'Work', {});\nnew sqs.Queue(this, 'Jobs');\n",
    ),
    (
        "tf/main.tf",
        "resource \"aws_s3_bucket\" \"files\" {}\nresource \"aws_db_instance\" \"db\" {}\nresource \"awscc_lambda_function\" \"work\" {}\ndata \"aws_iam_policy_document\" \"p\" {}\nmodule \"vpc\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}\nmodule \"queue\" {\n  source = \"./mod\"\n}\nmodule \"other\" {\n  source = \"git::https://example.com/x.git\"\n}\n",
    ),
    ("tf/mod/main.tf", "resource \"aws_sqs_queue\" \"jobs\" {}\n"),
];

struct World {
    aws: AwsStandIn,
    project: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let aws = AwsStandIn::start().await;
        support::stub(&aws);
        let project = tempfile::tempdir().expect("a folder");
        for (path, content) in PROJECT {
            let path = project.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, content).expect("a file");
        }
        Self { aws, project }
    }

    fn root(&self) -> String {
        self.project.path().to_string_lossy().into_owned()
    }

    fn server(&self) -> Server {
        support::server_with(&self.aws, &["--project-root", &self.root()], &[])
    }

    /// Our result, with the project where the recording has it.
    async fn call(&self, recording: &Recording) -> Value {
        let arguments = recording
            .arguments
            .to_string()
            .replace("<project>", &self.root());
        let arguments = serde_json::from_str(&arguments).expect("JSON");
        let result = call(&self.server(), &recording.tool, arguments).await;
        let result = result.to_string().replace(&self.root(), "<project>");
        serde_json::from_str(&result).expect("JSON")
    }
}

fn all() -> Vec<Recording> {
    recordings(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded"))
}

#[tokio::test]
async fn every_recorded_call_gives_the_recorded_result_or_a_listed_better_one() {
    let readme = include_str!("../README.md");
    let (mut equal, mut different, mut aws_calls) = (Vec::new(), Vec::new(), 0);
    for recording in all() {
        let name = recording.name.as_str();
        // One for each, so that request ids begin anew.
        let world = World::new().await;
        let listed = DIFFERENT.iter().find(|(listed, ..)| *listed == name);
        if let Some((_, row, Refuses)) = listed {
            check_row(readme, row, name);
            refuses(&world.server(), &recording).await;
            different.push(recording.name);
            continue;
        }
        let ours = world.call(&recording).await;
        let asked = world.aws.take_requests();
        assert_eq!(
            differences(&recording.backend_requests, &asked, &[]),
            Vec::<String>::new(),
            "{name}"
        );
        aws_calls += asked.len();
        match listed {
            None => {
                check_equal(&recording, &ours);
                equal.push(recording.name);
            }
            Some((_, row, difference)) => {
                check_row(readme, row, name);
                check_different(&recording, difference, &ours);
                different.push(recording.name);
            }
        }
    }
    assert_eq!(
        different.len(),
        DIFFERENT.len(),
        "listed, but not recorded: {different:?}"
    );
    assert_eq!(
        (equal.len(), different.len(), aws_calls),
        (5, 15, 20),
        "{equal:?}"
    );
}

/// The row of the README that the exception refers to names the recording.
fn check_row(readme: &str, row: &str, name: &str) {
    let start = format!("| {row} |");
    let found = readme.lines().find(|line| line.starts_with(&start));
    let found = found.unwrap_or_else(|| panic!("{name}: no row {row:?} in the README"));
    assert!(
        found.contains(&format!("`{name}`")),
        "{name}: not in the row {row:?}"
    );
}

fn check_equal(recording: &Recording, ours: &Value) {
    let (name, theirs) = (&recording.name, &recording.result);
    assert_eq!(theirs["isError"], false, "{name}");
    assert_ne!(ours["isError"], true, "{name}: {ours}");
    same(name, &theirs["structured"], &ours["structuredContent"]);
    let their_text = theirs["text"].as_str().expect("one text block");
    match serde_json::from_str::<Value>(their_text) {
        Ok(theirs) => {
            let ours: Value = serde_json::from_str(text(ours)).expect("JSON as text");
            same(name, &theirs, &ours);
        }
        Err(_) => assert_eq!(text(ours), their_text, "{name}"),
    }
}

/// Equal, but for upstream's long sentences, where ours are our own.
fn same(name: &str, theirs: &Value, ours: &Value) {
    match (theirs, ours) {
        (Value::String(theirs), Value::String(ours)) if theirs.starts_with("<prose ") => {
            assert!(!ours.is_empty(), "{name}");
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            assert_eq!(theirs.len(), ours.len(), "{name}: {ours:?}");
            theirs
                .iter()
                .zip(ours)
                .for_each(|(theirs, ours)| same(name, theirs, ours));
        }
        (Value::Object(theirs), Value::Object(ours)) => {
            let keys = |map: &serde_json::Map<String, Value>| {
                let mut keys: Vec<String> = map.keys().cloned().collect();
                keys.sort();
                keys
            };
            assert_eq!(keys(theirs), keys(ours), "{name}");
            theirs
                .iter()
                .for_each(|(key, theirs)| same(name, theirs, &ours[key]));
        }
        (theirs, ours) => assert_eq!(theirs, ours, "{name}"),
    }
}

fn check_different(recording: &Recording, difference: &Different, ours: &Value) {
    let (name, theirs) = (recording.name.as_str(), &recording.result);
    let result = &ours["structuredContent"]["result"];
    match difference {
        Refuses => unreachable!("checked by the caller"),
        Fails(expected) => {
            assert_eq!(ours["isError"], true, "{name}: {ours}");
            assert_eq!(text(ours), *expected, "{name}");
            let mut theirs = theirs["structured"]["result"].clone();
            if theirs.is_null() {
                // Upstream lost its own message.
                assert_eq!(result["error_type"], "invalid_output_file");
                return;
            }
            assert_eq!(theirs["status"], "error", "{name}");
            let mut ours = result.clone();
            for sentence in ["message", "suggestion"] {
                let told = [&mut theirs, &mut ours].map(|value| {
                    let fields = value.as_object_mut().expect("fields");
                    fields.remove(sentence).is_some_and(|text| text != "")
                });
                assert!(told[1] || !told[0], "{name}: no {sentence}");
            }
            same(name, &theirs, &ours);
        }
        Reads(expected) => {
            assert_ne!(ours["isError"], true, "{name}: {ours}");
            assert_eq!(text(ours), *expected, "{name}");
            assert_eq!(ours["structuredContent"], theirs["structured"], "{name}");
            let blocks: Vec<&str> = expected.split('\n').collect();
            assert_eq!(theirs["text"], json!(blocks), "{name}");
        }
        Finds(expected) => {
            assert_ne!(ours["isError"], true, "{name}: {ours}");
            let services = result["services"].as_array().expect("services");
            assert_eq!(
                services.iter().map(shown).collect::<Vec<_>>(),
                *expected,
                "{name}"
            );
            assert_eq!(result["details"]["services"], result["services"], "{name}");
            let theirs = &theirs["structured"]["result"];
            for field in ["status", "details/project_path", "details/analysis_type"] {
                let field = format!("/{field}");
                assert_eq!(result.pointer(&field), theirs.pointer(&field), "{name}");
            }
        }
        Reports(lines) => {
            assert_ne!(ours["isError"], true, "{name}: {ours}");
            let report = text(ours);
            assert_eq!(result, report, "{name}");
            let theirs = theirs["text"].as_str().expect("a report");
            for line in *lines {
                assert!(theirs.lines().any(|their| their == *line), "{name}: {line}");
                assert!(report.lines().any(|our| our == *line), "{name}: {line}");
            }
            insta::assert_snapshot!(name, report);
        }
    }
}

/// `name source provider code: types, constructs or modules`
fn shown(service: &Value) -> String {
    let text = |name: &str| service[name].as_str().unwrap_or("-");
    let configurations = service["configurations"].as_array().expect("a list");
    let used: Vec<&str> = configurations
        .iter()
        .filter_map(|c| {
            let names = ["construct", "type", "module"];
            names.iter().find_map(|name| c[*name].as_str())
        })
        .collect();
    format!(
        "{} {} {} {}: {}",
        text("name"),
        text("source"),
        text("provider"),
        text("service_code"),
        used.join(", ")
    )
}

async fn refuses(server: &Server, recording: &Recording) {
    let request = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": recording.tool, "arguments": recording.arguments }
    });
    let request = serde_json::from_value(request).expect("a request");
    let reply = agentcore_gateway_target::handle(server.clone(), request).await;
    let reply = serde_json::to_value(reply.expect("a reply")).expect("JSON");
    assert_eq!(reply["error"]["code"], -32602, "{reply}");
}
