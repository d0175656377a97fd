"""Fleets that exist for a measurement: a manifest, target definitions, and one binary under many names."""

import json


def write(folder, members):
    """A fleet in `folder`. `members`: per id a binary, the environment of its function, and its tools as `target.json` has them."""
    lines = ["servers:"]
    for id, (binary, environment, tools) in members.items():
        handler = folder / "handlers" / id
        handler.mkdir(parents=True)
        (folder / "bin").mkdir(exist_ok=True)
        (folder / "bin" / f"mcp-server-{id}").symlink_to(binary.resolve())
        target = {"id": id, "name": id, "description": "Measured.", "environment": environment, "tools": tools}
        (handler / "target.json").write_text(json.dumps(target))
        settings = {name: value for name, value in environment.items() if name != "MCP_FLEET_ACCESS"}
        entry = {"name": id, "description": "Measured.", "server": "filesystem", "access": environment["MCP_FLEET_ACCESS"], "env": settings}
        lines.append(f"  {id}: {json.dumps(entry)}")
    (folder / "servers.yaml").write_text("\n".join(lines) + "\n")
    return folder


def options(folder):
    """What tells `gateway up` of a fleet."""
    return ["--manifest", folder / "servers.yaml", "--handlers", folder / "handlers", "--bin-dir", folder / "bin"]
