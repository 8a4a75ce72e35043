#!/usr/bin/python3
"""context64: 64 GRU units that integrate the attended one of two noisy streams (Mante, Sussillo et al. 2013).

Inputs: stream 1, stream 2, context 1, context 2 (one-hot). In a trial each stream has its own mean in [-0.2, 0.2] and
noise at each of 40 steps; the target is the running sum of the attended stream, times 5/40, so the network needs a line
of memories in each context. It is judged by the sign of its last output.

    ./train_context.py          writes context64.pt, .safetensors and .json (golden values) beside itself
"""
import os
import sys

import numpy as np
import torch

import common

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, BATCH, LENGTH, NOISE, GAIN = 1500, 64, 40, 0.1, 5.0


def trials(rng, count, length=LENGTH):
    mean = rng.uniform(-0.2, 0.2, (count, 2))
    stream = mean[:, None] + NOISE * rng.normal(size=(count, length, 2))
    context = rng.integers(0, 2, count)
    x = np.concatenate([stream, np.repeat(np.eye(2)[context][:, None], length, 1)], 2)
    attended = stream[np.arange(count), :, context]
    y = GAIN * np.cumsum(attended, 1)[..., None] / length
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32), mean, context


def main(seed=1):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    gru, readout = torch.nn.GRU(4, 64, batch_first=True), torch.nn.Linear(64, 1)
    parameters = [*gru.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=4e-3)
    for k in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = 4e-3 * 0.02 ** (k / STEPS)
        x, y, _, _ = trials(rng, BATCH)
        loss = ((readout(gru(x)[0]) - y) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        if k % 250 == 0 or k == STEPS - 1:
            print("step %4d  loss %.5f" % (k, loss.item()), file=sys.stderr)
    check(gru, readout, np.random.default_rng(99))
    state = {"gru." + k: v for k, v in gru.state_dict().items()}
    state.update({"readout." + k: v for k, v in readout.state_dict().items()})
    torch.save(state, os.path.join(HERE, "context64.pt"))
    common.write_safetensors(os.path.join(HERE, "context64.safetensors"), state)
    x, _, _, _ = trials(np.random.default_rng(5), 1, 50)
    common.write_json(os.path.join(HERE, "context64.json"), common.golden(gru, readout, x[0].double()))


def check(gru, readout, rng):
    """Right signs of the last output among trials whose attended evidence is clear, and the error's share of variance."""
    x, y, _, _ = trials(rng, 1000)
    with torch.no_grad():
        out = readout(gru(x)[0])
    last, target = out[:, -1, 0], y[:, -1, 0]
    clear = target.abs() > 0.1
    accuracy = (torch.sign(last) == torch.sign(target))[clear].float().mean().item()
    share = ((out - y) ** 2).mean().item() / y.var().item()
    print("accuracy %.4f on %d trials, error %.4f of the variance" % (accuracy, int(clear.sum()), share), file=sys.stderr)
    assert accuracy > 0.97


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
