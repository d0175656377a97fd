//! Real SDK clients, one per wire protocol, take the stand-in for AWS.

use aws_clients::{AwsError, Clients, RegionName, Scope};
use aws_smithy_types::DateTime;
use aws_testing::{ACCESS_KEY, AwsStandIn, Reply, differences, map, timestamp};
use serde_json::json;

fn scope(region: &str) -> Scope {
    let region = RegionName::try_from(region.to_owned()).expect("a region");
    Scope {
        region: Some(region),
        profile: None,
    }
}

#[tokio::test]
async fn json_1_1() {
    let aws = AwsStandIn::start().await;
    let page = |token: Option<&str>| Reply::ok(json!({ "PriceList": ["{}"], "NextToken": token }));
    aws.in_turn("pricing:GetProducts", [page(Some("t")), page(None)]);
    let clients = Clients::new(aws.clients().build(), aws_sdk_pricing::Client::new);
    let (_, pricing) = clients.get(&scope("ap-south-1")).await.unwrap();
    let call = || pricing.get_products().service_code("AmazonEC2");
    let first = call().send().await.unwrap();
    assert_eq!(
        (first.price_list(), first.next_token()),
        (&["{}".to_owned()][..], Some("t"))
    );
    let second = call().next_token("t").send().await.unwrap();
    assert_eq!(second.next_token(), None);
    // Used up.
    let third = call().send().await.unwrap_err();
    assert!(format!("{third:?}").contains("NotScripted"), "{third:?}");

    let asked = aws.take_requests();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[1].name(), "pricing:GetProducts");
    assert_eq!(
        (asked[1].region.as_str(), asked[1].access_key.as_str()),
        ("ap-south-1", ACCESS_KEY)
    );
    assert_eq!(
        asked[1].body,
        json!({ "ServiceCode": "AmazonEC2", "NextToken": "t" })
    );
    assert_eq!(
        asked[1].header("x-amz-target"),
        Some("AWSPriceListService.GetProducts")
    );
    assert!(aws.requests().is_empty());
}

#[tokio::test]
async fn json_1_0() {
    let aws = AwsStandIn::start().await;
    aws.by("cloudcontrolapi:GetResource", |request| {
        let id = &request.body["Identifier"];
        Reply::ok(json!({ "TypeName": "AWS::S3::Bucket", "ResourceDescription": { "Identifier": id, "Properties": "{}" } }))
    });
    let clients = Clients::new(aws.clients().build(), aws_sdk_cloudcontrol::Client::new);
    let (_, cloud_control) = clients.get(&scope("eu-west-1")).await.unwrap();
    let got = cloud_control
        .get_resource()
        .type_name("AWS::S3::Bucket")
        .identifier("b-1")
        .send()
        .await
        .unwrap();
    assert_eq!(
        got.resource_description().unwrap().identifier(),
        Some("b-1")
    );
    let recorded = json!({
        "op": "cloudcontrolapi:GetResource", "region": "eu-west-1",
        "request": { "TypeName": "AWS::S3::Bucket", "Identifier": "b-1" }
    });
    assert_eq!(
        differences(&[recorded], &aws.requests(), &[]),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn cbor() {
    let aws = AwsStandIn::start().await;
    let result = json!({
        "Id": "m1", "Label": "l", "StatusCode": "Complete",
        "Timestamps": [timestamp(1_700_000_060.0), timestamp(1_700_000_000.0)],
        "Values": [1.0, 2.5]
    });
    let output = json!({ "MetricDataResults": [result], "Messages": [] });
    aws.on("cloudwatch:GetMetricData", Reply::ok(output));
    let clients = Clients::new(aws.clients().build(), aws_sdk_cloudwatch::Client::new);
    let (_, cloudwatch) = clients.get(&scope("us-west-2")).await.unwrap();
    let got = cloudwatch
        .get_metric_data()
        .start_time(DateTime::from_secs_f64(1_699_999_000.5))
        .end_time(DateTime::from_secs(1_700_000_100))
        .set_metric_data_queries(Some(Vec::new()))
        .send()
        .await
        .unwrap();
    let series = &got.metric_data_results()[0];
    assert_eq!(series.values(), [1.0, 2.5]);
    assert_eq!(series.timestamps()[1], DateTime::from_secs(1_700_000_000));
    let recorded = json!({
        "op": "cloudwatch:GetMetricData", "region": "us-west-2",
        "request": { "MetricDataQueries": [], "StartTime": 1_699_999_000.5, "EndTime": 1_700_000_100 }
    });
    assert_eq!(
        differences(&[recorded], &aws.requests(), &[]),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn query() {
    let aws = AwsStandIn::start().await;
    let output = json!({
        "GeneratedTemplateName": "t & co", "Status": "COMPLETE",
        "CreationTime": timestamp(1_700_000_000.0),
        "Resources": [{ "ResourceType": "AWS::S3::Bucket", "ResourceIdentifier": map(json!({ "BucketName": "b-1" })) }]
    });
    aws.on(
        "cloudformation:DescribeGeneratedTemplate",
        Reply::ok(output),
    );
    let clients = Clients::new(aws.clients().build(), aws_sdk_cloudformation::Client::new);
    let (_, cloudformation) = clients.get(&scope("eu-west-1")).await.unwrap();
    let got = cloudformation
        .describe_generated_template()
        .generated_template_name("pending")
        .send()
        .await
        .unwrap();
    assert_eq!(got.generated_template_name(), Some("t & co"));
    assert_eq!(
        got.creation_time(),
        Some(&DateTime::from_secs(1_700_000_000))
    );
    let identifier = got.resources()[0].resource_identifier().unwrap();
    assert_eq!(identifier["BucketName"], "b-1");
    let recorded = json!({
        "op": "cloudformation:DescribeGeneratedTemplate", "region": "eu-west-1",
        "request": "Action=DescribeGeneratedTemplate&Version=2010-05-15&GeneratedTemplateName=pending"
    });
    assert_eq!(
        differences(&[recorded], &aws.requests(), &[]),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn rest_by_routes() {
    let aws = AwsStandIn::start().await;
    aws.route("amp", "GET", "/workspaces", "ListWorkspaces")
        .route("amp", "GET", "/workspaces/{id}", "DescribeWorkspace")
        .on("amp:ListWorkspaces", Reply::ok(json!({ "workspaces": [] })))
        .on(
            "amp:DescribeWorkspace",
            Reply::error(404, "ResourceNotFoundException", "none"),
        );
    let clients = Clients::new(aws.clients().build(), aws_sdk_amp::Client::new);
    let (_, amp) = clients.get(&scope("eu-west-1")).await.unwrap();
    amp.list_workspaces().alias("a b").send().await.unwrap();
    let error = amp
        .describe_workspace()
        .workspace_id("ws-1")
        .send()
        .await
        .unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
    let asked = aws.requests();
    assert_eq!(asked[0].query, [("alias".to_owned(), "a b".to_owned())]);
    assert_eq!(asked[1].path, "/workspaces/ws-1");
}

/// One error, in the form of each protocol, as a caller sees it.
#[tokio::test]
async fn errors_have_code_message_and_request_id_in_every_protocol() {
    let aws = AwsStandIn::start().await;
    let denied = || Reply::error(400, "AccessDeniedException", "not you");
    for operation in [
        "pricing:DescribeServices",
        "cloudwatch:DescribeAlarms",
        "cloudformation:DescribeStacks",
    ] {
        aws.on(operation, denied());
    }
    let setup = aws.clients().build();
    let session = setup.session(&scope("us-east-1")).await.unwrap();
    let config = session.config();
    let call = || session.call("x:Y", None);
    let texts = [
        AwsError::from_sdk(
            call(),
            aws_sdk_pricing::Client::new(config)
                .describe_services()
                .send()
                .await
                .unwrap_err(),
        ),
        AwsError::from_sdk(
            call(),
            aws_sdk_cloudwatch::Client::new(config)
                .describe_alarms()
                .send()
                .await
                .unwrap_err(),
        ),
        AwsError::from_sdk(
            call(),
            aws_sdk_cloudformation::Client::new(config)
                .describe_stacks()
                .send()
                .await
                .unwrap_err(),
        ),
    ]
    .map(|error| error.to_string());
    for (number, text) in (1..).zip(texts) {
        let expected = format!(
            "`x:Y` in region `us-east-1` failed: AccessDeniedException: not you (request id 00000000-0000-0000-0000-{number:012})\n\
             hint: allow `x:Y` in the policy of the role or user whose credentials these are"
        );
        assert_eq!(text, expected);
    }
}

/// A test that counts requests must not see the SDK's own repetitions.
#[tokio::test]
async fn nothing_is_sent_twice() {
    let aws = AwsStandIn::start().await;
    aws.on(
        "pricing:DescribeServices",
        Reply::error(500, "InternalErrorException", "oops"),
    );
    let clients = Clients::new(aws.clients().build(), aws_sdk_pricing::Client::new);
    let (_, pricing) = clients.get(&scope("us-east-1")).await.unwrap();
    pricing.describe_services().send().await.unwrap_err();
    assert_eq!(aws.requests().len(), 1);
}

#[tokio::test]
async fn differences_name_the_call_and_what_is_other() {
    let aws = AwsStandIn::start().await;
    aws.on("pricing:DescribeServices", Reply::ok(json!({})));
    let clients = Clients::new(aws.clients().build(), aws_sdk_pricing::Client::new);
    let (_, pricing) = clients.get(&scope("us-east-1")).await.unwrap();
    pricing
        .describe_services()
        .service_code("A")
        .send()
        .await
        .unwrap();
    let recorded = [
        json!({ "op": "pricing:GetProducts", "region": "eu-central-1", "path": "/" }),
        json!({ "op": "pricing:GetProducts", "region": "us-east-1", "path": "/" }),
    ];
    assert_eq!(
        differences(&recorded, &aws.requests(), &[]),
        [
            "1 calls, want 2: pricing:DescribeServices",
            "call 1: operation pricing:DescribeServices, want \"pricing:GetProducts\"",
            "call 1: region us-east-1, want \"eu-central-1\"",
            "call 1: input {\"ServiceCode\":\"A\"}, want {}",
        ]
    );
    let token = json!({ "op": "pricing:DescribeServices", "region": "us-east-1", "request": { "ServiceCode": "B" } });
    assert_eq!(
        differences(&[token], &aws.requests(), &["ServiceCode"]),
        Vec::<String>::new()
    );
}
