"""A local AWS on loopback, for the demo and the tests: `ministack`, a Python program that answers as AWS does."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.config

import processes

REGION = "us-east-1"
ACCOUNT = "123456789012"
# Root of the local account: may do everything, even where permissions are checked.
ROOT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

_STARTS_WITHIN_SECONDS = 30


def isolate() -> None:
    """Makes this process and its children forget the account of the person who runs it: no key, profile or endpoint of theirs."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": REGION,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def client(service: str, url: str, keys: dict[str, str] = ROOT):
    """A boto3 client of the AWS at `url`. It asks once: an emulator that fails, fails."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys.get("AWS_SESSION_TOKEN"),
        config=botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20),
    )


@contextlib.contextmanager
def started(log: pathlib.Path, authorization: bool = False):
    """Runs ministack on a free port and yields its URL. With `authorization` it checks signatures and IAM policies."""
    with contextlib.ExitStack() as stack:
        # A free port is only known to be free until somebody takes it.
        for _ in range(3):
            port = _free_port()
            output = stack.enter_context(log.open("wb"))
            command = [pathlib.Path(sys.executable).with_name("ministack")]
            process = stack.enter_context(
                processes.running(command, env=_environment(port, authorization), stdout=output, stderr=output)
            )
            url = f"http://127.0.0.1:{port}"
            if _answers(process, f"{url}/_ministack/health"):
                yield url
                return
        raise SystemExit(f"the local AWS (ministack) does not start:\n{log.read_text(errors='replace')[-2000:]}")


def _environment(port: int, authorization: bool) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TMPDIR") if name in os.environ}
    return kept | {
        "AUTH": "true" if authorization else "false",
        "BIND_HOST": "127.0.0.1",  # its default is every address
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",  # or it listens on port 8883 as well
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(process: subprocess.Popen, url: str) -> bool:
    deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(url, timeout=5).close()
            return process.poll() is None
        time.sleep(0.05)
    return False
