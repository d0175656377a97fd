"""The fixed answers of `stand_in.py`: the least that the tools take for a good answer.

Not what AWS knows: prices and schemas here are only good for seeing that a call was allowed.
"""

import json


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

# Service as it is signed, operation: content type and body.
ANSWERS = {
    ("aps", "DescribeWorkspace"): _json({"workspace": _WORKSPACE}),
    ("aps", "GetLabels"): _json({"status": "success", "data": ["up"]}),
    ("aps", "ListWorkspaces"): _json({"workspaces": [_WORKSPACE]}),
    ("aps", "QueryMetrics"): _json({"status": "success", "data": {"resultType": "scalar", "result": [1700000000, "42"]}}),
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

# Operations that are a path: service as it is signed, pattern of the path, IAM's name of the operation.
REST_OPERATIONS = [
    ("aps", "/workspaces", "ListWorkspaces"),
    ("aps", "/workspaces/[^/]+", "DescribeWorkspace"),
    ("aps", "/workspaces/[^/]+/api/v1/query(_range)?", "QueryMetrics"),
    ("aps", "/workspaces/[^/]+/api/v1/label/[^/]+/values", "GetLabels"),
]

# What Cloud Control does with the caller's rights: operation and resource type, action of the service behind the type.
# https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html
CHANGES_NEED = {
    ("CreateResource", "AWS::S3::Bucket"): "s3:CreateBucket",
    ("DeleteResource", "AWS::S3::Bucket"): "s3:DeleteBucket",
    ("UpdateResource", "AWS::S3::Bucket"): "s3:PutBucketVersioning",
}
