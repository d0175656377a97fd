//! Projects that are sent, and projects below the root.

use aws_testing::AwsStandIn;
use serde_json::json;
use server_testing::{call, text};

use crate::{good, support};

#[tokio::test]
async fn inline_files_are_analysed_and_nothing_is_read() {
    let aws = AwsStandIn::start().await;
    let server = support::server_with(&aws, &["--project-root", "/nonexistent"], &[]);
    let files = json!([{ "path": "lib/a.ts", "content": "import { aws_sqs as sqs } from 'aws-cdk-lib';\nnew sqs.Queue(this, 'Jobs');" }]);
    let result = call(
        &server,
        "analyze_cdk_project",
        json!({ "project_path": "mine", "files": files }),
    )
    .await;
    let service = json!({
        "name": "sqs", "source": "cdk", "service_code": "AWSQueueService",
        "configurations": [{ "construct": "Queue", "id": "Jobs", "file": "lib/a.ts", "line": 2 }]
    });
    let fields = good(&result);
    assert_eq!(fields["services"], json!([service]));
    assert_eq!(fields["details"]["project_path"], "mine");
    assert_eq!(
        fields["message"],
        "1 services in 1 files given here (mine)."
    );
    let escape = json!({ "project_path": "p", "files": [{ "path": "../a.ts", "content": "" }] });
    let result = call(&server, "analyze_cdk_project", escape).await;
    assert_eq!(
        text(&result),
        "invalid_arguments: the file path \"../a.ts\" is not relative, or has `..` in it"
    );
}

#[tokio::test]
async fn a_project_outside_the_root_is_not_looked_at() {
    let aws = AwsStandIn::start().await;
    let root = tempfile::tempdir().unwrap();
    let root = root.path().to_string_lossy();
    let server = support::server_with(&aws, &["--project-root", &root], &[]);
    for path in ["/etc", "..", "a/../../b"] {
        let result = call(
            &server,
            "analyze_terraform_project",
            json!({ "project_path": path }),
        )
        .await;
        assert_eq!(result["isError"], true, "{result}");
        let fields = &result["structuredContent"]["result"];
        assert_eq!(fields["details"]["error"], "Path outside the project root");
        assert_eq!(fields["details"]["analysis_type"], "terraform");
        assert_eq!(fields["services"], json!([]));
    }
}

#[tokio::test]
async fn a_local_module_outside_the_project_is_read_when_it_is_below_the_root() {
    let aws = AwsStandIn::start().await;
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(root.path().join("app")).unwrap();
    std::fs::create_dir_all(root.path().join("shared/queue")).unwrap();
    std::fs::write(root.path().join("app/main.tf"), "module \"q\" {\n  source = \"../shared/queue\"\n}\nmodule \"x\" {\n  source = \"../../outside\"\n}\n").unwrap();
    std::fs::write(
        root.path().join("shared/queue/q.tf"),
        "resource \"aws_sqs_queue\" \"q\" {}\n",
    )
    .unwrap();
    let server = support::server_with(
        &aws,
        &["--project-root", &root.path().to_string_lossy()],
        &[],
    );
    let result = call(
        &server,
        "analyze_terraform_project",
        json!({ "project_path": "app" }),
    )
    .await;
    let services = good(&result)["services"].as_array().unwrap().clone();
    let shown: Vec<String> = services
        .iter()
        .map(|s| format!("{} {} {}", s["name"], s["provider"], s["module_source"]).replace('"', ""))
        .collect();
    assert_eq!(
        shown,
        ["sqs aws ../shared/queue", "x unknown ../../outside"]
    );
}
