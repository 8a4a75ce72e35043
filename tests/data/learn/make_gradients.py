#!/usr/bin/python3
"""gradients.json: loss and gradient of a torch.nn.GRU (reset after) with a linear readout on random sequences, in float64, by
automatic differentiation; starts encoded, learned and zero, with and without inputs, steps before `first` not counted.
`parameters` and `gradient` are in the order of src/learn/backprop.h: U, W and b for z, r, h; c_h; the start; C, d. PyTorch's
second biases of r and z stay zero, as they are not told apart from the first."""
import json
import os

import torch

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)


def case(n, m, k, count, steps, first, start):
    width = max(m, 1)  # torch.nn.GRU needs inputs: zeros where there are none
    gru, readout = torch.nn.GRU(width, n, batch_first=True), torch.nn.Linear(n, k)
    with torch.no_grad():
        gru.bias_hh_l0[: 2 * n] = 0
    starts = torch.randn(count, k)
    inputs = torch.randn(count, steps, width) if m else torch.zeros(count, steps, 1)
    targets = torch.randn(count, steps, k)
    begin = []
    if start == "encoded":
        encoder = torch.nn.Linear(k, n)
        begin, h0 = [encoder.weight, encoder.bias], encoder(starts)
    elif start == "learned":
        begin = [torch.randn(n, requires_grad=True)]
        h0 = begin[0].expand(count, n)
    else:
        h0 = torch.zeros(count, n)
    states, _ = gru(inputs, h0[None].contiguous())
    loss = ((readout(states) - targets)[:, first - 1:] ** 2).mean()
    loss.backward()

    def vector(of):
        gates = lambda x: [of(x)[n:2 * n], of(x)[:n], of(x)[2 * n:]]  # r, z, n become z, r, h
        parts = gates(gru.weight_hh_l0) + [x[:, :m] for x in gates(gru.weight_ih_l0)] + gates(gru.bias_ih_l0)
        parts += [of(gru.bias_hh_l0)[2 * n:]] + [of(x) for x in begin] + [of(readout.weight), of(readout.bias)]
        return torch.cat([x.detach().flatten() for x in parts]).tolist()

    return {"units": n, "inputs": m, "outputs": k, "count": count, "steps": steps, "first": first, "start": start,
            "parameters": vector(lambda x: x), "starts": starts.flatten().tolist(),
            "x": inputs.flatten().tolist() if m else [], "targets": targets.flatten().tolist(), "loss": loss.item(),
            "gradient": vector(lambda x: x.grad)}


cases = [case(2, 0, 2, 5, 30, 1, "encoded"), case(3, 2, 1, 4, 12, 5, "learned"), case(1, 1, 3, 3, 8, 1, "zero"),
         case(8, 3, 2, 18, 6, 2, "encoded")]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gradients.json"), "w") as file:
    json.dump({"torch": torch.__version__, "cases": cases}, file)
    file.write("\n")
