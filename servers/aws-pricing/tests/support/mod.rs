//! A server before a stand-in for AWS, and the stub that the recordings were made with.

#![allow(dead_code, reason = "each test uses some of it")]

use aws_pricing_server::{Config, Server};
use aws_testing::{AwsRequest, AwsStandIn, Reply};
use serde_json::{Value, json};

/// A server without settings, whose region is the fallback.
pub(crate) fn server(aws: &AwsStandIn) -> Server {
    server_with(aws, &[], &[])
}

/// A server with arguments, and with AWS variables such as `AWS_REGION`.
pub(crate) fn server_with(aws: &AwsStandIn, args: &[&str], variables: &[(&str, &str)]) -> Server {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let config = Config::from_lookup(&args, &|_| None).expect("good settings");
    Server::new(config, aws.clients().variables(variables))
}

/// A product of the price list.
pub(crate) fn product(sku: &str, instance_type: &str, price: &str) -> Value {
    let on_demand = format!("{sku}.JRTCKXETXF");
    let rate = format!("{on_demand}.6YS6EN2CT7");
    let reserved = format!("{sku}.4NA7Y494T4");
    json!({
        "product": {
            "productFamily": "Compute Instance",
            "attributes": {
                "instanceType": instance_type, "memory": "8 GiB", "vcpu": "2",
                "location": "US East (N. Virginia)", "regionCode": "us-east-1"
            },
            "sku": sku
        },
        "serviceCode": "AmazonEC2",
        "terms": {
            "OnDemand": { on_demand: {
                "priceDimensions": { &rate: {
                    "unit": "Hrs", "endRange": "Inf",
                    "description": format!("${price} per On Demand Linux {instance_type} Instance Hour"),
                    "appliesTo": [], "rateCode": rate, "beginRange": "0",
                    "pricePerUnit": { "USD": price }
                } },
                "sku": sku, "effectiveDate": "2025-01-01T00:00:00Z",
                "offerTermCode": "JRTCKXETXF", "termAttributes": {}
            } },
            "Reserved": { reserved: {
                "priceDimensions": {}, "sku": sku, "offerTermCode": "4NA7Y494T4",
                "termAttributes": {
                    "LeaseContractLength": "1yr", "OfferingClass": "standard", "PurchaseOption": "No Upfront"
                }
            } }
        },
        "version": "20250101",
        "publicationDate": "2025-01-01T00:00:00Z"
    })
}

/// As the recordings' `setup` says: two products, one of them free; a page token only when
/// `MaxResults` is not 100; some codes and attributes that fail.
pub(crate) fn stub(aws: &AwsStandIn) {
    let invalid = || Reply::error(400, "InvalidParameterException", "said AWS");
    aws.by("pricing:GetProducts", |request| {
        let products = [
            product("AAAA1", "m5.large", "0.0960000000").to_string(),
            product("BBBB2", "m5.xlarge", "0.0000000000").to_string(),
        ];
        let mut page = json!({ "FormatVersion": "aws_v1", "PriceList": products });
        if request.body["MaxResults"] != 100 {
            page["NextToken"] = "tok-2".into();
        }
        match request.body["ServiceCode"].as_str() {
            Some("Empty") => Reply::ok(json!({ "FormatVersion": "aws_v1", "PriceList": [] })),
            Some("Denied") => Reply::error(400, "AccessDeniedException", "not you"),
            _ => Reply::ok(page),
        }
    });
    aws.by("pricing:DescribeServices", move |request| {
        match (code(request), request.body["NextToken"].as_str()) {
            (None, None) => Reply::ok(json!({
                "Services": [{ "ServiceCode": "AmazonS3" }, { "ServiceCode": "AmazonEC2" }], "NextToken": "n2"
            })),
            (None, Some("n2")) => Reply::ok(json!({
                "Services": [{ "ServiceCode": "AmazonBedrock" }, { "ServiceCode": "AWSLambda" }]
            })),
            (Some("AmazonEC2"), None) => {
                let names = ["vcpu", "memory", "location", "instanceType"];
                Reply::ok(json!({ "Services": [{ "ServiceCode": "AmazonEC2", "AttributeNames": names }] }))
            }
            (Some("NoAttributes"), None) => Reply::ok(json!({ "Services": [{ "ServiceCode": "NoAttributes" }] })),
            (Some("Gone"), None) => Reply::ok(json!({ "Services": [] })),
            _ => invalid(),
        }
    });
    aws.by("pricing:GetAttributeValues", move |request| {
        let values = ["t3.small", "m5.large", "t3.medium"];
        let values = values.map(|value| json!({ "Value": value }));
        match request.body["AttributeName"].as_str() {
            Some("bogus") => invalid(),
            Some("empty") => Reply::ok(json!({ "AttributeValues": [] })),
            _ => Reply::ok(json!({ "AttributeValues": values })),
        }
    });
    aws.by("pricing:ListPriceLists", |request| {
        let code = code(request).unwrap_or_default();
        let region = request.body["RegionCode"].as_str().unwrap_or_default();
        let currency = request.body["CurrencyCode"].as_str().unwrap_or_default();
        let arn = format!("arn:aws:pricing:::price-list/aws/{code}/{currency}/20250101000000/{region}");
        let formats = if code == "NoFormats" { json!([]) } else { json!(["JSON", "CSV"]) };
        let list = json!({ "PriceListArn": arn, "RegionCode": region, "CurrencyCode": currency, "FileFormats": formats });
        match code {
            "Empty" => Reply::ok(json!({ "PriceLists": [] })),
            "Denied" => Reply::error(400, "AccessDeniedException", "not you"),
            _ => Reply::ok(json!({ "PriceLists": [list] })),
        }
    });
    aws.by("pricing:GetPriceListFileUrl", |request| {
        let arn = request.body["PriceListArn"].as_str().unwrap_or_default();
        let format = request.body["FileFormat"].as_str().unwrap_or_default();
        let parts: Vec<&str> = arn.split('/').collect();
        let [.., code, _, version, region] = parts[..] else {
            return Reply::error(400, "InvalidParameterException", "no such list");
        };
        let format = format.to_lowercase();
        match (code, format.as_str()) {
            ("NoUrl", _) => Reply::ok(json!({})),
            ("NoCsv", "csv") => Reply::error(404, "NotFoundException", "no such file"),
            _ => Reply::ok(json!({ "Url": format!(
                "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{code}/{version}/{region}/index.{format}"
            ) })),
        }
    });
}

fn code(request: &AwsRequest) -> Option<&str> {
    request.body["ServiceCode"].as_str()
}
