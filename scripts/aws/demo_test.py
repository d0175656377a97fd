"""Starts the demo as `scripts/up --demo` does and uses it: the calls that it prints, as they are printed, and through the
Python `mcp` package what is put into the local AWS meanwhile; at the end, Ctrl-C.

usage: demo_test.py DIR      (DIR holds the built programs, such as target/debug)
"""

import asyncio
import contextlib
import datetime
import json
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

from mcp import Client

import local_aws
import processes
import seed
from checks import Checks
from demo import LAST_LINE

# What the printed calls have to answer.
SHOWN = {
    "cloudwatch-mcp___get_active_alarms": ["checkout-errors", "25 errors in a minute"],
    "cloudwatch-mcp___get_metric_data": ["3000"],
    "cloudwatch-mcp___execute_log_insights_query": ["payments.example.com did not answer"],
    "cfn-mcp___list_resources": [seed.BUCKET],
    "cfn-mcp___create_resource": ["SUCCESS", "payments"],
}


@contextlib.contextmanager
def demo(binaries: str):
    """Runs the demo and yields its process and what it printed."""
    command = [sys.executable, pathlib.Path(__file__).with_name("demo.py"), binaries, "--listen", "127.0.0.1:0", "--lambda-listen", "127.0.0.1:0"]
    with processes.running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        printed = ""
        for line in process.stdout:
            printed += line
            if line == LAST_LINE:
                break
        else:
            raise SystemExit(f"the demo does not start:\n{printed}{process.stderr.read()}")
        # What the gateway logs of each call has to be read, or it stops when the pipe is full.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield process, printed


def printed_calls(checks: Checks, printed: str) -> None:
    calls = [line.strip() for line in printed.splitlines() if " call --url " in line]
    checks.check("the demo prints calls", None if calls else printed)
    for call in calls:
        words = shlex.split(call)
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        tool = next(word for word in words if "___" in word)
        text = done.stdout if done.returncode == 0 and '"isError":true' not in done.stdout else f"failed: {done.stdout}{done.stderr}"
        checks.has(f"as printed: {tool}", text, *SHOWN[tool])


class Gateway:
    """A real client of the gateway."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, **arguments: object) -> tuple[bool, str]:
        """Whether the tool failed, and its text: the gateway wraps what the function returned."""
        wrapped = await self.client.call_tool(tool, arguments)
        returned = json.loads(wrapped.content[0].text)
        return returned["isError"], "\n".join(block["text"] for block in returned["content"])


async def resources(checks: Checks, gateway: Gateway) -> None:
    """One resource through its life."""
    bucket = {"resource_type": "AWS::S3::Bucket", "identifier": "made-by-test"}
    versioned = [{"op": "add", "path": "/VersioningConfiguration", "value": {"Status": "Enabled"}}]

    async def works(name: str, tool: str, *parts: str, **arguments: object) -> None:
        failed, text = await gateway.call(f"cfn-mcp___{tool}", **arguments)
        checks.has(name, f"failed: {text}" if failed else text, *parts)

    async def fails(name: str, tool: str, *parts: str, **arguments: object) -> None:
        failed, text = await gateway.call(f"cfn-mcp___{tool}", **arguments)
        checks.has(name, text if failed else f"did not fail: {text}", *parts)

    await works("create a bucket", "create_resource", "SUCCESS", resource_type="AWS::S3::Bucket", properties={"BucketName": "made-by-test"})
    await works("read it", "get_resource", '"BucketName": "made-by-test"', **bucket)
    await works("list it", "list_resources", "made-by-test", resource_type="AWS::S3::Bucket")
    await works("say what an update changes", "update_resource", "Nothing was changed", **bucket, patch_document=versioned, dry_run=True)
    await works("update it", "update_resource", "SUCCESS", "Enabled", **bucket, patch_document=versioned)
    await works("read the update", "get_resource", "Enabled", **bucket)
    await works("delete it", "delete_resource", "SUCCESS", **bucket)
    await fails("then it is gone", "get_resource", "aws_not_found", "made-by-test", **bucket)
    await fails("what is gone cannot be updated", "update_resource", "aws_not_found", **bucket, patch_document=versioned)
    await fails("a type without a service is refused", "get_resource", "invalid_arguments", "AWS::S3::Bucket", resource_type="bucket", identifier="b")


async def metrics_and_logs(checks: Checks, gateway: Gateway, aws: str) -> None:
    """What was put in comes out."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    span = {"start_time": (now - datetime.timedelta(hours=1)).isoformat(), "end_time": (now + datetime.timedelta(minutes=1)).isoformat()}
    cloudwatch, logs = local_aws.client("cloudwatch", aws), local_aws.client("logs", aws)
    at = now - datetime.timedelta(minutes=5)
    cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "Orders", "Timestamp": at, "Value": 1234.5}])
    logs.create_log_group(logGroupName="/test/orders")
    logs.create_log_stream(logGroupName="/test/orders", logStreamName="one")
    events = [{"timestamp": int(at.timestamp() * 1000), "message": f"order {number}"} for number in (41, 42)]
    logs.put_log_events(logGroupName="/test/orders", logStreamName="one", logEvents=events)

    failed, text = await gateway.call("cloudwatch-mcp___get_metric_data", namespace="Test", metric_name="Orders", statistic="Sum", **span)
    checks.has("a metric comes out as it was put in", f"failed: {text}" if failed else text, "1234.5")
    failed, text = await gateway.call("cloudwatch-mcp___describe_log_groups", log_group_name_prefix="/test/")
    checks.has("a log group is found", f"failed: {text}" if failed else text, "/test/orders")
    query = {"log_group_names": ["/test/orders"], "query_string": "fields @message | filter @message like /42/ | limit 5"}
    failed, text = await gateway.call("cloudwatch-mcp___execute_log_insights_query", **query, **span)
    checks.has("a log event is found", f"failed: {text}" if failed else text, "order 42")
    checks.check("and others are not", text if "order 41" in text else None)
    failed, text = await gateway.call("cloudwatch-mcp___get_alarm_history", alarm_name=seed.FAILING_ALARM)
    checks.has("an alarm's history", f"failed: {text}" if failed else text, "ALARM")
    failed, text = await gateway.call("cloudwatch-mcp___execute_log_insights_query", **query | {"log_group_names": ["/no/such"]}, **span)
    checks.has("a log group that does not exist is named", text if failed else f"did not fail: {text}", "aws_not_found", "/no/such")


async def with_client(checks: Checks, url: str, aws: str) -> None:
    async with Client(url) as client:
        gateway = Gateway(client)
        names, cursor = [], None
        while page := await client.list_tools(cursor=cursor):
            names += [tool.name for tool in page.tools]
            if (cursor := page.next_cursor) is None:
                break
        checks.has("the demo allows writes", " ".join(names), "cfn-mcp___create_resource", "cfn-mcp___delete_resource")
        await resources(checks, gateway)
        if "cloudwatch-mcp___get_metric_data" in names:
            await metrics_and_logs(checks, gateway, aws)
        else:
            print("skipped metrics and logs: the fleet has no cloudwatch-mcp", flush=True)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def main(binaries: str) -> int:
    local_aws.isolate()
    processes.end_on_signals()
    checks = Checks()
    with demo(binaries) as (process, printed):
        url = re.search(r"MCP endpoint +(\S+)", printed)[1]
        aws = re.search(r"Local AWS +(\S+)", printed)[1]
        printed_calls(checks, printed)
        asyncio.run(with_client(checks, url, aws))
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30)
        checks.check("Ctrl-C ends the demo", None if code == 0 else f"exit code {code}")
    left = [one for one in (url, aws) if answers(one)]
    checks.check("and everything that it started", f"still there: {left}" if left else None)
    return checks.exit_code("demo")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
