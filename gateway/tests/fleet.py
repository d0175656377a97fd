"""A fleet of one server in a folder, and the gateway that runs it: for checks with clients that are not ours."""

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import subprocess

SERVER = "  {id}:\n    name: {id}\n    description: Test server.\n    server: {id}\n    timeout: 60\n    memory: 256\n"

_failures = 0


def check(name: str, found: object, expected: object) -> None:
    global _failures
    if found == expected:
        print(f"ok      {name}")
    else:
        _failures += 1
        print(f"FAILED  {name}\n        found:    {found!r}\n        expected: {expected!r}")


def failed() -> bool:
    return _failures > 0


@dataclasses.dataclass
class Gateway:
    mcp: str
    lambda_api: str
    control: str
    announcement: str


@contextlib.contextmanager
def running(bin_: str, folder: pathlib.Path, *flags: str, environment: dict[str, str] | None = None):
    """`gateway up` with the server `alpha`, whose tools are `echo` and `text`; ends with Ctrl-C."""
    handler = folder / "handlers" / "alpha"
    handler.mkdir(parents=True, exist_ok=True)
    (folder / "servers.yaml").write_text("servers:\n" + SERVER.format(id="alpha"))
    tools = [{"name": name, "description": f"Does {name}.", "inputSchema": {"type": "object"}} for name in ("echo", "text")]
    target = {"id": "alpha", "name": "alpha", "description": "Test server.", "environment": {"MCP_FLEET_ACCESS": "read-only"}, "tools": tools}
    (handler / "target.json").write_text(json.dumps(target))
    (folder / "local").mkdir(exist_ok=True)
    function = folder / "local" / "mcp-server-alpha"
    if not function.exists():
        function.symlink_to(f"{bin_}/gateway-test-function")
    command = [f"{bin_}/gateway", "up", "--manifest", "servers.yaml", "--handlers", "handlers", "--bin-dir", "local"]
    command += ["--listen", "127.0.0.1:0", "--lambda-listen", "127.0.0.1:0", *flags]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env=os.environ | (environment or {})) as process:
        try:
            announcement = ""
            while "Ctrl-C ends all." not in announcement:
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"the gateway did not start: {announcement}")
                announcement += line
            url = lambda label: next((line.split()[-1] for line in announcement.splitlines() if line.startswith(label)), "")
            yield Gateway(url("MCP endpoint"), url("Lambda API"), url("Control plane"), announcement)
        finally:
            process.send_signal(signal.SIGINT)
