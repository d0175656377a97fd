//! Any calls of any tools, before a CloudWatch that answers anything: each is answered.

#[path = "support/logs.rs"]
mod logs;
#[path = "support/metrics.rs"]
mod metrics;

use aws_testing::{AwsStandIn, Reply, SECRET_KEY};
use cloudwatch_mcp_server::Server;
use serde_json::json;
use server_testing::{Rules, Words, calls, checked_call, damage, fuzz, words};

const GROUP: &str = "arn:aws:logs:us-east-1:123456789012:log-group:/app/a";
const DETECTOR: &str = "arn:aws:logs:us-east-1:123456789012:anomaly-detector:d1";

fn known() -> Words {
    let times = &[
        "2025-01-01T00:00:00Z",
        "2025-01-02",
        "2025-01-03T02:00:00+02:00",
    ];
    let groups = &["/app/a", "/app/b", GROUP];
    let queries = &[
        "fields @message | limit 5",
        "stats count(*) by bin(5m)",
        "filter a = 1 | sort b",
    ];
    let regions = &["us-east-1", "eu-west-1"];
    words(&[
        ("start_time", times),
        ("end_time", times),
        ("start", times),
        ("end", times),
        ("time", times),
        ("step", &["60", "5m"]),
        ("log_group_arn", &[GROUP, DETECTOR]),
        ("log_group_names", groups),
        ("log_group_identifiers", groups),
        ("log_group_identifier", groups),
        ("log_group_name_prefix", &["/app"]),
        ("account_identifiers", &["123456789012", "all"]),
        ("query_id", &[logs::QUERY]),
        ("query_string", queries),
        ("query", &["up", "rate(x[5m])"]),
        ("match", &["up", "{a=\"b\"}"]),
        ("label_name", &["job", "__name__"]),
        ("region", regions),
        ("regions", regions),
        ("alarm_name", &["a1", "c1", "ALARM(\"x\")"]),
        ("namespace", &["AWS/EC2", "Custom App"]),
        (
            "metric_name",
            &["Latency", "Cyc", "Noise", "CPUUtilization"],
        ),
        ("statistic", &["AVG", "p99", "SUM", "tm95"]),
        ("name", &["InstanceId"]),
        ("value", &["i-1", "it's"]),
        ("group_by_dimension", &["InstanceId", "a\"b"]),
        ("schema_dimension_keys", &["InstanceId", "a\"b"]),
        ("id", &["m1", "m2"]),
        ("expression", &["m1 * 2", "SELECT AVG(x) FROM y"]),
    ])
}

async fn start() -> AwsStandIn {
    let aws = logs::start().await;
    metrics::script(&aws);
    let series = json!({ "metric": { "__name__": "up" }, "value": [1.5, "1"] });
    let answer =
        json!({ "status": "success", "data": { "resultType": "vector", "result": [series] } });
    aws.on("cloudwatch:PromQL", Reply::ok(answer));
    aws
}

#[test]
fn any_calls_are_answered_before_any_cloudwatch() {
    let rules = Rules {
        secrets: &[SECRET_KEY],
        ..Rules::default()
    };
    let strategy = (calls(&Server::tools().list_all(), &known()), damage());
    fuzz(60, strategy, start, async |aws, (calls, damage)| {
        aws.damage(damage);
        let server = logs::server(aws);
        for call in &calls {
            checked_call(&server, call, &rules).await;
        }
    });
}
