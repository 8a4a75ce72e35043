#!/usr/bin/python3
"""A peer for the benchmark: FixedPointFinder's published method, reimplemented here in PyTorch.

This is OUR reimplementation, not the package, which is not in Debian. The method is that of Golub and Sussillo,
"FixedPointFinder: A Tensorflow toolbox for identifying and characterizing fixed points in recurrent neural
networks", JOSS 3(31), 1003 (2018): gradient descent (Adam) on

    q = |F(x) - x|^2 / 2        summed over units, averaged over a batch of initial states, all moved jointly

in float32, with the settings that the package's PyTorch version documents or runs with by default: learning rate
1.0, times 0.95 whenever the mean q has not improved for 2 iterations; at most 5000 iterations; a state has converged
when q < 1e-12 or q changes by less than 1e-20 times the learning rate, and the run ends when all have; states
further from the centre of the initial states than 10 mean distances are dropped; states closer than 1e-3 in every
unit are one point, the one with the lowest q; Jacobians and their eigenvalues at every point. Like the package, it
returns every distinct end state, converged or not, with its q. Left out: the rerun of outliers (off by default).
Initial states are uniform in (-1, 1)^n here; the package would sample them from trajectories.

    fpf_peer.py MODEL [--starts 1024] [--seed 0] [--lr 1.0] [--input x[0],x[1],...] [--threads 1]
                      [--reference CASE.points.json]

MODEL is a grulens-model (.json, plain numbers) or a .safetensors file with one GRU under PyTorch's names. A smaller
learning rate often serves the method better, so a fair comparison shows --lr 0.05 too. Prints one JSON object: time
(seconds, without loading), iterations, starts, count, converged, points, q; with --reference also known (how many
points the reference has), true (how many of them some returned point meets within 1e-3), false (returned points near
none of them), converged_false (those with q < 1e-12: at rate 1.0 states leave the cube, where z rounds to 1 and
every state looks at rest). Needs python3-torch.
"""
import argparse
import json
import struct
import sys
import time

import numpy as np
import torch

LR, FACTOR, PATIENCE, MAX_ITERS, TOL_Q, TOL_DQ, TOL_UNIQUE, FAR = 1.0, 0.95, 2, 5000, 1e-12, 1e-20, 1e-3, 10.0


def load_json(path):
    with open(path) as f:
        d = json.load(f)
    n, m = d["hidden_size"], d.get("input_size", 0)
    p = {"reset": d["reset"]}
    for g in "zrh":
        p["U_" + g] = np.array(d.get("U_" + g, np.zeros((n, n))), float)
        p["W_" + g] = np.array(d.get("W_" + g, np.zeros((n, m))), float).reshape(n, m)
        p["b_" + g] = np.array(d.get("b_" + g, np.zeros(n)), float)
    p["c_h"] = np.array(d.get("c_h", np.zeros(n)), float)
    return p


def load_safetensors(path):
    with open(path, "rb") as f:
        data = f.read()
    size = struct.unpack("<Q", data[:8])[0]
    t = {}
    for name, e in json.loads(data[8:8 + size]).items():
        if name != "__metadata__" and e["dtype"] == "F32":
            a, b = e["data_offsets"]
            t[name.split(".")[-1]] = np.frombuffer(data[8 + size + a:8 + size + b], "<f4").reshape(e["shape"]).astype(float)
    n = t["weight_hh_l0"].shape[1]
    p = {"reset": "after"}
    for k, g in enumerate("rzh"):
        rows = slice(k * n, (k + 1) * n)
        p["W_" + g], p["U_" + g] = t["weight_ih_l0"][rows], t["weight_hh_l0"][rows]
        p["b_" + g] = t["bias_ih_l0"][rows].copy()
        if g == "h":
            p["c_h"] = t["bias_hh_l0"][rows].copy()
        else:
            p["b_" + g] += t["bias_hh_l0"][rows]
    return p


def step_function(p, x):
    """F for a batch of states at the constant input x: nn.GRUCell where it can be, else the equations (reset before)."""
    n = len(p["b_h"])
    b = {g: p["b_" + g] + (p["W_" + g] @ x if len(x) else 0) for g in "zrh"}
    if p["reset"] == "after":
        cell = torch.nn.GRUCell(1, n)
        with torch.no_grad():
            cell.weight_ih.zero_()
            cell.weight_hh.copy_(torch.tensor(np.concatenate([p["U_r"], p["U_z"], p["U_h"]])))
            cell.bias_ih.copy_(torch.tensor(np.concatenate([b["r"], b["z"], b["h"]])))
            cell.bias_hh.copy_(torch.tensor(np.concatenate([np.zeros(2 * n), p["c_h"]])))
        for w in cell.parameters():
            w.requires_grad = False
        return lambda h: cell(torch.zeros(len(h), 1), h)
    t = {k: torch.tensor(v, dtype=torch.float32) for k, v in (("U_h", p["U_h"].T.copy()), ("b_h", b["h"]))}
    both = torch.tensor(np.concatenate([p["U_z"], p["U_r"]]).T.copy(), dtype=torch.float32)
    shift = torch.tensor(np.concatenate([b["z"], b["r"]]), dtype=torch.float32)

    def step(h):
        z, r = torch.sigmoid(torch.addmm(shift, h, both)).split(n, 1)
        return torch.lerp(torch.tanh(torch.addmm(t["b_h"], r * h, t["U_h"])), h, z)
    return step


def descend(F, h, lr):
    h = h.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([h], lr=lr)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=FACTOR, patience=PATIENCE)
    before = torch.full((len(h),), float("nan"))
    for k in range(1, MAX_ITERS + 1):
        optimiser.zero_grad()
        q = 0.5 * ((h - F(h)) ** 2).sum(1)
        q.mean().backward()
        optimiser.step()
        q = q.detach()
        plateau.step(q.mean())
        if bool(((q < TOL_Q) | ((q - before).abs() < TOL_DQ * optimiser.param_groups[0]["lr"])).all()):
            break
        before = q
    h = h.detach()
    return h, 0.5 * ((h - F(h)) ** 2).sum(1), k


def distinct(h, q):
    """Lowest q first; a state is new if it differs from all kept ones by TOL_UNIQUE or more in some unit."""
    order = torch.argsort(q)
    kept = torch.empty_like(h)
    which = []
    for i in order.tolist():
        if not which or bool(((kept[:len(which)] - h[i]).abs().amax(1) >= TOL_UNIQUE).all()):
            kept[len(which)] = h[i]
            which.append(i)
    return h[which], q[which]


def jacobians(F, h):
    """One backward pass a unit serves the whole batch."""
    J = torch.autograd.functional.jacobian(lambda s: F(s).sum(0), h)
    return torch.linalg.eigvals(J.permute(1, 0, 2))


def compare(points, q, path):
    with open(path) as f:
        known = np.array([p["h"] for p in json.load(f)["points"]])
    distance = np.abs(points[:, None] - known[None]).max(2) if len(points) else np.full((0, len(known)), np.inf)
    near = distance < 1e-3
    wrong = ~near.any(1)
    return {"known": len(known), "true": int(near.any(0).sum()), "false": int(wrong.sum()),
            "converged_false": int((wrong & (q < TOL_Q)).sum())}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--starts", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lr", type=float, default=LR)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--input", default="")
    parser.add_argument("--reference")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    p = load_safetensors(options.model) if options.model.endswith(".safetensors") else load_json(options.model)
    x = np.array([float(v) for v in options.input.split(",")]) if options.input else np.zeros(p["W_h"].shape[1])
    if len(x) != p["W_h"].shape[1]:
        sys.exit("--input needs %d numbers" % p["W_h"].shape[1])
    F = step_function(p, x)
    g = torch.Generator().manual_seed(options.seed)
    start = torch.rand(options.starts, len(p["b_h"]), generator=g) * 2 - 1
    F(start)

    clock = time.perf_counter()
    h, q, iterations = descend(F, start, options.lr)
    centre = start.mean(0)
    near = (h - centre).norm(dim=1) <= FAR * (start - centre).norm(dim=1).mean()
    h, q = distinct(h[near], q[near])
    jacobians(F, h)
    seconds = time.perf_counter() - clock

    out = {"time": seconds, "iterations": iterations, "starts": options.starts, "count": len(h),
           "converged": int((q < TOL_Q).sum())}
    if options.reference:
        out.update(compare(h.double().numpy(), q.numpy(), options.reference))
    out["points"], out["q"] = h.double().tolist(), q.double().tolist()
    print(json.dumps(out))


if __name__ == "__main__":
    main()
