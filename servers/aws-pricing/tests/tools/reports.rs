//! Cost reports of what was looked up.

use aws_testing::AwsStandIn;
use serde_json::{Value, json};
use server_testing::{call, text};

use crate::{good, stub, support};

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
