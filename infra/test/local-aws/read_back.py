"""Compares what was deployed with the files it was made from: python read_back.py ROOT PREFIX FLEET.json OUTPUTS.json

FLEET.json is what `codegen list --json` printed, OUTPUTS.json what `cdk deploy` wrote. Exit code 1 with all differences.
"""

import json
import pathlib
import sys

import boto3

root, prefix = pathlib.Path(sys.argv[1]), sys.argv[2]
servers = json.loads(pathlib.Path(sys.argv[3]).read_text())["servers"]
outputs = json.loads(pathlib.Path(sys.argv[4]).read_text())
fleet, gateway_outputs = outputs[f"{prefix}mcp-fleet"], outputs[f"{prefix}mcp-gateway"]
functions, iam, logs, control = (boto3.client(service) for service in ("lambda", "iam", "logs", "bedrock-agentcore-control"))
checks, differences = 0, []


def same(what, deployed, stated):
    global checks
    checks += 1
    if deployed != stated:
        differences.append(f"{what}\n  deployed: {json.dumps(deployed, default=str)[:600]}\n  stated:   {json.dumps(stated)[:600]}")


def generated(server, file):
    return json.loads((root / "handlers" / server["id"] / file).read_text())


def policies(role):
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return {name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"] for name in names}


def check_function(server):
    name = prefix + server["function"]
    function = functions.get_function_configuration(FunctionName=name)
    stated = {
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Architectures": [server["architecture"]],
        "MemorySize": server["memory_mb"],
        "Timeout": server["timeout_seconds"],
        "TracingConfig": {"Mode": "Active"},
    }
    same(name, {key: function[key] for key in stated}, stated)
    same(f"{name}: environment", function["Environment"]["Variables"], generated(server, "target.json")["environment"])
    tags = functions.list_tags(Resource=function["FunctionArn"])["Tags"]
    same(f"{name}: tags", [tags.get("project"), tags.get("server")], ["mcp-fleet", server["id"]])
    role = policies(function["Role"].split("/")[-1])
    same(f"{name}: policy", role.get("server", []), generated(server, "policy.json")["Statement"])
    group = f"/aws/lambda/{name}"
    own = sorted(action for statement in role["lambda"] for action in [statement["Action"]] for action in ([action] if isinstance(action, str) else action))
    same(f"{name}: what Lambda needs", own, ["logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"])
    log_arn = next(statement["Resource"] for statement in role["lambda"] if statement["Sid"] == "Logs")
    same(f"{name}: its own log group", group in log_arn, True)
    retention = [found["retentionInDays"] for found in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] if found["logGroupName"] == group]
    same(f"{name}: days that logs are kept", retention, [7])
    output = "Mcp" + server["id"].replace("-", "").capitalize() + "LambdaArn"
    same(f"{name}: output", fleet.get(output), function["FunctionArn"])
    return function["FunctionArn"]


def check_gateway(arns):
    gateway_id = gateway_outputs["GatewayId"]
    gateway = control.get_gateway(gatewayIdentifier=gateway_id)
    mcp = gateway["protocolConfiguration"]["mcp"]
    same("gateway: name", gateway["name"], f"{prefix}mcp-fleet")
    same("gateway: who may call", gateway["authorizerType"], "AWS_IAM")
    same("gateway: versions", mcp["supportedVersions"], ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"])
    same("gateway: all tools at once", mcp.get("disableMcpListToolsPagination"), True)
    role = policies(gateway["roleArn"].split("/")[-1])
    same("gateway: rights", [statement["Resource"] for statement in role["invoke"]], [sorted(arns.values()) if len(arns) > 1 else [*arns.values()][0]])
    found = control.list_gateway_targets(gatewayIdentifier=gateway_id)["items"]
    same("gateway: targets", sorted(target["name"] for target in found), sorted(arns))
    for item in found:
        target = control.get_gateway_target(gatewayIdentifier=gateway_id, targetId=item["targetId"])
        function = target["targetConfiguration"]["mcp"]["lambda"]
        stated = json.loads((root / "handlers" / target["name"] / "target.json").read_text())
        same(f"target {target['name']}: function", function["lambdaArn"], arns[target["name"]])
        same(f"target {target['name']}: description", target["description"], stated["description"])
        same(f"target {target['name']}: tools", function["toolSchema"]["inlinePayload"], stated["tools"])
        same(f"target {target['name']}: rights", target["credentialProviderConfigurations"], [{"credentialProviderType": "GATEWAY_IAM_ROLE"}])


check_gateway({server["id"]: check_function(server) for server in servers})
same("functions", sorted(function["FunctionName"] for function in functions.list_functions()["Functions"]), sorted(prefix + server["function"] for server in servers))
print(f"{checks - len(differences)} of {checks} facts of {len(servers)} servers are as stated")
sys.exit("\n".join(differences) or 0)
