#!/usr/bin/env python3
"""A network that lutsweep has trained, as a peer's compiled circuit: a shared library for
tests/manual/beside, which times it beside this project's own.

    infer.py FILE KEY --peer difflogic|torchlogix --sources FOLDER -o LIBRARY [--bits 64] [--opt 1]
             [--simplify]

Compilers and options are the peer's own.  Needs torch, numpy and h5py; for torchlogix Python 3.12.
"""
import argparse
import contextlib
import io
import resource
import shutil
import sys
import time

import h5py
import numpy as np
import torch

import shims


def stored(path, key):
    """Wiring and tables of each layer, inputs and classes."""
    with h5py.File(path) as file:
        keys = [k for k in file["trial"] if k.startswith(key)]
        if len(keys) != 1:
            sys.exit(f"infer.py: {len(keys)} networks in {path} begin with {key}")
        group = file["trial"][keys[0]]
        layers = [group["layer"][str(i)] for i in range(len(group["layer"]))]
        encoder = group["encoder"]
        inputs = encoder["codes"].shape[1] * encoder["thresholds"].shape[0]
        return [(l["inputs"][:], l["tables"][:]) for l in layers], inputs, len(group["confusion"])


def check_rank(peer, layers):
    """Neither peer compiles LUTs of other ranks, and numbers() counts gates alone."""
    ranks = sorted({wires.shape[1] for wires, _ in layers})
    if ranks != [2]:
        sys.exit(f"infer.py: {peer} compiles gates of two inputs, the network has LUTs of "
                 f"{', '.join(map(str, ranks))}")


def numbers(tables):
    """Both libraries' number of a gate: entry 0 of the table is its most significant bit."""
    return torch.from_numpy(tables.astype(np.int64) @ np.array([8, 4, 2, 1]))


def of_difflogic(sources, layers, inputs, classes):
    check_rank("difflogic", layers)
    lib = shims.load("difflogic", sources, "cpu")
    parts = []
    for wires, tables in layers:
        layer = lib.LogicLayer(inputs, len(wires), device="cpu", implementation="python")
        layer.indices = tuple(torch.from_numpy(wires[:, j].astype(np.int64)) for j in (0, 1))
        layer.weights.data = torch.nn.functional.one_hot(numbers(tables), 16).float()
        parts.append(layer)
        inputs = len(wires)
    return torch.nn.Sequential(*parts, lib.GroupSum(classes, 1.0, device="cpu"))


def of_torchlogix(sources, layers, inputs, classes):
    check_rank("torchlogix", layers)
    lib = shims.load("torchlogix", sources, "cpu")
    parts = []
    for wires, tables in layers:
        layer = lib.LogicDense(inputs, len(wires), lut_rank=2, parametrization="raw")
        layer.weight.data = torch.nn.functional.one_hot(numbers(tables), 16).float()
        layer.connections.indices.copy_(torch.from_numpy(wires.T.astype(np.int64).copy()))
        parts.append(layer)
        inputs = len(wires)
    return torch.nn.Sequential(*parts, lib.GroupSum(classes, 1.0))


def compile_difflogic(model, _inputs, options):
    from difflogic.compiled_model import CompiledLogicNet

    net = CompiledLogicNet(model, num_bits=options.bits, cpu_compiler="gcc")
    with contextlib.redirect_stdout(io.StringIO()):
        net.compile(opt_level=options.opt, save_lib_path=options.output)


def compile_torchlogix(model, inputs, options):
    from torchlogix.circuit import Circuit

    circuit = Circuit.from_model(model, [inputs])
    if options.simplify:
        circuit.simplify()
    print(f"{len(circuit.gates)} gates")
    circuit.compile(opt_level=options.opt, pack_bits=options.bits)
    shutil.copy(circuit._lib._name, options.output)


MAKE = {"difflogic": (of_difflogic, compile_difflogic),
        "torchlogix": (of_torchlogix, compile_torchlogix)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("key")
    parser.add_argument("--peer", choices=MAKE, required=True)
    parser.add_argument("--sources", required=True)
    parser.add_argument("-o", dest="output", required=True)
    parser.add_argument("--bits", type=int, default=64)
    parser.add_argument("--opt", type=int, default=1)
    parser.add_argument("--simplify", action="store_true")
    options = parser.parse_args()
    layers, inputs, classes = stored(options.file, options.key)
    make, compile_ = MAKE[options.peer]
    model = make(options.sources, layers, inputs, classes)
    start = time.time()
    compile_(model, inputs, options)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{options.output}: {time.time() - start:.1f} s, of which compiler "
          f"{used.ru_utime + used.ru_stime:.1f} s of CPU, {used.ru_maxrss / 1024:.0f} MB")


main()
