"""What the peers need to be imported without CUDA and under an old torch.

Nothing of theirs is changed on disk: modules that are missing are stood in for, and names
inside their modules are replaced.  Every stand-in is listed in docs/peers.md.
"""
import importlib.util
import sys
import types
import warnings
from pathlib import Path

import torch

# Where the packages lie inside a checkout of each peer.
PACKAGE = {"difflogic": "difflogic", "torch-dwn": "DWN/src", "torchlogix": "torchlogix/src",
           "difflut": "difflut"}


def _stand_in(name, **names):
    sys.modules[name] = module = types.ModuleType(name)
    vars(module).update(names)


def _quiet(*_args):
    """In place of print: difflogic prints the type of its indices in every forward pass, which
    also breaks the graph of torch.compile."""


def _difflogic():
    if importlib.util.find_spec("difflogic_cuda") is None:
        _stand_in("difflogic_cuda")
    import difflogic.difflogic as layers
    layers.print = _quiet
    return layers


def _torchlogix():
    if not hasattr(torch, "compiler"):  # since torch 2.1
        torch.compiler = types.SimpleNamespace(disable=lambda f=None, **_: f or (lambda g: g))
    if sys.version_info < (3, 12):  # nested f-strings; inference only
        _stand_in("torchlogix.circuit", Circuit=None)
    import torchlogix.layers as layers
    return layers


def _torch_dwn(device):
    import torch_dwn
    import torch_dwn.lut_layer as layers
    if device == "cpu":  # torch-dwn has kernels for CUDA alone
        import efd
        layers.EFDFunction = efd.EFDFunction
    return torch_dwn


def _difflut():
    import difflut.layers.random_layer as layers
    import difflut.nodes as nodes
    from difflut.nodes.node_config import NodeConfig
    from difflut.utils.modules import GroupSum
    return types.SimpleNamespace(RandomLayer=layers.RandomLayer, NodeConfig=NodeConfig,
                                 GroupSum=GroupSum, nodes=nodes)


def load(peer, sources, device):
    """The peer's layers, from its checkout in the folder `sources` or from where it is
    installed.  ImportError says what is missing."""
    warnings.simplefilter("ignore")
    checkout = Path(sources) / PACKAGE[peer] if sources else None
    if checkout and checkout.is_dir():
        sys.path.insert(0, str(checkout))
    return {"difflogic": _difflogic, "torchlogix": _torchlogix, "difflut": _difflut,
            "torch-dwn": lambda: _torch_dwn(device)}[peer]()
