#!/usr/bin/python3
"""Trains twins of grulens' networks with torch.nn.GRU in float64 for 100 steps and writes what they started from and their
loss curves to twin.json, which is beside this script. Needs Debian's python3-torch and python3-numpy; 4 s.

    h_0 = E y_0 + e,   torch.nn.GRU,   o_t = C h_t + d,   loss = mean over trajectories, steps 1 .. T and outputs of
    (o_t - y_t)^2

Outputs are scaled to mean 0 and variance 1 over all trajectories and steps 0 .. T, inputs divided by their root mean
square; parameters and losses speak these units. The optimiser is torch's, full batch.

PyTorch has two biases for each gate, b_ih and b_hh, where grulens has their sum for z and r. Adam moves each of the two by
what it would move the sum, so the sum would move twice as far. The twin therefore has b_hr = b_hz = 0, held there (their
gradient is masked, so that it does not count in the norm that is clipped either), and trains b_ir, b_iz, b_in and b_hn.

twin.json: "cases", each with
    name, units, inputs, outputs, trajectories, steps (T)
    optimizer ("adam", "adamw"), rate, weight_decay, clip (0: none; torch.nn.utils.clip_grad_norm_)
    y  N x (T + 1) x outputs, u  N x T x inputs   as they are, not scaled, row by row
    parameters, final: before and after, as one vector: U_z U_r U_h W_z W_r W_h b_z b_r b_h c_h E e C d (matrices by rows)
    losses: 100, each before its step
"""
import json
import os

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 100


def neuron(rng, count, steps):
    """FitzHugh-Nagumo at I = 0.7, by Runge and Kutta's method: 20 steps in a unit of time."""
    y = np.stack([rng.uniform(-2.5, 2.5, count), 0.7 + rng.uniform(-1.25, 1.25, count)], 1)

    def f(y):
        v, w = y[:, 0], y[:, 1]
        return np.stack([v - v ** 3 / 3 - w + 0.7, (v + 0.7 - 0.8 * w) / 12.5], 1)

    out = [y]
    for _ in range(steps):
        for _ in range(20):
            h = 0.05
            k1 = f(y)
            k2 = f(y + h / 2 * k1)
            k3 = f(y + h / 2 * k2)
            k4 = f(y + h * k3)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        out.append(y)
    return np.stack(out, 1), np.zeros((count, steps, 0))


def turning(rng, count, steps):
    """An angle moved by its velocity."""
    u = rng.normal(0, 1, (count, steps, 1)) * (rng.uniform(size=(count, steps, 1)) < 0.5)
    angle = rng.uniform(0, 2 * np.pi, (count, 1)) + np.concatenate([np.zeros((count, 1)), np.cumsum(0.3 * u[:, :, 0], 1)], 1)
    return np.stack([np.cos(angle), np.sin(angle)], 2), u


CASES = [
    ("neuron2", neuron, 2, dict(optimizer="adam", rate=0.01, weight_decay=0.0, clip=0.0)),
    ("neuron5", neuron, 5, dict(optimizer="adam", rate=0.02, weight_decay=1e-3, clip=0.5)),
    ("turning2", turning, 2, dict(optimizer="adam", rate=0.01, weight_decay=0.0, clip=1.0)),
    ("turning5", turning, 5, dict(optimizer="adamw", rate=0.02, weight_decay=0.1, clip=0.0)),
]


def vector(gru, encoder, readout):
    n = gru.hidden_size
    with torch.no_grad():
        r, z, h = range(0, n), range(n, 2 * n), range(2 * n, 3 * n)
        U, W, b = gru.weight_hh_l0, gru.weight_ih_l0, gru.bias_ih_l0 + gru.bias_hh_l0
        parts = [U[z, :], U[r, :], U[h, :], W[z, :], W[r, :], W[h, :], b[z], b[r], gru.bias_ih_l0[h], gru.bias_hh_l0[h],
                 encoder.weight, encoder.bias, readout.weight, readout.bias]
        return torch.cat([p.reshape(-1) for p in parts]).tolist()


def train(name, make, units, how, seed):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    count, steps = 16, 30
    y, u = make(rng, count, steps)
    outputs, inputs = y.shape[2], u.shape[2]
    scaled = torch.tensor((y - y.mean((0, 1))) / y.std((0, 1)))
    x = torch.tensor(u / np.sqrt((u ** 2).mean((0, 1)))) if inputs else torch.zeros(count, steps, 1)

    gru = torch.nn.GRU(max(inputs, 1), units, batch_first=True)
    encoder, readout = torch.nn.Linear(outputs, units), torch.nn.Linear(units, outputs)
    mask = torch.cat([torch.zeros(2 * units), torch.ones(units)])
    with torch.no_grad():
        gru.bias_hh_l0.mul_(mask)
        if not inputs:  # an input that is always zero: its weights do nothing, and are no parameters of grulens'
            gru.weight_ih_l0.zero_()
    gru.bias_hh_l0.register_hook(lambda g: g * mask)
    trained = [p for module in (gru, encoder, readout) for p in module.parameters()]
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[how["optimizer"]]
    optimizer = kind(trained, lr=how["rate"], weight_decay=how["weight_decay"])

    def parameters():
        flat = vector(gru, encoder, readout)
        return flat if inputs else flat[:3 * units ** 2] + flat[3 * units ** 2 + 3 * units:]

    first, losses = parameters(), []
    for _ in range(STEPS):
        optimizer.zero_grad()
        states, _ = gru(x, encoder(scaled[:, 0])[None])
        loss = ((readout(states) - scaled[:, 1:]) ** 2).mean()
        loss.backward()
        if how["clip"] > 0:
            torch.nn.utils.clip_grad_norm_(trained, how["clip"])
        optimizer.step()
        losses.append(loss.item())
    return dict(name=name, units=units, inputs=inputs, outputs=outputs, trajectories=count, steps=steps, **how,
                y=y.reshape(-1).tolist(), u=u.reshape(-1).tolist(), parameters=first, final=parameters(), losses=losses)


def main():
    cases = [train(*case, seed) for seed, case in enumerate(CASES)]
    with open(os.path.join(HERE, "twin.json"), "w", encoding="ascii") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")
    for case in cases:
        print(case["name"], case["losses"][0], case["losses"][-1])


main()
