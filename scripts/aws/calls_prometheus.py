"""Calls of prometheus to an AMP workspace. AMP is in no local AWS with authorization: `stand_in.py` authorises and answers it."""

from call import Call

WITHOUT_AWS: dict[str, str] = {}
UNREACHED: dict[str, dict[str, str]] = {}

_WORKSPACE = {"workspace_id": "ws-11111111-2222-3333-4444-555555555555"}
_QUERY = ["aps:DescribeWorkspace", "aps:QueryMetrics"]
_TRUSTED = {"PROMETHEUS_TRUSTED_ORIGINS": "{url}"}
_HOUR = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z", "step": "1m"}

CALLS = [
    Call("ExecuteQuery", {"query": "up"} | _WORKSPACE, _QUERY, "42", variables=_TRUSTED),
    Call("ExecuteRangeQuery", {"query": "up"} | _HOUR | _WORKSPACE, _QUERY, "42", variables=_TRUSTED),
    Call("ListMetrics", _WORKSPACE, ["aps:DescribeWorkspace", "aps:GetLabels"], "up", variables=_TRUSTED),
    Call("GetServerInfo", _WORKSPACE, ["aps:DescribeWorkspace"], "us-east-1", variables=_TRUSTED),
    # What it lists, it describes; what it may not describe, it lists without an address and says why.
    Call(
        "GetAvailableWorkspaces", {}, ["aps:ListWorkspaces", "aps:DescribeWorkspace"], "ws-11111111", noted=["aps:DescribeWorkspace"]
    ),
]
