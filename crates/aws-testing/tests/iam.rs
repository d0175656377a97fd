//! The IAM check must see what it is for.

use aws_clients::{Aws, Clients, Scope};
use aws_testing::{AwsStandIn, IamCheck, Reply, assert_iam};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::{MetaObject, Tool};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use serde_json::json;
use server_testing::{call, text};

/// A server with one good tool and the ways to get it wrong.
#[derive(Clone)]
struct Server {
    pricing: Clients<aws_sdk_pricing::Client>,
    cloud_control: Clients<aws_sdk_cloudcontrol::Client>,
    tools: ToolRouter<Self>,
}

fn iam(actions: &[&str]) -> MetaObject {
    let mut meta = MetaObject::default();
    meta.0.insert("mcp-fleet/iam".to_owned(), json!(actions));
    meta
}

#[tool_router]
impl Server {
    fn new(aws: &Aws) -> Self {
        Self {
            pricing: Clients::new(aws.clone(), aws_sdk_pricing::Client::new),
            cloud_control: Clients::new(aws.clone(), aws_sdk_cloudcontrol::Client::new),
            tools: Self::tool_router(),
        }
    }

    async fn describe(&self) -> String {
        let (_, pricing) = self.pricing.get(&Scope::default()).await.expect("a client");
        match pricing.describe_services().send().await {
            Ok(_) => "good".to_owned(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[tool(meta = iam(&["pricing:DescribeServices"]))]
    async fn honest(&self) -> String {
        self.describe().await
    }

    #[tool(meta = iam(&["pricing:GetProducts", "pricing:*"]))]
    async fn wrong(&self) -> String {
        self.describe().await
    }

    #[tool(meta = iam(&["cloudformation:ListResources", "iam:PassRole"]))]
    async fn cloud_control(&self) -> String {
        let (_, client) = self
            .cloud_control
            .get(&Scope::default())
            .await
            .expect("a client");
        let answer = client
            .list_resources()
            .type_name("AWS::S3::Bucket")
            .send()
            .await;
        answer
            .expect("an answer")
            .type_name()
            .unwrap_or_default()
            .to_owned()
    }

    #[tool]
    async fn forgotten(&self) -> String {
        String::new()
    }
}

#[tool_handler(router = self.tools)]
impl ServerHandler for Server {}

async fn aws() -> AwsStandIn {
    let aws = AwsStandIn::start().await;
    aws.on("pricing:DescribeServices", Reply::ok(json!({}))).on(
        "cloudcontrolapi:ListResources",
        Reply::ok(json!({ "TypeName": "T" })),
    );
    aws
}

fn server(aws: &AwsStandIn) -> Server {
    let region = "us-east-1".to_owned().try_into().expect("a region");
    Server::new(&aws.clients().fallback_region(region).build())
}

fn tools(names: &[&str]) -> Vec<Tool> {
    let mut tools = Server::tool_router().list_all();
    tools.retain(|tool| names.contains(&tool.name.as_ref()));
    assert_eq!(tools.len(), names.len());
    tools
}

#[tokio::test]
async fn honest_tools_pass_and_prefixes_are_those_of_iam() {
    let aws = aws().await;
    let server = server(&aws);
    let mut check = IamCheck::new().unseen("cloud_control", "iam:PassRole");
    check.call(&server, &aws, "honest", json!({})).await;
    let result = check.call(&server, &aws, "cloud_control", json!({})).await;
    assert_eq!(text(&result), "T");
    assert_iam(&tools(&["honest", "cloud_control"]), &check);
    let operations: Vec<&str> = check.operations().into_iter().collect();
    assert_eq!(
        operations,
        ["cloudcontrolapi:ListResources", "pricing:DescribeServices"]
    );
}

#[tokio::test]
async fn each_mistake_is_a_line() {
    let aws = aws().await;
    let server = server(&aws);
    let mut check = IamCheck::new();
    check.call(&server, &aws, "wrong", json!({})).await;
    call(&server, "cloud_control", json!({})).await;
    check.note("cloud_control", &aws.take_requests());
    check.note("gone", &[]);
    assert_eq!(
        check.problems(&tools(&["wrong", "cloud_control", "forgotten"])),
        [
            "cloud_control: declares iam:PassRole, but no call needed it",
            "forgotten: never called",
            "wrong: called pricing:DescribeServices, but does not declare pricing:DescribeServices",
            "wrong: declares pricing:*, but no call needed it",
            "wrong: declares the wildcard pricing:*",
            "wrong: declares pricing:GetProducts, but no call needed it",
            "gone: no such tool",
        ]
    );
}

#[tokio::test]
async fn an_operation_may_be_authorised_by_other_actions() {
    let aws = aws().await;
    let server = server(&aws);
    let mut check =
        IamCheck::new().authorised_by("pricing:DescribeServices", &["pricing:GetProducts"]);
    check.call(&server, &aws, "wrong", json!({})).await;
    assert_eq!(
        check.problems(&tools(&["wrong"])),
        [
            "wrong: declares pricing:*, but no call needed it",
            "wrong: declares the wildcard pricing:*",
        ]
    );
}

#[tokio::test]
#[should_panic(expected = "the test has no answer for `pricing:DescribeServices`")]
async fn a_call_without_script_fails_the_check() {
    let aws = AwsStandIn::start().await;
    let server = server(&aws);
    IamCheck::new()
        .call(&server, &aws, "honest", json!({}))
        .await;
}
