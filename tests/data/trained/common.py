"""What the scripts that make test data share: the GRU cell in plain numpy, the safetensors format, golden files.

The cell here is written from its equations and knows nothing of the C library, so that it can serve as a witness.
A network is a dict of float64 arrays: U_z, U_r, U_h (n x n), W_z, W_r, W_h (n x m), b_z, b_r, b_h, c_h (n),
and 'reset', 'before' or 'after'.
"""
import json
import struct

import numpy as np


def sigma(u):
    return 0.5 * (1.0 + np.tanh(0.5 * u))


def gates(p, x, h):
    """z, r and the candidate n for states h (k x n) and inputs x (k x m or None)."""
    def affine(gate):
        a = h @ p["U_" + gate].T + p["b_" + gate]
        return a if x is None else a + x @ p["W_" + gate].T
    z, r = sigma(affine("z")), sigma(affine("r"))
    drive = p["b_h"] if x is None else p["b_h"] + x @ p["W_h"].T
    if p["reset"] == "before":
        return z, r, np.tanh(drive + (r * h) @ p["U_h"].T)
    return z, r, np.tanh(drive + r * (h @ p["U_h"].T + p["c_h"]))


def step(p, x, h):
    z, _, n = gates(p, x, h)
    return z * h + (1.0 - z) * n


def from_torch(weight_ih, weight_hh, bias_ih=None, bias_hh=None, order="rzn", reset="after"):
    """PyTorch's stacked blocks as a network; tensors or arrays."""
    a = [None if t is None else np.asarray(t.detach() if hasattr(t, "detach") else t, dtype=np.float64)
         for t in (weight_ih, weight_hh, bias_ih, bias_hh)]
    n = a[1].shape[1]
    name = {"r": "r", "z": "z", "n": "h"}
    p = {"reset": reset, "c_h": np.zeros(n)}
    for k, g in enumerate(order):
        rows = slice(k * n, (k + 1) * n)
        p["W_" + name[g]], p["U_" + name[g]] = a[0][rows], a[1][rows]
        p["b_" + name[g]] = np.zeros(n) if a[2] is None else a[2][rows].copy()
        if a[3] is not None:
            if g == "n" and reset == "after":
                p["c_h"] = a[3][rows].copy()
            else:
                p["b_" + name[g]] = p["b_" + name[g]] + a[3][rows]
    return p


SAFETENSORS_NAME = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}


def write_safetensors(path, tensors, metadata=None):
    """u64 little-endian header length, JSON header padded with spaces to 8 bytes, raw data. Torch tensors."""
    header, blobs, at = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name, tensor in tensors.items():
        t = tensor.detach().contiguous()
        kind = SAFETENSORS_NAME[str(t.dtype).replace("torch.", "")]
        if kind == "BF16":   # numpy has no bfloat16: its bits are the upper half of a float32
            blob = (t.float().numpy().astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
        else:
            blob = t.numpy().tobytes()
        header[name] = {"dtype": kind, "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def plain(value):
    """Arrays and tensors as nested lists of numbers."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return value


def write_json(path, document):
    """One top-level entry a line; Python prints floats so that they read back to the same double."""
    lines = ["%s: %s" % (json.dumps(k), json.dumps(plain(v), allow_nan=False)) for k, v in document.items()]
    with open(path, "w") as f:
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


def write_model(path, p, digits=None):
    """A grulens-model file; blocks that are zero are left out."""
    n = p["U_h"].shape[0]
    m = p["W_h"].shape[1] if "W_h" in p else 0
    doc = {"format": "grulens-model", "version": 1, "hidden_size": n, "input_size": m, "reset": p["reset"]}
    for name in ("U_z", "U_r", "U_h", "b_z", "b_r", "b_h", "c_h", "W_z", "W_r", "W_h"):
        if name in p and np.any(p[name]):
            doc[name] = p[name] if digits is None else np.round(p[name], digits)
    write_json(path, doc)


def golden(gru, readout=None, inputs=None, scale=1.0, seed=1):
    """PyTorch's own numbers in float64 for a one-layer nn.GRU: single steps, a trajectory of 50 steps, Jacobians."""
    import copy
    import torch
    gru = copy.deepcopy(gru).double()
    n, m = gru.hidden_size, gru.input_size
    g = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.rand(*shape, generator=g, dtype=torch.float64) * 2 - 1
    pairs = 8 if n <= 16 else 3
    h, x = draw(pairs, n), scale * draw(pairs, m)
    h[0], x[0] = 0, 0
    nxt = gru(x[:, None, :], h[None])[1][0]
    xs = scale * draw(50, m) if inputs is None else inputs
    h0 = 0.5 * draw(n)
    out, _ = gru(xs[None], h0[None, None])
    doc = {"source": "torch.nn.GRU in float64", "hidden_size": n, "input_size": m,
           "steps": [{"x": x[i], "h": h[i], "next": nxt[i]} for i in range(pairs)],
           "trajectory": {"x": xs, "h0": h0, "h": out[0]}}
    if readout is not None:
        ro = copy.deepcopy(readout).double()
        doc["trajectory"]["output"] = ro(out[0])
    jac = []
    for i in range(min(pairs, 4 if n <= 16 else 1)):
        J = torch.autograd.functional.jacobian(lambda s: gru(x[i][None, None], s[None, None])[1][0, 0], h[i])
        jac.append({"x": x[i], "h": h[i], "J": J})
    doc["jacobians"] = jac
    return doc
