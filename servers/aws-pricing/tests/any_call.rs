//! Any calls of any tools, before a Price List API that answers anything: each is answered, and
//! nothing outside the project root is read.

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use aws_pricing_server::{Config, Server};
use aws_testing::{AwsStandIn, SECRET_KEY, recordings};
use proptest::prelude::*;
use proptest::sample::select;
use server_testing::{
    Call, Rules, Words, calls, changed, changes, checked_call, damage, fuzz, words,
};
use tempfile::TempDir;

/// Name of a resource that is not below the root; a project's resources are in the answer.
const CANARY: &str = "aws_canary_5f3a";

const CDK: &str = "import * as s3 from 'aws-cdk-lib/aws-s3';\nnew s3.Bucket(this, 'B');\n";
const TERRAFORM: &str =
    "resource \"aws_s3_bucket\" \"b\" {}\nmodule \"m\" { source = \"../outside\" }\n";

fn known() -> Words {
    words(&[
        (
            "project_path",
            &[
                "app",
                ".",
                "out",
                "../outside",
                "app/../app",
                "out/..",
                "/etc",
            ],
        ),
        (
            "path",
            &["main.tf", "app.ts", "a/b.py", "../up.tf", "/x.tf"],
        ),
        ("content", &[CDK, TERRAFORM]),
        (
            "service_code",
            &["AmazonEC2", "AmazonS3", "Empty", "Gone", "NoUrl"],
        ),
        ("region", &["us-east-1", "eu-west-1", "cn-north-1"]),
        ("Field", &["instanceType", "vcpu"]),
        ("Type", &["EQUALS", "ANY_OF", "CONTAINS"]),
        ("Value", &["m5.large", "a,b"]),
        ("filter", &["bedrock|^aws", "(a|b)*c", "a{1,5}", "[a-z]"]),
        ("attribute_names", &["vcpu", "bogus", "empty"]),
        ("effective_date", &["2025-01-02 00:00", "2025-01-02"]),
        ("next_token", &["tok-2"]),
        ("format", &["markdown", "csv"]),
    ])
}

/// `root` with a project and a link out of it, and `outside` beside it.
fn projects() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for name in ["root/app/modules", "outside"] {
        fs::create_dir_all(path(name)).expect("a folder");
    }
    let canary = format!("resource \"{CANARY}\" \"c\" {{}}\n");
    for (name, content) in [
        ("root/app/main.tf", TERRAFORM),
        ("root/app/app.ts", CDK),
        ("outside/canary.tf", canary.as_str()),
    ] {
        fs::write(path(name), content).expect("a file");
    }
    symlink("../outside", path("root/out")).expect("a link");
    symlink("../../outside/canary.tf", path("root/app/link.tf")).expect("a link");
    folder
}

fn server(aws: &AwsStandIn, folder: &TempDir) -> Server {
    let root = folder.path().join("root");
    let args = [
        "--project-root".to_owned(),
        root.to_str().expect("UTF-8").to_owned(),
    ];
    let config = Config::from_lookup(&args, &|_| None).expect("good settings");
    Server::new(config, aws.clients())
}

async fn start() -> (AwsStandIn, TempDir) {
    let aws = AwsStandIn::start().await;
    support::stub(&aws);
    (aws, projects())
}

const RULES: Rules<'_> = Rules {
    secrets: &[SECRET_KEY, CANARY],
    upstream_failures: &[],
};

#[test]
fn any_calls_are_answered_before_any_price_list() {
    let strategy = (calls(&Server::tools().list_all(), &known()), damage());
    fuzz(
        100,
        strategy,
        start,
        async |(aws, folder), (calls, damage)| {
            aws.damage(damage);
            let server = server(aws, folder);
            for call in &calls {
                checked_call(&server, call, &RULES).await;
            }
        },
    );
}

/// Reports take objects of any form, so those that upstream was asked for are changed.
#[test]
fn recorded_arguments_with_any_changes_are_answered() {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recorded");
    let recorded: Vec<Call> = recordings(&recorded)
        .into_iter()
        .filter(|recording| Server::tools().get(&recording.tool).is_some())
        .map(|recording| Call {
            tool: recording.tool,
            arguments: recording.arguments,
        })
        .collect();
    let strategy = (select(recorded), changes()).prop_map(|(mut call, changes)| {
        let changed = changed(&call.arguments, &changes);
        if changed.is_object() {
            call.arguments = changed;
        }
        call
    });
    fuzz(200, strategy, start, async |(aws, folder), call| {
        checked_call(&server(aws, folder), &call, &RULES).await;
    });
}
