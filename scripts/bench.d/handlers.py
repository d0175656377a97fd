"""The handlers by themselves: cold, warm, memory, package; what the adapter costs; what the AWS SDK costs."""

import statistics

import cases
from markdown import in_one_line, number, section
from sizes import MB, has_sdk, sdk_code, zip_bytes

HELLO = "hello"


def table(bench):
    """Every handler, and the limit: a function that only returns its input."""
    hello = {**cases.hello(bench), "cold_starts": 30, "warm_calls": 5000}
    figures = bench.measure([hello, *cases.handlers(bench)])
    rows, measured = [], []
    for row in figures:
        is_hello = row["name"] == HELLO
        name = "a bare function" if is_hello else f"`{row['name']}`"
        if "error" in row:
            rows.append([name, f"not measured: {in_one_line(row['error'])}", *["-"] * 5])
            continue
        path = bench.handlers / HELLO if is_hello else bench.handler(row["name"])
        row["zip_mb"] = zip_bytes(path) / MB
        if not is_hello:
            row["has_aws"] = has_sdk(bench.unstripped / path.name)
            measured.append(row)
        rows.append([
            name, "-" if is_hello else row["tool"].split("___")[1], number(row["cold_ms"], 1), number(row["warm_p50_ms"] * 1000),
            number(row["warm_p99_ms"] * 1000), row["memory_mb"], number(row["zip_mb"], 2),
        ])
    bench.figures["handlers"] = measured
    return section(
        "Handlers",
        "As deployed (profile `lambda`), under the Runtime API of `lambda-emulator`. Cold: from starting the process to its first answer, 30 times. Warm: "
        "5,000 calls in a row as the Runtime API sees them, with two HTTP messages on loopback. The call is the one that `verify` makes. Nothing leaves "
        "the machine: without credentials and behind a proxy that does not answer, servers that need AWS or the Internet look for them and say so; what `aws-docs` and `aws-knowledge` show is how long they try. "
        "The bare function is the limit: it returns its input through `lambda_runtime`, built alike (`crates/lambda-emulator/examples/hello.rs`).",
        ["server", "call", "cold ms", "warm p50 us", "warm p99 us", "memory MB", "zip MB"], rows)


def adapter(bench):
    """The smallest server through the adapter, less the bare function, in turn."""
    rounds = 2 if bench.quick else 7
    small = next(case for case in cases.handlers(bench) if case["name"] == "filesystem")
    pair = [{**case, "cold_starts": 20, "warm_calls": 3000} for case in (cases.hello(bench), small)]
    figures = bench.measure(pair * rounds)
    if failed := [row["error"] for row in figures if "error" in row]:
        raise RuntimeError(failed[0])
    median = lambda rows, name: statistics.median(row[name] for row in rows)
    rows = []
    for label, name, factor, digits, key in [
        ("cold, ms", "cold_ms", 1, 2, "adapter_cold_ms"),
        ("warm p50, us", "warm_p50_ms", 1000, 0, "adapter_p50_us"),
        ("warm p99, us", "warm_p99_ms", 1000, 0, "adapter_p99_us"),
    ]:
        bare, whole = (factor * median(figures[start::2], name) for start in (0, 1))
        bench.figures[key] = whole - bare
        rows.append([label, number(bare, digits), number(whole, digits), number(whole - bare, digits)])
    return section(
        "What the adapter costs",
        "The bare function and `filesystem` with `list_allowed_directories`, which answers from memory, in turn: the medians of "
        f"{rounds} rounds of 20 cold starts and 3,000 warm calls each. The difference is the adapter, the MCP library, the tool itself and the line of log that "
        "each invocation leaves; the bare function logs nothing. A difference of two p99 is no p99 of a difference, but it is the nearest that can be measured.",
        ["", "bare function", "`filesystem`", "difference"], rows)


def first_requests(bench):
    figures = bench.measure(cases.first_requests(bench))
    bench.figures["first_requests"] = [row for row in figures if "error" not in row]
    rows = []
    for row in figures:
        name, tool = f"`{row['name']}`", row.get("tool", "").split("___")[-1]
        rows.append([name, f"not measured: {in_one_line(row['error'])}", "-", "-"] if "error" in row
                    else [name, tool, number(row["first_request_ms"], 1), row["memory_mb"]])
    return section(
        "To the first request for AWS", "From starting the process to the arrival of its first request for AWS: SDK client, credentials and signature included.",
        ["server", "call", "ms", "memory MB"], rows)


def sdk(bench):
    rows = []
    for path in sorted(bench.unstripped.glob("mcp-server-*")):
        code = sdk_code(path)
        if has_sdk(path):
            large = [(crate, size) for crate, size in code["aws"] if size >= 0.05 * MB and not crate.endswith("-server")]
            aws = ", ".join(f"`{crate}` {number(size / MB, 2)}" for crate, size in large)
            rows.append([f"`{path.name.removeprefix('mcp-server-')}`", aws, number(code["total"] / MB, 2)])
    return section(
        "What the AWS SDK costs", "Machine code per crate in MB, from the symbols of the deployed build: crates of 0.05 MB and more. Generic code counts for the crate whose name it carries.",
        ["server", "crates of the SDK", "all code MB"], rows)
