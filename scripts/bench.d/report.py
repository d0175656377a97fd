"""Runs the measurements of `scripts/bench`, prints their tables and writes them to docs/benchmarks.md."""

import argparse
import datetime
import io
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import cases
import sdk_sizes

MB = 1_000_000


def main():
    options = arguments()
    handlers = sorted(path for path in Path(options.handlers).glob("mcp-server-*") if not path.suffix)
    measure = lambda *arguments: run_measure(options.programs, *map(str, arguments))
    sections = [
        handler_table(handlers, measure(*handlers)),
        first_request_table(measure_cases(measure, cases.first_requests(options.handlers))),
        comparison_table(options, measure),
        sdk_table(options.unstripped),
        gateway_table(options),
    ]
    text = "\n\n".join([introduction(), *sections]) + "\n"
    Path("docs/benchmarks.md").write_text(text)
    print(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--handlers", required=True, help="folder of the handlers as they are deployed")
    parser.add_argument("--unstripped", required=True, help="folder of the same handlers with their symbols")
    parser.add_argument("--programs", required=True, help="folder of the gateway and of the measuring programs")
    parser.add_argument("--library", required=True, help="program that starts the Python library")
    parser.add_argument("--upstream", required=True, help="folder with one virtual environment per upstream server")
    parser.add_argument("--repository", required=True, help="a git repository")
    parser.add_argument("--endpoint", required=True, help="a local AWS")
    return parser.parse_args()


def introduction():
    processor = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    machine = f"{processor[1] if processor else platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    date = datetime.date.today().isoformat()
    return (
        "# Benchmarks\n\n"
        f"Written by `scripts/bench` on {date}: {machine}. Everything was measured in that one run, on that one machine; medians unless a "
        "column says otherwise. Lambda's own start-up is in none of it."
    )


def run_measure(programs, *arguments):
    output = subprocess.run([f"{programs}/examples/measure", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def measure_cases(measure, list_of_cases):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(list_of_cases, file)
        file.flush()
        return measure("--cases", file.name)


def handler_table(handlers, figures):
    rows = []
    for path, row in zip(handlers, figures, strict=True):
        rows.append([
            f"`{row['name']}`", row["tool"].split("___")[1], number(row["cold_ms"], 1), number(row["warm_p50_ms"] * 1000),
            number(row["warm_p99_ms"] * 1000), row["memory_mb"], number(zip_bytes(path) / MB, 2),
        ])
    return section(
        "Handlers",
        "As deployed (profile `lambda`), under the Runtime API. Cold: from starting the process to its first answer. Warm: 5,000 calls in a row "
        "as the Runtime API sees them, with two HTTP messages on loopback. The call is the one that `verify` makes: without credentials those that "
        "need AWS look for them and say so.",
        ["server", "call", "cold ms", "warm p50 us", "warm p99 us", "memory MB", "zip MB"], rows)


def first_request_table(figures):
    rows = [[f"`{row['name']}`", row["tool"].split("___")[1], number(row["first_request_ms"], 1), row["memory_mb"]] for row in figures]
    return section(
        "To the first request for AWS", "From starting the process to the arrival of its first request for AWS: SDK client, credentials and signature included.",
        ["server", "call", "ms", "memory MB"], rows)


def comparison_table(options, measure):
    pairs = cases.pairs(options.handlers, options.programs, options.library, options.upstream, options.repository, options.endpoint)
    figures = measure_cases(measure, pairs)
    rows = []
    for ours, library in zip(figures[::2], figures[1::2], strict=True):
        server = ours["name"]
        handler = Path(options.handlers) / f"mcp-server-{server}"
        # A wrapped server's package holds the server as well, whoever wraps it.
        packages = "-"
        if handler.exists():
            package = folder_bytes(Path(options.library).parent) + folder_bytes(Path(options.upstream) / server)
            packages = versus(zip_bytes(handler) / MB, package / MB, 1)
        rows.append([
            f"`{server}`", ours["tool"].split("___")[1],
            versus(ours["cold_ms"], library["cold_ms"], 1), versus(ours["warm_p50_ms"], library["warm_p50_ms"], 2),
            versus(ours["memory_mb"], library["memory_mb"]), packages,
        ])
    return section(
        "Against the Python library",
        "`run-mcp-servers-with-aws-lambda` around the upstream server of the same name, the same call against the same repository or local AWS (ministack), "
        "in turn. Each cell: ours / the library's, and how many times less ours is. Warm includes what the tool does: a repository read, or a round trip to the "
        "local AWS, which answers both alike. Memory of the library: interpreter and server together. Package: our zip against the installed Python packages, zipped.",
        ["server", "call", "cold ms", "warm ms", "memory MB", "package MB"], rows)


def sdk_table(unstripped):
    rows = []
    for path in sorted(Path(unstripped).glob("mcp-server-*")):
        sizes = sdk_sizes.of(path)
        if sizes["aws"]:
            aws = ", ".join(f"`{crate}` {number(size / MB, 2)}" for crate, size in sizes["aws"])
            rows.append([f"`{path.name.removeprefix('mcp-server-')}`", aws, number(sizes["total"] / MB, 2)])
    return section(
        "What the AWS SDK costs", "Machine code per crate in MB, from the symbols of the deployed build. Generic code counts for the crate whose name it carries.",
        ["server", "crates of the SDK", "all code MB"], rows)


def gateway_table(options):
    rows = []
    with tempfile.TemporaryFile("w+") as output:
        command = [f"{options.programs}/gateway", "up", "--bin-dir", options.handlers, "--listen", "127.0.0.1:0", "--lambda-listen", "127.0.0.1:0"]
        gateway = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        try:
            address = wait_for_address(gateway, output)
            for clients in (1, 8, 64):
                load = [f"{options.programs}/examples/load", "--address", address, "--clients", str(clients), "filesystem___list_allowed_directories"]
                line = subprocess.run(load, check=True, stdout=subprocess.PIPE, text=True).stdout
                found = re.search(r"(\d+) calls/s, p50 ([\d.]+) ms, p99 ([\d.]+) ms, (\d+) errors", line)
                rows.append([clients, *found.groups()])
        finally:
            gateway.terminate()
            gateway.wait()
    return section(
        "Through the local gateway", "`filesystem___list_allowed_directories` over MCP, 20,000 calls, real handler processes; clients, gateway and handlers share the machine.",
        ["clients", "calls/s", "p50 ms", "p99 ms", "errors"], rows)


def wait_for_address(gateway, output):
    while gateway.poll() is None:
        output.seek(0)
        if found := re.search(r"http://(127\.0\.0\.1:\d+)/mcp", output.read()):
            return found[1]
    sys.exit("bench: the gateway did not start")


def zip_bytes(path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.write(path, "bootstrap")
    return len(data.getvalue())


def folder_bytes(environment):
    """A zip of the packages of a virtual environment, without what only installs packages."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        for site in environment.glob("lib/python*/site-packages"):
            for path in site.rglob("*"):
                inside = path.relative_to(site)
                if path.is_file() and inside.parts[0] not in ("pip", "setuptools") and "__pycache__" not in inside.parts:
                    package.write(path, inside)
    return len(data.getvalue())


def section(title, text, header, rows):
    lines = [f"## {title}", "", text, "", "| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def versus(ours, library, digits=0):
    return f"{number(ours, digits)} / {number(library, digits)} ({library / ours:,.0f}x)"


def number(value, digits=0):
    return f"{value:,.{digits}f}"


if __name__ == "__main__":
    main()
