//! Endpoints, pages and sizes of lookups.

use aws_pricing_server::{Config, Server};
use aws_testing::{AwsStandIn, Reply};
use serde_json::{Value, json};
use server_testing::call;

use crate::{failed, good, stub, support};

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
