"""Calls of aws-pricing. The Price List API is in no local AWS: `stand_in.py` authorises and answers it."""

from call import Call

WITHOUT_AWS = {
    "analyze_cdk_project": "reads files",
    "analyze_terraform_project": "reads files",
    "generate_cost_report": "computes",
    "get_bedrock_patterns": "is a text",
}
UNREACHED: dict[str, dict[str, str]] = {}

CALLS = [
    Call("get_pricing_service_codes", {}, ["pricing:DescribeServices"], "AWSLambda"),
    Call("get_pricing_service_attributes", {"service_code": "AWSLambda"}, ["pricing:DescribeServices"], "group"),
    Call(
        "get_pricing_attribute_values",
        {"service_code": "AWSLambda", "attribute_names": ["group"]},
        ["pricing:GetAttributeValues"],
        "AWS-Lambda-Requests",
    ),
    Call("get_pricing", {"service_code": "AWSLambda", "region": "us-east-1"}, ["pricing:GetProducts"], "SKU1"),
    Call(
        "get_price_list_urls",
        {"service_code": "AWSLambda", "region": "us-east-1"},
        ["pricing:ListPriceLists", "pricing:GetPriceListFileUrl"],
        "https://example.com/prices.json",
    ),
]
