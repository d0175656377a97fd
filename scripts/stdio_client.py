"""Uses a handler as a plain stdio server, through the Python `mcp` package.

usage: stdio_client.py BINARY REPOSITORY    (run by scripts/e2e; BINARY is mcp-server-git-repo)
"""

import asyncio
import pathlib
import sys

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client


async def main(binary: str, repository: str) -> None:
    arguments = ["stdio", "--", str(pathlib.Path(repository).parent)]
    server = StdioServerParameters(command=binary, args=arguments)
    async with Client(stdio_client(server)) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "git_log" in names, names
        assert "git_commit" not in names, "read-only is the default"
        result = await client.call_tool("git_log", {"repo_path": repository})
        assert not result.is_error, result
        assert "First commit" in result.content[0].text, result
        refused = await client.call_tool("git_commit", {"repo_path": repository, "message": "no"})
        assert refused.is_error and refused.content[0].text.startswith("access_denied"), refused


asyncio.run(main(*sys.argv[1:]))
