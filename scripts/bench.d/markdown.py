"""Sections and tables of the page."""


def section(title, text, header, rows):
    return f"## {title}\n\n{text}\n\n{table(header, rows)}"


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def versus(ours, library, digits=0):
    return f"{number(ours, digits)} / {number(library, digits)} ({library / ours:,.0f}x)"


def number(value, digits=0):
    return f"{value:,.{digits}f}"


def in_one_line(error):
    """An error as a cell, or a part of a sentence."""
    text = " ".join(str(error).split()).replace("|", "/")
    return text if len(text) <= 300 else f"{text[:300]} ..."
