#!/usr/bin/env python3
"""Times training steps of one network in one peer and prints a line of CSV (after a header) or
JSON.  One measurement a process, so that the peak memory is its own.

A step is zero_grad, forward, cross entropy, backward and Adam over batches that lie ready as
float tensors: no loader, no copies from the host.  On a CPU each step is timed; on a GPU blocks
of steps, with a synchronization before and after.  The numbers are medians over steps.
"""
import argparse
import csv
import json
import os
import resource
import statistics
import sys
import time

FIELDS = ("network", "peer", "engine", "adam", "device", "threads", "batch", "parameters", "steps",
          "samples_per_second", "cpu_ms", "wall_ms", "wall_q1_ms", "wall_q3_ms", "setup_seconds",
          "loss_first", "loss_last", "peak_memory", "memory_imports", "device_memory", "foreign",
          "torch", "peer_version", "device_name", "status")


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("network", help="as lutbench --list has them, with any widths")
    p.add_argument("--peer", required=True,
                   choices=("difflogic", "torchlogix", "torch-dwn", "difflut"))
    p.add_argument("--engine", default="eager", choices=("eager", "compile", "graphs"),
                   help="graphs: compiled, and replayed as CUDA graphs")
    p.add_argument("--adam", default="default", choices=("default", "fused"))
    p.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--batch", type=int, help="instead of the network's")
    p.add_argument("--seconds", type=float, default=10, help="of timed steps; 10")
    p.add_argument("--steps", type=int, default=2000, help="timed steps at most; 2000")
    p.add_argument("--sources", default=os.environ.get("PEERS"),
                   help="folder of the peers' checkouts; or the environment's PEERS")
    p.add_argument("--data", help="folder of Fashion-MNIST")
    p.add_argument("--json", action="store_true", help="JSON instead of CSV")
    return p.parse_args()


def busy():
    """CPU seconds of the whole machine and of this process; None where Linux does not say."""
    try:
        with open("/proc/stat") as f:
            v = list(map(int, f.readline().split()[1:]))
    except OSError:
        return None
    own = os.times()
    return (sum(v) - v[3] - v[4]) / os.sysconf("SC_CLK_TCK"), own.user + own.system


def resident():
    """Largest resident set so far, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Step:
    """One training step, and the batches it walks through."""

    def __init__(self, a, net, batch):
        import torch

        import images
        import models
        self.torch, self.batch = torch, batch
        torch.set_num_threads(a.threads)
        torch.manual_seed(0)
        self.imports = resident()
        self.model = models.model(a.peer, net, a.sources, a.device).train()
        self.parameters = sum(p.numel() for p in self.model.parameters() if p.requires_grad)
        options = dict(fused=True) if a.adam == "fused" else {}
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.01, **options)
        x, y = images.encoded(net.bits, 20 * batch, a.data)
        self.x, self.y = (torch.from_numpy(v).to(a.device) for v in (x, y))
        self.run = {"eager": lambda: self.forward, "compile": lambda: torch.compile(self.forward),
                    "graphs": lambda: torch.compile(self.forward, mode="reduce-overhead"),
                    }[a.engine]()
        self.at = 0

    def forward(self, x, y):
        return self.torch.nn.functional.cross_entropy(self.model(x), y)

    def __call__(self):
        at = self.at
        self.at = (at + self.batch) % (len(self.x) - self.batch + 1)
        self.optimizer.zero_grad()
        loss = self.run(self.x[at:at + self.batch], self.y[at:at + self.batch])
        loss.backward()
        self.optimizer.step()
        return loss


def timed(step, a):
    """Wall and CPU seconds of a step, block by block, and the losses of the first and last."""
    wait = step.torch.cuda.synchronize if a.device == "cuda" else lambda: None
    block = 20 if a.device == "cuda" else 1
    walls, cpus, end = [], [], time.monotonic() + a.seconds
    while len(walls) < 6 or (time.monotonic() < end and len(walls) * block < a.steps):
        wait()
        w, c = time.perf_counter(), time.process_time()
        for _ in range(block):
            loss = step()
        wait()
        walls.append((time.perf_counter() - w) / block)
        cpus.append((time.process_time() - c) / block)
    return walls, cpus, block, loss.item()


def measure(a, row):
    from networks import network
    net = network(a.network)
    row["batch"] = batch = a.batch or net.batch_of(a.peer, a.engine)
    start = time.perf_counter()
    step = Step(a, net, batch)
    first = step().item()
    for _ in range(2):  # allocators, and a second graph where the first was specialised
        step()
    row["setup_seconds"] = round(time.perf_counter() - start, 1)
    before, began = busy(), time.monotonic()
    walls, cpus, block, last = timed(step, a)
    after, lasted = busy(), time.monotonic() - began
    if before and after:  # CPUs that others kept busy meanwhile
        row["foreign"] = round((after[0] - before[0] - after[1] + before[1]) / lasted, 2)
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    quarter = statistics.quantiles(walls, n=4)
    # One thread on a CPU: its CPU time, which foreign load disturbs least.
    own = cpu if a.threads == 1 and a.device == "cpu" else wall
    row.update(parameters=step.parameters, steps=len(walls) * block,
               samples_per_second=round(batch / own, 1), cpu_ms=round(cpu * 1e3, 3),
               wall_ms=round(wall * 1e3, 3), wall_q1_ms=round(quarter[0] * 1e3, 3),
               wall_q3_ms=round(quarter[2] * 1e3, 3), loss_first=round(first, 4),
               loss_last=round(last, 4), peak_memory=resident(), memory_imports=step.imports,
               status="ok")
    if a.device == "cuda":
        row["device_memory"] = step.torch.cuda.max_memory_allocated()


def version(a):
    """The peer's commit, from the file that setup.sh leaves beside its checkout."""
    folder = {"torch-dwn": "DWN"}.get(a.peer, a.peer)
    try:
        with open(os.path.join(a.sources or "", folder, "COMMIT")) as f:
            return f.read().strip()
    except OSError:
        return "unknown"


def main():
    a = arguments()
    row = dict.fromkeys(FIELDS, "")
    row.update(network=a.network, peer=a.peer, engine=a.engine, adam=a.adam, device=a.device,
               threads=a.threads, peer_version=version(a)[:12])
    try:
        import torch
        row["torch"] = torch.__version__
        if a.device == "cuda":
            row["device_name"] = torch.cuda.get_device_name()
        measure(a, row)
    except Exception as e:  # a peer that fails is a result: the row says why
        lines = str(e).strip().splitlines() or [""]
        row["status"] = f"{type(e).__name__}: {lines[0][:200]}"
    if a.json:
        print(json.dumps(row))
    else:
        out = csv.DictWriter(sys.stdout, FIELDS, lineterminator="\n")
        out.writeheader()
        out.writerow(row)
    return 0 if row["status"] == "ok" else 1


if __name__ == "__main__":
    sys.exit(main())
