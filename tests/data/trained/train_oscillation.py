#!/usr/bin/python3
"""oscillation2: two GRU units that run the FitzHugh-Nagumo model of a neuron, its current being the input.

    v' = v - v^3/3 - w + I        w' = 0.08 (v + 0.7 - 0.8 w)        one step of the network = one unit of time

x = I - 0.7, so at input 0 the model oscillates (period about 37) and at input -0.7 it rests. The network starts at
an encoded state, h0 = A (v, w) + a, then runs freely with its constant input; a linear readout gives (v, w).
The horizon grows from 10 to 120 steps.

    ./train_oscillation.py          writes oscillation2.pt, .safetensors and .json (golden values) beside itself
"""
import os
import sys

import numpy as np
import torch

import common

HERE = os.path.dirname(os.path.abspath(__file__))
HORIZON, STEPS, BATCH = 120, 2400, 128


def neuron(v, w, current, time, dt=0.05):
    """Classical Runge-Kutta; rows are trajectories, one sample a unit of time."""
    def f(v, w):
        return v - v ** 3 / 3 - w + current, 0.08 * (v + 0.7 - 0.8 * w)
    out = [np.stack([v, w], -1)]
    for _ in range(time):
        for _ in range(round(1 / dt)):
            a = f(v, w)
            b = f(v + dt / 2 * a[0], w + dt / 2 * a[1])
            c = f(v + dt / 2 * b[0], w + dt / 2 * b[1])
            d = f(v + dt * c[0], w + dt * c[1])
            v = v + dt / 6 * (a[0] + 2 * b[0] + 2 * c[0] + d[0])
            w = w + dt / 6 * (a[1] + 2 * b[1] + 2 * c[1] + d[1])
        out.append(np.stack([v, w], -1))
    return np.stack(out, 1)


def main(seed=3):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    count = 1024
    current = np.where(rng.random(count) < 0.6, 0.7, rng.choice([0.0, 0.5, 0.9], count))
    data = neuron(rng.uniform(-2.2, 2.2, count), rng.uniform(-0.6, 2.0, count), current, HORIZON)
    target = torch.tensor(data, dtype=torch.float32)
    x = torch.tensor(current - 0.7, dtype=torch.float32)[:, None, None]
    variance = target.var((0, 1))

    gru = torch.nn.GRU(1, 2, batch_first=True)
    encoder, readout = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    with torch.no_grad():
        encoder.weight.copy_(torch.tensor([[0.3, 0.0], [0.0, 0.5]]))
        encoder.bias.copy_(torch.tensor([0.0, -0.3]))
        readout.weight.copy_(torch.tensor([[3.3, 0.0], [0.0, 2.0]]))
        readout.bias.copy_(torch.tensor([0.0, 0.6]))
    parameters = [*gru.parameters(), *encoder.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=0.01)
    for k in range(STEPS):
        length = min(HORIZON, 10 + int(150 * k / STEPS))
        for group in optimiser.param_groups:
            group["lr"] = 0.01 if k < 0.6 * STEPS else 0.01 * 0.02 ** ((k / STEPS - 0.6) / 0.4)
        rows = torch.from_numpy(rng.integers(0, count, BATCH))
        t = target[rows, :length + 1]
        out, _ = gru(x[rows].expand(-1, length, -1), encoder(t[:, 0])[None])
        loss = (((readout(out) - t[:, 1:]) ** 2) / variance).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if k % 200 == 0 or k == STEPS - 1:
            print("step %4d  horizon %3d  loss %.4f" % (k, length, loss.item()), file=sys.stderr)

    report(gru, readout)
    state = {"gru." + k: v for k, v in gru.state_dict().items()}
    state.update({"encoder." + k: v for k, v in encoder.state_dict().items()})
    state.update({"readout." + k: v for k, v in readout.state_dict().items()})
    torch.save(state, os.path.join(HERE, "oscillation2.pt"))
    torch.save(state, os.path.join(HERE, "oscillation2-legacy.pt"), _use_new_zipfile_serialization=False)
    common.write_safetensors(os.path.join(HERE, "oscillation2.safetensors"), state)
    common.write_json(os.path.join(HERE, "oscillation2.json"), common.golden(gru, readout))


def report(gru, readout):
    p = common.from_torch(gru.weight_ih_l0, gru.weight_hh_l0, gru.bias_ih_l0, gru.bias_hh_l0)
    for value in (0.0, -0.7):
        h = np.zeros((1, 2))
        trace = []
        for _ in range(3000):
            h = common.step(p, np.array([[value]]), h)
            trace.append(h[0].copy())
        v = np.array(trace[1000:]) @ readout.weight.detach().numpy()[0].astype(float) + float(readout.bias[0])
        c = v - v.mean()
        up = np.nonzero((c[:-1] < 0) & (c[1:] >= 0))[0]
        period = np.diff(up).mean() if v.std() > 1e-3 and len(up) > 2 else 0
        print("input %4.1f: v in [%.3f, %.3f], period %.3f" % (value, v.min(), v.max(), period), file=sys.stderr)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
