"""Proves the derived IAM policies: in a local AWS with authorization, every tool of every AWS server is called with the
policy that was derived for it, which must work, and once more without each of its actions, which must be denied.

usage: policy_proof.py DIR [SERVER...]      (DIR holds the built programs, such as target/debug; without SERVER, all)
"""

import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import fleet
import local_aws
import processes
import stand_in
from call import Call
from checks import Checks
from stand_in_answers import ANSWERS


# AWS's code of the error, or ours where AWS gave none.
DENIED = re.compile("AccessDenied|aws_access_denied")


class Proof(Checks):
    """One run: the local AWS, the programs, and the counts."""

    def __init__(self, binaries: pathlib.Path, ministack: str) -> None:
        super().__init__()
        self.binaries = binaries
        self.ministack = ministack
        self.iam = local_aws.client("iam", ministack)
        self.sts = local_aws.client("sts", ministack)
        self.roles: dict[str, str] = {}
        self.endpoint = ""
        self.keys: dict[str, dict[str, str]] = {}

    def credentials(self, policy: list[dict]) -> dict[str, str]:
        """Temporary credentials of a role that has `policy` and nothing else, as a function's are."""
        document = _document(policy)
        if document not in self.keys:
            self.keys[document] = self._assumed(f"proof-{len(self.keys)}", policy)
        return self.keys[document]

    def _assumed(self, name: str, policy: list[dict]) -> dict[str, str]:
        anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document([anyone]))["Role"]["Arn"]
        if policy:
            self.iam.put_role_policy(RoleName=name, PolicyName="derived", PolicyDocument=_document(policy))
        keys = self.sts.assume_role(RoleArn=role, RoleSessionName="proof")["Credentials"]
        self.roles[keys["AccessKeyId"]] = role
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def run(self, server: str, *arguments: str, **environment: str) -> dict:
        """What the handler of `server` prints on its command line."""
        variables = dict(os.environ) | {"AWS_ENDPOINT_URL": self.endpoint, "MCP_FLEET_ACCESS": "sensitive"} | environment
        command = [self.binaries / f"mcp-server-{server}", *arguments]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError:
            raise SystemExit(f"{command} printed no JSON, but:\n{done.stdout}{done.stderr}") from None

    def answer(self, server: str, call: Call, policy: list[dict]) -> tuple[bool, str]:
        """Calls a tool as a role with `policy`: whether it is an error, and its text."""
        made = call.given(self.ministack) if call.given else {}
        arguments = json.dumps(call.arguments | made)
        result = self.run(server, "call", call.tool, arguments, **self.credentials(policy), **call.environment(self.endpoint))
        return result.get("isError", False), "\n".join(block.get("text", "") for block in result["content"])


def _document(statements: list[dict]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def prove(proof: Proof, server: str, writes: fleet.Fleet) -> None:
    """Every tool of one server."""
    table = f"calls_{server.replace('-', '_')}"
    if importlib.util.find_spec(table) is None:
        proof.check(f"{server}: has a table of calls", f"write `scripts/aws/{table}.py`, as for the other servers")
        return
    module = importlib.import_module(table)
    declared = {
        tool["name"]: tool.get("_meta", {}).get("mcp-fleet/iam", []) for tool in proof.run(server, "tools")["tools"]
    }
    calls: dict[str, list[Call]] = {}
    for call in module.CALLS:
        calls.setdefault(call.tool, []).append(call)
    proof.check(f"{server}: every tool is listed", _difference(sorted(declared), sorted([*calls, *module.WITHOUT_AWS])))
    for tool in sorted(module.WITHOUT_AWS.keys() & declared.keys()):
        proof.check(f"{server} {tool}: needs no permission", _difference([], declared[tool]))
    declared_handlers = fleet.as_declared().handlers
    for tool in sorted(calls.keys() & declared.keys()):
        used = {action for call in calls[tool] for action in call.uses} | module.UNREACHED.get(tool, {}).keys()
        proof.check(f"{server} {tool}: its calls use what it declares", _difference(sorted(declared[tool]), sorted(used)))
    for call in (call for call in module.CALLS if call.tool in declared):
        read = call.tool in fleet.offered(declared_handlers, server)
        policy = fleet.policy(declared_handlers if read else writes.handlers, server)
        prove_call(proof, server, call, policy)


def prove_call(proof: Proof, server: str, call: Call, policy: list[dict]) -> None:
    """One call: denied without each of its actions, and not denied with all of them."""
    types = [{"Effect": "Allow", "Action": call.type_actions, "Resource": "*"}] if call.type_actions else []
    whole = policy + types
    for action in call.uses + call.type_actions:
        is_error, text = proof.answer(server, call, _less(whole, action))
        told = DENIED.search(text) and action in text and (is_error or action in call.noted)
        denied = told or is_error and action in call.untold
        proof.check(f"{server} {call.tool}: denied without {action}", None if denied else f"answered: {text[:1500]}")
    is_error, text = proof.answer(server, call, whole)
    good = not is_error and call.answers in text
    extra = f" and {', '.join(call.type_actions)}" if call.type_actions else ""
    proof.check(f"{server} {call.tool}: works with the derived policy{extra}", None if good else f"answered: {text[:1500]}")


def _less(policy: list[dict], action: str) -> list[dict]:
    """`policy` without `action`."""
    less = [statement | {"Action": [other for other in statement["Action"] if other != action]} for statement in policy]
    return [statement for statement in less if statement["Action"]]


def _difference(expected: list[str], found: list[str]) -> str | None:
    return None if expected == found else f"only in the server: {_without(expected, found)}; only in the table: {_without(found, expected)}"


def _without(these: list[str], those: list[str]) -> list[str]:
    return [one for one in these if one not in those]


def main(folder_of_programs: str, *servers: str) -> int:
    binaries = fleet.built(folder_of_programs)
    local_aws.isolate()
    processes.end_on_signals()
    with tempfile.TemporaryDirectory(prefix="mcp-fleet-policy-") as name:
        folder = pathlib.Path(name)
        writes = fleet.with_writes(folder, binaries)
        with local_aws.started(folder / "ministack.log", authorization=True) as ministack:
            proof = Proof(binaries, ministack)
            with stand_in.started(ministack, ANSWERS, proof.roles) as proof.endpoint:
                for server in servers or fleet.aws_servers():
                    prove(proof, server, writes)
    return proof.exit_code("policies")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
