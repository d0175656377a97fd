"""Replaces one generated part of docs/benchmarks.md and leaves the rest alone; makes the page when there is none.

usage: python3 scripts/bench.d/page.py SECTION <text        SECTION: bench (scripts/bench) or soak (scripts/soak)
"""

import os
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"
# In the order of the page.
SECTIONS = ("bench", "soak")


def replace(section, text, page=PAGE):
    """Puts `text` between the markers of `section`. A page without them is refused and stays as it is."""
    if section not in SECTIONS:
        raise SystemExit(f"`{section}` is not a part of {page.name}: {', '.join(SECTIONS)}")
    if page.exists():
        old = page.read_text()
    else:
        old = "# Benchmarks\n\n" + "\n".join(f"{begin(name)}\n{end(name)}\n" for name in SECTIONS)
    before, opened, rest = old.partition(begin(section))
    _, closed, after = rest.partition(end(section))
    if not (opened and closed):
        raise SystemExit(f"{page}: `{begin(section)}` and `{end(section)}` are missing")
    new = f"{before}{opened}\n{text.strip()}\n{closed}{after}"
    # A reader, and a run that is interrupted, finds a whole page.
    part = page.with_suffix(".part")
    part.write_text(new)
    os.replace(part, page)


def begin(section):
    return f"<!-- generated:{section} -->"


def end(section):
    return f"<!-- /generated:{section} -->"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    replace(sys.argv[1], sys.stdin.read())
