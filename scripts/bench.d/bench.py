"""What all parts of a run share: its options, the folders, the measuring programs, and the figures that the summary needs."""

import json
import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path

from programs import run, serving, wait_for

ROOT = Path(__file__).parents[2]


class Bench:
    """One run. `figures`: what the summary compares with the design, by name; a part that failed has left none."""

    def __init__(self, options):
        self.quick = options.quick
        self.handlers = Path(options.handlers)
        self.unstripped = Path(options.unstripped)
        self.programs = Path(options.programs)
        self.cache = Path(options.cache)
        self.work = Path(options.work)
        self.endpoint = options.endpoint
        self.figures = {}

    def handler(self, server):
        return self.handlers / f"mcp-server-{server}"

    def targets(self):
        """`handlers/<id>/target.json` of each handler that was built, by id."""
        built = sorted(path.name.removeprefix("mcp-server-") for path in self.handlers.glob("mcp-server-*"))
        return {server: json.loads((ROOT / f"handlers/{server}/target.json").read_text()) for server in built}

    def few(self, count):
        """`count`, or as many as show that it works."""
        return min(count, max(2, count // 50)) if self.quick else count

    def measure(self, cases):
        """The figures of each case (`crates/lambda-emulator/examples/measure/case.rs`), in their order."""
        cases = [{**case, "cold_starts": self.few(case["cold_starts"]), "warm_calls": self.few(case["warm_calls"])} for case in cases]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(cases, file)
            file.flush()
            # Nobody's credentials: the emulator passes on what the SDKs read.
            nobody = {"PATH": os.environ["PATH"], "HOME": str(self.work)}
            output = run(self.programs / "examples/measure", file.name, environment=nobody)
        return [json.loads(line) for line in output.splitlines()]

    def load(self, address, tools, clients, calls, seconds=60, path="/mcp"):
        """Calls `tools` in turn: `(calls per second, p50 ms, p99 ms)`."""
        line = run(
            self.programs / "examples/load", "--address", address, "--path", path, "--clients", clients, "--calls", self.few(calls),
            "--warm-up", max(2 * clients, len(tools)), "--seconds", seconds, *tools)
        found = re.search(r"([\d.]+) calls/s, p50 ([\d.]+) ms, p99 ([\d.]+) ms", line)
        return tuple(float(figure) for figure in found.groups())

    @contextmanager
    def gateway(self, *options):
        """The address of a local gateway that runs meanwhile."""
        command = [self.programs / "gateway", "up", "--listen", "127.0.0.1:0", "--lambda-listen", "127.0.0.1:0", *options]
        with serving(command, ROOT) as (process, output):
            yield wait_for(process, output, lambda said: (re.search(r"http://(127\.0\.0\.1:\d+)/mcp", said) or [None, None])[1])
