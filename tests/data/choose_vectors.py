"""Choose cases of the reference vectors (HDF5) for the repository.

usage: /usr/bin/python3 choose_vectors.py ALL.h5 vectors.h5

Every kind, variant, rank, sampling mode, kind of inputs and option value of the large file
occurs in the small one with every variant that the large one has it with, and so do pairs
of rank, sampling mode and kind of inputs.  Kinds that need little room are there as a whole.
"""
import sys

import h5py
from h5py import h5g, h5p

WHOLE = ("bits", "encoder", "head", "init", "mapping_learnable", "regulariser")
VARIANT = {"lut": "parametrization", "network": "parametrization", "conv": "kind"}
FEATURES = {
    "lut": ("rank", "sampling", "x_kind", "has_zero_weight", "degree", "hidden_width", "depth",
            "activation", "skip_rule", "skip_interval", "efd", "weight_map", "output",
            "gradient_scale", "input_threshold", "temperature", "max_amplitude"),
    "network": ("sampling", "learnable_first", "efd"),
    "conv": (),
}
COMPRESSED = 300  # bytes from which compression saves room
COMPACT = 1000    # attributes stay in the header of their group


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def features(attrs):
    """What the case is an example of: its variant, and the variant with each feature."""
    kind = text(attrs["kind"])
    variant = kind, text(attrs[VARIANT[kind]])
    found = {variant} | {variant + (f, text(attrs[f])) for f in FEATURES[kind] if f in attrs}
    if kind == "lut":
        for pair in ("rank", "sampling"), ("rank", "x_kind"), ("sampling", "x_kind"):
            found.add(variant + tuple(text(attrs[f]) for f in pair))
    return found


def size(case):
    return sum(d.size * d.dtype.itemsize for d in case.values())


def choose(cases):
    """The smallest cases that have something new, those with the most of it first."""
    wanted = {name: features(case.attrs) for name, case in cases.items()}
    chosen = []
    while wanted:
        best = max(wanted, key=lambda n: (len(wanted[n]), -size(cases[n]), n))
        new = wanted.pop(best)
        if not new:
            break
        chosen.append(best)
        wanted = {name: f - new for name, f in wanted.items()}
    return chosen


def write_case(out, name, case):
    p = h5p.create(h5p.GROUP_CREATE)
    p.set_attr_phase_change(COMPACT, 0)
    group = h5py.Group(h5g.create(out.id, name.encode(), gcpl=p))
    for key in sorted(case.attrs):
        group.attrs.create(key, case.attrs[key])
    for key in sorted(case):
        a = case[key][...]
        packed = {"chunks": a.shape, "compression": "gzip", "compression_opts": 9,
                  "shuffle": True} if a.nbytes > COMPRESSED else {}
        group.create_dataset(key, data=a, track_times=False, **packed)


def main():
    with h5py.File(sys.argv[1], "r") as given, h5py.File(sys.argv[2], "w",
                                                         libver=("v110", "v110")) as out:
        kinds = {}
        for name, case in given.items():
            kinds.setdefault(text(case.attrs["kind"]), {})[name] = case
        names = []
        for kind, cases in kinds.items():
            chosen = list(cases) if kind in WHOLE else choose(cases)
            out.attrs["cases_" + kind] = len(chosen)
            names += chosen
        out.attrs["format"] = given.attrs["format"]
        out.attrs["format_version"] = given.attrs["format_version"]
        out.attrs["cases"] = len(names)
        for name in sorted(names):
            write_case(out, name, given[name])
            print(name)


main()
