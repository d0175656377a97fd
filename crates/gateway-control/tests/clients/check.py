"""Uses a control plane through boto3 and the AWS CLI and compares the answers; loads gateways from it and from moto.

usage: check.py EXAMPLES CLIENTS    (run by ./run)
"""

import contextlib
import datetime
import json
import logging
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

SERVICE = "bedrock-agentcore-control"
ROLE = "arn:aws:iam::123456789012:role/gateway"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
TOOL = {
    "name": "get_order",
    "description": "Gets an order.",
    "inputSchema": {
        "type": "object",
        "properties": {"id": {"type": "string", "description": "Its number."}},
        "required": ["id"],
    },
}
OPERATIONS = [
    *(f"{verb}{what}" for verb in ("Create", "Get", "Update", "Delete") for what in ("Gateway", "GatewayTarget")),
    *("ListGateways", "ListGatewayTargets", "SynchronizeGatewayTargets"),
    *("TagResource", "UntagResource", "ListTagsForResource"),
]
IAM_ROLE = [{"credentialProviderType": "GATEWAY_IAM_ROLE"}]

failures = 0


def check(name: str, found: object, expected: object) -> None:
    global failures
    if found == expected:
        print(f"ok      {name}")
    else:
        failures += 1
        print(f"FAILED  {name}\n        found:    {found!r}\n        expected: {expected!r}")


def differences(shape, value: object, path: str) -> list[str]:
    """What in an answer the model does not have: unknown members, values that are not of an enumeration or pattern."""
    if shape.type_name == "structure":
        found = [f"{path}.{name} is unknown" for name in value if name not in shape.members]
        for name, member in shape.members.items():
            found += differences(member, value[name], f"{path}.{name}") if name in value else []
        return found
    if shape.type_name == "list":
        return [line for index, element in enumerate(value) for line in differences(shape.member, element, f"{path}[{index}]")]
    if shape.type_name == "map":
        return [line for name, element in value.items() for line in differences(shape.value, element, f"{path}.{name}")]
    if shape.type_name == "string":
        pattern = shape.metadata.get("pattern")
        enumeration = shape.metadata.get("enum")
        if pattern and not re.fullmatch(pattern, value) or enumeration and value not in enumeration:
            return [f"{path} is {value!r}"]
    return []


# The model requires the member in answers and does not let it be empty, and a target without credentials has none.
NOT_IN_THE_MODEL = "credentialProviderConfigurations, value: 0"

answers: dict[str, list[str]] = {}


def compare(http_response, parsed, model, **_) -> None:
    """Compares an answer with the model of its operation: required members and lengths by botocore, the rest above."""
    found = answers.setdefault(model.name, [])
    if http_response.status_code >= 300 or not http_response.content:
        return
    shape = model.output_shape
    body = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    report = ParamValidator().validate(body, shape)
    found += [line for line in report.generate_report().splitlines() if NOT_IN_THE_MODEL not in line]
    found += differences(shape, json.loads(http_response.content), model.name)


def client(url: str, compared: bool = True):
    retries = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30)
    api = boto3.client(SERVICE, endpoint_url=url, config=retries)
    if compared:
        api.meta.events.register("after-call", compare)
    return api


def error(call) -> tuple[int, str, str]:
    """Status, code and reason of the error that a call ends with."""
    try:
        call()
    except ClientError as failed:
        answer = failed.response
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer.get("reason", "")
    return 0, "no error", ""


def function_target(name: str) -> dict:
    configuration = {"lambda": {"lambdaArn": FUNCTION + name, "toolSchema": {"inlinePayload": [TOOL]}}}
    return {"name": name, "targetConfiguration": {"mcp": configuration}, "credentialProviderConfigurations": IAM_ROLE}


def settled(api, gateway: str, target: str) -> dict:
    """The target when nothing is in progress any more: there are no waiters, so people poll."""
    for _ in range(600):
        found = api.get_gateway_target(gatewayIdentifier=gateway, targetId=target)
        if not found["status"].endswith("ING"):
            return found
        time.sleep(0.05)
    raise TimeoutError(found["status"])


@contextlib.contextmanager
def serving(examples: str, state: pathlib.Path):
    program = [f"{examples}/serve_control", "127.0.0.1:0", str(state), "orders", "billing"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def gateways(api) -> str:
    created = api.create_gateway(
        name="Orders",
        description="Orders",
        roleArn=ROLE,
        protocolType="MCP",
        protocolConfiguration={"mcp": {"supportedVersions": ["2025-11-25"], "searchType": "SEMANTIC"}},
        authorizerType="CUSTOM_JWT",
        authorizerConfiguration={
            "customJWTAuthorizer": {
                "discoveryUrl": "https://issuer.example/.well-known/openid-configuration",
                "allowedClients": ["client"],
            }
        },
        exceptionLevel="DEBUG",
        tags={"team": "orders"},
    )
    gateway = created["gatewayId"]
    check("boto3, create-gateway is accepted", (created["ResponseMetadata"]["HTTPStatusCode"], created["status"]), (202, "CREATING"))
    check("boto3, times are times", type(created["createdAt"]), datetime.datetime)
    found = api.get_gateway(gatewayIdentifier=gateway)
    check("boto3, get-gateway", (found["status"], found["name"], found["protocolConfiguration"]["mcp"]["searchType"]), ("READY", "Orders", "SEMANTIC"))
    check("boto3, list-tags", api.list_tags_for_resource(resourceArn=found["gatewayArn"])["tags"], {"team": "orders"})
    api.tag_resource(resourceArn=found["gatewayArn"], tags={"stage": "test"})
    api.untag_resource(resourceArn=found["gatewayArn"], tagKeys=["team"])
    check("boto3, tags change", api.list_tags_for_resource(resourceArn=found["gatewayArn"])["tags"], {"stage": "test"})
    updated = api.update_gateway(
        gatewayIdentifier=gateway,
        name="Orders",
        roleArn=ROLE,
        authorizerType="NONE",
        protocolConfiguration={"mcp": {"searchType": "SEMANTIC"}},
    )
    check("boto3, update-gateway", (updated["status"], updated["authorizerType"], "description" in updated), ("UPDATING", "NONE", False))
    token = "0123456789" * 4
    first, again = (api.create_gateway(name="twice", roleArn=ROLE, authorizerType="NONE", clientToken=token) for _ in range(2))
    check("boto3, a token makes it one", first["gatewayId"], again["gatewayId"])
    pages = api.get_paginator("list_gateways").paginate(PaginationConfig={"PageSize": 1})
    check("boto3, list-gateways in pages", [[item["name"] for item in page["items"]] for page in pages], [["Orders"], ["twice"]])
    api.delete_gateway(gatewayIdentifier=first["gatewayId"])
    return gateway


def targets(api, gateway: str) -> None:
    created = api.create_gateway_target(gatewayIdentifier=gateway, **function_target("orders"))
    check("boto3, create-gateway-target is accepted", (created["status"], created["protocolType"]), ("CREATING", "MCP"))
    target = created["targetId"]
    found = settled(api, gateway, target)
    check("boto3, a function that is there is ready", found["status"], "READY")
    check("boto3, the schema comes back", found["targetConfiguration"], function_target("orders")["targetConfiguration"])
    missing = api.create_gateway_target(gatewayIdentifier=gateway, **function_target("missing"))["targetId"]
    found = settled(api, gateway, missing)
    check("boto3, one that is not has failed", (found["status"], found["statusReasons"]), ("FAILED", ["function `missing` does not exist here"]))
    api.update_gateway_target(gatewayIdentifier=gateway, targetId=missing, **function_target("billing"))
    check("boto3, update-gateway-target", settled(api, gateway, missing)["name"], "billing")
    server = api.create_gateway_target(
        gatewayIdentifier=gateway,
        name="remote",
        targetConfiguration={"mcp": {"mcpServer": {"endpoint": "https://mcp.example/mcp", "resourcePriority": 7}}},
    )["targetId"]
    settled(api, gateway, server)
    answer = api.synchronize_gateway_targets(gatewayIdentifier=gateway, targetIdList=[server])
    check("boto3, synchronize-gateway-targets", answer["targets"][0]["status"], "SYNCHRONIZING")
    check("boto3, and it was", "lastSynchronizedAt" in settled(api, gateway, server), True)
    pages = api.get_paginator("list_gateway_targets").paginate(gatewayIdentifier=gateway, PaginationConfig={"PageSize": 2})
    items = [item for page in pages for item in page["items"]]
    kinds = sorted((item["name"], item["targetType"], item["status"]) for item in items)
    check("boto3, list-gateway-targets", kinds, [("billing", "LAMBDA", "READY"), ("orders", "LAMBDA", "READY"), ("remote", "MCP_SERVER", "READY")])


def errors(api, gateway: str) -> None:
    create = lambda **settings: api.create_gateway_target(gatewayIdentifier=gateway, **settings)
    changed = lambda **settings: lambda: create(**{**function_target("other"), **settings})
    expected = {
        "a name in use": (lambda: create(**function_target("orders")), (409, "ConflictException", "")),
        "an underscore": (changed(name="a_b"), (400, "ValidationException", "FieldValidationFailed")),
        "no gateway": (lambda: api.get_gateway(gatewayIdentifier="none-0123456789"), (404, "ResourceNotFoundException", "")),
        "an ARN for an id": (
            lambda: api.get_gateway(gatewayIdentifier="arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/a-0123456789"),
            (400, "ValidationException", "FieldValidationFailed"),
        ),
        "targets are left": (lambda: api.delete_gateway(gatewayIdentifier=gateway), (400, "ValidationException", "ResourceConflict")),
        "another kind of target": (
            changed(targetConfiguration={"mcp": {"openApiSchema": {"inlinePayload": "{}"}}}),
            (400, "ValidationException", "FieldValidationFailed"),
        ),
        "1001 tools": (
            changed(
                targetConfiguration={
                    "mcp": {
                        "lambda": {
                            "lambdaArn": FUNCTION + "orders",
                            "toolSchema": {"inlinePayload": [{**TOOL, "name": f"t{index}"} for index in range(1001)]},
                        }
                    }
                }
            ),
            (402, "ServiceQuotaExceededException", ""),
        ),
    }
    for name, (call, answer) in expected.items():
        check(f"boto3, the error for {name}", error(call), answer)
    exceptions = api.exceptions
    try:
        create(**function_target("orders"))
    except exceptions.ConflictException as conflict:
        check("boto3, errors have their classes", "already exists" in conflict.response["Error"]["Message"], True)


def command_line(clients: str, url: str, gateway: str) -> None:
    def aws(*arguments: str) -> tuple[int, str]:
        command = [f"{clients}/aws", SERVICE, "--endpoint-url", url, "--output", "json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout or done.stderr

    status, output = aws("list-gateways", "--query", "items[].name")
    check("AWS CLI, list-gateways", (status, json.loads(output)), (0, ["Orders"]))
    settings = function_target("orders")
    status, output = aws(
        "create-gateway-target",
        "--gateway-identifier", gateway,
        "--name", "cli",
        "--target-configuration", json.dumps(settings["targetConfiguration"]),
        "--credential-provider-configurations", json.dumps(IAM_ROLE),
    )
    check("AWS CLI, create-gateway-target", status, 0)
    target = json.loads(output)["targetId"]
    settled(client(url), gateway, target)
    status, output = aws("delete-gateway-target", "--gateway-identifier", gateway, "--target-id", target)
    check("AWS CLI, delete-gateway-target", (status, json.loads(output)["status"]), (0, "DELETING"))
    status, output = aws("create-gateway", "--name", "a_b", "--role-arn", ROLE, "--authorizer-type", "NONE")
    check("AWS CLI, an error is readable", (status != 0, "(ValidationException)" in output and "Value 'a_b'" in output), (True, True))


def loaded(examples: str, url: str, name: str) -> dict:
    done = subprocess.run([f"{examples}/load_gateway", url, "us-east-1", name], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return {"error": done.stderr}
    found = json.loads(done.stdout)
    return {"name": found["settings"]["name"], "targets": sorted(target["name"] for target in found["targets"]), "leftOut": found["leftOut"]}


@contextlib.contextmanager
def moto():
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield "http://{}:{}".format(*server.get_host_and_port())
    finally:
        server.stop()


def load_from_moto(examples: str) -> None:
    with moto() as url:
        api = client(url, compared=False)
        gateway = api.create_gateway(name="deployed", roleArn=ROLE, protocolType="MCP", authorizerType="AWS_IAM")["gatewayId"]
        for name in ("orders", "billing"):
            api.create_gateway_target(gatewayIdentifier=gateway, **function_target(name))
        api.create_gateway_target(
            gatewayIdentifier=gateway,
            name="api",
            targetConfiguration={"mcp": {"openApiSchema": {"inlinePayload": "{}"}}},
        )
        for known_as in ("deployed", gateway):
            found = loaded(examples, url, known_as)
            left_out = found.pop("leftOut", [])
            check(f"a gateway is loaded from moto as {known_as}", found, {"name": "deployed", "targets": ["billing", "orders"]})
            check("and what is not served is named", [line.split(":")[0] for line in left_out], ["target api cannot be served here"])


def main() -> None:
    examples, clients = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        state = pathlib.Path(folder) / "state"
        with serving(examples, state) as url:
            api = client(url)
            gateway = gateways(api)
            targets(api, gateway)
            errors(api, gateway)
            command_line(clients, url, gateway)
            expected = {"name": "Orders", "targets": ["billing", "orders", "remote"], "leftOut": []}
            check("a gateway is loaded from this control plane", loaded(examples, url, "Orders"), expected)
            before = api.list_gateway_targets(gatewayIdentifier=gateway)["items"]
        with serving(examples, state) as url:
            api = client(url)
            check("boto3, all is there after a kill", api.list_gateway_targets(gatewayIdentifier=gateway)["items"], before)
            for item in before:
                api.delete_gateway_target(gatewayIdentifier=gateway, targetId=item["targetId"])
            api.delete_gateway(gatewayIdentifier=gateway)
            check("boto3, and can be deleted", api.list_gateways()["items"], [])
    check("every operation was used", sorted(answers), sorted(OPERATIONS))
    for operation, found in sorted(answers.items()):
        check(f"{operation} answers as the model says", found, [])
    load_from_moto(examples)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
