"""The fixed answers of `stand_in.py`: the least that the tools take for a good answer.

Not what AWS knows: prices and schemas here are only good for seeing that a call was allowed. `NOTHING_THERE` is good for
people too.
"""

import json
import time


def _json(value: object) -> tuple[str, bytes]:
    return "application/x-amz-json-1.1", json.dumps(value).encode()


def _xml(operation: str, result: str) -> tuple[str, bytes]:
    return "text/xml", f"<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>".encode()


_SCHEMA = {
    "typeName": "AWS::S3::Bucket",
    "properties": {"BucketName": {"type": "string"}, "VersioningConfiguration": {"type": "object"}},
    "createOnlyProperties": ["/properties/BucketName"],
    "primaryIdentifier": ["/properties/BucketName"],
    "handlers": {"create": {"permissions": ["s3:CreateBucket"]}},
}
_PRODUCT = {
    "product": {"sku": "SKU1", "productFamily": "Serverless", "attributes": {"regionCode": "us-east-1"}},
    "serviceCode": "AWSLambda",
    "terms": {},
}
_WORKSPACE = {
    "workspaceId": "ws-11111111-2222-3333-4444-555555555555",
    "alias": "local",
    "arn": "arn:aws:aps:us-east-1:123456789012:workspace/ws-11111111-2222-3333-4444-555555555555",
    "status": {"statusCode": "ACTIVE"},
    "createdAt": 1700000000,
    "tags": {},
    "prometheusEndpoint": "{{url}}/workspaces/ws-11111111-2222-3333-4444-555555555555/",
}

_SCALAR = {"status": "success", "data": {"resultType": "scalar", "result": [1700000000, "42"]}}
_DETECTOR = {
    "anomalyDetectorArn": "arn:aws:logs:us-east-1:123456789012:anomaly-detector:1",
    "detectorName": "checkout",
    "anomalyDetectorStatus": "ANALYZING",
    "logGroupArnList": ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/checkout"],
}

_ASKED = {
    "queryId": "11111111-2222-3333-4444-555555555555",
    "queryString": 'fields @message | filter orderId = "5000"',
    "status": "Complete",
    "createTime": int(time.time() * 1000),
    "logGroupName": "/aws/lambda/checkout",
}

# Service as it is signed, operation: content type and body. True of an AWS that has nothing of the kind.
NOTHING_THERE = {
    ("logs", "DescribeAccountPolicies"): _json({"accountPolicies": []}),
    ("logs", "DescribeIndexPolicies"): _json({"indexPolicies": []}),
    ("logs", "DescribeQueries"): _json({"queries": []}),
    ("logs", "DescribeQueryDefinitions"): _json({"queryDefinitions": []}),
    ("logs", "ListAnomalies"): _json({"anomalies": []}),
    ("logs", "ListLogAnomalyDetectors"): _json({"anomalyDetectors": []}),
}

ANSWERS = NOTHING_THERE | {
    ("aps", "DescribeWorkspace"): _json({"workspace": _WORKSPACE}),
    ("aps", "GetLabels"): _json({"status": "success", "data": ["up"]}),
    ("aps", "ListWorkspaces"): _json({"workspaces": [_WORKSPACE]}),
    ("aps", "QueryMetrics"): _json(_SCALAR),
    ("cloudformation", "CreateGeneratedTemplate"): _xml(
        "CreateGeneratedTemplate", "<GeneratedTemplateId>arn:aws:cloudformation:us-east-1:123456789012:generatedTemplate/1</GeneratedTemplateId>"
    ),
    ("cloudformation", "DescribeGeneratedTemplate"): _xml(
        "DescribeGeneratedTemplate", "<GeneratedTemplateName>buckets</GeneratedTemplateName><Status>COMPLETE</Status>"
    ),
    ("cloudformation", "DescribeType"): _xml("DescribeType", f"<TypeName>AWS::S3::Bucket</TypeName><Schema>{json.dumps(_SCHEMA)}</Schema>"),
    ("cloudformation", "GetGeneratedTemplate"): _xml(
        "GetGeneratedTemplate", "<Status>COMPLETE</Status><TemplateBody>Resources: {Proof: {Type: AWS::S3::Bucket}}</TemplateBody>"
    ),
    ("logs", "DescribeQueries"): _json({"queries": [_ASKED]}),
    ("logs", "ListLogAnomalyDetectors"): _json({"anomalyDetectors": [_DETECTOR]}),
    ("monitoring", "PromQlLabels"): _json({"status": "success", "data": ["job"]}),
    ("monitoring", "PromQlLabelValues"): _json({"status": "success", "data": ["shop"]}),
    ("monitoring", "PromQlQuery"): _json(_SCALAR),
    ("monitoring", "PromQlSeries"): _json({"status": "success", "data": [{"__name__": "up", "job": "shop"}]}),
    ("pricing", "DescribeServices"): _json({"FormatVersion": "aws_v1", "Services": [{"ServiceCode": "AWSLambda", "AttributeNames": ["group"]}]}),
    ("pricing", "GetAttributeValues"): _json({"AttributeValues": [{"Value": "AWS-Lambda-Requests"}]}),
    ("pricing", "GetPriceListFileUrl"): _json({"Url": "https://example.com/prices.json"}),
    ("pricing", "GetProducts"): _json({"FormatVersion": "aws_v1", "PriceList": [json.dumps(_PRODUCT)]}),
    ("pricing", "ListPriceLists"): _json(
        {
            "PriceLists": [
                {
                    "PriceListArn": "arn:aws:pricing:::price-list/aws/AWSLambda/USD/20260101000000/us-east-1",
                    "RegionCode": "us-east-1",
                    "CurrencyCode": "USD",
                    "FileFormats": ["json", "csv"],
                }
            ]
        }
    ),
}

# Operations that are a path: service as it is signed, pattern of the path, name of the operation.
REST_OPERATIONS = [
    ("aps", "/workspaces", "ListWorkspaces"),
    ("aps", "/workspaces/[^/]+", "DescribeWorkspace"),
    ("aps", "/workspaces/[^/]+/api/v1/query(_range)?", "QueryMetrics"),
    ("aps", "/workspaces/[^/]+/api/v1/label/[^/]+/values", "GetLabels"),
    ("monitoring", "/api/v1/query(_range)?", "PromQlQuery"),
    ("monitoring", "/api/v1/label/[^/]+/values", "PromQlLabelValues"),
    ("monitoring", "/api/v1/series", "PromQlSeries"),
    ("monitoring", "/api/v1/labels", "PromQlLabels"),
]


def not_authorised_by_ministack(service: str, operation: str) -> list[str]:
    """The IAM actions of a call that ministack lets anyone make, or nothing."""
    if operation.startswith("PromQl"):
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-PromQL.html
        return ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]
    if service == "monitoring":
        # It looks for the operation where the older protocols of CloudWatch have it.
        return [f"cloudwatch:{operation}"]
    if service in ("aps", "pricing") or service == "logs" and (service, operation) in ANSWERS:
        return [f"{service}:{operation}"]
    return []


# What Cloud Control does with the caller's rights: operation and resource type, action of the service behind the type.
# https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html
CHANGES_NEED = {
    ("CreateResource", "AWS::S3::Bucket"): "s3:CreateBucket",
    ("DeleteResource", "AWS::S3::Bucket"): "s3:DeleteBucket",
    ("UpdateResource", "AWS::S3::Bucket"): "s3:PutBucketVersioning",
}
