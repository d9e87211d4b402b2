"""Checks of peers.sh.  usage: peers_check.py TOOLS SCRATCH LUTBENCH"""
import csv
import os
import stat
import subprocess
import sys
from pathlib import Path
from unittest import mock

TOOLS, SCRATCH, LUTBENCH = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), sys.argv[3]
sys.path.insert(0, str(TOOLS))

import compare  # noqa: E402
import gpu  # noqa: E402
import networks  # noqa: E402
import table  # noqa: E402

# A stand-in for Python in an environment: a row for what it is asked, by the peer's name.
FAKE_PYTHON = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*"--peer difflogic"*) echo "boom: no such peer" >&2; exit 1 ;;
*"--peer torch-dwn"*) exec sleep 60 ;;
*"--peer difflut"*) echo "status,samples_per_second"; echo "ImportError: no difflut,"; exit 1 ;;
esac
n=$(grep -c -e "--peer torchlogix" "$CALLS")
echo "torch,batch,samples_per_second,peak_memory,foreign,status"
echo "2.0,128,$((n * 100)),5000000,0.01,ok"
"""

FAKE_LUTBENCH = """#!/bin/sh
echo "lutbench $*" >>"$CALLS"
echo "network,threads,train_samples_per_second,peak_memory,foreign_share,bound_fraction"
echo "x,1,4000,1000000,0.01,0.5"
"""


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def same(got, want, what):
    assert got == want, f"{what}: {got!r}, expected {want!r}"


def calls():
    path = Path(os.environ["CALLS"])
    return path.read_text().splitlines() if path.exists() else []


def names():
    for name in networks.NAMES:
        same(networks.network(name).name, name, "name")
        same(networks.network(name).lutbench(), ["--network", name], f"lutbench of {name}")
    wide = networks.network("light4-2x8000").lutbench()
    same(wide, ["--network", "light4-2x4000", "layers=8000-8000", "tau=30"], "another width")
    for name in ("raw4-2x4000", "light9-2x4000", "difflogic", "dwn-x"):
        try:
            networks.network(name)
        except ValueError as e:
            assert name in str(e)
        else:
            raise AssertionError(f"{name} was taken")
    if Path(LUTBENCH).exists():
        listed = subprocess.run([LUTBENCH, "--list"], check=True, text=True, capture_output=True)
        same([line.split()[0] for line in listed.stdout.splitlines()], list(networks.NAMES),
             "networks of lutbench")


def compare_with(*more):
    command = [sys.executable, TOOLS / "compare.py", "--results", SCRATCH / "results", "--lutbench",
               SCRATCH / "lutbench", "--environments", SCRATCH / "env", "--threads", "1",
               "--limit", "1", "--networks", "light2-2x4000,dwn-2000-1000,raw2-2x4000,"
               "linear4-2x1000,dwn-candidates-2000-1000", *more]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    with open(SCRATCH / "results" / "table.csv", newline="") as f:
        return list(csv.DictReader(f))


def restarts():
    program(SCRATCH / "env/system/bin/python", FAKE_PYTHON)
    program(SCRATCH / "lutbench", FAKE_LUTBENCH)
    page = SCRATCH / "page.md"
    page.write_text("before\n" + table.BEGIN + "old\n" + table.END + "after\n")
    rows = compare_with("--rounds", "1", "--page", page)
    text = (SCRATCH / "results" / "table.md").read_text()
    same(page.read_text(), "before\n" + table.BEGIN + text + table.END + "after\n", "page")
    seen = len(calls())
    compare_with("--rounds", "1")
    same(len(calls()), seen, "calls after a restart with nothing left to do")
    compare_with("--rounds", "1", "--retry")
    same(len(calls()), seen + 3, "calls of a retry: only what failed")
    fastest()
    return rows


def fastest():
    """With the rows of a run of which only the first variant went well, nothing else is run."""
    earlier = SCRATCH / "earlier"
    earlier.mkdir()
    way = dict(network="raw2-2x4000", environment="system", engine="eager", threads="1",
               status="ok")
    with open(earlier / "peers.csv", "w", newline="") as f:
        out = csv.DictWriter(f, [*way, "peer", "samples_per_second"])
        out.writeheader()
        for peer, speed in (("torchlogix", 1), ("difflogic", 5), ("torchlogix", 3)):
            out.writerow(dict(way, peer=peer, samples_per_second=speed))
    same(compare.fastest(earlier), {"raw2-2x4000": ("difflogic", "system", "eager")}, "fastest")
    rows = compare_with("--only", "table", "--fastest", earlier)
    assert all(r["status"] != "not measured" for r in rows), rows


def line(rows, name, peer, engine="eager"):
    found = [r for r in rows if (r["network"], r["peer"], r["engine"]) == (name, peer, engine)]
    return found[0]


def numbers(rows):
    light = line(rows, "light2-2x4000", "torchlogix")
    same([float(light[k]) for k in ("peer_samples_per_second", "ours_samples_per_second", "ratio")],
         [100, 4000, 40], "light2")
    same(light["best"], "yes", "the only peer")
    same(line(rows, "light2-2x4000", "torchlogix", "compile")["status"], "not measured",
         "an environment that is not there")
    raw = line(rows, "raw2-2x4000", "difflogic")
    assert "boom" in raw["status"] and not raw["ratio"], raw
    same(line(rows, "dwn-2000-1000", "torch-dwn")["status"], "took more than 1 s", "a hang")
    same(line(rows, "linear4-2x1000", "difflut")["status"], "ImportError: no difflut", "missing")
    same(line(rows, "dwn-candidates-2000-1000", "none", "")["status"], "no peer has this network",
         "no peer")
    text = (SCRATCH / "results" / "table.md").read_text()
    assert "| **100** | 4,000 | 40.0 | 50 % | 5 | 1 |" in text, text


def medians():
    def row(speed, foreign, status="ok"):
        return dict(network="light2-2x4000", threads="2", peer="torchlogix", environment="system",
                    engine="eager", adam="default", torch="2", batch="128", status=status,
                    samples_per_second=speed, peak_memory="7", foreign=foreign)
    rows = [row("10", "0.0"), row("1", "1.0"), row("30", "0.1"), row("20", "0.1"),
            row("", "", "failed")]
    variant = [("system", "eager", "default")]
    got = table.rows(["light2-2x4000"], [2], variant, [], rows)[0]
    same((got["peer_samples_per_second"], got["peer_rounds"], got["busy"]), (20, 3, ""), "median")
    got = table.rows(["light2-2x4000"], [2], variant, [], rows[1:2])[0]
    same((got["peer_samples_per_second"], got["busy"]), (1, "yes"), "only a busy one")


def crossing():
    same(gpu.overtakes([(4, 1, 2), (1, 2, 1)]), 2, "half way on both logarithmic axes")
    same(gpu.overtakes([(1, 1, 2), (2, 1, 3)]), 0, "always ahead")
    same(gpu.overtakes([(1, 1, 2), (2, 3, 1)]), None, "behind at the widest")
    again = gpu.overtakes([(1, 2, 1), (2, 1, 2), (4, 2, 1), (16, 1, 2)])
    same(round(again, 9), 8, "behind once more: the last crossing")
    same(gpu.overtakes([]), None, "nothing measured")
    done = subprocess.run(["sh", TOOLS / "gpu.sh", "--sources", SCRATCH, "--lutbench", "lutbench",
                           "--results", SCRATCH / "gpu", "--python", sys.executable, "--dry-run",
                           "--families", "dwn", "--widths", "1000"], check=True, text=True,
                          capture_output=True).stdout.splitlines()
    same([c for c in done if c.startswith("lutbench --network dwn-2000-1000")][0],
         "lutbench --network dwn-2000-1000 --csv --seconds 5", "dry run")
    assert any("--peer torch-dwn" in c and "--device cuda" in c for c in done), done


def finite_differences():
    """The sum that Bacellar et al. 2024 define, LUT by LUT and entry by entry."""
    try:
        import torch
    except ImportError:
        print("no torch: efd.py was not looked at")
        return
    import efd
    torch.manual_seed(1)
    batch, inputs, luts, n, alpha, beta = 5, 9, 7, 3, 0.3, 0.25
    x = (torch.rand(batch, inputs) - 0.5).requires_grad_()
    wires = torch.randint(0, inputs, (luts, n)).int()
    entries = torch.randn(luts, 1 << n, requires_grad=True)
    grad = torch.randn(batch, luts)
    out = efd.EFDFunction.apply(x, wires, entries, alpha, beta)
    out.backward(grad)
    want_x, want_entries = torch.zeros_like(x), torch.zeros_like(entries)
    for b in range(batch):
        for u in range(luts):
            at = sum(int(x[b, wires[u, i].item()] > 0) << i for i in range(n))
            same(out[b, u].item(), entries[u, at].item(), "entry")
            want_entries[u, at] += grad[b, u]
            for i in range(n):
                slope = sum((1 if q >> i & 1 else -1) * alpha
                            * beta ** bin((q ^ at) & ~(1 << i)).count("1") * entries[u, q].item()
                            for q in range(1 << n))
                want_x[b, wires[u, i].item()] += slope * grad[b, u]
    assert torch.allclose(x.grad, want_x, atol=1e-5), (x.grad - want_x).abs().max()
    assert torch.allclose(entries.grad, want_entries, atol=1e-6)


def ranks():
    """What a peer cannot compile is refused; packages are stand-ins, as nothing else is asked."""
    absent = {name: mock.MagicMock() for name in ("h5py", "numpy", "torch", "shims")}
    source = (TOOLS / "infer.py").read_text().rsplit("main()", 1)[0]
    infer = {"__name__": "infer"}
    with mock.patch.dict(sys.modules, absent):
        exec(compile(source, "infer.py", "exec"), infer)
    for peer in ("difflogic", "torchlogix"):
        try:
            infer["of_" + peer]("sources", [(mock.MagicMock(shape=(3, 4)), None)], 8, 2)
        except SystemExit as refusal:
            assert "LUTs of 4" in str(refusal), refusal
        else:
            raise AssertionError(f"{peer}: LUTs of four inputs were taken for gates")


def main():
    os.environ["CALLS"] = str(SCRATCH / "calls")
    for module in TOOLS.glob("*.py"):
        compile(module.read_text(), module.name, "exec")
    same([m[0] for m in compare.VARIANTS], ["system", "newest", "newest"], "environments")
    names()
    numbers(restarts())
    medians()
    crossing()
    ranks()
    finite_differences()


main()
