"""The summary: what the design asks for, and what this run has measured."""

from markdown import number, table


def summary(figures):
    rows = []
    for name, of, target, rate in TARGETS:
        try:
            measured, met = rate(figures)
        except (KeyError, ValueError):
            measured, met = "not measured", None
        rows.append([name, of, target, measured, {True: "yes", False: "**no**", None: "-"}[met]])
    return "## What the design asks for\n\n" + table(["figure", "of", "target", "measured", "met"], rows)


# Their calls are no more than attempts to reach somebody.
ONLINE = ("aws-docs", "aws-knowledge")


def worst(name, limit, digits, with_sdk, without=()):
    """The highest figure of the handlers with, or without, an AWS client."""
    def rate(figures):
        rows = (row for row in figures["handlers"] if row["has_aws"] == with_sdk and row["name"] not in without)
        row = max(rows, key=lambda row: row[name])
        return f"{number(row[name], digits)} (`{row['name']}`)", row[name] <= limit
    return rate


def first_request(limit):
    """The longest way to a first request for AWS: the client is built, and has credentials and a signature."""
    def rate(figures):
        row = max(figures["first_requests"], key=lambda row: row["first_request_ms"])
        return f"{number(row['first_request_ms'], 1)} (`{row['name']}`)", row["first_request_ms"] <= limit
    return rate


def ratio(name, limit, tool=None):
    """The lowest ratio of the Python library's figure to ours."""
    def rate(figures):
        row = min((row for row in figures["ratios"] if tool in (None, row["tool"])), key=lambda row: row[name])
        return f"{number(row[name])}x (`{row['name']}`)", row[name] >= limit
    return rate


def at_most(name, limit, unit):
    """A difference of two figures, which the noise of a busy machine can turn around: then it says nothing."""
    def rate(figures):
        return f"{number(figures[name])} {unit}", figures[name] <= limit if figures[name] > 0 else None
    return rate


def growth(name):
    return lambda figures: (f"{(figures['growth'][name] - 1) * 100:+.0f}%", figures["growth"][name] < 1.1)


TARGETS = [
    ("cold: start to first answer", "worst handler without an AWS client or the Internet", "<= 3 ms", worst("cold_ms", 3, 1, False, ONLINE)),
    ("", "worst with an AWS client, to its first request", "<= 10 ms", first_request(10)),
    ("the adapter's own cost of a warm call", "median", "<= 30 us", at_most("adapter_p50_us", 30, "us")),
    ("", "p99", "<= 100 us", at_most("adapter_p99_us", 100, "us")),
    ("peak memory", "worst handler without an AWS client", "<= 8 MB", worst("memory_mb", 8, 0, False)),
    ("", "worst with an AWS client", "<= 15 MB", worst("memory_mb", 15, 0, True)),
    ("deployment zip", "worst handler without an AWS client", "<= 2 MB", worst("zip_mb", 2, 2, False)),
    ("", "worst with an AWS client", "<= 4 MB", worst("zip_mb", 4, 2, True)),
    ("against the Python library", "cold", ">= 100x", ratio("cold_ms", 100)),
    ("", "warm, a local tool", ">= 1000x", ratio("warm_p50_ms", 1000, "git-repo___git_log")),
    ("", "memory", ">= 10x", ratio("memory_mb", 10)),
    ("", "package", ">= 10x", ratio("package", 10)),
    ("local gateway, handlers on the same cores", "calls/s, best of the rows below", ">= 3,000",
     lambda figures: (number(figures["calls_per_second"]), figures["calls_per_second"] >= 3000)),
    ("180 targets against 18", "a call to one of them", "< +10%", growth("one")),
    ("", "calls to all of them in turn", "-", lambda figures: (growth("all")(figures)[0], None)),
]
