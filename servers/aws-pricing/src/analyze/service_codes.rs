//! Codes in the AWS Price List of the services that projects use most.

/// By the name that the analysers give, the code that `get_pricing` takes.
const CODES: &[(&str, &str)] = &[
    ("apigateway", "AmazonApiGateway"),
    ("apigatewayv2", "AmazonApiGateway"),
    ("apprunner", "AWSAppRunner"),
    ("appsync", "AWSAppSync"),
    ("athena", "AmazonAthena"),
    ("backup", "AWSBackup"),
    ("bedrock", "AmazonBedrock"),
    ("cloudfront", "AmazonCloudFront"),
    ("cloudtrail", "AWSCloudTrail"),
    ("cloudwatch", "AmazonCloudWatch"),
    ("codebuild", "CodeBuild"),
    ("codepipeline", "AWSCodePipeline"),
    ("cognito", "AmazonCognito"),
    ("config", "AWSConfig"),
    ("dms", "AWSDatabaseMigrationSvc"),
    ("docdb", "AmazonDocDB"),
    ("dynamodb", "AmazonDynamoDB"),
    ("ec2", "AmazonEC2"),
    ("ecr", "AmazonECR"),
    ("ecs", "AmazonECS"),
    ("efs", "AmazonEFS"),
    ("eks", "AmazonEKS"),
    ("elasticache", "AmazonElastiCache"),
    ("elasticloadbalancing", "AWSELB"),
    ("elasticloadbalancingv2", "AWSELB"),
    ("emr", "ElasticMapReduce"),
    ("events", "AWSEvents"),
    ("fsx", "AmazonFSx"),
    ("glue", "AWSGlue"),
    ("guardduty", "AmazonGuardDuty"),
    ("kinesis", "AmazonKinesis"),
    ("kinesisanalytics", "AmazonKinesisAnalytics"),
    ("kinesisfirehose", "AmazonKinesisFirehose"),
    ("kms", "awskms"),
    ("lambda", "AWSLambda"),
    ("logs", "AmazonCloudWatch"),
    ("mq", "AmazonMQ"),
    ("msk", "AmazonMSK"),
    ("neptune", "AmazonNeptune"),
    ("opensearch", "AmazonES"),
    ("opensearchservice", "AmazonES"),
    ("rds", "AmazonRDS"),
    ("redshift", "AmazonRedshift"),
    ("route53", "AmazonRoute53"),
    ("s3", "AmazonS3"),
    ("sagemaker", "AmazonSageMaker"),
    ("secretsmanager", "AWSSecretsManager"),
    ("ses", "AmazonSES"),
    ("sns", "AmazonSNS"),
    ("sqs", "AWSQueueService"),
    ("stepfunctions", "AmazonStates"),
    ("transfer", "AWSTransfer"),
    ("vpc", "AmazonVPC"),
    ("waf", "awswaf"),
    ("wafv2", "awswaf"),
    ("xray", "AWSXRay"),
];

/// The code of a service, also for a module of it: `lambda-nodejs` is `AWSLambda`. `None`: not
/// in this table, which says nothing about the price list.
pub(crate) fn of(name: &str) -> Option<&'static str> {
    let find = |name: &str| {
        CODES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, code)| *code)
    };
    find(name).or_else(|| name.split('-').next().and_then(find))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_have_the_code_of_their_service() {
        for (name, code) in [
            ("sqs", Some("AWSQueueService")),
            ("lambda-nodejs", Some("AWSLambda")),
            ("apigatewayv2-integrations", Some("AmazonApiGateway")),
            ("iam", None),
        ] {
            assert_eq!(of(name), code, "{name}");
        }
        assert!(CODES.is_sorted());
    }
}
