"""DWN's extended finite difference in plain torch, for devices that torch-dwn has no kernel for.

Bacellar et al. 2024 ("Differentiable Weightless Neural Networks") give input l of a LUT at
address a the gradient
    sum over q of  +-alpha beta^dist(a, q) table[q],
with + where bit l of q is set, and the distance counted over the other bits.  Smooth the table
once, U[a] = sum over q of beta^dist(a, q) table[q] with all bits counted: then the same number is
    alpha / (1 - beta) * (U[a with bit l] - U[a without bit l]),
two look-ups instead of 2^n products.  That is the fastest form of it in torch that we know:
a slow stand-in would flatter us.
"""
import functools

import torch


@functools.lru_cache(maxsize=None)
def _smoother(n, beta, device):
    """beta^dist(a, q) for all a, q: the Kronecker power of [[1, beta], [beta, 1]]."""
    one = torch.tensor([[1.0, beta], [beta, 1.0]])
    k = torch.ones(1, 1)
    for _ in range(n):
        k = torch.kron(k, one)
    return k.to(device)


@functools.lru_cache(maxsize=None)
def _bits(n, device):
    return 1 << torch.arange(n, device=device)


@functools.lru_cache(maxsize=None)
def _rows(luts, entries, device):
    """Number of the first entry of each LUT in the flat table."""
    return entries * torch.arange(luts, device=device)


class EFDFunction(torch.autograd.Function):
    """Stands in for torch_dwn.lut_layer.EFDFunction: same gradients; alpha and beta are numbers."""

    @staticmethod
    def forward(ctx, x, mapping, luts, alpha, beta):
        n, device = mapping.shape[1], x.device
        wires = mapping.reshape(-1).long()
        high = x[:, wires].view(x.shape[0], -1, n) > 0
        entry = (high * _bits(n, device)).sum(-1) + _rows(*luts.shape, device)
        ctx.save_for_backward(wires, luts, entry)
        ctx.sizes = x.shape, n, alpha, beta
        return luts.view(-1)[entry]

    @staticmethod
    def backward(ctx, grad):
        wires, luts, entry = ctx.saved_tensors
        shape, n, alpha, beta = ctx.sizes
        table = torch.zeros(luts.numel(), device=grad.device)
        table.index_add_(0, entry.view(-1), grad.reshape(-1))
        inputs = None
        if ctx.needs_input_grad[0]:
            smooth = (luts @ _smoother(n, beta, grad.device)).view(-1)
            bits, at = _bits(n, grad.device), entry[..., None]
            slope = smooth[at | bits] - smooth[at & ~bits]
            slope *= alpha / (1 - beta) * grad[..., None]
            inputs = torch.zeros(shape, device=grad.device)
            inputs.index_add_(1, wires, slope.view(shape[0], -1))
        return inputs, None, table.view_as(luts), None, None
