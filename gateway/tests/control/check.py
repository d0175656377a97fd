"""Creates, changes and deletes targets of a running gateway with boto3 and the AWS CLI, and looks at each step what MCP clients see.

usage: check.py BIN AWS    (run by ./run)
"""

import contextlib
import json
import logging
import pathlib
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from fleet import Gateway, check, failed, running  # noqa: E402

SERVICE = "bedrock-agentcore-control"
ROLE = "arn:aws:iam::123456789012:role/gateway"
ALPHA = "arn:aws:lambda:us-east-1:123456789012:function:mcp-server-alpha"
IAM_ROLE = [{"credentialProviderType": "GATEWAY_IAM_ROLE"}]


def client(url: str):
    return boto3.client(SERVICE, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30))


def function(arn: str, tool: str = "text") -> dict:
    tools = [{"name": tool, "description": "A tool.", "inputSchema": {"type": "object", "properties": {}}}]
    return {"mcp": {"lambda": {"lambdaArn": arn, "toolSchema": {"inlinePayload": tools}}}}


def asked(bin_: str, url: str, *arguments: str) -> str:
    """What `gateway tools` or `gateway call` prints: it speaks MCP."""
    done = subprocess.run([f"{bin_}/gateway", *arguments, "--url", url], capture_output=True, text=True, timeout=60)
    return done.stdout or done.stderr


def listed(bin_: str, url: str) -> list[str]:
    return [line.split()[0] for line in asked(bin_, url, "tools").splitlines() if "___" in line]


def settled(api, gateway: str, target: str) -> str:
    for _ in range(600):
        status = api.get_gateway_target(gatewayIdentifier=gateway, targetId=target)["status"]
        if not status.endswith("ING"):
            return status
        time.sleep(0.05)
    raise TimeoutError(status)


def created(bin_: str, gateway: Gateway) -> None:
    """boto3: a gateway with a function of the fleet, changed and kept."""
    api = client(gateway.control)
    own = api.list_gateways()["items"][0]
    check("boto3, the fleet's own gateway is listed", (own["name"], own["authorizerType"]), ("mcp-fleet", "NONE"))
    made = api.create_gateway(name="orders", roleArn=ROLE, authorizerType="NONE")
    id_, url = made["gatewayId"], made["gatewayUrl"]
    target = api.create_gateway_target(
        gatewayIdentifier=id_, name="shop", targetConfiguration=function(ALPHA), credentialProviderConfigurations=IAM_ROLE
    )["targetId"]
    check("boto3, a function of the fleet is ready", settled(api, id_, target), "READY")
    check("and its tool is listed", listed(bin_, url), ["shop___text"])
    check("and answers", asked(bin_, url, "call", "shop___text", "--text"), "a text\n")
    api.update_gateway_target(
        gatewayIdentifier=id_, targetId=target, name="store", targetConfiguration=function(ALPHA, "echo"), credentialProviderConfigurations=IAM_ROLE
    )
    check("boto3, an update is ready", settled(api, id_, target), "READY")
    check("and its tool is listed under the new name", listed(bin_, url), ["store___echo"])


def kept(bin_: str, aws: str, gateway: Gateway) -> None:
    """The AWS CLI after a restart: the gateway is there; another target comes and goes."""

    def run(*arguments: str) -> dict:
        command = [aws, SERVICE, "--endpoint-url", gateway.control, "--output", "json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr}

    found = [item["gatewayId"] for item in run("list-gateways")["items"] if item["name"] == "orders"]
    id_ = found[0]
    url = run("get-gateway", "--gateway-identifier", id_)["gatewayUrl"]
    check("AWS CLI, after a restart all is served", listed(bin_, url), ["store___echo"])
    target = run(
        "create-gateway-target",
        "--gateway-identifier", id_,
        "--name", "cli",
        "--target-configuration", json.dumps(function(ALPHA)),
        "--credential-provider-configurations", json.dumps(IAM_ROLE),
    )["targetId"]
    check("AWS CLI, a target is ready", settled(client(gateway.control), id_, target), "READY")
    check("and its tool is listed", listed(bin_, url), ["cli___text", "store___echo"])
    status = run("delete-gateway-target", "--gateway-identifier", id_, "--target-id", target)["status"]
    check("AWS CLI, a target is deleted", (status, listed(bin_, url)), ("DELETING", ["store___echo"]))


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


def deployed(bin_: str, folder: pathlib.Path) -> None:
    """A gateway of moto, served here."""
    with moto() as url:
        api = client(url)
        id_ = api.create_gateway(name="deployed", roleArn=ROLE, protocolType="MCP", authorizerType="NONE")["gatewayId"]
        gamma = ALPHA.replace("mcp-server", "gamma-mcp-server")
        for name, configuration in (
            ("shop", function(gamma)),
            ("elsewhere", function(ALPHA.replace("alpha", "gone"))),
            ("api", {"mcp": {"openApiSchema": {"inlinePayload": "{}"}}}),
        ):
            api.create_gateway_target(
                gatewayIdentifier=id_, name=name, targetConfiguration=configuration, credentialProviderConfigurations=IAM_ROLE
            )
        # Other functions are looked for in moto's Lambda, which has none.
        environment = {"AWS_ENDPOINT_URL_LAMBDA": url}
        with running(bin_, folder, "--from-control-plane", url, environment=environment) as gateway:
            check("moto, a function of the fleet is served", listed(bin_, gateway.mcp), ["shop___text"])
            check("and answers", asked(bin_, gateway.mcp, "call", "shop___text", "--text"), "a text\n")
            lines = [line.split()[3] for line in gateway.announcement.splitlines() if line.startswith("Left out")]
            check("moto, what is not served is named", sorted(lines), ["api", "elsewhere"])


def main() -> None:
    bin_, aws = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        flags = ["--control-listen", "127.0.0.1:0", "--control-state", "gateways.redb"]
        with running(bin_, folder, *flags) as gateway:
            created(bin_, gateway)
        with running(bin_, folder, *flags) as gateway:
            kept(bin_, aws, gateway)
        deployed(bin_, folder)
    sys.exit(1 if failed() else 0)


if __name__ == "__main__":
    main()
