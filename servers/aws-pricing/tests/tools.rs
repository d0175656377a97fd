//! What the recordings do not show: paging, endpoints, sizes, failures, inline files, reports.

mod support;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_pricing_server::{Config, Server};
use aws_testing::{AwsStandIn, Reply};
use serde_json::{Value, json};
use server_testing::{call, text};

async fn stub() -> AwsStandIn {
    let aws = AwsStandIn::start().await;
    support::stub(&aws);
    aws
}

fn failed<'a>(result: &'a Value, kind: &str) -> &'a Value {
    assert_eq!(result["isError"], true, "{result}");
    let fields = &result["structuredContent"]["result"];
    assert_eq!(fields["status"], "error", "{result}");
    assert_eq!(fields["error_type"], kind, "{result}");
    fields
}

fn good(result: &Value) -> &Value {
    assert_ne!(result["isError"], true, "{result}");
    &result["structuredContent"]["result"]
}

#[tokio::test]
async fn the_region_of_the_server_picks_the_endpoint_and_the_argument_is_a_filter() {
    for (own, asked, endpoint) in [
        (None, json!("eu-west-1"), "us-east-1"),
        (Some("ap-southeast-1"), json!("us-west-2"), "ap-south-1"),
        (Some("il-central-1"), json!(null), "eu-central-1"),
        (
            Some("eu-north-1"),
            json!(["us-east-1", "us-west-2"]),
            "eu-central-1",
        ),
        (
            Some("eu-north-1"),
            json!("us-east-1,us-west-2"),
            "eu-central-1",
        ),
        (Some("cn-north-1"), json!("cn-north-1"), "cn-northwest-1"),
        (Some("us-west-2"), json!("cn-north-1"), "cn-northwest-1"),
    ] {
        let aws = stub().await;
        let variables: Vec<(&str, &str)> = own.map(|own| ("AWS_REGION", own)).into_iter().collect();
        let server = support::server_with(&aws, &[], &variables);
        let result = call(
            &server,
            "get_pricing",
            json!({ "service_code": "AmazonEC2", "region": asked }),
        )
        .await;
        good(&result);
        let request = &aws.requests()[0];
        assert_eq!(request.region, endpoint, "{own:?} {asked}");
        let filter = match &asked {
            Value::Null => json!([]),
            Value::String(region) if !region.contains(',') => {
                json!([{ "Field": "regionCode", "Type": "EQUALS", "Value": region }])
            }
            _ => {
                json!([{ "Field": "regionCode", "Type": "ANY_OF", "Value": "us-east-1,us-west-2" }])
            }
        };
        assert_eq!(request.body["Filters"], filter);
    }
}

#[tokio::test]
async fn price_files_of_china_are_asked_for_in_china_and_in_yuan() {
    let aws = stub().await;
    let arguments = json!({ "service_code": "AmazonEC2", "region": "cn-north-1", "effective_date": "2025-01-02" });
    let result = call(&support::server(&aws), "get_price_list_urls", arguments).await;
    assert_eq!(good(&result).as_object().unwrap().len(), 2);
    let requests = aws.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.region == "cn-northwest-1")
    );
    assert_eq!(requests[0].body["CurrencyCode"], "CNY");
    assert_eq!(requests[0].body["EffectiveDate"], 1_735_776_000);
}

#[tokio::test]
async fn credentials_of_another_partition_are_explained() {
    let aws = AwsStandIn::start().await;
    let rejected = || {
        Reply::error(
            400,
            "UnrecognizedClientException",
            "The security token is invalid.",
        )
    };
    aws.on("pricing:GetProducts", rejected());
    for (own, asked, advice) in [
        (
            "eu-west-1",
            "cn-north-1",
            "; prices of `cn-north-1` are only in its own AWS partition, which needs credentials of an account there",
        ),
        (
            "us-gov-west-1",
            "us-gov-west-1",
            "; AWS GovCloud has no Price List API; its prices are in the commercial one, which needs credentials of a commercial account",
        ),
        ("eu-west-1", "eu-west-1", ""),
    ] {
        let server = support::server_with(&aws, &[], &[("AWS_REGION", own)]);
        let result = call(
            &server,
            "get_pricing",
            json!({ "service_code": "A", "region": asked }),
        )
        .await;
        let fields = failed(&result, "api_error");
        assert!(
            text(&result).starts_with("aws_credentials_rejected: "),
            "{result}"
        );
        let hint = format!("the credentials are expired, unknown or wrong; renew them{advice}");
        assert_eq!(fields["suggestion"], hint);
    }
}

#[tokio::test]
async fn pages_follow_the_token() {
    let aws = stub().await;
    let server = support::server(&aws);
    let first = call(
        &server,
        "get_pricing",
        json!({ "service_code": "AmazonEC2", "max_results": "2" }),
    )
    .await;
    assert_eq!(good(&first)["next_token"], "tok-2");
    assert_eq!(
        good(&first)["message"],
        "2 products of AmazonEC2. There are more: pass `next_token`."
    );
    let next = json!({ "service_code": "AmazonEC2", "max_results": 100, "next_token": "tok-2" });
    let second = call(&server, "get_pricing", next).await;
    assert_eq!(good(&second)["next_token"], Value::Null);
    assert_eq!(aws.requests()[1].body["NextToken"], "tok-2");
    // The last page may be empty: that is no failure.
    let last = json!({ "service_code": "Empty", "next_token": "tok-9" });
    assert_eq!(
        good(&call(&server, "get_pricing", last).await)["data"],
        json!([])
    );
}

#[tokio::test]
async fn a_result_that_is_too_large_shows_three_samples() {
    let aws = AwsStandIn::start().await;
    let products: Vec<String> = (0..5)
        .map(|n| support::product(&format!("SKU{n}"), "m5.large", "0.1").to_string())
        .collect();
    aws.on(
        "pricing:GetProducts",
        Reply::ok(json!({ "PriceList": products })),
    );
    let server = support::server(&aws);
    let ask = |limit: i64| json!({ "service_code": "AmazonEC2", "region": "us-east-1", "max_allowed_characters": limit });
    let result = call(&server, "get_pricing", ask(1000)).await;
    let fields = failed(&result, "result_too_large");
    let samples = fields["sample_records"].as_array().unwrap();
    assert_eq!(samples.len(), 3);
    assert_eq!(samples[2]["product"]["sku"], "SKU2");
    let total = fields["total_characters"].as_u64().unwrap();
    assert_eq!(
        (
            fields["total_count"].clone(),
            fields["max_allowed_characters"].clone()
        ),
        (json!(5), json!(1000))
    );
    assert_eq!(
        (fields["service_code"].clone(), fields["region"].clone()),
        (json!("AmazonEC2"), json!("us-east-1"))
    );
    let limit = i64::try_from(total).unwrap();
    assert_eq!(
        good(&call(&server, "get_pricing", ask(limit)).await)["data"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    failed(
        &call(&server, "get_pricing", ask(limit - 1)).await,
        "result_too_large",
    );
    good(&call(&server, "get_pricing", ask(-1)).await);
}

#[tokio::test]
async fn what_is_not_a_product_is_said_to_be_none() {
    let aws = AwsStandIn::start().await;
    aws.on(
        "pricing:GetProducts",
        Reply::ok(json!({ "PriceList": ["{}", "not JSON"] })),
    );
    let result = call(
        &support::server(&aws),
        "get_pricing",
        json!({ "service_code": "A" }),
    )
    .await;
    let fields = failed(&result, "data_processing_error");
    assert_eq!(
        (&fields["service_code"], &fields["region"]),
        (&json!("A"), &Value::Null)
    );
}

#[tokio::test]
async fn arguments_that_cannot_work_are_refused_before_aws_is_asked() {
    let aws = AwsStandIn::start().await;
    let server = support::server(&aws);
    for (tool, arguments, code) in [
        (
            "get_pricing",
            json!({ "service_code": "A", "max_results": 0 }),
            "invalid_arguments",
        ),
        (
            "get_pricing",
            json!({ "service_code": "A", "max_results": 101 }),
            "invalid_arguments",
        ),
        (
            "get_pricing",
            json!({ "service_code": "A", "max_allowed_characters": -2 }),
            "invalid_arguments",
        ),
        (
            "get_pricing",
            json!({ "service_code": "A", "region": [] }),
            "invalid_arguments",
        ),
        (
            "get_pricing",
            json!({ "service_code": "A", "region": ["us-east-1", "cn-north-1"] }),
            "invalid_arguments",
        ),
        (
            "get_pricing",
            json!({ "service_code": "A", "filters": [{ "Field": "f", "Value": "v", "Type": "LIKE" }] }),
            "invalid_arguments",
        ),
        (
            "get_pricing",
            json!({ "service_code": "A", "filters": [{ "Field": "f", "Value": 1 }] }),
            "invalid_arguments",
        ),
        (
            "get_pricing",
            json!({ "service_code": "A", "filter": [] }),
            "invalid_arguments",
        ),
        (
            "get_pricing_service_codes",
            json!({ "filter": "(" }),
            "invalid_regex",
        ),
        (
            "get_pricing_service_attributes",
            json!({ "service_code": "A", "filter": "(?=x)" }),
            "invalid_regex",
        ),
        (
            "get_pricing_attribute_values",
            json!({ "service_code": "A", "attribute_names": [] }),
            "empty_attribute_list",
        ),
        (
            "get_pricing_attribute_values",
            json!({ "service_code": "A", "attribute_names": ["a"], "filters": { "b": "x" } }),
            "invalid_arguments",
        ),
        (
            "get_pricing_attribute_values",
            json!({ "service_code": "A", "attribute_names": ["a"], "filters": { "a": "*" } }),
            "invalid_regex",
        ),
        (
            "get_price_list_urls",
            json!({ "service_code": "A", "region": "us-east-1", "effective_date": "soon" }),
            "invalid_arguments",
        ),
        (
            "generate_cost_report",
            json!({ "pricing_data": {}, "service_name": "x", "format": "pdf" }),
            "invalid_arguments",
        ),
    ] {
        let result = call(&server, tool, arguments.clone()).await;
        assert_eq!(result["isError"], true, "{arguments}");
        assert!(
            text(&result).starts_with(&format!("{code}: ")),
            "{arguments}: {result}"
        );
    }
    assert_eq!(aws.requests().len(), 0);
}

#[tokio::test]
async fn every_failure_of_a_lookup_has_its_type() {
    let aws = stub().await;
    let server = support::server(&aws);
    for (tool, arguments, kind) in [
        (
            "get_pricing_service_attributes",
            json!({ "service_code": "Gone" }),
            "service_not_found",
        ),
        (
            "get_pricing_service_attributes",
            json!({ "service_code": "NoAttributes" }),
            "empty_results",
        ),
        (
            "get_pricing_service_attributes",
            json!({ "service_code": "AmazonEC2", "filter": "zzz" }),
            "no_matches_found",
        ),
        (
            "get_pricing_attribute_values",
            json!({ "service_code": "A", "attribute_names": ["memory", "empty"] }),
            "no_attribute_values_found",
        ),
        (
            "get_price_list_urls",
            json!({ "service_code": "Denied", "region": "us-east-1" }),
            "list_price_lists_failed",
        ),
        (
            "get_price_list_urls",
            json!({ "service_code": "NoFormats", "region": "us-east-1" }),
            "no_formats_available",
        ),
        (
            "get_price_list_urls",
            json!({ "service_code": "NoUrl", "region": "us-east-1" }),
            "empty_url_response",
        ),
        (
            "get_price_list_urls",
            json!({ "service_code": "NoCsv", "region": "us-east-1" }),
            "format_url_failed",
        ),
    ] {
        let result = call(&server, tool, arguments.clone()).await;
        let fields = failed(&result, kind);
        assert_eq!(
            fields["service_code"], arguments["service_code"],
            "{result}"
        );
    }
    // A filter that fits nothing is an empty list, not a failure.
    let none = json!({ "service_code": "A", "attribute_names": ["memory"], "filters": { "memory": "zzz" } });
    assert_eq!(
        good(&call(&server, "get_pricing_attribute_values", none).await),
        &json!({ "memory": [] })
    );
}

#[tokio::test]
async fn throttling_says_so() {
    let aws = AwsStandIn::start().await;
    aws.on(
        "pricing:DescribeServices",
        Reply::error(400, "ThrottlingException", "Rate exceeded"),
    );
    let result = call(
        &support::server(&aws),
        "get_pricing_service_codes",
        json!({}),
    )
    .await;
    failed(&result, "api_error");
    assert_eq!(
        text(&result),
        "aws_throttled: `pricing:DescribeServices` in region `us-east-1` failed: ThrottlingException: Rate exceeded (request id 00000000-0000-0000-0000-000000000001)\n\
         hint: AWS throttles these requests; wait some seconds and call again, with fewer calls at once"
    );
}

/// What the SDK's chain is where nothing provides credentials.
#[derive(Debug)]
struct Nobody;

impl ProvideCredentials for Nobody {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("nothing is set")))
    }
}

#[tokio::test]
async fn without_credentials_one_sentence_says_what_is_missing() {
    let aws = stub().await;
    let config = Config::from_lookup(&[], &|_| None).expect("good settings");
    let nobody = SharedCredentialsProvider::new(Nobody);
    let server = Server::new(config, aws.clients().credentials(nobody));
    for (tool, arguments) in EVERY_LOOKUP {
        let arguments = serde_json::from_str(arguments).unwrap();
        let result = call(&server, tool, arguments).await;
        failed(&result, "client_creation_failed");
        assert_eq!(
            text(&result),
            "aws_credentials_missing: no AWS credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, name a profile, or run with an execution role"
        );
    }
    assert_eq!(aws.requests().len(), 0);
}

const EVERY_LOOKUP: [(&str, &str); 5] = [
    ("get_pricing_service_codes", "{}"),
    (
        "get_pricing_service_attributes",
        r#"{ "service_code": "A" }"#,
    ),
    (
        "get_pricing_attribute_values",
        r#"{ "service_code": "A", "attribute_names": ["a"] }"#,
    ),
    ("get_pricing", r#"{ "service_code": "A" }"#),
    (
        "get_price_list_urls",
        r#"{ "service_code": "A", "region": "eu-west-1" }"#,
    ),
];

#[tokio::test]
async fn a_malformed_region_of_the_environment_is_named() {
    let aws = stub().await;
    let server = support::server_with(&aws, &[], &[("AWS_REGION", "Frankfurt")]);
    for (tool, arguments) in EVERY_LOOKUP {
        let arguments = serde_json::from_str(arguments).unwrap();
        let result = call(&server, tool, arguments).await;
        failed(&result, "client_creation_failed");
        assert_eq!(
            text(&result),
            "aws_region_invalid: AWS_REGION: \"Frankfurt\" is not an AWS region; write one like `us-east-1`"
        );
    }
    assert_eq!(aws.requests().len(), 0);
}

#[tokio::test]
async fn a_configured_endpoint_is_asked() {
    let aws = stub().await;
    let elsewhere = AwsStandIn::start().await;
    let uri = aws.uri();
    let config = Config::from_lookup(&[], &|name| {
        (name == "PRICING_ENDPOINT").then(|| uri.clone())
    });
    let server = Server::new(config.unwrap(), elsewhere.clients());
    good(&call(&server, "get_pricing_service_codes", json!({})).await);
    assert_eq!((aws.requests().len(), elsewhere.requests().len()), (2, 0));
}

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

fn workload() -> Value {
    json!({
        "services": {
            "A": { "usage_quantities": { "requests": "3 million" }, "unit_pricing": { "requests": "$0.20 per 1M requests" } },
            "B": { "estimated_cost": "$2-3" },
            "C": { "estimated_cost": "depends" }
        }
    })
}

#[tokio::test]
async fn csv_and_markdown_agree() {
    let server = support::server(&AwsStandIn::start().await);
    let ask = |format: &str| json!({ "pricing_data": {}, "service_name": "x", "format": format, "detailed_cost_data": workload() });
    let markdown = call(&server, "generate_cost_report", ask("markdown")).await;
    let csv = call(&server, "generate_cost_report", ask("csv")).await;
    let (markdown, csv) = (text(&markdown), text(&csv));
    for line in [
        "| A | Requests: 3 million | 3,000,000 x $0.2 per 1,000,000 requests | $0.60 |",
        "| C | not given | N/A | depends |",
        "| **Total** | **Services with a known cost** | **Sum of the known costs** | **$2.60-3.60/month** |",
        "| Moderate | $2.60-3.60/mo | $2.87-3.97/mo | $3.32-4.59/mo | $4.45-6.16/mo |",
        "- C: `estimated_cost` \"depends\" is no amount per month (write `$20.50` or `$2-3`), so the total is without it.",
    ] {
        assert!(
            markdown.lines().any(|have| have == line),
            "{line}\n{markdown}"
        );
    }
    for line in [
        "Cost,A,,Requests: 3 million,\"3,000,000 x $0.2 per 1,000,000 requests\",0.60,0.60,",
        "Cost,B,,,,2.00,3.00,",
        "Cost,C,,,,unknown,unknown,",
        "Total,Services with a known cost,,,,2.60,3.60,",
    ] {
        assert!(csv.split("\r\n").any(|have| have == line), "{line}\n{csv}");
    }
    assert!(csv.ends_with("\r\n"));
}

#[tokio::test]
async fn the_answer_of_get_pricing_goes_into_a_report_as_it_is() {
    let aws = stub().await;
    let server = support::server(&aws);
    let prices = call(
        &server,
        "get_pricing",
        json!({ "service_code": "AmazonEC2", "region": "us-east-1" }),
    )
    .await;
    let whole = &prices["structuredContent"];
    let as_text: Value = serde_json::from_str(text(&prices)).unwrap();
    for data in [whole, &whole["result"], &as_text] {
        let arguments =
            json!({ "pricing_data": data, "service_name": "EC2", "output_file": "ec2.md" });
        let report = call(&server, "generate_cost_report", arguments).await;
        let blocks = report["content"].as_array().unwrap();
        assert_eq!(
            blocks[1]["text"],
            "Nothing was written to disk: save the text above as `ec2.md`."
        );
        let report = good(&report).as_str().unwrap();
        let row = "| m5.large (us-east-1) | OnDemand | $0.0960000000 per On Demand Linux m5.large Instance Hour | Hrs | $0.096 | any |";
        assert!(report.lines().any(|line| line == row), "{report}");
        assert!(
            report.contains("\nNot computed: no cost is known.\n"),
            "{report}"
        );
        assert!(!report.contains("$100"), "{report}");
    }
}

#[tokio::test]
async fn a_failed_lookup_is_no_price() {
    let aws = stub().await;
    let server = support::server(&aws);
    let failure = call(&server, "get_pricing", json!({ "service_code": "Empty" })).await;
    let arguments = json!({ "pricing_data": failure["structuredContent"], "service_name": "x" });
    let report = call(&server, "generate_cost_report", arguments).await;
    let line = "- `pricing_data` is a failed result of `get_pricing`: no product of `Empty` fits the region and all filters";
    assert!(text(&report).lines().any(|have| have == line), "{report}");
}
