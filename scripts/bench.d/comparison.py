"""The handlers against what people replace with them."""

import cases
from markdown import in_one_line, section, versus
from sizes import MB, folder_bytes, zip_bytes


def table(bench):
    pairs = cases.pairs(bench)
    figures = bench.measure([case for pair in pairs for case in pair])
    rows, ratios = [], []
    for ours, library in zip(figures[::2], figures[1::2], strict=True):
        server = ours["name"]
        if failed := ours.get("error") or library.get("error"):
            rows.append([f"`{server}`", f"not measured: {in_one_line(failed)}", *["-"] * 4])
            continue
        ratio = {name: library[name] / ours[name] for name in ("cold_ms", "warm_p50_ms", "memory_mb")}
        # A wrapped server's package holds the server as well, whoever wraps it.
        packages, handler = "-", bench.handler(server)
        if handler.exists():
            package = folder_bytes(bench.cache / "library") + folder_bytes(bench.cache / "upstream" / server)
            packages = versus(zip_bytes(handler) / MB, package / MB, 1)
            ratios.append({"name": server, "tool": ours["tool"], "package": package / zip_bytes(handler), **ratio})
        rows.append([
            f"`{server}`", ours["tool"].split("___")[1],
            versus(ours["cold_ms"], library["cold_ms"], 1), versus(ours["warm_p50_ms"], library["warm_p50_ms"], 2),
            versus(ours["memory_mb"], library["memory_mb"]), packages,
        ])
    bench.figures["ratios"] = ratios
    return section(
        "Against the Python library",
        "`run-mcp-servers-with-aws-lambda` around the upstream server of the same name, the same call against the same repository or local AWS (ministack), "
        "in turn. Each cell: ours / the library's, and how many times less ours is. Warm includes what the tool does: a repository read, or a round trip to the "
        "local AWS, which answers both alike. Memory of the library: interpreter and server together. Package: our zip against the installed Python packages, zipped.",
        ["server", "call", "cold ms", "warm ms", "memory MB", "package MB"], rows)
