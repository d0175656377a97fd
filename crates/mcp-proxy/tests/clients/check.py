"""Calls real servers through the handler, over standard input and output. One line per check."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Thread

HANDLER = sys.argv[1]
PATIENCE_S = 120


class Handler:
    """A running handler with a wrapped program. Answers are matched by id, so that calls may overlap."""

    def __init__(self, program, args, access="read-write"):
        self.process = subprocess.Popen(
            [HANDLER, "--access", access, "stdio", "--", *args],
            env={**os.environ, "FIXTURE_PROGRAM": program},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.answers, self.arrived, self.next_id = {}, Condition(), 0
        Thread(target=self.read, daemon=True).start()
        client = {"name": "check", "version": "1"}
        self.request("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})
        self.send({"method": "notifications/initialized"})

    def read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            with self.arrived:
                self.answers[message.get("id")] = message
                self.arrived.notify_all()

    def send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def request(self, method, params):
        with self.arrived:
            self.next_id += 1
            mine = self.next_id
            self.send({"id": mine, "method": method, "params": params})
            if not self.arrived.wait_for(lambda: mine in self.answers, PATIENCE_S):
                raise TimeoutError(f"{method} was not answered")
            answer = self.answers.pop(mine)
        return answer.get("result", answer)

    def call(self, tool, **arguments):
        return self.request("tools/call", {"name": tool, "arguments": arguments})

    def text(self, tool, **arguments):
        return self.call(tool, **arguments)["content"][0]["text"]

    def tools(self):
        return {tool["name"] for tool in self.request("tools/list", {})["tools"]}

    def below(self):
        """Processes that the handler has started, with theirs."""
        parents = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as stat:
                    parents.setdefault(int(stat.read().rsplit(")", 1)[1].split()[1]), []).append(int(pid))
            except OSError:
                continue
        found, open_ends = [], [self.process.pid]
        while open_ends:
            children = parents.get(open_ends.pop(), [])
            found += children
            open_ends += children
        return found

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def gone(pids):
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if not any(os.path.exists(f"/proc/{pid}") for pid in pids):
            return True
        time.sleep(0.05)
    return False


def check(what, holds, seen=None):
    global failed
    print(f"{'ok' if holds else 'FAILED'}: {what}" + ("" if holds else f": {seen!r}"))
    failed |= not holds


def time_server():
    handler = Handler("mcp-server-time", ["--local-timezone", "Europe/Berlin"])
    names = handler.tools()
    check("mcp-server-time lists its tools", {"get_current_time", "convert_time"} <= names, names)
    asked = {"source_timezone": "Asia/Tokyo", "time": "12:00", "target_timezone": "Asia/Kolkata"}
    said = handler.text("convert_time", **asked)
    check("mcp-server-time converts a time", json.loads(said)["time_difference"] == "-3.5h", said)
    said = handler.text("get_current_time", timezone="Mars/Olympus")
    check("mcp-server-time's own error is passed on", "Mars/Olympus" in said, said)
    before = handler.below()
    for pid in before[1:]:
        os.kill(pid, signal.SIGKILL)
    gone(before)
    said = [handler.text("convert_time", **asked) for _ in range(2)]
    check("mcp-server-time is started again after it was killed", "time_difference" in said[-1], said)
    left = handler.below()
    handler.kill()
    check("nothing of mcp-server-time is left", len(left) >= 2 and gone(left), left)


def everything():
    handler = Handler("mcp-server-everything", ["stdio"])
    names = handler.tools()
    check("server-everything lists its tools", "echo" in names, names)
    said = handler.text("echo", message="hello")
    check("server-everything echoes", "hello" in said, said)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda n: handler.text("echo", message=f"number {n}"), range(32)))
    check("server-everything answers calls at the same time", all(f"number {n}" in text for n, text in enumerate(said)), said)
    left = handler.below()
    handler.process.stdin.close()
    handler.process.wait()
    check("nothing of server-everything is left", len(left) >= 2 and gone(left), left)


failed = False
time_server()
everything()
sys.exit(failed)
