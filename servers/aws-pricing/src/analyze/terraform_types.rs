//! Which service a Terraform type belongs to, where its first word does not say.
//!
//! Types: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>. `awscc` types are
//! named after CloudFormation's, so their first word is the service.

/// First words of types, and their service. The longest that fits counts.
const PREFIXES: &[(&str, &str)] = &[
    ("alb", "elasticloadbalancingv2"),
    ("ami", "ec2"),
    ("api_gateway", "apigateway"),
    ("apigateway", "apigateway"),
    ("apigateway_v2", "apigatewayv2"),
    ("appautoscaling", "applicationautoscaling"),
    ("aurora", "rds"),
    ("bedrockagent", "bedrock"),
    ("bedrockagentcore", "bedrockagentcore"),
    ("cloudwatch_event", "events"),
    ("cloudwatch_log", "logs"),
    ("cloudwatch_query_definition", "logs"),
    ("customer_gateway", "vpc"),
    ("db", "rds"),
    ("default", "vpc"),
    ("dx", "directconnect"),
    ("ebs", "ec2"),
    ("egress_only_internet_gateway", "vpc"),
    ("eip", "ec2"),
    ("elasticsearch", "opensearch"),
    ("elastictranscoder", "elastictranscoder"),
    ("elb", "elasticloadbalancing"),
    ("eventbridge", "events"),
    ("flow_log", "vpc"),
    ("instance", "ec2"),
    ("internet_gateway", "vpc"),
    ("key_pair", "ec2"),
    ("kinesis_firehose", "kinesisfirehose"),
    ("kinesis_analytics", "kinesisanalytics"),
    ("kinesis_video", "kinesisvideo"),
    ("kinesisanalyticsv2", "kinesisanalytics"),
    ("launch_configuration", "ec2"),
    ("launch_template", "ec2"),
    ("lb", "elasticloadbalancingv2"),
    ("lb_cookie_stickiness_policy", "elasticloadbalancing"),
    ("load_balancer", "elasticloadbalancing"),
    ("msk_kafka", "msk"),
    ("nat_gateway", "vpc"),
    ("network_acl", "vpc"),
    ("network_interface", "ec2"),
    ("opensearchserverless", "opensearch"),
    ("placement_group", "ec2"),
    ("prometheus", "aps"),
    ("proxy_protocol_policy", "elasticloadbalancing"),
    ("rds", "rds"),
    ("redshiftserverless", "redshift"),
    ("route", "vpc"),
    ("route_table", "vpc"),
    ("route53_resolver", "route53resolver"),
    ("route53", "route53"),
    ("s3control", "s3"),
    ("s3tables", "s3"),
    ("scheduler", "scheduler"),
    ("security_group", "ec2"),
    ("service_discovery", "servicediscovery"),
    ("sesv2", "ses"),
    ("sfn", "stepfunctions"),
    ("snapshot_create_volume_permission", "ec2"),
    ("spot", "ec2"),
    ("step_functions", "stepfunctions"),
    ("subnet", "vpc"),
    ("verifiedaccess", "ec2"),
    ("volume_attachment", "ec2"),
    ("vpc", "vpc"),
    ("vpn", "vpc"),
    ("wafregional", "waf"),
    ("wafv2", "waf"),
];

/// Types that describe the account, the provider or the world, and belong to no service.
const NO_SERVICE: [&str; 12] = [
    "arn",
    "availability_zone",
    "availability_zones",
    "billing_service_account",
    "caller_identity",
    "canonical_user_id",
    "default_tags",
    "ip_ranges",
    "partition",
    "region",
    "regions",
    "service",
];

/// The service of a type without its provider: `db_instance` is of `rds`. `None`: of none.
pub(crate) fn service_of<'a>(provider: &str, rest: &'a str) -> Option<&'a str> {
    let first = rest.split('_').next().unwrap_or(rest);
    match provider {
        "awscc" => Some(first),
        "aws" if NO_SERVICE.contains(&rest) => None,
        _ => {
            let fits = |prefix: &str| {
                rest.strip_prefix(prefix)
                    .is_some_and(|after| after.is_empty() || after.starts_with('_'))
            };
            let longest = PREFIXES
                .iter()
                .filter(|(prefix, _)| fits(prefix))
                .max_by_key(|(prefix, _)| prefix.len());
            Some(longest.map_or(first, |(_, service)| service))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_belong_to_the_service_that_bills_them() {
        for (rest, service) in [
            ("db_instance", "rds"),
            ("rds_cluster", "rds"),
            ("instance", "ec2"),
            ("ebs_volume", "ec2"),
            ("security_group_rule", "ec2"),
            ("subnet", "vpc"),
            ("route", "vpc"),
            ("route_table_association", "vpc"),
            ("route53_zone", "route53"),
            ("nat_gateway", "vpc"),
            ("lb_listener", "elasticloadbalancingv2"),
            ("elb", "elasticloadbalancing"),
            ("cloudwatch_log_group", "logs"),
            ("cloudwatch_event_rule", "events"),
            ("cloudwatch_metric_alarm", "cloudwatch"),
            ("sfn_state_machine", "stepfunctions"),
            ("api_gateway_rest_api", "apigateway"),
            ("apigatewayv2_api", "apigatewayv2"),
            ("kinesis_firehose_delivery_stream", "kinesisfirehose"),
            ("kinesis_stream", "kinesis"),
            ("wafv2_web_acl", "waf"),
            ("s3_bucket", "s3"),
            ("lambda_function", "lambda"),
            ("dynamodb_table", "dynamodb"),
            ("iam_role", "iam"),
            ("instancestore", "instancestore"),
        ] {
            assert_eq!(service_of("aws", rest), Some(service), "{rest}");
        }
        assert_eq!(service_of("aws", "caller_identity"), None);
        assert_eq!(service_of("awscc", "rds_db_instance"), Some("rds"));
        assert_eq!(service_of("module", "rds_aurora"), Some("rds"));
        assert_eq!(service_of("module", "security_group"), Some("ec2"));
    }
}
