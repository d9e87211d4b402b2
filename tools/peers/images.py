"""Fashion-MNIST, encoded as the networks of networks.py want it."""
import gzip
import os
from pathlib import Path

import numpy as np

# The folder of Debian's package dataset-fashion-mnist, under the system's share folder.
PLACES = [os.environ.get("LUTSWEEP_DATA", ""), "/usr/share/datasets"]


def _open(folder, name):
    for place in [folder] if folder else PLACES:
        for path in (Path(place) / name, Path(place) / "fashion-mnist" / name):
            for file, opener in ((path, open), (path.with_suffix(path.suffix + ".gz"), gzip.open)):
                if place and file.is_file():
                    return opener(file, "rb")
    raise FileNotFoundError(f"{name} (or .gz) was not found: name its folder by --data, or install "
                            "the package dataset-fashion-mnist")


def training_part(folder=None):
    """Pixels, n x 784 bytes, and labels of the training part."""
    with _open(folder, "train-images-idx3-ubyte") as f:
        pixels = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 784)
    with _open(folder, "train-labels-idx1-ubyte") as f:
        labels = np.frombuffer(f.read(), np.uint8, offset=8)
    return pixels, labels.astype(np.int64)


def encoded(bits, rows, folder=None):
    """The first `rows` images as rows x (784 bits) floats of 0 and 1, and their labels.

    The distributive thermometer of docs/encoders.md: bit t of a pixel says that it is above the
    sorted training values' number floor(n (t + 1) / (bits + 1))."""
    pixels, labels = training_part(folder)
    n = len(pixels)
    ranks = [n * (t + 1) // (bits + 1) for t in range(bits)]
    thresholds = np.partition(pixels, ranks, axis=0)[ranks]  # bits x 784
    above = pixels[:rows, :, None] > thresholds.T[None]
    return above.reshape(len(above), -1).astype(np.float32), labels[:rows]
