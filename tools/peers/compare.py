#!/usr/bin/env python3
"""Times every network on both sides, alternately, and writes one table.

A round is, for each network and number of threads: lutbench, then every peer that has the
network, once with each torch.  Rows go to RESULTS/ours.csv and RESULTS/peers.csv as they are
measured, so the script can be stopped and started again; medians over the rounds go to
RESULTS/table.csv and RESULTS/table.md.  A peer that is missing, fails or takes too long has a
row that says so.
"""
import argparse
import contextlib
import csv
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import table
from networks import NAMES, network
from peer import FIELDS, busy

HERE = Path(__file__).resolve().parent

# Environment of setup.sh, engine, Adam.  What a user of the library would do, and the best
# that torch offers without changing the library.
VARIANTS = (("system", "eager", "default"), ("newest", "eager", "default"),
            ("newest", "compile", "fused"))

# Not worth its time at every turn: a module for every node, unrolled.
HOPELESS = {("difflut", "compile"): "not compiled after 500 s"}


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--results", required=True, type=Path, help="folder of the rows and tables")
    p.add_argument("--lutbench", default="lutbench", help="our program; lutbench in PATH")
    p.add_argument("--environments", type=Path, default="environments",
                   help="folder that setup.sh made; environments")
    p.add_argument("--sources", type=Path, default="sources", help="of the peers; sources")
    p.add_argument("--data", help="folder of Fashion-MNIST")
    p.add_argument("--networks", default=",".join(NAMES))
    p.add_argument("--threads", default="1,2")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=8, help="of a measurement; 8")
    p.add_argument("--limit", type=float, default=300, help="seconds until one is given up; 300")
    p.add_argument("--quiet", type=float, default=60, help="seconds that a measurement with "
                   "several threads waits for the others to be idle, before it is put off; 60")
    p.add_argument("--only", choices=("ours", "peers", "table"), help="leave out the rest")
    p.add_argument("--page", type=Path, help="put the table between the marks of this page, too")
    p.add_argument("--fastest", type=Path, metavar="EARLIER", help="of each network only what "
                   "was the fastest of the peers in EARLIER/peers.csv, with one thread")
    p.add_argument("--retry", action="store_true", help="what failed before is tried again")
    return p.parse_args()


class Rows:
    """A CSV file that grows row by row."""

    def __init__(self, path):
        self.path, self.rows = path, []
        if path.exists():
            with open(path, newline="") as f:
                self.rows = list(csv.DictReader(f))

    def add(self, row):
        fields = list(self.rows[0]) if self.rows else list(row)
        new = not self.path.exists()
        with open(self.path, "a", newline="") as f:
            out = csv.DictWriter(f, fields, restval="", extrasaction="ignore",
                                 lineterminator="\n")
            if new:
                out.writeheader()
            out.writerow(row)
        self.rows.append({k: str(row.get(k, "")) for k in fields})

    def tries(self, retry, **key):
        """Rows that match; with `retry` only those that went well."""
        return sum(all(r[k] == str(v) for k, v in key.items())
                   and (r["status"] == "ok" or not retry) for r in self.rows)


def idle(a, threads):
    """Whether it may begin.  Several threads are timed by the clock on the wall, and spinning
    barriers collapse beside a busy process: those wait for a quiet second, for so long."""
    end = time.monotonic() + a.quiet
    while threads > 1 and busy():
        before = busy()
        time.sleep(1)
        if busy()[0] - before[0] < table.QUIET:
            return True
        if time.monotonic() > end:
            print("not now, others are busy; for another time:", end=" ")
            return False
    return True


def run(command, limit, env=None):
    """The last row of the CSV that `command` prints.  OSError or RuntimeError with the reason."""
    with tempfile.TemporaryFile("w+") as errors:
        # A session of its own: compilers and trainings that it started end with it.
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=env,
                                 start_new_session=True)
        try:
            text, _ = child.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"took more than {limit:g} s") from None
        finally:
            for sign in (signal.SIGTERM, signal.SIGKILL):  # lutbench removes its files on the first
                if child.poll() is None:
                    os.killpg(child.pid, sign)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        child.communicate(timeout=5)
        errors.seek(0)
        said = errors.read().strip().splitlines()
    rows = list(csv.DictReader(text.splitlines()))
    if not rows:
        killed = " (out of memory?)" if child.returncode == -9 else ""
        raise RuntimeError(f"status {child.returncode}{killed}: {said[-1] if said else ''}"[:200])
    return rows[-1]


def ours(a, store, name, threads, turn):
    if store.tries(a.retry, network=name, threads=threads) > turn:
        return
    row = dict.fromkeys(table.OURS, "")
    command = [a.lutbench, *network(name).lutbench(), "--threads", str(threads), "--csv",
               "--seconds", str(a.seconds)]
    env = dict(os.environ, **({"LUTSWEEP_DATA": a.data} if a.data else {}))
    if idle(a, threads):
        try:
            row.update(run(command, a.limit, env), status="ok")
        except (OSError, RuntimeError) as e:
            row.update(status=str(e))
        row.update(network=name, threads=threads)
        store.add(row)
    print(name, threads, "ours", row["train_samples_per_second"], row["status"], flush=True)


def fastest(earlier):
    """Network to (peer, environment, engine) with the largest median of samples a second."""
    speeds = {}
    for r in Rows(earlier / "peers.csv").rows:
        if r["status"] == "ok" and r["threads"] == "1":
            way = (r["peer"], r["environment"], r["engine"])
            speeds.setdefault(r["network"], {}).setdefault(way, []).append(
                float(r["samples_per_second"]))
    return {name: max(ways, key=lambda way: statistics.median(ways[way]))
            for name, ways in speeds.items()}


def peers(a, store, name, threads, turn, best):
    for peer in network(name).peers:
        for where, engine, adam in VARIANTS:
            if best.get(name, (peer, where, engine)) != (peer, where, engine):
                continue
            key = dict(network=name, peer=peer, environment=where, engine=engine, adam=adam,
                       threads=threads)
            python = a.environments / where / "bin" / "python"
            if not python.exists() or store.tries(a.retry, **key) > turn:
                continue
            row = dict.fromkeys(("environment", *FIELDS), "")
            command = [python, HERE / "peer.py", name, "--peer", peer, "--engine", engine,
                       "--adam", adam, "--threads", str(threads), "--sources", a.sources,
                       "--seconds", str(a.seconds)] + (["--data", a.data] if a.data else [])
            why = HOPELESS.get((peer, engine))
            if why or idle(a, threads):
                try:
                    row.update(dict(status=why) if why else
                               run(list(map(str, command)), a.limit))
                except (OSError, RuntimeError) as e:
                    row.update(status=str(e))
                row.update(key)
                store.add(row)
            print(name, threads, peer, where, engine, row["samples_per_second"], row["status"],
                  flush=True)


def main():
    a = arguments()
    a.results.mkdir(parents=True, exist_ok=True)
    store = {side: Rows(a.results / f"{side}.csv") for side in ("ours", "peers")}
    names = a.networks.split(",")
    counts = list(map(int, a.threads.split(",")))
    best = fastest(a.fastest) if a.fastest else {}
    for name in names:
        network(name)  # a wrong name ends it before hours have passed
    for turn in range(a.rounds if a.only != "table" else 0):
        for name in names:
            for threads in counts:
                if a.only != "peers":
                    ours(a, store["ours"], name, threads, turn)
                if a.only != "ours":
                    peers(a, store["peers"], name, threads, turn, best)
    rows = table.rows(names, counts, VARIANTS, store["ours"].rows, store["peers"].rows,
                      bool(a.fastest))
    table.write(rows, a.results)
    if a.page:
        table.put(rows, a.page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
