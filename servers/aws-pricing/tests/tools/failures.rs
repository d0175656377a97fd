//! Lookups that fail, and arguments that cannot work.

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_pricing_server::{Config, Server};
use aws_testing::{AwsStandIn, Reply};
use serde_json::json;
use server_testing::{call, text};

use crate::{failed, good, stub, support};

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

/// Calls each lookup, and compares what it says before AWS is asked.
async fn every_lookup_says(server: &Server, aws: &AwsStandIn, expected: &str) {
    for (tool, arguments) in EVERY_LOOKUP {
        let arguments = serde_json::from_str(arguments).expect("JSON");
        let result = call(server, tool, arguments).await;
        failed(&result, "client_creation_failed");
        assert_eq!(text(&result), expected);
    }
    assert_eq!(aws.requests().len(), 0);
}

#[tokio::test]
async fn without_credentials_one_sentence_says_what_is_missing() {
    let aws = stub().await;
    let config = Config::from_lookup(&[], &|_| None).expect("good settings");
    let nobody = SharedCredentialsProvider::new(Nobody);
    let server = Server::new(config, aws.clients().credentials(nobody));
    let expected = "aws_credentials_missing: no AWS credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, name a profile, or run with an execution role";
    every_lookup_says(&server, &aws, expected).await;
}

#[tokio::test]
async fn a_malformed_region_of_the_environment_is_named() {
    let aws = stub().await;
    let server = support::server_with(&aws, &[], &[("AWS_REGION", "Frankfurt")]);
    let expected = "aws_region_invalid: AWS_REGION: \"Frankfurt\" is not an AWS region; write one like `us-east-1`";
    every_lookup_says(&server, &aws, expected).await;
}
