"""The local gateway with a local AWS behind it, filled with a little data, until Ctrl-C. Needs no account.

usage: demo.py DIR [OPTION of `gateway up`...]      (DIR holds the built programs; run by `scripts/up --demo`)
"""

import datetime
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import fleet
import local_aws
import processes
import seed
import stand_in
from stand_in_answers import NOTHING_THERE

# What the gateway prints last when it serves.
LAST_LINE = "Ctrl-C ends all.\n"

# What to try: tool, arguments, and what the answer shows. Those are printed whose tools the fleet has.
CALLS = [
    ("cloudwatch-mcp___get_active_alarms", {}, "What is wrong? One alarm."),
    (
        "cloudwatch-mcp___get_metric_data",
        {
            "namespace": "AWS/Lambda",
            "metric_name": "Duration",
            "dimensions": [{"name": "FunctionName", "value": seed.FUNCTION}],
            "start_time": "{hours_ago}",
            "statistic": "Average",
        },
        "Since when? A call takes 3000 ms instead of 120, for ten minutes.",
    ),
    (
        "cloudwatch-mcp___execute_log_insights_query",
        {
            "log_group_names": [seed.LOG_GROUP],
            "start_time": "{hours_ago}",
            "end_time": "{now}",
            "query_string": "fields @timestamp, @message | filter @message like /ERROR/ | limit 3",
        },
        "Why? A payment service that does not answer.",
    ),
    ("cfn-mcp___list_resources", {"resource_type": "AWS::S3::Bucket"}, "What did the stack make? A bucket."),
    (
        "cfn-mcp___create_resource",
        {"resource_type": "AWS::SSM::Parameter", "properties": {"Name": "payments", "Type": "String", "Value": "off"}},
        "And a change, allowed because nothing here is real.",
    ),
]


def introduction(aws: str, gateway: pathlib.Path, url: str, handlers: pathlib.Path) -> str:
    """What a newcomer is told when everything runs."""
    tools = {f"{server}___{tool}" for server in fleet.aws_servers() for tool in fleet.offered(handlers, server)}
    place = "" if url == "http://127.0.0.1:8080/mcp" else f"--url {url} "
    calls = "\n\n".join(
        f"  # {shows}\n  {_shown(gateway)} call {place}{tool} {shlex.quote(json.dumps(_dated(arguments)))}"
        for tool, arguments, shows in CALLS
        if tool in tools
    )
    return f"""\
Demo          The AWS behind these servers is a program on this machine: no account, no cost, and gone after Ctrl-C.
              A function `{seed.FUNCTION}` has been slow and failing for ten minutes. There are {seed.HOURS} hours of its metrics and logs,
              two alarms, and a stack `{seed.STACK}` of a bucket and a queue. AWS servers may write here (`access: read-write`).
              It has no price list, no Prometheus, and of Logs Insights only `fields`, `filter`, `sort` and `limit`.
Local AWS     {aws}

Try in another terminal:

{calls}
"""


def _dated(arguments: dict) -> dict:
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    times = {"{now}": now, "{hours_ago}": now - datetime.timedelta(hours=seed.HOURS)}
    return {name: times[value].isoformat() if str(value) in times else value for name, value in arguments.items()}


def _shown(program: pathlib.Path) -> str:
    """As the reader would type it in the folder of the fleet."""
    inside = program.is_relative_to(fleet.ROOT)
    return shlex.quote(str(program.relative_to(fleet.ROOT) if inside else program))


def serve(binaries: pathlib.Path, folder: pathlib.Path, options: list[str]) -> int:
    """Runs everything. Returns when the gateway ends by itself, with its exit code."""
    writable = fleet.with_writes(folder, binaries)
    with local_aws.started(folder / "ministack.log") as ministack, stand_in.started(ministack, NOTHING_THERE) as aws:
        seed.seed(aws)
        gateway = binaries / "gateway"
        command = [gateway, "up", "--bin-dir", binaries, "--manifest", writable.manifest, "--handlers", writable.handlers]
        environment = os.environ | local_aws.ROOT | {"AWS_ENDPOINT_URL": aws}
        with processes.running(command + options, env=environment, stdout=subprocess.PIPE, text=True) as process:
            url = ""
            for line in process.stdout:
                if found := re.match(r"MCP endpoint +(\S+)", line):
                    url = found[1]
                if line == LAST_LINE:
                    print(introduction(aws, gateway, url, writable.handlers))
                print(line, end="", flush=True)
            return process.wait()


def main(folder_of_programs: str, *options: str) -> int:
    binaries = fleet.built(folder_of_programs)
    local_aws.isolate()
    processes.end_on_signals()
    with tempfile.TemporaryDirectory(prefix="mcp-fleet-demo-") as folder:
        try:
            return serve(binaries, pathlib.Path(folder), list(options))
        except processes.Interrupted:
            return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
