"""Runs the measurements of `scripts/bench`, prints their tables and writes them to docs/benchmarks.md."""

import argparse
import datetime
import os
import platform
import re
import sys
import time
from pathlib import Path

import comparison
import gateways
import handlers
import page
import targets
from bench import Bench
from markdown import in_one_line
from programs import run

PARTS = [
    ("Handlers", handlers.table),
    ("What the adapter costs", handlers.adapter),
    ("To the first request for AWS", handlers.first_requests),
    ("Against the Python library", comparison.table),
    ("What the AWS SDK costs", handlers.sdk),
    ("Through the local gateway", gateways.throughput),
    ("Beside other programs", gateways.beside),
    ("With more targets", gateways.growth),
]


def main():
    options = arguments()
    bench = Bench(options)
    sections, failed = [], []
    for title, part in PARTS:
        began = time.monotonic()
        try:
            sections.append(part(bench))
        except Exception as error:  # A part that fails must not take the others with it.
            failed.append(title)
            sections.append(f"## {title}\n\nNot measured: {in_one_line(error)}")
        print(f"{title}: {time.monotonic() - began:.0f} s{' (failed)' if title in failed else ''}", file=sys.stderr, flush=True)
    text = "\n\n".join([introduction(), targets.summary(bench.figures), *sections])
    # Rows that failed are a failure too, but in a quick run not everything was built.
    if not options.quick:
        failed += [title for (title, _), text in zip(PARTS, sections, strict=True) if "| not measured: " in text]
    # An error can name a file of this machine.
    text = text.replace(f"{bench.work}/", "").replace(f"{bench.cache}/", "").replace(f"{bench.programs}/", "")
    print(text)
    if not options.quick:
        page.replace("bench", text)
    if failed:
        sys.exit(f"bench: not measured: {', '.join(failed)}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--handlers", required=True, help="folder of the handlers as they are deployed, and of the bare function `hello`")
    parser.add_argument("--unstripped", required=True, help="folder of the same handlers with their symbols")
    parser.add_argument("--programs", required=True, help="folder of the gateway and of the measuring programs")
    parser.add_argument("--cache", required=True, help="folder of the Python environments")
    parser.add_argument("--work", required=True, help="an empty folder, but for the git repository `repository`")
    parser.add_argument("--endpoint", required=True, help="a local AWS")
    parser.add_argument("--quick", action="store_true", help="a few calls each, and no page: shows that it works")
    return parser.parse_args()


def introduction():
    processor = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    machine = f"{processor[1] if processor else platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    versions = f"commit {run('git', 'rev-parse', '--short', 'HEAD').strip()}, {run('rustc', '--version').strip()}, Python {platform.python_version()}"
    return (
        f"Written by `scripts/bench` on {datetime.date.today().isoformat()}: {machine}; {versions}. Everything here was measured in that one run, on that one "
        "machine; medians unless a column says otherwise. Lambda's own start-up is in none of it."
    )


if __name__ == "__main__":
    main()
