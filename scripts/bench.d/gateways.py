"""Calls through the local gateway: how many, beside other programs, and how it grows with its targets."""

import http.client
import json
import statistics
import time
from contextlib import ExitStack, contextmanager

import fleets
import processor_time
from markdown import in_one_line, number, section
from programs import free_address, listens, serving, wait_for

CALLS = 30_000
CLIENTS = (1, 8, 64)
TOOL = "list_allowed_directories"
SIZES = (3, 18, 30, 180)


def throughput(bench):
    rows = []
    with whole_fleet(bench) as address:
        for clients in CLIENTS:
            before = processor_time.snapshot()
            calls, p50, p99 = bench.load(address, [f"filesystem___{TOOL}"], clients, CALLS)
            spent = processor_time.since(before, bench.few(CALLS))
            rows.append([clients, number(calls), number(p50, 2), number(p99, 2), *processor_time.cells(spent)])
            bench.figures["calls_per_second"] = max(calls, bench.figures.get("calls_per_second", 0))
    return section(
        "Through the local gateway",
        f"`filesystem___{TOOL}` over MCP, 30,000 calls, real handler processes, one line of log per call; clients, gateway and handlers share the machine's cores. "
        f"The last three columns: processor time per call in us, and what of it was the kernel's. {processor_time.sentence(spent)} The gateway's part includes the Runtime API, "
        "which on AWS is Lambda's. In system calls it is little that could be left out: each of a call's six messages is one read or one write, and two more write lines of log; what remains is "
        "waking threads and processes, and a call that shared a process with the gateway would not be a Lambda's.",
        ["clients", "calls/s", "p50 ms", "p99 ms", *processor_time.COLUMNS], rows)


def whole_fleet(bench):
    """A gateway with every server that was built."""
    folder = bench.work / "fleet"
    if not folder.exists():
        targets = bench.targets().items()
        fleets.write(folder, {id: (bench.handler(id), target["environment"], target["tools"]) for id, target in targets})
    return bench.gateway(*fleets.options(folder))


def beside(bench):
    """Each program in turn, with the same server behind it."""
    server = bench.handler("filesystem")
    rows = []
    for label, start, tool in [
        ("`gateway`, the server as a function", lambda: whole_fleet(bench), f"filesystem___{TOOL}"),
        ("`gateway`, the server wrapped: stdio", lambda: wrapped(bench, server), f"wrapped___{TOOL}"),
        ("`mcp-proxy` 0.13.0 (PyPI), stdio", lambda: mcp_proxy(bench, server), TOOL),
        ("`localcore-gateway` 0.3.0 (PyPI), stdio", lambda: localcore(bench, server), f"filesystem___{TOOL}"),
    ]:
        cells = []
        try:
            with start() as address:
                for clients in CLIENTS:
                    calls, p50, p99 = bench.load(address, [tool], clients, 1_000_000, seconds=1 if bench.quick else 6)
                    cells.append(f"{number(calls)} / {number(p50, 1)} / {number(p99, 1)}")
        except Exception as error:
            cells.append(f"not measured: {in_one_line(error)}")
        rows.append([label, *cells, *["-"] * (len(CLIENTS) - len(cells))])
    return section(
        "Beside other programs",
        f"The same server (our `mcp-server-filesystem`), tool (`{TOOL}`), arguments (none) and clients, for 6 seconds each; every client initializes and keeps the "
        "session that it is given. `mcp-proxy` and `localcore-gateway` run as their documentation shows, with the server as a stdio program, one for all clients. Our gateway runs it as "
        "Lambda would, in up to ten processes; in the second row one handler process wraps the same stdio program. Cells: calls/s / p50 ms / p99 ms.",
        ["", *(f"{clients} clients" if clients > 1 else "1 client" for clients in CLIENTS)], rows)


def wrapped(bench, server):
    environment = {"FIXTURE_PROGRAM": str(server), "MCP_FLEET_ACCESS": "read-write"}
    tools = bench.targets()["filesystem"]["tools"]
    folder = fleets.write(bench.work / "wrapped", {"wrapped": (bench.programs / "examples/handler", environment, tools)})
    return bench.gateway(*fleets.options(folder), "--max-processes", 1)


@contextmanager
def mcp_proxy(bench, server):
    address = free_address()
    host, port = address.split(":")
    command = [bench.cache / "mcp-proxy/bin/mcp-proxy", "--host", host, "--port", port, "--log-level", "WARNING", "--", server]
    with serving(command, bench.work) as (process, output):
        wait_for(process, output, lambda _: listens(address))
        yield address


@contextmanager
def localcore(bench, server):
    address = free_address()
    host, port = address.split(":")
    settings = bench.work / "localcore.yaml"
    settings.write_text(json.dumps({"targets": [{"type": "mcp", "name": "filesystem", "command": str(server)}]}))
    command = [bench.cache / "localcore-gateway/bin/lcgw", "serve", "--config", settings, "--host", host, "--port", port]
    with serving(command, bench.work) as (process, output):
        wait_for(process, output, lambda _: listens(address))
        yield address


def growth(bench):
    """The same calls through gateways with few and with many targets, in turn: all of them run all the time."""
    rounds = 1 if bench.quick else 5
    ours = bench.targets()["filesystem"]
    ids = {size: [f"filesystem-{number:03}" for number in range(size)] for size in SIZES}
    one, all_of_them, lists = ({size: [] for size in SIZES} for _ in range(3))
    with ExitStack() as stack:
        addresses = {}
        for size in SIZES:
            members = {id: (bench.handler("filesystem"), ours["environment"], ours["tools"]) for id in ids[size]}
            folder = fleets.write(bench.work / f"fleet-{size}", members)
            addresses[size] = stack.enter_context(bench.gateway(*fleets.options(folder)))
        for _ in range(rounds):
            for size in SIZES:
                tools = [f"{id}___{TOOL}" for id in ids[size]]
                one[size].append(bench.load(addresses[size], [tools[size // 2]], 1, 4000, seconds=3)[1])
                all_of_them[size].append(bench.load(addresses[size], tools, 1, 4000, seconds=3)[1])
                lists[size] += [listing(addresses[size]) for _ in range(bench.few(20))]
    rows = []
    for size in SIZES:
        tools, pages, size_bytes, _, _ = lists[size][0]
        first_ms, whole_ms = (statistics.median(row[column] for row in lists[size]) for column in (3, 4))
        rows.append([
            size, number(statistics.median(one[size]) * 1000), number(statistics.median(all_of_them[size]) * 1000),
            number(tools), number(first_ms, 2), pages, number(whole_ms, 1), number(size_bytes / 1000),
        ])
    bench.figures["growth"] = {
        name: statistics.median(times[180]) / statistics.median(times[18]) for name, times in [("one", one), ("all", all_of_them)]
    }
    return section(
        "With more targets",
        f"Gateways with 3 to 180 targets, the same handler under other names, in turn; one client, the median of {rounds} medians of 4,000 calls. To one target: what the "
        "gateway itself makes of its size. To all targets in turn: each call meets another process, which has slept since its last one and whose memory is no longer in the processor's cache. "
        "Listed from a Python client: the first page, and all pages.",
        ["targets", "call to one us", "calls to all us", "tools", "first page ms", "pages", "all pages ms", "all pages kB"], rows)


def listing(address):
    """Tools, pages, bytes, and the milliseconds of the first page and of all."""
    connection = http.client.HTTPConnection(address, timeout=30)
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
    tools, size_bytes, times, cursor = 0, 0, [], None
    while True:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"cursor": cursor} if cursor else {}}
        began = time.perf_counter()
        connection.request("POST", "/mcp", json.dumps(message), headers)
        body = connection.getresponse().read()
        times.append((time.perf_counter() - began) * 1000)
        page = json.loads(body)["result"]
        tools, size_bytes, cursor = tools + len(page["tools"]), size_bytes + len(body), page.get("nextCursor")
        if not cursor:
            connection.close()
            return tools, len(times), size_bytes, times[0], sum(times)
