#!/usr/bin/python3
"""Training steps against PyTorch: the same network (torch.nn.GRU with a linear encoder of the start and a linear
readout), the same data, float32, loss + backward + Adam.

    train_torch.py BENCH_TRAIN [--units 2,4,8,16,64,256] [--sequences 32,128] [--steps 100] [--threads 1,2] [--pairs 7]

BENCH_TRAIN is build/bench/bench_train. For each case the losses of the first five Adam steps are compared (to 1e-4),
then the two run in turn, PAIRS times; printed are medians over the pairs of the milliseconds a step and of the ratio
(above 1: grulens is faster). With one thread time is the processor's, which other work on the machine disturbs least,
and the median of some rounds; with more it is the wall's, and the least of some rounds, as threads that wait for each
other on a busy machine wait for the others too. Needs python3-torch and python3-numpy."""
import argparse
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch

INPUTS, OUTPUTS = 1, 2


def numbers(rng, bound, *shape):
    return rng.uniform(-bound, bound, shape)


def parameters(rng, n):
    """In the order of src/learn/backprop.h: U, W, b for z, r, h; c_h; E, e; C, d."""
    a = n**-0.5
    p = {}
    for name in "zrh":
        p["U_" + name] = numbers(rng, a, n, n)
    for name in "zrh":
        p["W_" + name] = numbers(rng, a, n, INPUTS)
    for name in "zrh":
        p["b_" + name] = numbers(rng, a, n)
    p["c_h"] = numbers(rng, a, n)
    p["E"], p["e"] = numbers(rng, 0.5, n, OUTPUTS), numbers(rng, 0.5, n)
    p["C"], p["d"] = numbers(rng, a, OUTPUTS, n), numbers(rng, a, OUTPUTS)
    return p


class Peer:
    def __init__(self, p, starts, inputs, targets):
        n = len(p["e"])
        tensor = lambda x: torch.tensor(x, dtype=torch.float32)
        self.gru = torch.nn.GRU(INPUTS, n, batch_first=True)
        self.encoder, self.readout = torch.nn.Linear(OUTPUTS, n), torch.nn.Linear(n, OUTPUTS)
        with torch.no_grad():
            self.gru.weight_hh_l0.copy_(tensor(np.concatenate([p["U_r"], p["U_z"], p["U_h"]])))
            self.gru.weight_ih_l0.copy_(tensor(np.concatenate([p["W_r"], p["W_z"], p["W_h"]])))
            self.gru.bias_ih_l0.copy_(tensor(np.concatenate([p["b_r"], p["b_z"], p["b_h"]])))
            self.gru.bias_hh_l0.copy_(tensor(np.concatenate([0 * p["b_r"], 0 * p["b_z"], p["c_h"]])))
            self.encoder.weight.copy_(tensor(p["E"]))
            self.encoder.bias.copy_(tensor(p["e"]))
            self.readout.weight.copy_(tensor(p["C"]))
            self.readout.bias.copy_(tensor(p["d"]))
        # bias_hh of r and z is the same number as bias_ih: it stays zero, as there is one of them here.
        self.gru.bias_hh_l0.register_hook(lambda g: torch.cat([torch.zeros(2 * n), g[2 * n:]]))
        parts = [*self.gru.parameters(), *self.encoder.parameters(), *self.readout.parameters()]
        self.adam = torch.optim.Adam(parts, lr=1e-3)
        self.starts, self.inputs, self.targets = tensor(starts), tensor(inputs), tensor(targets)

    def step(self):
        self.adam.zero_grad()
        states, _ = self.gru(self.inputs, self.encoder(self.starts)[None])
        loss = ((self.readout(states) - self.targets) ** 2).mean()
        loss.backward()
        self.adam.step()
        return loss.item()


def case(program, n, count, steps, threads, pairs):
    rng = np.random.default_rng(n)
    p = parameters(rng, n)
    starts, inputs, targets = (numbers(rng, 1, count, OUTPUTS), numbers(rng, 1, count, steps, INPUTS),
                               numbers(rng, 1, count, steps, OUTPUTS))
    torch.set_num_threads(threads)
    peer = Peer(p, starts, inputs, targets)
    with tempfile.NamedTemporaryFile() as file:
        for block in [np.array([n, INPUTS, OUTPUTS, count, steps], float), *p.values(), starts, inputs, targets]:
            file.write(np.ascontiguousarray(block, float).tobytes())
        file.flush()
        clock = 0 if threads == 1 else 1

        def ours(rounds, repeat):
            out = subprocess.run([program, file.name, str(threads), str(rounds), str(repeat)], check=True,
                                 capture_output=True, text=True).stdout.split()
            return [float(x) for x in out[:5]], [float(x) for x in out[5 + clock::2]]

        losses, seconds = ours(3, 1)
        for step, loss in enumerate(losses):
            theirs = peer.step()
            if not abs(loss - theirs) <= 1e-4 * abs(theirs):
                sys.exit(f"n = {n}: the losses of step {step} differ: {loss}, PyTorch {theirs}")
        repeat = max(1, int((0.03 if threads == 1 else 0.002) / min(seconds)))
        read, of = (time.process_time, statistics.median) if threads == 1 else (time.perf_counter, min)
        times = []
        for _ in range(pairs):
            rounds = []
            for _ in range(6):
                begin = read()
                peer.step()
                rounds.append(read() - begin)
            times.append((of(rounds), of(ours(6 if threads == 1 else 30, repeat)[1])))
    theirs, own = (statistics.median(t) * 1e3 for t in zip(*times))
    ratios = [a / b for a, b in times]
    print(f"{n:5d} {count:9d} {threads:7d} {theirs:9.2f} ms {own:9.3f} ms {statistics.median(ratios):7.1f} "
          f"({min(ratios):.1f} to {max(ratios):.1f})", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--units", default="2,4,8,16,64,256")
    parser.add_argument("--sequences", default="32,128")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=7)
    a = parser.parse_args()
    print(f"torch {torch.__version__}, {a.steps} steps, medians of {a.pairs} pairs")
    print(f"{'units':>5} {'sequences':>9} {'threads':>7} {'PyTorch':>12} {'grulens':>12} {'ratio':>7}")
    for threads in a.threads.split(","):
        for n in a.units.split(","):
            for count in a.sequences.split(","):
                case(a.program, int(n), int(count), a.steps, int(threads), a.pairs)


main()
