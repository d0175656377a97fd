//! Every tool declares exactly the IAM actions that its calls need.

mod support;

use aws_pricing_server::Server;
use aws_testing::{AwsStandIn, IamCheck, assert_iam};
use serde_json::json;

#[tokio::test]
async fn tools_declare_the_actions_that_they_use() {
    let aws = AwsStandIn::start().await;
    support::stub(&aws);
    let server = support::server(&aws);
    let mut check = IamCheck::new();
    for (tool, arguments) in [
        ("get_pricing_service_codes", json!({})),
        ("get_pricing_service_codes", json!({ "filter": "bedrock" })),
        (
            "get_pricing_service_attributes",
            json!({ "service_code": "AmazonEC2" }),
        ),
        (
            "get_pricing_attribute_values",
            json!({ "service_code": "AmazonEC2", "attribute_names": ["memory", "vcpu"] }),
        ),
        (
            "get_pricing",
            json!({ "service_code": "AmazonEC2", "region": ["us-east-1", "eu-west-1"] }),
        ),
        (
            "get_pricing",
            json!({ "service_code": "AmazonEC2", "next_token": "tok-2", "max_results": 7 }),
        ),
        (
            "get_price_list_urls",
            json!({ "service_code": "AmazonEC2", "region": "us-east-1" }),
        ),
        (
            "get_price_list_urls",
            json!({ "service_code": "AmazonEC2", "region": "cn-north-1" }),
        ),
        (
            "analyze_cdk_project",
            json!({ "project_path": "p", "files": [{ "path": "a.py", "content": "" }] }),
        ),
        (
            "analyze_terraform_project",
            json!({ "project_path": "p", "files": [] }),
        ),
        (
            "generate_cost_report",
            json!({ "pricing_data": {}, "service_name": "x" }),
        ),
        ("get_bedrock_patterns", json!({})),
    ] {
        let result = check.call(&server, &aws, tool, arguments).await;
        assert_ne!(result["isError"], true, "{tool}: {result}");
    }
    let tools = Server::tools().list_all();
    assert_iam(&tools, &check);
    assert_eq!((tools.len(), check.operations().len()), (9, 5));
}
