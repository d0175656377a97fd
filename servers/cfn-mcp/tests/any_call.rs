//! Any calls of any tools, before a cloud that answers anything: each is answered, and no file is
//! made outside the output root.

#[path = "support/cloud.rs"]
mod cloud;

use aws_testing::SECRET_KEY;
use cfn_mcp_server::Server;
use server_testing::{Rules, Words, calls, checked_call, damage, fuzz, surroundings, words};

fn known() -> Words {
    let types = &["AWS::S3::Bucket", "AWS::SQS::Queue", "A1::B2::C3::MODULE"];
    words(&[
        ("resource_type", types),
        ("identifier", &["b-1", "b-2", "a|b", "arn:aws:s3:::b-1"]),
        ("region", &["us-east-1", "eu-west-1", "cn-north-1"]),
        ("request_token", &[cloud::TOKEN, "hook-1"]),
        ("max_items", &["1", "100", "all"]),
        ("next_token", &["t"]),
        ("template_name", &["t", "pending", "failed"]),
        ("template_id", &["t", "pending", "failed"]),
        ("op", &["add", "replace", "remove", "test", "move", "copy"]),
        (
            "path",
            &["/Tags", "/Tags/0/Key", "/Tags/-", "/BucketName", "", "/~01"],
        ),
        ("output_format", &["YAML", "JSON"]),
        (
            "save_to_file",
            &["t.yaml", "a/b.json", "../up.yaml", "/etc/x", "out/x", "."],
        ),
    ])
}

#[test]
fn any_calls_are_answered_before_any_cloud() {
    let rules = Rules {
        secrets: &[SECRET_KEY],
        ..Rules::default()
    };
    let strategy = (calls(&Server::tools().list_all(), &known()), damage());
    fuzz(100, strategy, cloud::start, async |aws, (calls, damage)| {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("root");
        std::fs::create_dir(&root).expect("a root");
        std::fs::create_dir(folder.path().join("outside")).expect("a folder");
        std::os::unix::fs::symlink("../outside", root.join("out")).expect("a link");
        let before = surroundings(folder.path(), "root");
        let root = root.to_str().expect("UTF-8");
        let server = cloud::server(aws, &[("CFN_OUTPUT_ROOT", root), ("CFN_WAIT_SECONDS", "0")]);
        aws.damage(damage);
        for call in &calls {
            checked_call(&server, call, &rules).await;
        }
        assert_eq!(surroundings(folder.path(), "root"), before);
    });
}
