#!/usr/bin/python3
"""Small random networks in every layout that the readers must tell apart, with the outputs that decide.

Golden values come from PyTorch in float64 where PyTorch can run the network, else from ../trained/common.py (numpy).
Each NAME.json lists cells: which file, what to choose in it (layer, reverse, prefix), the convention, and steps
(x, h, next). README.md one folder up describes every file.

    ./make_conventions.py           writes everything beside itself
"""
import collections
import pickle
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "trained"))
import common  # noqa: E402

RNG = np.random.default_rng(20240607)


def here(name):
    return os.path.join(HERE, name)


def pairs(m, n, count=4):
    return RNG.uniform(-1.5, 1.5, (count, m)), RNG.uniform(-1, 1, (count, n))


def torch_steps(weights, m, n):
    """PyTorch's GRUCell in float64 on (W_ih, W_hh, b_ih, b_hh)."""
    cell = torch.nn.GRUCell(m, n, bias=weights[2] is not None).double()
    with torch.no_grad():
        for parameter, w in zip((cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh), weights):
            if w is not None:
                parameter.copy_(w.double())
    x, h = pairs(m, n)
    nxt = cell(torch.tensor(x), torch.tensor(h)).detach().numpy()
    return [{"x": x[i], "h": h[i], "next": nxt[i]} for i in range(len(x))]


def numpy_steps(p):
    x, h = pairs(p["W_h"].shape[1], p["U_h"].shape[0])
    nxt = common.step(p, x, h)
    return [{"x": x[i], "h": h[i], "next": nxt[i]} for i in range(len(x))]


def weights_of(state, prefix="", suffix=""):
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return [state.get(prefix + k + suffix) for k in names]


def entry(files, steps, layer=0, reverse=0, prefix="", reset="after", order="rzn", hidden=4, inputs=3):
    return {"files": files, "layer": layer, "reverse": reverse, "prefix": prefix, "reset": reset,
            "gate_order": order, "hidden_size": hidden, "input_size": inputs, "steps": steps}


def write_golden(name, cells, **more):
    common.write_json(here(name), {"source": "make_conventions.py", "cells": cells, **more})


def stack():
    """Two layers, two directions: four cells in one file; the second layer sees 2 x 4 inputs."""
    gru = torch.nn.GRU(3, 4, num_layers=2, bidirectional=True)
    state = gru.state_dict()
    torch.save(state, here("stack.pt"))
    common.write_safetensors(here("stack.safetensors"), state, {"format": "pt"})
    files = ["stack.pt", "stack.safetensors"]
    cells = []
    for layer in (0, 1):
        for reverse in (0, 1):
            w = weights_of(state, "", "_l%d%s" % (layer, "_reverse" if reverse else ""))
            m = 3 if layer == 0 else 8
            cells.append(entry(files, torch_steps(w, m, 4), layer, reverse, inputs=m))
    xs = torch.tensor(RNG.uniform(-1, 1, (12, 1, 3)))
    double = torch.nn.GRU(3, 4, num_layers=2, bidirectional=True).double()
    double.load_state_dict(state)
    out, last = double(xs)
    write_golden("stack.json", cells, sequence={
        "about": "12 inputs from h0 = 0: output is layer 1, forward then backward; last is h of layer 0, 0 reverse, 1, 1 reverse",
        "x": xs[:, 0], "output": out[:, 0], "last": last[:, 0]})


def single_cell():
    """nn.GRUCell: no _l0 in the names; one with biases, one without."""
    cell, bare = torch.nn.GRUCell(3, 4), torch.nn.GRUCell(3, 4, bias=False)
    torch.save(cell.state_dict(), here("grucell.pt"))
    torch.save(bare.state_dict(), here("grucell-nobias.pt"))
    common.write_safetensors(here("grucell.safetensors"), cell.state_dict())
    common.write_safetensors(here("grucell-nobias.safetensors"), bare.state_dict())
    write_golden("grucell.json", [
        entry(["grucell.pt", "grucell.safetensors"], torch_steps(weights_of(cell.state_dict()), 3, 4)),
        entry(["grucell-nobias.pt", "grucell-nobias.safetensors"],
              torch_steps(weights_of(bare.state_dict()), 3, 4))])


class Inner(torch.nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.embed = torch.nn.Linear(5, inputs)
        self.rnn = torch.nn.GRU(inputs, hidden)


class TwoGRUs(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Inner(3, 4), Inner(2, 5)
        self.readout = torch.nn.Linear(5, 2)


def prefixes():
    """Two GRUs of different sizes inside a module: prefixes encoder.rnn and decoder.rnn."""
    model = TwoGRUs()
    state = model.state_dict()
    torch.save(state, here("prefixes.pt"))
    common.write_safetensors(here("prefixes.safetensors"), state)
    files = ["prefixes.pt", "prefixes.safetensors"]
    write_golden("prefixes.json", [
        entry(files, torch_steps(weights_of(state, "encoder.rnn.", "_l0"), 3, 4), prefix="encoder.rnn"),
        entry(files, torch_steps(weights_of(state, "decoder.rnn.", "_l0"), 2, 5), prefix="decoder.rnn", hidden=5,
              inputs=2)])


def flax():
    """flax.linen.GRUCell: Dense kernels used as x @ kernel; biases in ir, iz, in and hn; z keeps the state."""
    n, m = 4, 3
    tree = {}
    for name, rows in (("ir", m), ("iz", m), ("in", m), ("hr", n), ("hz", n), ("hn", n)):
        tree[name + ".kernel"] = torch.tensor(RNG.normal(0, 0.8, (rows, n)), dtype=torch.float32)
        if name in ("ir", "iz", "in", "hn"):
            tree[name + ".bias"] = torch.tensor(RNG.normal(0, 0.3, n), dtype=torch.float32)
    v = {k: t.double().numpy() for k, t in tree.items()}
    x, h = pairs(m, n)
    r = common.sigma(x @ v["ir.kernel"] + v["ir.bias"] + h @ v["hr.kernel"])
    z = common.sigma(x @ v["iz.kernel"] + v["iz.bias"] + h @ v["hz.kernel"])
    c = np.tanh(x @ v["in.kernel"] + v["in.bias"] + r * (h @ v["hn.kernel"] + v["hn.bias"]))
    nxt = (1 - z) * c + z * h
    steps = [{"x": x[i], "h": h[i], "next": nxt[i]} for i in range(len(x))]
    cells = []
    for file, prefix, slash in (("flax.safetensors", "", "."), ("flax-prefix.safetensors", "params.GRUCell_0", "."),
                                ("flax-slash.safetensors", "params/GRUCell_0", "/")):
        lead = prefix + slash if prefix else ""
        common.write_safetensors(here(file), {lead + k.replace(".", slash): t for k, t in tree.items()})
        cells.append(entry([file], steps, prefix=prefix))
    write_golden("flax.json", cells)


def zrn():
    """PyTorch's names, but gates in the order z, r, n and the reset before, as lfads-torch's cell has them."""
    gru = torch.nn.GRUCell(3, 4)
    state = collections.OrderedDict((k, v.clone()) for k, v in gru.state_dict().items())
    torch.save(state, here("zrn-before.pt"))
    common.write_safetensors(here("zrn-before.safetensors"), state)
    files = ["zrn-before.pt", "zrn-before.safetensors"]
    cells = [entry(files, numpy_steps(common.from_torch(*weights_of(state), order=order, reset=reset)), reset=reset,
                   order=order) for order in ("zrn", "rzn") for reset in ("before", "after")]
    write_golden("zrn-before.json", cells, about="the same file under all four conventions; the first is the true one")


def precisions():
    """One network in four widths; narrower files hold the rounded numbers, so each has its own golden values."""
    base = torch.nn.GRU(3, 4).double().state_dict()
    cells = []
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        name = "width-" + str(dtype).replace("torch.", "")
        state = collections.OrderedDict((k, v.to(dtype)) for k, v in base.items())
        common.write_safetensors(here(name + ".safetensors"), state)
        torch.save(state, here(name + ".pt"))
        cells.append(entry([name + ".safetensors", name + ".pt"], torch_steps(weights_of(state, "", "_l0"), 3, 4)))
    write_golden("width.json", cells)


def storages():
    """The same network through every way in which a pickle can store a tensor."""
    state = torch.nn.GRU(3, 4).state_dict()
    strided = {}
    for k, v in state.items():
        if v.dim() == 2:    # the transpose of a stored transpose: strides (1, rows)
            strided[k] = v.t().contiguous().t()
            assert not strided[k].is_contiguous()
        else:               # every second number of a longer storage
            wide = torch.full((2 * v.numel(),), 1e9)
            wide[::2] = v
            strided[k] = wide[::2]
    torch.save(strided, here("strided.pt"))

    flat = torch.cat([torch.full((7,), 1e9)] + [v.reshape(-1) for v in state.values()])
    views, at = collections.OrderedDict(), 7
    for k, v in state.items():
        views[k] = flat[at:at + v.numel()].view(v.shape)
        at += v.numel()
    torch.save(views, here("shared.pt"))
    torch.save(views, here("shared-legacy.pt"), _use_new_zipfile_serialization=False)

    parameters = collections.OrderedDict((k, torch.nn.Parameter(v.clone())) for k, v in state.items())
    torch.save(parameters, here("parameters.pt"))
    module = torch.nn.GRU(3, 4)
    module.load_state_dict(state)
    optimiser = torch.optim.Adam(module.parameters(), lr=1e-3)
    module(torch.zeros(2, 1, 3))[0].sum().backward()
    optimiser.step()
    module.load_state_dict(state)
    torch.save({"epoch": 12, "loss": 0.25, "done": False, "note": None, "history": [1.0, 0.5, 0.25], "shape": (3, 4),
                "big": 2 ** 40, "model": module.state_dict(), "optimizer": optimiser.state_dict()},
               here("checkpoint.pt"))
    torch.save(module.state_dict(), here("legacy.pt"), _use_new_zipfile_serialization=False)
    with open(here("pickled.pt"), "wb") as file:   # each tensor with its storage in the legacy layout inside
        pickle.dump(module.state_dict(), file)
    torch.save(collections.OrderedDict(("module." + k, v) for k, v in state.items()), here("dataparallel.pt"))
    files = ["strided.pt", "shared.pt", "shared-legacy.pt", "parameters.pt", "checkpoint.pt", "legacy.pt",
             "dataparallel.pt", "pickled.pt"]
    write_golden("storages.json", [entry(files, torch_steps(weights_of(state, "", "_l0"), 3, 4))])
    torch.save(module, here("refuse-module.pt"))   # a whole module: needs code to be run, so it must be refused


if __name__ == "__main__":
    torch.manual_seed(11)
    torch.set_num_threads(1)
    for make in (stack, single_cell, prefixes, flax, zrn, precisions, storages):
        make()
