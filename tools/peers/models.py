"""The peers' versions of the networks, through their public interfaces and with their defaults."""
import torch

import shims
from networks import CLASSES


def _chain(net):
    return zip((net.inputs, *net.widths), net.widths)


def _difflogic(lib, net, device):
    kind = "cuda" if device == "cuda" else "python"
    layers = [lib.LogicLayer(i, o, device=device, implementation=kind) for i, o in _chain(net)]
    return [*layers, lib.GroupSum(CLASSES, net.tau, device=device)]


def _torchlogix(lib, net, device):
    kind = "raw" if net.family == "difflogic" else net.family
    layers = [lib.LogicDense(i, o, device=device, lut_rank=net.rank, parametrization=kind)
              for i, o in _chain(net)]
    return [*layers, lib.GroupSum(CLASSES, net.tau)]


def _torch_dwn(lib, net, device):
    wiring = [net.mapping] + ["random"] * (len(net.widths) - 1)
    layers = [lib.LUTLayer(i, o, n=net.rank, mapping=w)
              for (i, o), w in zip(_chain(net), wiring)]
    if device == "cpu":  # numbers for our stand-in: a tensor's value would break the graph
        for layer in layers:
            layer.alpha, layer.beta = layer.alpha.item(), layer.beta.item()
    return [*layers, lib.GroupSum(CLASSES, net.tau)]


def _difflut(lib, net, _device):
    node, extra = {
        "linear": (lib.nodes.LinearLUTNode, {}),
        "poly": (lib.nodes.PolyLUTNode, dict(degree=2)),  # theirs would be 3, ours is 2
        "neural": (lib.nodes.NeuralLUTNode, dict(hidden_width=8, depth=2, skip_interval=2)),
    }[net.family]
    config = lib.NodeConfig(input_dim=net.rank, output_dim=1, extra_params=extra)
    return [*(lib.RandomLayer(i, o, node, config) for i, o in _chain(net)), lib.GroupSum(CLASSES, net.tau, False)]


BUILD = {"difflogic": _difflogic, "torchlogix": _torchlogix, "torch-dwn": _torch_dwn,
         "difflut": _difflut}


def model(peer, net, sources, device):
    """The network `net` in the library `peer`.  ImportError: the peer is missing; ValueError: it
    does not have this network."""
    if peer not in net.peers:
        raise ValueError(f"{peer} does not have {net.name}")
    lib = shims.load(peer, sources, device)
    return torch.nn.Sequential(*BUILD[peer](lib, net, device)).to(device)
