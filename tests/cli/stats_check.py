"""Recompute statistics of lutreport from RESULTS.h5 alone, and compare with its JSON.

usage: stats_check.py RESULTS.h5 GROUPS.json EFFECTS.json COMPARE.json NETWORKS.json

GROUPS: --by parametrization,width --metric test_accuracy; EFFECTS: --effects valid_accuracy of a
grid of parametrization and width; COMPARE: --by parametrization --compare dwn,light; NETWORKS:
--compare KEY,KEY.
"""
import itertools
import json
import math
import sys

import h5py
import numpy
import scipy
from scipy import stats

path, *names = sys.argv[1:]
groups, effects, compare, networks = (json.load(open(name)) for name in names)
print("python %s, h5py %s, numpy %s, scipy %s" % (
    sys.version.split()[0], h5py.__version__, numpy.__version__, scipy.__version__))
checked = 0


def same(found, expected, what):
    global checked
    checked += 1
    if not math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9):
        sys.exit("FAILED: %s: lutreport says %r, computed here %r" % (what, found, expected))


with h5py.File(path, "r") as f:
    trials = f["trials"][:]
    correct = {key: numpy.unpackbits(f["trial"][key]["correct"][:]) for key in f["trial"]}
    rows = {key: int(f["trial"][key]["confusion"][:].sum()) for key in f["trial"]}
setting = {}
for t in trials:
    if t["status"] == b"ok":
        cell = (t["parametrization"].decode(), float(t["width"]))
        setting.setdefault(cell, {})[int(t["seed"])] = t

# An interval of Student's t for each group.
table = next(iter(v for v in groups.values() if isinstance(v, dict) and "rows" in v))
if len(table["rows"]) != len(setting):
    sys.exit("FAILED: %d groups" % len(table["rows"]))
for row in table["rows"]:
    v = [t["test_accuracy"] for t in setting[row["parametrization"], row["width"]].values()]
    lo, hi = stats.t.interval(0.95, len(v) - 1, numpy.mean(v), stats.sem(v))
    same(row["test_accuracy_mean"], numpy.mean(v), "mean")
    same(row["test_accuracy_lo"], lo, "lo")
    same(row["test_accuracy_hi"], hi, "hi")

# The analysis of variance, by sums of squares over the grid.
a, b = (sorted(set(cell[i] for cell in setting)) for i in range(2))
seeds = sorted(set.intersection(*(set(s) for s in setting.values())))
y = numpy.array([[[setting[p, w][s]["valid_accuracy"] for s in seeds] for w in b] for p in a])
m = y.mean(axis=2)
centred = m - m.mean()
main_a, main_b = centred.mean(axis=1), centred.mean(axis=0)
pair = centred - main_a[:, None] - main_b[None, :]
total = (centred ** 2).mean()
s2 = ((y - m[:, :, None]) ** 2).sum() / (m.size * (len(seeds) - 1))
noise = (m.size - 1) / m.size * s2 / len(seeds) / total
expected = {
    "parametrization": ((main_a ** 2).mean() / total, len(a) - 1),
    "width": ((main_b ** 2).mean() / total, len(b) - 1),
    "parametrization x width": ((pair ** 2).mean() / total, (len(a) - 1) * (len(b) - 1)),
}
found = {row["effect"]: row for row in effects["effects"]["rows"]}
for name, (share, df) in expected.items():
    rest = m.size * (len(seeds) - 1)
    by_chance = df / (m.size - 1) * noise
    same(found[name]["share"], 100 * share, "share of " + name)
    same(found[name]["p"], stats.f.sf(share / by_chance, df, rest), "p of " + name)
    same(found[name]["floor"], min(100, 100 * by_chance * stats.f.ppf(0.95, df, rest)),
         "floor of " + name)
same(found["seeds"]["share"], 100 * noise, "seeds")

# Two groups, paired by width and seed; the widths are the units.
for row in compare["comparison"]["rows"]:
    d = numpy.array([[setting["dwn", w][s][row["metric"]] - setting["light", w][s][row["metric"]]
                      for s in seeds] for w in b])
    units = d.mean(axis=1)
    t = stats.ttest_1samp(units, 0)
    interval = t.confidence_interval(0.95)
    same(row["difference"], units.mean(), "difference")
    same(row["difference_lo"], interval.low, "difference_lo")
    same(row["difference_hi"], interval.high, "difference_hi")
    same(row["p"], t.pvalue, "p of " + row["metric"])
for row in compare["settings"]["rows"]:
    d = numpy.array([setting["dwn", row["width"]][s][row["metric"]]
                     - setting["light", row["width"]][s][row["metric"]] for s in seeds])
    flips = [abs(sum(s * x for s, x in zip(signs, d)))
             for signs in itertools.product((1, -1), repeat=len(d))]
    exact = numpy.mean([x >= abs(d.sum()) - 1e-9 for x in flips])
    same(row["p"], stats.ttest_1samp(d, 0).pvalue, "p of a setting")
    if row["p_exact"] is None:
        same(2.0 ** (1 - len(d)) > 0.05, True, "p_exact is missing")
    else:
        same(row["p_exact"], exact, "p_exact")

# McNemar's test from the bits.
for row in networks["networks"]["rows"]:
    n = rows[row["a"]]
    x, z = correct[row["a"]][:n].astype(int), correct[row["b"]][:n].astype(int)
    same(row["rows"], n, "rows")
    same(row["only_a"], int((x > z).sum()), "only_a")
    same(row["only_b"], int((x < z).sum()), "only_b")
    same(row["difference"], 100 * (x.mean() - z.mean()), "difference of networks")
    same(row["p"], stats.binomtest(int((x > z).sum()), int((x != z).sum())).pvalue, "McNemar")
    rng = numpy.random.default_rng(1)
    draws = 100 * (x - z)[rng.integers(0, n, (2000, n))].mean(axis=1)
    for name, q in ("difference_lo", 2.5), ("difference_hi", 97.5):
        if abs(row[name] - numpy.percentile(draws, q)) > 0.15 * draws.std():
            sys.exit("FAILED: %s: %r, by other draws %r" % (
                name, row[name], numpy.percentile(draws, q)))
        checked += 1
print("%d numbers agree" % checked)
