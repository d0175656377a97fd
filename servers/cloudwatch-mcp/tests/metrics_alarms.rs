//! `get_recommended_metric_alarms`, `analyze_metric` and `get_metric_metadata` beyond what was
//! recorded.

#[path = "support/metrics.rs"]
mod metrics;

use aws_testing::{AwsStandIn, Reply};
use serde_json::{Value, json};
use server_testing::{call, text};

async fn recommend(aws: &AwsStandIn, arguments: Value) -> Value {
    let answer = call(
        &metrics::server(aws),
        "get_recommended_metric_alarms",
        arguments,
    )
    .await;
    assert_ne!(answer["isError"], true, "{answer}");
    answer["structuredContent"].clone()
}

#[tokio::test]
async fn a_cycle_is_watched_by_anomaly_detection_with_the_wanted_statistic() {
    let aws = metrics::start().await;
    let dimensions = json!([{ "name": "Svc", "value": "web" }]);
    let answer = recommend(
        &aws,
        json!({ "namespace": "Custom/App", "metric_name": "Cyc", "statistic": "SUM", "dimensions": dimensions }),
    )
    .await;
    assert_eq!(
        aws.requests()[0].body["MetricDataQueries"][0]["MetricStat"]["Stat"],
        "Sum"
    );
    let alarm = &answer["recommendations"][0];
    assert_eq!(
        alarm["alarmDescription"],
        "Anomaly detection alarm for Custom/App/Cyc (seasonality ONE_DAY)"
    );
    assert_eq!(
        (&alarm["statistic"], &alarm["dimensions"]),
        (&json!("Sum"), &dimensions)
    );
    assert_eq!(alarm["threshold"]["sensitivity"], 2.0);
    assert_eq!(alarm["threshold"].get("staticValue"), None);
    let metric = json!({
        "MetricName": "Cyc", "Namespace": "Custom/App", "Dimensions": [{ "Name": "Svc", "Value": "web" }]
    });
    let mut detector = metric.clone();
    detector["Stat"] = "Sum".into();
    assert_eq!(
        alarm["cloudformation_template"]["Resources"],
        json!({
            "CustomAppCycSvcwebAnomalyDetector": { "Type": "AWS::CloudWatch::AnomalyDetector", "Properties": detector },
            "CustomAppCycSvcwebAlarm": {
                "Type": "AWS::CloudWatch::Alarm", "DependsOn": "CustomAppCycSvcwebAnomalyDetector",
                "Properties": {
                    "AlarmDescription": "Anomaly detection alarm for Custom/App/Cyc (seasonality ONE_DAY)",
                    "Metrics": [
                        { "Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2.0)" },
                        { "Id": "m1", "MetricStat": { "Metric": metric, "Stat": "Sum", "Period": 300 } }
                    ],
                    "EvaluationPeriods": 2, "DatapointsToAlarm": 2, "ThresholdMetricId": "ad1",
                    "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold", "TreatMissingData": "missing"
                }
            }
        })
    );
}

#[tokio::test]
async fn a_threshold_that_depends_on_the_workload_comes_from_its_history() {
    let aws = metrics::start().await;
    let duration = json!({
        "namespace": "AWS/Lambda", "metric_name": "Duration",
        "dimensions": [{ "name": "FunctionName", "value": "f" }, { "name": "Resource", "value": "f:1" }]
    });
    let answer = recommend(&aws, duration.clone()).await;
    let query = &aws.take_requests()[0].body["MetricDataQueries"][0]["MetricStat"];
    assert_eq!(
        (&query["Stat"], &query["Period"]),
        (&json!("p90"), &json!(60))
    );
    assert_eq!(
        query["Metric"]["Dimensions"],
        json!([{ "Name": "FunctionName", "Value": "f" }])
    );
    let alarm = &answer["recommendations"][0];
    let threshold = alarm["threshold"]["staticValue"]
        .as_f64()
        .expect("a number");
    assert!((120.0..126.0).contains(&threshold), "{threshold}");
    let why = alarm["threshold"]["justification"]
        .as_str()
        .expect("a reason");
    assert!(why.contains("25 % above the 99th percentile"), "{why}");

    // Without a history there is no number, and never an invented 0.
    for reply in [
        metrics::results(&[]),
        Reply::error(400, "AccessDeniedException", "no"),
    ] {
        aws.on("cloudwatch:GetMetricData", reply);
        let answer = recommend(&aws, duration.clone()).await;
        let threshold = answer["recommendations"][0]["threshold"]
            .as_object()
            .expect("an object");
        assert_eq!(threshold.keys().collect::<Vec<_>>(), ["justification"]);
    }
}

#[tokio::test]
async fn missing_dimensions_are_named() {
    let aws = metrics::start().await;
    let answer = recommend(
        &aws,
        json!({ "namespace": "AWS/CloudFront", "metric_name": "5xxErrorRate" }),
    )
    .await;
    assert_eq!(
        answer,
        json!({
            "recommendations": [],
            "message": "No alarm can be recommended for AWS/CloudFront/5xxErrorRate: there are fewer than three values of the last two weeks. AWS documents alarms on this metric with the dimensions `DistributionId, Region=Global`."
        })
    );
    let noise = recommend(
        &aws,
        json!({ "namespace": "Custom/App", "metric_name": "Noise" }),
    )
    .await;
    assert_eq!(
        noise["message"],
        "No alarm can be recommended for Custom/App/Noise: it does not repeat itself by the hour, day or week."
    );
}

#[tokio::test]
async fn a_fixed_dimension_has_to_have_its_value() {
    let aws = metrics::start().await;
    let arguments = |region: &str| {
        json!({
            "namespace": "AWS/CloudFront", "metric_name": "FunctionThrottles",
            "dimensions": [
                { "name": "DistributionId", "value": "E1" }, { "name": "FunctionName", "value": "f" },
                { "name": "Region", "value": region }
            ]
        })
    };
    let found = recommend(&aws, arguments("Global")).await;
    assert_eq!(found["message"], "Found 1 matching alarm recommendations");
    assert_eq!(found["recommendations"][0]["threshold"]["staticValue"], 0.0);
    assert!(
        aws.take_requests().is_empty(),
        "a documented number needs no history"
    );
    assert_eq!(
        recommend(&aws, arguments("us-east-1")).await["recommendations"],
        json!([])
    );
}

#[tokio::test]
async fn a_daily_cycle_is_not_taken_for_a_weekly_one() {
    let aws = metrics::start().await;
    let arguments = json!({ "namespace": "Custom/App", "metric_name": "Cyc" });
    let answer = call(&metrics::server(&aws), "analyze_metric", arguments).await;
    let result = &answer["structuredContent"]["result"];
    assert_eq!(
        (&result["seasonality_seconds"], &result["trend"]),
        (&json!(86_400), &json!("none"))
    );
    assert_eq!(
        result["data_quality"],
        json!({ "total_points": 4_032, "density_ratio": 1.0, "publishing_period_seconds": 300 })
    );
}

#[tokio::test]
async fn two_values_are_too_few_and_that_is_said() {
    let aws = metrics::start().await;
    let two = metrics::result(
        "m1",
        "l",
        vec![(metrics::FIRST, 1.0), (metrics::FIRST + 60, 2.0)],
    );
    aws.on("cloudwatch:GetMetricData", metrics::results(&[two]));
    let arguments = json!({ "namespace": "Custom/App", "metric_name": "Two" });
    let answer = call(&metrics::server(&aws), "analyze_metric", arguments).await;
    let result = answer["structuredContent"]["result"]
        .as_object()
        .expect("an object");
    assert_eq!(
        result.keys().collect::<Vec<_>>(),
        ["message", "metric_info"]
    );
    assert_eq!(
        result["message"],
        "2 data points in two weeks are too few for an analysis"
    );
}

#[tokio::test]
async fn similar_metrics_are_offered_for_an_unknown_one() {
    let aws = metrics::start().await;
    let arguments = json!({ "namespace": "AWS/SQS", "metric_name": "oldestmessage" });
    let answer = call(&metrics::server(&aws), "get_metric_metadata", arguments).await;
    assert_eq!(
        text(&answer),
        "Nothing is known about a metric `oldestmessage` in `AWS/SQS`. Similar names there: `ApproximateAgeOfOldestMessage`."
    );
    assert_eq!(answer["structuredContent"], json!({ "result": null }));
    assert!(aws.requests().is_empty());
}
