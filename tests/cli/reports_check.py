"""Reports computed again with pandas and SciPy from the results file alone.

usage: reports_check.py RESULTS.h5 FOLDER, which has groups.json, each.json, pareto.json,
smallest.json, groups.csv and keys.out of lutreport
"""
import json
import os
import sys

import h5py
import numpy
import pandas
import scipy
from scipy import stats

path, folder = sys.argv[1:]
SETTING = ["parametrization", "lut_rank", "width", "depth", "layers", "mapping_first",
           "mapping_rest", "encoder_bits", "tau"]


def check(truth, what):
    if not truth:
        sys.exit("FAILED: " + what)


def near(a, b):
    if a is None or b is None:
        return (a is None or numpy.isnan(a)) and (b is None or numpy.isnan(b))
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def load(name):
    with open(os.path.join(folder, name + ".json")) as f:
        whole = json.load(f)
    check(whole["version"] == 1, "version of " + name)
    return whole[name]


with h5py.File(path, "r") as f:
    df = pandas.DataFrame(f["trials"][:])
df = df.apply(lambda c: c.str.decode("utf-8") if c.dtype == object else c)

# Groups: mean, sd, n and Student's interval (alpha 0.1), per parametrization and rank.
groups = load("groups")
check(len(groups["rows"]) > 2, "groups are there")
for row in groups["rows"]:
    v = df[(df.parametrization == row["parametrization"]) & (df.lut_rank == row["lut_rank"])
           & (df.status == "ok")].test_accuracy
    lo, hi = stats.t.interval(0.9, len(v) - 1, v.mean(), stats.sem(v))
    for name, want in (("mean", v.mean()), ("sd", v.std(ddof=1)), ("min", v.min()),
                       ("max", v.max()), ("n", len(v)), ("lo", lo), ("hi", hi)):
        check(near(row["test_accuracy_" + name], want), "%s of %s" % (name, row))
names = {c["name"]: c for c in groups["columns"]}
check("test split" in names["test_accuracy_mean"]["doc"], "the split is named")

# The same table as CSV, all numbers in full.
csv = pandas.read_csv(os.path.join(folder, "groups.csv"), comment="#")
check(list(csv.columns) == list(names), "columns of CSV and JSON")
for line, row in zip(csv.to_dict("records"), groups["rows"]):
    check(all(line[n] == row[n] or near(line[n], row[n]) for n in names), "CSV of %s" % row)

# The front: means over seeds; larger validation accuracy, smaller area_levels.
df["area_levels"] = df.lut6 * df.lut_levels
ok = df[df.status == "ok"]
means = ok.groupby(SETTING, dropna=False)[["area_levels", "valid_accuracy", "test_accuracy"]]
means = means.mean().dropna().reset_index()
front = []
for _, a in means.iterrows():
    better = ((means.area_levels <= a.area_levels) & (means.valid_accuracy >= a.valid_accuracy)
              & ((means.area_levels < a.area_levels) | (means.valid_accuracy > a.valid_accuracy)))
    if not better.any():
        front.append((a.area_levels, a.valid_accuracy, a.test_accuracy))
pareto = load("pareto")
found = [(r["area_levels_mean"], r["valid_accuracy_mean"], r["test_accuracy_mean"])
         for r in pareto["rows"]]
check(len(front) >= 2 and len(found) == len(front), "size of the front")
for a, b in zip(sorted(front), sorted(found)):
    check(all(near(x, y) for x, y in zip(a, b)), "front: %s, %s" % (a, b))
check(all(0 < r["stability"] <= 1 for r in pareto["rows"]), "stability")

# The smallest lut6 of each parametrization with at least the median validation accuracy.
smallest = load("smallest")
means = ok.groupby(SETTING, dropna=False)[["lut6", "valid_accuracy"]].mean().reset_index()
at = float(smallest["title"].split()[-1])
for row in smallest["rows"]:
    of = means[means.parametrization == row["parametrization"]]
    reach = of[of.valid_accuracy >= at]
    check(row["settings"] == len(of) and row["reaching"] == len(reach), "counts of %s" % row)
    if len(reach):
        check(row["reached"] == "yes" and near(row["lut6_mean"], reach.lut6.min()),
              "smallest of %s" % row)
    else:
        check(row["reached"] == "nearest"
              and near(row["valid_accuracy_mean"], of.valid_accuracy.max()),
              "nearest of %s" % row)
check({r["reached"] for r in smallest["rows"]} == {"yes", "nearest"}, "both are tried")

# The two best settings of each parametrization, the best first.
means = ok.groupby(SETTING, dropna=False)[["valid_accuracy", "test_accuracy"]].mean()
means = means.reset_index().sort_values("valid_accuracy", ascending=False)
wanted = means.groupby("parametrization").head(2)
with open(os.path.join(folder, "each.json")) as f:
    found = json.load(f)["groups"]["rows"]
check(len(found) == len(wanted) < len(means), "number of the best of each")
for row, want in zip(found, wanted.to_dict("records")):
    check(all(near(row[c + "_mean"], want[c]) for c in ("valid_accuracy", "test_accuracy")),
          "best of each: %s" % row)

# Keys of the best row.
best = ok.groupby(SETTING, dropna=False)
mean = best.valid_accuracy.transform("mean")
with open(os.path.join(folder, "keys.out")) as f:
    keys = f.read().split()
check(sorted(keys) == sorted(ok[mean == mean.max()].key), "keys of the best")
print("pandas %s, SciPy %s: all agree" % (pandas.__version__, scipy.__version__))
