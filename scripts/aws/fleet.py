"""The fleet of servers.yaml with writes allowed in its AWS servers, for a local AWS where nothing can be broken."""

import dataclasses
import json
import pathlib
import shutil
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Fleet:
    """What `gateway up` reads."""

    manifest: pathlib.Path
    handlers: pathlib.Path


def built(folder: str) -> pathlib.Path:
    """The folder of the built programs, or the end with what is missing."""
    binaries = pathlib.Path(folder).resolve()
    for program in ["codegen", "gateway", *(f"mcp-server-{server}" for server in aws_servers())]:
        if not (binaries / program).is_file():
            raise SystemExit(f"there is no `{program}` in `{folder}`\nhint: build it with `cargo build --workspace --bins`")
    return binaries


def as_declared() -> Fleet:
    return Fleet(ROOT / "servers.yaml", ROOT / "handlers")


def with_writes(folder: pathlib.Path, binaries: pathlib.Path) -> Fleet:
    """Generates the fleet again into `folder`, by `codegen` from the same programs, with `access: read-write` in the AWS servers."""
    manifest = yaml.safe_load(as_declared().manifest.read_text())
    for server in aws_servers():
        manifest["servers"][server]["access"] = "read-write"
    # Every JSON document is a YAML document.
    (folder / "servers.yaml").write_text(json.dumps(manifest, indent=2))
    (folder / "Cargo.toml").symlink_to(ROOT / "Cargo.toml")
    # Not a link: the guide of the fleet is generated into it.
    shutil.copytree(ROOT / "servers", folder / "servers", ignore=shutil.ignore_patterns("tests"))
    # What wrapped servers last offered: they may be out of reach here.
    for stored in as_declared().handlers.glob("*/tools.json"):
        copy = folder / "handlers" / stored.parent.name / stored.name
        copy.parent.mkdir(parents=True)
        shutil.copy(stored, copy)
    # With force: there is no record of what was copied.
    command = [binaries / "codegen", "--root", folder, "--bin-dir", binaries, "--force"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the fleet with writes cannot be generated:\n{done.stderr}")
    return Fleet(folder / "servers.yaml", folder / "handlers")


def aws_servers() -> list[str]:
    """The servers that need an IAM policy."""
    handlers = as_declared().handlers
    return sorted(path.parent.name for path in handlers.glob("*/policy.json") if policy(handlers, path.parent.name))


def policy(handlers: pathlib.Path, server: str) -> list[dict]:
    """The statements of a server's derived policy."""
    return json.loads((handlers / server / "policy.json").read_text())["Statement"]


def offered(handlers: pathlib.Path, server: str) -> list[str]:
    """The tools that the gateway registers for a server."""
    return [tool["name"] for tool in json.loads((handlers / server / "target.json").read_text())["tools"]]
