#!/usr/bin/python3
"""flipflop16: the three-bit flip-flop of Sussillo and Barak (2013), learned by 16 GRU units and a linear readout.

Each of three inputs is silent except for pulses of +1 or -1; the output of each bit is the sign of its last pulse.
A network that has learned it holds eight memories: stable fixed points at input 0, one for each pattern of signs.

    ./train_flipflop.py          writes flipflop16.pt, .safetensors and .json (golden values) beside itself
"""
import os
import sys

import numpy as np
import torch

import common

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, BATCH, PULSE = 2000, 64, 0.08


def trials(rng, count, length):
    """Inputs count x length x 3 and targets; every bit starts with a pulse, so that its target is defined."""
    x = rng.choice([-1.0, 0.0, 1.0], (count, length, 3), p=[PULSE / 2, 1 - PULSE, PULSE / 2])
    x[:, 0] = rng.choice([-1.0, 1.0], (count, 3))
    y = x.copy()
    for t in range(1, length):
        y[:, t] = np.where(x[:, t] != 0, x[:, t], y[:, t - 1])
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)


def main(seed=1):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    gru, readout = torch.nn.GRU(3, 16, batch_first=True), torch.nn.Linear(16, 3)
    parameters = [*gru.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=0.01)
    for k in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = 0.01 * 0.02 ** (k / STEPS)
        x, y = trials(rng, BATCH, 30 if k < STEPS // 2 else 60)
        out = readout(gru(x)[0])
        loss = ((out - y) ** 2).mean() + 1e-5 * sum((w ** 2).sum() for w in gru.parameters())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if k % 250 == 0 or k == STEPS - 1:
            print("step %4d  loss %.5f" % (k, loss.item()), file=sys.stderr)
    check(gru, readout, np.random.default_rng(99))
    state = {"rnn." + k: v for k, v in gru.state_dict().items()}
    state.update({"readout." + k: v for k, v in readout.state_dict().items()})
    torch.save(state, os.path.join(HERE, "flipflop16.pt"))
    torch.save({"model": state, "epoch": STEPS, "optimizer": None}, os.path.join(HERE, "flipflop16-checkpoint.pt"))
    common.write_safetensors(os.path.join(HERE, "flipflop16.safetensors"), state)
    x, _ = trials(np.random.default_rng(5), 1, 50)
    common.write_json(os.path.join(HERE, "flipflop16.json"), common.golden(gru, readout, x[0].double()))


def check(gru, readout, rng):
    """Sign accuracy on fresh, longer trials; the eight memories by Newton's method from eight remembered states."""
    x, y = trials(rng, 200, 200)
    with torch.no_grad():
        out = readout(gru(x)[0])
    accuracy = (torch.sign(out) == y).float().mean().item()
    p = common.from_torch(gru.weight_ih_l0, gru.weight_hh_l0, gru.bias_ih_l0, gru.bias_hh_l0)
    C, d = readout.weight.detach().double().numpy(), readout.bias.detach().double().numpy()
    found = set()
    for code in range(8):
        sign = np.array([[1.0 if code >> b & 1 else -1.0 for b in range(3)]])
        h = np.zeros((1, 16))
        for t in range(200):
            h = common.step(p, sign if t == 0 else np.zeros((1, 3)), h)
        h, J = newton(p, h[0])
        radius = np.abs(np.linalg.eigvals(np.eye(16) + J)).max()
        kept = tuple(np.sign(C @ h + d)) == tuple(sign[0])
        print("memory %d: output %s, spectral radius %.6f" % (code, np.round(C @ h + d, 3), radius), file=sys.stderr)
        if radius < 1 and kept:
            found.add(tuple(np.sign(C @ h + d)))
    print("accuracy %.4f, %d memories" % (accuracy, len(found)), file=sys.stderr)
    assert accuracy > 0.97 and len(found) == 8


def newton(p, h):
    """Newton on f(h) = step(h) - h with central differences; enough from a point that has nearly settled."""
    n = len(h)
    for _ in range(30):
        e = 1e-6 * np.eye(n)
        J = ((common.step(p, None, h + e) - common.step(p, None, h - e)) / 2e-6).T - np.eye(n)
        f = common.step(p, None, h[None])[0] - h
        h = h - np.linalg.solve(J, f)
        if np.abs(f).max() < 1e-14:
            break
    return h, J


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
