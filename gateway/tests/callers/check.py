"""Calls a gateway with tokens of `oidc-provider` and compares the answers.

usage: check.py BIN NODE PROVIDERS    (run by ./run)
"""

import asyncio
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from fleet import check, failed, running  # noqa: E402

PING = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})


def token(provider: str, client: str, audience: str = "gateway", scope: str = "invoke") -> str:
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": "secret"}
    form |= {"resource": f"http://{audience}/RS256", "scope": scope}
    request = urllib.request.Request(f"{provider}/token", urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["access_token"]


def curl(url: str, *arguments: str) -> tuple[int, str, str]:
    """Status, challenge and body."""
    command = ["curl", "--silent", "--max-time", "20", "--include", "--header", "Content-Type: application/json"]
    done = subprocess.run([*command, *arguments, url], capture_output=True, text=True, timeout=30)
    head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
    challenge = re.search(r"^www-authenticate: (.*)$", head, re.MULTILINE | re.IGNORECASE)
    return int(head.split()[1]), challenge[1] if challenge else "", body


def with_curl(url: str, provider: str) -> None:
    metadata = url.removesuffix("/mcp") + "/.well-known/oauth-protected-resource"
    bearer = lambda text: ["--data", PING, "--header", f"Authorization: Bearer {text}"]
    good = token(provider, "agent")
    check("curl, a valid token", curl(url, *bearer(good))[0], 200)
    for name, arguments, expected in (
        ("no token", ["--data", PING], 401),
        ("another audience", bearer(token(provider, "agent", audience="elsewhere")), 401),
        ("an expired token", bearer(token(provider, "late")), 401),
        ("a changed token", bearer(good[:-8] + "AAAAAAAA"), 401),
        ("another client", bearer(token(provider, "stranger")), 403),
        ("another scope", bearer(token(provider, "agent", scope="other")), 403),
    ):
        status, challenge, _ = curl(url, *arguments)
        named = f'resource_metadata="{metadata}"' in challenge
        check(f"curl, {name}", (status, challenge.startswith("Bearer "), named), (expected, True, True))
    status, _, body = curl(metadata)
    document = json.loads(body)
    check("curl, who gives tokens", (status, document["authorization_servers"], document["resource"]), (200, [provider], url))


async def with_mcp(url: str, authorization: dict) -> object:
    """The text of a call, or the HTTP statuses that it ended with."""
    statuses = []

    async def note(response: httpx2.Response) -> None:
        statuses.append(response.status_code)

    try:
        async with httpx2.AsyncClient(headers=authorization, event_hooks={"response": [note]}) as http:
            async with Client(streamable_http_client(url, http_client=http), mode="legacy") as client:
                return (await client.call_tool("alpha___text", {})).content[0].text
    except Exception:
        return sorted(set(statuses))


def main() -> None:
    bin_, node, providers = sys.argv[1:]
    with subprocess.Popen([node, providers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            provider = json.loads(process.stdout.readline())["provider"]
            flags = ["--auth", "jwt", "--jwt-discovery-url", f"{provider}/.well-known/openid-configuration"]
            flags += ["--jwt-audience", "http://gateway/RS256", "--jwt-client", "agent", "--jwt-client", "late", "--jwt-scope", "invoke"]
            with tempfile.TemporaryDirectory() as folder, running(bin_, pathlib.Path(folder), *flags) as gateway:
                with_curl(gateway.mcp, provider)
                bearer = lambda text: {"Authorization": f"Bearer {text}"}
                call = lambda headers: asyncio.run(with_mcp(gateway.mcp, headers))
                check("Python mcp, a valid token", call(bearer(token(provider, "agent"))), "a text")
                check("Python mcp, no token", call({}), [401])
                check("Python mcp, an expired token", call(bearer(token(provider, "late"))), [401])
        finally:
            process.stdin.close()
    sys.exit(1 if failed() else 0)


if __name__ == "__main__":
    main()
