"""Calls of cfn-mcp. Ministack has Cloud Control, but no registry of types and no generated templates: `stand_in.py` has those.

Policy.json cannot know which types a client changes, so a change needs the type's own actions beside it.
"""

import contextlib
import json

import local_aws
from call import Call

WITHOUT_AWS: dict[str, str] = {}
UNREACHED: dict[str, dict[str, str]] = {}

_TYPE = "AWS::S3::Bucket"
_NAME = "policy-proof"
_BUCKET = {"resource_type": _TYPE, "identifier": _NAME}
# Without it a change is made all the same, and the answer says that its end cannot be seen.
_STATUS = "cloudformation:GetResourceRequestStatus"


def _there(url: str) -> dict:
    control = local_aws.client("cloudcontrol", url)
    with contextlib.suppress(control.exceptions.AlreadyExistsException):
        control.create_resource(TypeName=_TYPE, DesiredState=json.dumps({"BucketName": _NAME}))
    return {}


def _gone(url: str) -> dict:
    control = local_aws.client("cloudcontrol", url)
    with contextlib.suppress(control.exceptions.ResourceNotFoundException):
        control.delete_resource(TypeName=_TYPE, Identifier=_NAME)
    return {}


def _requested(url: str) -> dict:
    _gone(url)
    asked = local_aws.client("cloudcontrol", url).create_resource(TypeName=_TYPE, DesiredState=json.dumps({"BucketName": _NAME}))
    return {"request_token": asked["ProgressEvent"]["RequestToken"]}


CALLS = [
    Call("list_resources", {"resource_type": _TYPE}, ["cloudformation:ListResources"], _NAME, given=_there),
    Call("get_resource", _BUCKET, ["cloudformation:GetResource"], _NAME, given=_there),
    Call("get_resource_request_status", {}, [_STATUS], "SUCCESS", given=_requested),
    Call("get_resource_schema_information", {"resource_type": _TYPE}, ["cloudformation:DescribeType"], "createOnlyProperties"),
    Call(
        "create_resource",
        {"resource_type": _TYPE, "properties": {"BucketName": _NAME}},
        ["cloudformation:CreateResource", _STATUS],
        "SUCCESS",
        type_actions=["s3:CreateBucket"],
        noted=[_STATUS],
        given=_gone,
    ),
    Call(
        "update_resource",
        _BUCKET | {"patch_document": [{"op": "add", "path": "/VersioningConfiguration", "value": {"Status": "Enabled"}}]},
        ["cloudformation:GetResource", "cloudformation:UpdateResource", _STATUS],
        "SUCCESS",
        type_actions=["s3:PutBucketVersioning"],
        noted=[_STATUS],
        given=_there,
    ),
    Call(
        "update_resource",
        _BUCKET | {"patch_document": [{"op": "add", "path": "/BucketName", "value": "other"}], "dry_run": True},
        ["cloudformation:GetResource", "cloudformation:DescribeType"],
        "can only be set when the resource is created",
        noted=["cloudformation:DescribeType"],  # what the type forbids is then not known
        given=_there,
    ),
    Call(
        "delete_resource",
        _BUCKET,
        ["cloudformation:GetResource", "cloudformation:DeleteResource", _STATUS],
        "SUCCESS",
        type_actions=["s3:DeleteBucket"],
        noted=[_STATUS],
        given=_there,
    ),
    Call(
        "create_template",
        {"template_name": "buckets", "resources": [{"ResourceType": _TYPE, "ResourceIdentifier": {"BucketName": _NAME}}]},
        ["cloudformation:CreateGeneratedTemplate"],
        "generatedTemplate/1",
    ),
    Call(
        "create_template",
        {"template_id": "arn:aws:cloudformation:us-east-1:123456789012:generatedTemplate/1"},
        ["cloudformation:DescribeGeneratedTemplate", "cloudformation:GetGeneratedTemplate"],
        "AWS::S3::Bucket",
    ),
]
