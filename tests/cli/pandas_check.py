"""Read RESULTS.h5 as its documentation says, and compare with the counts of lutreport.

usage: pandas_check.py RESULTS.h5 COUNTS.csv
"""
import csv
import sys
import warnings

import h5py
import numpy
import pandas
import tables

path, counts = sys.argv[1:]
print("python %s, h5py %s, pandas %s, tables %s" % (
    sys.version.split()[0], h5py.__version__, pandas.__version__, tables.__version__))
warnings.simplefilter("error")  # a reader that complains of a file may soon refuse it
for kind in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
    warnings.simplefilter("ignore", kind)  # of the readers among themselves


def check(truth, what):
    if not truth:
        sys.exit("FAILED: " + what)


with open(counts) as f:
    expected = {(line["parametrization"], line["status"]): int(line["test_accuracy_n"])
                for line in csv.DictReader(f)}
check(sum(expected.values()) > 1 and len(expected) > 1, "lutreport counted too little")

by_pandas = pandas.read_hdf(path, "trials")
with h5py.File(path, "r") as f:
    by_h5py = pandas.DataFrame(f["trials"][:])
    by_h5py = by_h5py.apply(lambda c: c.str.decode("utf-8") if c.dtype == object else c)
    check(f.attrs["format"] == "lutsweep", "the attribute format is text")
    check(int(f.attrs["format_version"]) == 1, "format_version")
    columns = pandas.DataFrame(f["columns"][:])
    columns = columns.apply(lambda c: c.str.decode("utf-8") if c.dtype == object else c)
    for name in ("trials", "timing", "history", "failures", "provenance"):
        listed = columns[columns.table == name].name
        check(list(listed) == list(f[name].dtype.names), "/columns lists /" + name)
        check("\n" + listed.iloc[0] in f[name].attrs["doc"], "doc of /" + name)
    kept = list(f["trial"])
    check(sorted(kept) == sorted(by_h5py.key), "a group for each trial")
    for key in kept:
        group = f["trial"][key]
        row = by_h5py[by_h5py.key == key].iloc[0]
        check("seed = %d\n" % row.seed in group["config"].asstr()[()], "config of " + key)
        check(100 * numpy.trace(group["confusion"][:]) / group["confusion"][:].sum()
              == row.test_accuracy, "confusion of " + key)
        check(numpy.unpackbits(group["correct"][:]).sum()
              == numpy.trace(group["confusion"][:]), "correct of " + key)
        check(group["layer/0/tables"].shape[1] == 2 ** row.lut_rank, "tables of " + key)

for how, df in (("pandas", by_pandas), ("h5py", by_h5py)):
    for (parametrization, status), n in expected.items():
        found = df[(df.parametrization == parametrization) & (df.status == status)]
        check(len(found) == n, "%s: %s, %s: %d rows, lutreport says %d" % (
            how, parametrization, status, len(found), n))
        check(found.test_accuracy.notna().all(), "%s: accuracies" % how)
    check(len(df) == sum(expected.values()), "%s: all rows" % how)
check(by_pandas.equals(by_h5py), "both ways give the same table")
check(by_pandas.lut6.isna().all() or (by_pandas.lut6 > 0).all(), "unknown is nan, not 0")

with tables.open_file(path) as f:
    query = f.root.trials.read_where('(parametrization == b"dwn") & (test_accuracy > 50)')
    check(len(query) == expected["dwn", "ok"], "a query of PyTables")
for name in ("timing", "history", "columns", "provenance", "failures", "baselines"):
    pandas.read_hdf(path, name)
print("all agree")
