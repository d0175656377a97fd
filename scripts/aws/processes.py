"""Programs that run while ours does, and end with it."""

import contextlib
import ctypes
import signal
import subprocess
import sys

_ENDS_WITHIN_SECONDS = 15


class Interrupted(SystemExit):
    """Ctrl-C, or a signal that asks to end. The exit code is the shell's for that signal."""


def end_on_signals() -> None:
    """Ctrl-C, SIGTERM and SIGHUP unwind, so that every `with` ends what it started."""

    def end(number: int, _frame: object) -> None:
        raise Interrupted(128 + number)

    # Explicitly, because a shell starts a program in the background with SIGINT ignored.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


@contextlib.contextmanager
def running(command: list, **options):
    """Runs `command` and ends it at the end of the block. `options` are those of `Popen`."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        # Ctrl-C is for us: what others use is ended after them.
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        **options,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=_ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    """In the child, on Linux: SIGTERM when the parent is gone, even when that was killed."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
