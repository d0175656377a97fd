"""Where the processor time of calls goes: to the client, the gateway or the handlers; to the kernel or to the programs themselves. Linux."""

import os
import resource
from pathlib import Path

from markdown import number

COLUMNS = ["client", "gateway", "handler"]


def snapshot():
    """User and system seconds so far of each of `COLUMNS`, among the descendants of this process."""
    tick = os.sysconf("SC_CLK_TCK")
    processes = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = file.read_text().split(" (", 1)
        except OSError:
            continue  # It has ended.
        name, fields = rest.rsplit(") ", 1)
        fields = fields.split()
        processes[int(pid)] = (name, int(fields[1]), int(fields[11]) / tick, int(fields[12]) / tick)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    times = {"client": (ended.ru_utime, ended.ru_stime), "gateway": (0, 0), "handler": (0, 0)}
    for pid, (name, parent, user, system) in processes.items():
        while parent not in (0, os.getpid()) and parent in processes:
            parent = processes[parent][1]
        if parent == os.getpid():
            column = "gateway" if name == "gateway" else "handler"
            times[column] = (times[column][0] + user, times[column][1] + system)
    return times


def since(before, calls):
    """Microseconds per call since then: user and system, of each of `COLUMNS`."""
    return {
        column: tuple((now - then) / calls * 1e6 for now, then in zip(times, before[column], strict=True))
        for column, times in snapshot().items()
    }


def cells(spent):
    """All of it, and what of it was the kernel's."""
    return [f"{number(sum(times))} ({number(times[1])})" for times in spent.values()]


def sentence(spent):
    whole = sum(sum(times) for times in spent.values())
    kernel = sum(times[1] for times in spent.values())
    share = lambda part: f"{100 * part / whole:.0f}%"
    parts = ", ".join(f"{share(sum(spent[column]))} the {column}'s" for column in COLUMNS)
    return (
        f"A call takes {number(whole)} us of processor time: {parts}. {share(kernel)} of it is the kernel's, which carries a call over two connections and its line "
        f"of log over a pipe, and wakes the next process at every step. {os.cpu_count()} cores that did nothing else would make {number(os.cpu_count() * 1e6 / whole)} calls/s of it."
    )
