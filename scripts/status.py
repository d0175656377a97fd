"""What scripts/status prints: python status.py FLEET_STACK GATEWAY_STACK HOURS"""

import json
import sys
import time

import botocore.exceptions
import botocore.session

# What our own log lines say of a call that failed, and what Lambda says of a function that could not say it itself.
FAILURES = '?tool_error ?protocol_error ?"Task timed out" ?"Runtime exited" ?"Runtime.ExitError"'
# Pages of log events read per function; the newest are last.
MAX_PAGES = 20

session = botocore.session.get_session()


def client(service):
    return session.create_client(service)


def pages(api, operation, key, **arguments):
    return [item for page in api.get_paginator(operation).paginate(**arguments) for item in page[key]]


def table(rows, *headings):
    widths = [max(len(str(row[i])) for row in (headings, *rows)) for i in range(len(headings))]
    for row in (headings, *rows):
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()


def stack(api, name):
    """The stack, or nothing when there is none of this name."""
    try:
        return api.describe_stacks(StackName=name)["Stacks"][0]
    except api.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def function_row(api, name):
    function = api.get_function(FunctionName=name)["Configuration"]
    aliases = api.list_aliases(FunctionName=name)["Aliases"]
    warm = ", ".join(f"{alias['Name']}={alias['FunctionVersion']}" for alias in aliases)
    return function.get("State", "Active"), [
        name,
        function.get("State", "Active"),
        warm or function["Version"],
        "/".join(function.get("Architectures", [])),
        f"{function['MemorySize']} MB",
        f"{function['Timeout']} s",
        f"{function['CodeSize'] / 1e6:.1f} MB",
        function["LastModified"][:19],
    ]


def last_failure(api, name, hours):
    """How many lines of the log tell of a failure, and the last of them."""
    arguments = {"logGroupName": f"/aws/lambda/{name}", "filterPattern": FAILURES, "startTime": int((time.time() - hours * 3600) * 1000)}
    count, last, token = 0, None, {}
    for _ in range(MAX_PAGES):
        try:
            answer = api.filter_log_events(**arguments, **token)
        except api.exceptions.ResourceNotFoundException:
            return [name, "no log", "", ""]
        events = answer["events"]
        count += len(events)
        last = events[-1] if events else last
        if "nextToken" not in answer:
            break
        token = {"nextToken": answer["nextToken"]}
    else:
        count = f"{count} or more"
    if last is None:
        return [name, count, "", ""]
    return [name, count, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(last["timestamp"] / 1000)), summary(last["message"])]


def summary(line):
    try:
        record = json.loads(line)
    except ValueError:
        return line.strip()[:120]
    return f"{record.get('tool') or '-'}: {record.get('error.code') or record.get('outcome')}"


def show_gateway(api, gateway_id):
    """Prints the gateway and its targets. Whether all are ready."""
    gateway = api.get_gateway(gatewayIdentifier=gateway_id)
    print(f"Gateway {gateway_id}: {gateway['status']}, {gateway['authorizerType']}, {gateway['gatewayUrl']}\n")
    states, rows = [gateway["status"]], []
    for item in pages(api, "list_gateway_targets", "items", gatewayIdentifier=gateway_id):
        target = api.get_gateway_target(gatewayIdentifier=gateway_id, targetId=item["targetId"])
        tools = target["targetConfiguration"]["mcp"]["lambda"]["toolSchema"].get("inlinePayload", [])
        states.append(target["status"])
        rows.append([target["name"], target["status"], len(tools), "; ".join(target.get("statusReasons", []))])
    table(sorted(rows), "TARGET", "STATE", "TOOLS", "REASON")
    return all(state == "READY" for state in states)


def main(fleet_stack, gateway_stack, hours):
    cloudformation = client("cloudformation")
    stacks = {name: stack(cloudformation, name) for name in (fleet_stack, gateway_stack)}
    if stacks[fleet_stack] is None:
        print(f"status: there is no stack `{fleet_stack}` in {cloudformation.meta.region_name}: nothing is deployed, or elsewhere", file=sys.stderr)
        return 2
    found = {name: stack for name, stack in stacks.items() if stack is not None}
    changed = {name: stack.get("LastUpdatedTime") or stack["CreationTime"] for name, stack in found.items()}
    table([[name, stack["StackStatus"], f"{changed[name]:%Y-%m-%d %H:%M:%S}"] for name, stack in found.items()], "STACK", "STATE", "CHANGED (UTC)")
    good = all(stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE") for stack in found.values())

    resources = pages(cloudformation, "list_stack_resources", "StackResourceSummaries", StackName=fleet_stack)
    names = sorted(item["PhysicalResourceId"] for item in resources if item["ResourceType"] == "AWS::Lambda::Function")
    functions = client("lambda")
    states, rows = zip(*[function_row(functions, name) for name in names])
    # A function that was not called for weeks is inactive, and wakes up by itself.
    good = good and all(state in ("Active", "Inactive") for state in states)
    table(rows, "FUNCTION", "STATE", "VERSION", "FOR", "MEMORY", "TIMEOUT", "CODE", "CHANGED (UTC)")
    logs = client("logs")
    table([last_failure(logs, name, hours) for name in names], "FUNCTION", f"FAILURES IN {hours} H", "LAST (UTC)", "WHAT")

    if stacks[gateway_stack] is None:
        print("No gateway in this environment.")
        return 0 if good else 1
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[gateway_stack].get("Outputs", [])}
    if "GatewayId" not in outputs:
        print(f"The stack `{gateway_stack}` has no gateway.")
        return 1
    ready = show_gateway(client("bedrock-agentcore-control"), outputs["GatewayId"])
    return 0 if good and ready else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        print(f"status: {error}", file=sys.stderr)
        sys.exit(2)
