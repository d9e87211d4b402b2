#!/usr/bin/env python3
"""The peers on a GPU beside lutbench on the same machine's CPU cores.

For families of networks of growing width: every peer on the GPU, in each way torch offers, and
lutbench on one core, on all cores as a sweep uses them (a training a core) and on all cores
in one training.  Writes RESULTS/gpu-peers.csv and gpu-ours.csv row by row, so it can be stopped and
started again, then gpu.md: a line a network, and the width from which the GPU is ahead.
"""
import argparse
import math
import os
import sys
from pathlib import Path

from compare import Rows, run
from networks import network
from peer import FIELDS
from table import OURS

HERE = Path(__file__).resolve().parent

# Names with the width left open: those of published networks are among them.
FAMILIES = {
    "difflogic": ("difflogic-6x{w}", (1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000)),
    "light2": ("light2-2x{w}", (2000, 4000, 8000, 16000, 32000, 64000)),
    "light4": ("light4-2x{w}", (1000, 2000, 4000, 8000, 16000, 32000)),
    "light6": ("light6-2x{w}", (1000, 2000, 4000, 8000, 16000, 32000)),
    "dwn": ("dwn-{w2}-{w}", (500, 1000, 2000, 4000, 8000, 16000)),
    "dwn-learnable": ("dwn-learnable-{w2}-{w}", (500, 1000, 2000, 4000)),
}

# Kernels of difflogic and torch-dwn are opaque to torch.compile: it would only break the graph.
ENGINES = {
    "torchlogix": (("eager", "default"), ("compile", "fused"), ("graphs", "fused")),
    "difflogic": (("eager", "default"), ("eager", "fused")),
    "torch-dwn": (("eager", "default"), ("eager", "fused")),
}

OUR_WAYS = ("one core", "sweep", "one training")


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--results", required=True, type=Path)
    p.add_argument("--lutbench", default="lutbench")
    p.add_argument("--python", default=sys.executable, help="with a torch for the GPU")
    p.add_argument("--sources", type=Path, required=True, help="of the peers")
    p.add_argument("--extensions", help="folder of their compiled CUDA modules")
    p.add_argument("--data", help="folder of Fashion-MNIST")
    p.add_argument("--device", default="cuda", choices=("cuda", "cpu"),
                   help="cpu: a rehearsal without a GPU")
    p.add_argument("--families", default=",".join(FAMILIES))
    p.add_argument("--widths", help="instead of the families' own")
    p.add_argument("--batch", type=int, help="instead of the networks', on both sides")
    p.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    p.add_argument("--seconds", type=float, default=5, help="of a measurement; 5")
    p.add_argument("--limit", type=float, default=300, help="seconds until one is given up; 300")
    p.add_argument("--only", choices=("ours", "peers", "table"))
    p.add_argument("--dry-run", action="store_true", help="print the commands, measure nothing")
    return p.parse_args()


def names(a):
    """(family, width, name) of all networks."""
    for family in a.families.split(","):
        pattern, widths = FAMILIES[family]
        for w in map(int, a.widths.split(",")) if a.widths else widths:
            yield family, w, pattern.format(w=w, w2=2 * w)


def our_command(a, name, way):
    cores = {"one core": [], "sweep": ["--copies", str(a.cores)],
             "one training": ["--threads", str(a.cores)]}[way]
    keys = [f"batch={a.batch}"] if a.batch else []
    return [a.lutbench, *network(name).lutbench(), *keys, *cores, "--csv", "--seconds",
            str(a.seconds)]


def peer_command(a, name, peer, engine, adam):
    command = [a.python, HERE / "peer.py", name, "--peer", peer, "--engine", engine, "--adam", adam,
               "--device", a.device, "--sources", a.sources, "--seconds", a.seconds]
    command += ["--batch", a.batch] if a.batch else []
    return list(map(str, command + (["--data", a.data] if a.data else [])))


def jobs(a):
    """(side, key of the row, command) of everything to be measured."""
    batch = a.batch or ""
    for family, width, name in names(a):
        key = dict(network=name, family=family, width=width, asked_batch=batch)
        if a.only != "peers":
            for way in OUR_WAYS:
                yield "ours", dict(key, way=way), our_command(a, name, way)
        if a.only != "ours":
            for peer in network(name).peers:
                for engine, adam in ENGINES[peer]:
                    yield ("peers", dict(key, peer=peer, engine=engine, adam=adam,
                                         device=a.device),
                           peer_command(a, name, peer, engine, adam))


def measure(a, stores):
    # CUDA modules are found by Python's path; ours by LUTSWEEP_DATA.
    env = dict(os.environ)
    if a.extensions:
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (a.extensions, env.get("PYTHONPATH"))))
    if a.data:
        env["LUTSWEEP_DATA"] = a.data
    extra = ("family", "width", "way", "asked_batch")
    for side, key, command in jobs(a):
        if a.dry_run:
            print(" ".join(command))
            continue
        if stores[side].tries(False, **key):
            continue
        row = dict.fromkeys(extra + (FIELDS if side == "peers" else OURS), "")
        try:
            row.update({"status": "ok"}, **run(command, a.limit, env))
        except (OSError, RuntimeError) as e:
            row.update(status=str(e))
        row.update(key)
        stores[side].add(row)
        speed = row["samples_per_second" if side == "peers" else "train_samples_per_second"]
        print(*key.values(), speed, row["status"], flush=True)


def best(rows, speed, **key):
    """The fastest row that matches, or None."""
    good = [r for r in rows if r["status"] == "ok" and all(r[k] == str(v) for k, v in key.items())]
    return max(good, key=lambda r: float(r[speed]), default=None)


def overtakes(points):
    """The width from which on b is ahead of a, of points (width, a, b), by interpolation of
    log(b / a) over log(width); 0 if b is ahead at all of them, None if it is not at the widest."""
    logs = [(math.log(w), math.log(b / a)) for w, a, b in sorted(points)]
    if not logs or logs[-1][1] <= 0:
        return None
    behind = [i for i, (_, r) in enumerate(logs) if r <= 0]
    if not behind:
        return 0
    (w0, r0), (w1, r1) = logs[behind[-1]:behind[-1] + 2]
    return math.exp(w0 + (w1 - w0) * -r0 / (r1 - r0))


def _in_words(width, points):
    if not points:
        return "not measured"
    if width is None:
        return f"not up to {max(points)[0]:,}"
    return f"below {min(points)[0]:,}" if width == 0 else f"about {width:,.0f}"


def _number(v):
    return "-" if v is None else f"{v:,.0f}" if v >= 100 else f"{v:.2g}"


def report(a, stores):
    """gpu.md.  Ratios are the GPU's speed over ours."""
    points, lines = {}, []
    batch = a.batch or ""
    for family, width, name in names(a):
        gpu = best(stores["peers"].rows, "samples_per_second", network=name, asked_batch=batch,
                   device=a.device)
        mine = [best(stores["ours"].rows, "train_samples_per_second", network=name, way=way,
                     asked_batch=batch) for way in OUR_WAYS]
        mine = [float(r["train_samples_per_second"]) if r else None for r in mine]
        speed = float(gpu["samples_per_second"]) if gpu else None
        how = f"{gpu['peer']}, {gpu['engine']}" if gpu else "-"
        ratios = [speed / m if speed and m else None for m in mine]
        for way, m in zip(OUR_WAYS, mine):
            if speed and m:
                points.setdefault((family, way), []).append((width, m, speed))
        lines.append([name, str(a.batch or network(name).batch), how, _number(speed),
                      *map(_number, mine), *map(_number, ratios)])
    head = ["network", "batch", "peer", "GPU, samples/s", *OUR_WAYS,
            *(f"GPU / {way}" for way in OUR_WAYS)]
    with open(a.results / "gpu.md", "w") as f:
        device = next((r["device_name"] for r in stores["peers"].rows if r["device_name"]), "no GPU")
        print(f"{device}; {a.cores} CPU cores.\n", file=f)
        for line in [head, ["---"] * len(head), *lines]:
            print("| " + " | ".join(line) + " |", file=f)
        print("\n| family | " + " | ".join(f"GPU ahead of {w} from width" for w in OUR_WAYS) + " |",
              file=f)
        print("| --- " * (1 + len(OUR_WAYS)) + "|", file=f)
        for family in a.families.split(","):
            of = [points.get((family, way), []) for way in OUR_WAYS]
            print(f"| {family} | " + " | ".join(_in_words(overtakes(p), p) for p in of) + " |",
                  file=f)


def main():
    a = arguments()
    a.results.mkdir(parents=True, exist_ok=True)
    stores = {side: Rows(a.results / f"gpu-{side}.csv") for side in ("ours", "peers")}
    if a.only != "table":
        measure(a, stores)
    if not a.dry_run:
        report(a, stores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
