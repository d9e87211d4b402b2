"""The netCDF file of lutreport beside the results file that it is from.

usage: labelled_check.py RESULTS.h5 RESULTS.nc
"""
import sys

import h5py
import numpy
import xarray

results, labelled = sys.argv[1:]


def check(truth, what):
    if not truth:
        sys.exit("FAILED: " + what)


with h5py.File(results, "r") as f:
    trials, history = f["trials"][:], f["history"][:]

for engine in ("h5netcdf", "netcdf4"):
    with xarray.open_dataset(labelled, engine=engine) as d:
        check(d.sizes["trial"] == len(trials), engine + ": rows")
        check(d.sizes["epoch"] == history["epoch"].max(), engine + ": epochs")
        for name in trials.dtype.names:
            values = d[name].values
            if trials.dtype[name].kind == "S":
                same = list(values) == [v.decode() for v in trials[name]]
            else:
                same = numpy.array_equal(values, trials[name].astype(float), equal_nan=True)
            check(same, "%s: column %s" % (engine, name))
        dwn = d.where(d.parametrization == "dwn", drop=True)
        check(dwn.sizes["trial"] == (trials["parametrization"] == b"dwn").sum(),
              engine + ": a filter by text")
        check(d.test_accuracy.attrs["units"] == "percent", engine + ": units")
        check("test split" in d.test_accuracy.attrs["long_name"], engine + ": long_name")
        for row in history:
            check(d.history_train_loss.sel(epoch=row["epoch"]).values[row["trial"]]
                  == row["train_loss"], engine + ": histories")
        check(int(d.history_train_loss.notnull().sum()) == len(history), engine + ": padding")
print("xarray %s: all agree" % xarray.__version__)
