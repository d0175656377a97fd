"""Runs programs, and serves while something is measured."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager


def run(*command, environment=None):
    """What a program prints. Raises what it says on stderr. `environment`: in place of this process's."""
    ended = subprocess.run(
        [str(word) for word in command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=1800)
    if ended.returncode:
        raise RuntimeError(ended.stderr.strip() or f"{command[0]} ended with {ended.returncode}")
    return ended.stdout


@contextmanager
def serving(command, folder, environment=None):
    """A program that runs meanwhile, with all that it starts, and the file with what it says."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [str(word) for word in command], cwd=folder, env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        try:
            yield process, output
        finally:
            process.terminate()
            try:
                process.wait(10)
            finally:
                # What is left of its group, if anything is.
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass


def wait_for(process, output, ready, seconds=30):
    """What `ready` makes of what a program has said so far, as soon as it makes something of it."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        output.seek(0)
        if found := ready(output.read()):
            return found
        time.sleep(0.02)
    output.seek(0)
    raise RuntimeError(f"{process.args[0]} does not serve: {output.read()[-300:]}")


def listens(address):
    host, port = address.split(":")
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, int(port))) == 0


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
