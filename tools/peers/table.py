"""The table of compare.py: medians over rounds, and their ratio."""
import csv
from statistics import median

from networks import network

# Columns of lutbench --csv that are kept.
OURS = ("network", "threads", "kernels", "train_samples_per_second", "bound_fraction", "bound_by",
        "peak_memory", "clock", "foreign_share", "batch", "loss_first", "loss_last", "version",
        "status")

COLUMNS = ("network", "batch", "threads", "peer", "torch", "engine", "peer_batch",
           "peer_samples_per_second", "ours_samples_per_second", "ratio", "best",
           "peer_peak_memory", "ours_peak_memory", "ours_bound_fraction", "peer_rounds",
           "ours_rounds", "busy", "status")

QUIET = 0.15  # CPUs of others, above which a time of several threads says little


def _number(text):
    return float(text) if text else 0.0


def _chosen(rows, threads, foreign):
    """Rows that went well; of those with several threads the quiet ones, if there are any.
    Second: whether they were taken under foreign load all the same."""
    good = [r for r in rows if r["status"] == "ok"]
    if threads == 1:
        return good, False
    quiet = [r for r in good if _number(r[foreign]) <= QUIET]
    return quiet or good, bool(good) and not quiet


def _side(rows, threads, speed, foreign):
    """Median speed, largest memory, rounds, busy, and why there is none."""
    good, busy = _chosen(rows, threads, foreign)
    if good:
        return (median(float(r[speed]) for r in good),
                max(_number(r["peak_memory"]) for r in good), len(good), busy, "ok")
    return None, None, 0, False, rows[-1]["status"] if rows else "not measured"


def _line(name, threads, peer, variant, mine, theirs):
    environment, engine, _adam = variant
    speed, memory, rounds, busy, why = _side(theirs, threads, "samples_per_second", "foreign")
    our_speed, our_memory, our_rounds, our_busy, our_why = _side(
        mine, threads, "train_samples_per_second", "foreign_share")
    last = theirs[-1] if theirs else {}
    return dict(network=name, batch=network(name).batch, threads=threads, peer=peer,
                torch=last.get("torch") or f"{environment}", engine=engine,
                peer_batch=last.get("batch", ""), peer_samples_per_second=speed,
                ours_samples_per_second=our_speed,
                ratio=our_speed / speed if speed and our_speed else None, best="",
                peer_peak_memory=memory, ours_peak_memory=our_memory,
                ours_bound_fraction=(median(_number(r["bound_fraction"]) for r in mine
                                            if r["status"] == "ok") if our_speed else None),
                peer_rounds=rounds, ours_rounds=our_rounds,
                busy="yes" if busy or our_busy else "", status=why if our_why == "ok" or
                why != "ok" or our_why == "not measured" else f"ours: {our_why}")


def rows(names, counts, variants, ours, peers, chosen=False):
    """Lines of the table; the fastest peer of a network and a number of threads is marked.
    chosen: some variants were left out on purpose, and have no line."""
    out = []
    for name in names:
        for threads in counts:
            def of(store, **key):
                key.update(network=name, threads=str(threads))
                return [r for r in store if all(r[k] == v for k, v in key.items())]
            mine = of(ours)
            lines = [_line(name, threads, peer, v, mine,
                           of(peers, peer=peer, environment=v[0], engine=v[1], adam=v[2]))
                     for peer in network(name).peers for v in variants]
            if chosen:
                lines = [r for r in lines if r["status"] != "not measured"]
            if not lines:
                lines = [_line(name, threads, "none", ("", "", ""), mine, [])]
                lines[0]["status"] = "no peer has this network"
            fastest = max(lines, key=lambda r: r["peer_samples_per_second"] or 0)
            if fastest["peer_samples_per_second"]:
                fastest["best"] = "yes"
            out += lines
    return out


def _speed(v):
    return "-" if v is None else f"{v:,.0f}" if v >= 100 else f"{v:.1f}"


def _cell(row, key):
    v = row[key]
    if key.endswith("samples_per_second"):
        return _speed(v) if key[0] == "o" or v is not None else row["status"]
    if key.endswith("memory"):
        return "-" if not v else f"{v / 1e6:,.0f}"
    if key == "ratio":
        return "-" if v is None else f"{v:.1f}"
    if key.endswith("fraction"):
        return "-" if v is None else f"{100 * v:.0f} %"
    return str(v)


# Columns of the Markdown table, and their heads.
MARKDOWN = (("network", "network"), ("threads", "threads"), ("peer", "peer"), ("torch", "torch"),
            ("engine", "engine"), ("peer_batch", "batch"),
            ("peer_samples_per_second", "samples/s"), ("ours_samples_per_second", "ours"),
            ("ratio", "ratio"), ("ours_bound_fraction", "of the bound"),
            ("peer_peak_memory", "MB"), ("ours_peak_memory", "ours, MB"))


def markdown(lines):
    """The table as lines of text."""
    out = ["| " + " | ".join(head for _, head in MARKDOWN) + " |",
           "| " + " | ".join("---" for _ in MARKDOWN) + " |"]
    for r in lines:
        cells = [_cell(r, key) for key, _ in MARKDOWN]
        if r["best"]:
            cells[6] = f"**{cells[6]}**"
        if r["busy"]:
            cells[6] += " (busy)"
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def write(lines, folder):
    """table.csv and table.md in `folder`."""
    with open(folder / "table.csv", "w", newline="") as f:
        out = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        out.writeheader()
        out.writerows({k: "" if v is None else v for k, v in r.items()} for r in lines)
    (folder / "table.md").write_text(markdown(lines))


BEGIN = "<!-- table of tools/peers/compare.py: begin -->\n"
END = "<!-- table of tools/peers/compare.py: end -->\n"


def put(lines, page):
    """Replaces what lies between the marks of a page."""
    before, rest = page.read_text().split(BEGIN)
    page.write_text(before + BEGIN + markdown(lines) + END + rest.split(END)[1])
