"""Recompute statistics of lutreport from RESULTS.h5 alone, and compare with its JSON.

usage: stats_check.py RESULTS.h5 GROUPS.json EFFECTS.json COMPARE.json NETWORKS.json FRONT.json \\
           SETS.h5 RANKS.json COSTS.json

GROUPS: --by parametrization,width --metric test_accuracy; EFFECTS: --effects valid_accuracy of a
grid of parametrization and width; COMPARE: --by parametrization --compare dwn,light; NETWORKS:
--compare KEY,KEY; FRONT: --pareto luts,valid_accuracy of dwn and light; RANKS: --ranks parametrization
--nemenyi of SETS.h5; COSTS: the same with --metric discretization_gap, of which
less is better.
"""
import itertools
import json
import math
import sys

import h5py
import numpy
import scipy
from scipy import stats

path, *names, sets, last, least = sys.argv[1:]
groups, effects, compare, networks, front, ranks, costs = (json.load(open(name)) for name in names + [last, least])
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


# Their intervals: Student's t of the jackknife's pseudo-values, one for each seed.
def shares(y):
    m = y.mean(axis=2) - y.mean()
    parts = m.mean(axis=1, keepdims=True), m.mean(axis=0, keepdims=True)
    return numpy.array([(part ** 2).mean() for part in (*parts, m - sum(parts))]) / (m ** 2).mean()


n = len(seeds)
pseudo = [n * shares(y) - (n - 1) * shares(numpy.delete(y, i, axis=2)) for i in range(n)]
lo, hi = numpy.clip(stats.t.interval(0.95, n - 1, numpy.mean(pseudo, axis=0), stats.sem(pseudo)), 0, 1)
for i, name in enumerate(expected):
    same(found[name]["share_lo"], 100 * lo[i], "share_lo of " + name)
    same(found[name]["share_hi"], 100 * hi[i], "share_hi of " + name)

# The front, and how often a setting stays on it when the trials of each are drawn again.  Draws are
# other ones: 5 standard errors of the 1000 that lutreport makes.
cells = sorted(cell for cell in setting if cell[0] != "warp")
trials_of = [numpy.array([(t["luts"], -t["valid_accuracy"]) for t in setting[c].values()]) for c in cells]


def on_front(x):
    worse = (x[None] <= x[:, None]).all(axis=2) & (x[None] < x[:, None]).any(axis=2)
    return ~worse.any(axis=1)


rng = numpy.random.default_rng(2)
stays = numpy.mean([on_front(numpy.array([v[rng.integers(0, len(v), len(v))].mean(axis=0) for v in trials_of]))
                    for _ in range(4000)], axis=0)
here = on_front(numpy.array([v.mean(axis=0) for v in trials_of]))
table = {(row["parametrization"], row["width"]): row["stability"] for row in front["pareto"]["rows"]}
same(len(table), here.sum(), "rows of the front")
for i in numpy.flatnonzero(here):
    if abs(table[cells[i]] - stays[i]) > 5 * math.sqrt(max(stays[i] * (1 - stays[i]), 0.001) / 1000):
        sys.exit("FAILED: stability of %s: %r, by other draws %r" % (cells[i], table[cells[i]], stays[i]))
    checked += 1

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

# Methods over data sets: of each the setting that is best on validation rows.
with h5py.File(sets, "r") as f:
    best = {}
    for t in f["trials"][:]:
        cell = best.setdefault((t["dataset"].decode(), t["parametrization"].decode()), {})
        cell.setdefault(float(t["width"]), []).append(
            (t["valid_accuracy"], t["test_accuracy"], t["discretization_gap"]))
chosen = {cell: max(numpy.mean(v, axis=0).tolist() for v in widths.values()) for cell, widths in best.items()}
figure = {cell: v[1] for cell, v in chosen.items()}
names, methods = (sorted(set(cell[i] for cell in figure)) for i in range(2))
for row in ranks["figures"]["rows"]:
    for method in methods:
        same(row[method], figure[row["dataset"], method], "figure of " + method)
x = numpy.array([[figure[name, method] for method in methods] for name in names])
mean_rank = dict(zip(methods, stats.rankdata(-x, axis=1).mean(axis=0)))
for row in ranks["ranks"]["rows"]:
    same(row["rank_mean"], mean_rank[row["method"]], "rank of " + row["method"])
n, k = x.shape
tests = {row["test"]: row for row in ranks["tests"]["rows"]}
chi, p = stats.friedmanchisquare(*x.T)
F = (n - 1) * chi / (n * (k - 1) - chi)
same(tests["Friedman"]["value"], chi, "Friedman")
same(tests["Friedman"]["p"], p, "p of Friedman")
same(tests["Iman and Davenport"]["value"], F, "Iman and Davenport")
same(tests["Iman and Davenport"]["p"], stats.f.sf(F, k - 1, (k - 1) * (n - 1)), "p of Iman and Davenport")
nemenyi = stats.studentized_range.ppf(0.95, k, math.inf) * math.sqrt(k * (k + 1) / (12 * n))
same(round(tests["Nemenyi distance"]["value"], 5), round(nemenyi, 5), "Nemenyi")
worst = 0
for i, row in enumerate(sorted(ranks["pairs"]["rows"], key=lambda row: row["p"])):
    d = x[:, methods.index(row["a"])] - x[:, methods.index(row["b"])]
    same(row["difference"], d.mean(), "difference of methods")
    d = d[d != 0]
    size = stats.rankdata(numpy.round(abs(d), 9))
    flips = [abs(numpy.dot(signs, size)) for signs in itertools.product((1, -1), repeat=len(d))]
    exact = numpy.mean([w >= abs(numpy.dot(numpy.sign(d), size)) - 1e-9 for w in flips])
    worst = max(worst, min(1, exact * (len(ranks["pairs"]["rows"]) - i)))
    same(row["p"], exact, "Wilcoxon's p")
    same(row["p_holm"], worst, "Holm's p")
gap = numpy.array([[chosen[name, method][2] for method in methods] for name in names])
place = dict(zip(methods, stats.rankdata(gap, axis=1).T))
for row in costs["ranks"]["rows"]:
    same(row["rank_mean"], place[row["method"]].mean(), "rank of %s by its gap" % row["method"])
    same(row["first"], sum(gap[:, methods.index(row["method"])] <= gap.min(axis=1)), "first by its gap")
for row in costs["pairs"]["rows"]:
    d = gap[:, methods.index(row["a"])] - gap[:, methods.index(row["b"])]
    same(row["difference"], d.mean(), "difference of gaps")
    same(row["a_wins"], sum(d < 0), "smaller gaps")
print("%d numbers agree" % checked)
