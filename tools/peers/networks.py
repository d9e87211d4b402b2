"""The networks both sides train, by the names that lutbench uses.

A name says everything that matters for speed: family, inputs of a LUT, layers.  Widths are free,
so that a sweep over widths needs no table:
    difflogic-6x8000   raw2-2x4000   light4-2x4000   dwn-learnable-2000-1000   poly6-2x1000
"""
import re
from dataclasses import dataclass, field

FEATURES, CLASSES = 784, 10  # Fashion-MNIST

# What lutbench --list has, in its order.
NAMES = (
    ["difflogic-6x8000", "difflogic-6x64000", "raw2-2x4000"]
    + [f"{p}{k}-2x4000" for p in ("light", "warp") for k in (2, 4, 6)]
    + ["dwn-2000-1000", "dwn-learnable-2000-1000", "dwn-candidates-2000-1000"]
    + [f"{p}{k}-2x1000" for p in ("linear", "poly", "neural") for k in (4, 6)]
)

WIDE = ["difflogic-6x64000"]  # has the settings of a narrower one


@dataclass(frozen=True)
class Network:
    name: str
    family: str  # our parametrization
    rank: int
    widths: tuple
    batch: int
    bits: int  # of the distributive encoder, for each feature
    tau: float
    mapping: str = "random"  # of the first layer: random, learnable, candidates
    peers: tuple = field(default=())  # which peers have this network

    @property
    def inputs(self):
        return FEATURES * self.bits

    def lutbench(self):
        """Arguments of lutbench for this network: a listed one, and what differs from it."""
        listed = {(n.family, n.rank, n.bits, n.mapping): n for n in map(network, NAMES)
                  if n.name == self.name or n.name not in WIDE}
        base = listed[self.family, self.rank, self.bits, self.mapping]
        keys = []
        if self.widths != base.widths:
            keys = ["layers=" + "-".join(map(str, self.widths)), f"tau={self.tau:g}"]
        return ["--network", base.name, *keys]

    def batch_of(self, peer, engine):
        """Samples of a step: ours, unless the peer would need 19 GB for it."""
        large = self.family == "difflogic" and sum(self.widths) > 200000
        return 25 if large and peer == "difflogic" and engine == "eager" else self.batch


def _difflogic(name, depth, width):
    # Published settings: Petersen et al. 2022, MNIST; tau follows the votes of a class.
    return Network(name, "difflogic", 2, (width,) * depth, 100, 1,
                   30.0 if width > 16000 else 10.0, peers=("difflogic", "torchlogix"))


def _dwn(name, kind, widths):
    # Settings of torch-dwn's own example; it has no candidate lists, so nobody to compare with.
    kind = kind or "random"
    return Network(name, "dwn", 6, widths, 32, 3, 1 / 0.3, kind,
                   peers=() if kind == "candidates" else ("torch-dwn",))


def network(name):
    """The network of a name; ValueError if it is none."""
    if m := re.fullmatch(r"difflogic-(\d+)x(\d+)", name):
        return _difflogic(name, int(m[1]), int(m[2]))
    if m := re.fullmatch(r"dwn(?:-(learnable|candidates))?((?:-\d+)+)", name):
        return _dwn(name, m[1], tuple(map(int, m[2][1:].split("-"))))
    m = re.fullmatch(r"(raw|light|warp|linear|poly|neural)([1-8])-(\d+)x(\d+)", name)
    if not m or (m[1] == "raw" and m[2] != "2"):
        raise ValueError(f"{name}: not the name of a network, as difflogic-6x8000, "
                         "light4-2x4000, dwn-learnable-2000-1000 or poly6-2x1000 are")
    family = "difflogic" if m[1] == "raw" else m[1]
    peers = {"raw": ("torchlogix", "difflogic"), "light": ("torchlogix",),
             "warp": ("torchlogix",)}.get(m[1], ("difflut",))
    tau = 10.0 if peers == ("difflut",) else 30.0
    return Network(name, family, int(m[2]), (int(m[4]),) * int(m[3]), 128, 3, tau, peers=peers)
