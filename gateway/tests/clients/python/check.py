"""Uses a running gateway through the Python `mcp` package and compares every answer.

usage: check.py URL HANDLERS CHECKS NODE MCP_REMOTE    (run by ../run)

Once more through `mcp-remote`, which connects programs that speak standard input and output only.
"""

import asyncio
import json
import pathlib
import sys

from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters, stdio_client

failures = 0


def check(name: str, found: object, expected: object) -> None:
    global failures
    if found == expected:
        print(f"ok      Python mcp, {name}")
    else:
        failures += 1
        print(f"FAILED  Python mcp, {name}\n        found:    {found!r}\n        expected: {expected!r}")


def registered(handlers: str) -> list[str]:
    """The names that the gateway should list, from the files that it registers."""
    names = []
    for path in pathlib.Path(handlers).glob("*/target.json"):
        target = json.loads(path.read_text())
        names += [f"{target['id']}___{tool['name']}" for tool in target["tools"]]
    return sorted(names)


async def listed(client: Client) -> tuple[list[str], list[int]]:
    """All names, and the size of each page."""
    names, sizes, cursor = [], [], None
    while True:
        page = await client.list_tools(cursor=cursor)
        names += [tool.name for tool in page.tools]
        sizes.append(len(page.tools))
        cursor = page.next_cursor
        if cursor is None:
            return names, sizes


async def text_of(client: Client, call: dict) -> tuple[bool, list[str]]:
    result = await client.call_tool(call["tool"], call["arguments"])
    return result.is_error, [block.text for block in result.content]


async def main(url: str, handlers: str, checks: dict, remote: list[str]) -> None:
    expected_names = registered(handlers)
    full, rest = divmod(len(expected_names), 30)
    bridge = StdioServerParameters(command=remote[0], args=[*remote[1:], url, "--transport", "http-only", "--silent"])
    # `auto` speaks the newest protocol, which has no handshake; `legacy` begins with one.
    for mode, version, connection in (
        ("auto", "2026-07-28", Client(url, mode="auto")),
        ("legacy", "2025-11-25", Client(url, mode="legacy")),
        ("mcp-remote", "2025-11-25", Client(stdio_client(bridge), mode="legacy")),
    ):
        async with connection as client:
            agreed = (client.protocol_version, client.server_info.name, client.server_capabilities.tools.list_changed)
            check(f"{mode}: agree on {version}", agreed, (version, "agentcore-gateway", True))
            names, sizes = await listed(client)
            check(f"{mode}: list {len(names)} tools, sorted, on {len(sizes)} pages", names, expected_names)
            check(f"{mode}: thirty tools a page", sizes, [30] * full + ([rest] if rest else []))
            is_error, texts = await text_of(client, checks["call"])
            found = (is_error, len(texts), checks["call"]["text"] in texts[0])
            check(f"{mode}: call {checks['call']['tool']}", found, (False, 1, True))
            for kind in ("invalid", "missing"):
                found = await text_of(client, checks[kind])
                check(f"{mode}: {kind} arguments", found, (True, [checks[kind]["text"]]))
            try:
                error = await client.call_tool(checks["unknown"], {})
            except MCPError as refused:
                error = (refused.code, str(refused))
            check(f"{mode}: unknown tool", error, (-32602, f"Unknown tool: {checks['unknown']}"))
            check(f"{mode}: no resources", (await client.list_resources()).resources, [])
            check(f"{mode}: no prompts", (await client.list_prompts()).prompts, [])


if __name__ == "__main__":
    URL, HANDLERS, CHECKS, *REMOTE = sys.argv[1:]
    try:
        asyncio.run(main(URL, HANDLERS, json.loads(pathlib.Path(CHECKS).read_text()), REMOTE))
    except* Exception as group:
        for error in group.exceptions:
            check("no exception", repr(error), "")
    sys.exit(1 if failures else 0)
