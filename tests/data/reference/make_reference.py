#!/usr/bin/python3
"""Networks with independently found fixed points: cases like FixedPointFinder's own, and the hard small ones.

    ./make_reference.py [NAME ...]      remakes the named cases (default: all, about ten minutes of one core)

Each case is NAME.model.json (a grulens-model; none where the model is a trained file) and NAME.points.json; cases.json
lists the names. find_points.py says how the points are found. The weights of the two-unit networks with 13 and 15 points
are lines that search_many.c printed.
"""
import json
import os
import sys

import numpy as np

import find_points

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..")
common = find_points.common

MANY = {    # U_h (4), U_r (4), b_r (2), b_h (2): search_many 1 13, 2 15
    "many13-a": "20.742 -4.228 -6.361 25.000 15.491 -17.195 -20.114 24.011 14.708 21.620 0.239 -2.028",
    "many13-b": "24.435 -9.093 1.520 22.363 15.596 -25.000 25.000 -18.843 24.713 5.542 -6.690 1.297",
    "many13-c": "25.000 8.279 -8.746 25.000 -20.184 24.975 0.835 25.000 3.960 14.346 -0.391 -9.636",
    "many15-a": "25.000 -2.662 -7.521 21.056 -14.071 17.994 25.000 20.555 2.897 4.355 -0.268 -7.828",
    "many15-b": "25.000 -5.480 -8.530 25.000 15.365 -19.929 -13.733 -22.108 3.668 12.097 0.219 8.972",
    "many15-c": "21.979 2.651 2.667 10.141 18.104 25.000 -13.723 19.868 5.224 11.164 0.833 -3.519",
}


def random(n, g, seed, reset, digits=3):
    """Weights g / sqrt(n) times normal numbers, biases half a normal number."""
    rng = np.random.default_rng(seed)
    p = {"reset": reset}
    for k in "zrh":
        p["U_" + k] = np.round(g / np.sqrt(n) * rng.normal(size=(n, n)), digits)
    for k in ("b_z", "b_r", "b_h", "c_h"):
        p[k] = np.round(0.5 * rng.normal(size=n), digits)
    if reset == "before":
        p["c_h"] = np.zeros(n)
    return p


def wide(scale, seed, reset, n=2):
    """Every number uniform in [-scale, scale]."""
    rng = np.random.default_rng(seed)
    p = {"reset": reset}
    for k in "zrh":
        p["U_" + k] = np.round(rng.uniform(-scale, scale, (n, n)), 2)
    for k in ("b_z", "b_r", "b_h", "c_h"):
        p[k] = np.round(rng.uniform(-scale, scale, n), 2)
    if reset == "before":
        p["c_h"] = np.zeros(n)
    return p


def low_rank(n, rank, strength, seed, reset, noise=0.3, digits=3, gates=True):
    """U_h = strength / n * sum of xi xi^T, plus noise: patterns that hold themselves up, as in Hopfield's network."""
    rng = np.random.default_rng(seed)
    p = random(n, 1.0, seed + 1000, reset, digits)
    xi = rng.normal(size=(rank, n))
    p["U_h"] = np.round(strength / n * xi.T @ xi + noise / np.sqrt(n) * rng.normal(size=(n, n)), digits)
    p["b_h"], p["c_h"] = np.round(0.1 * p["b_h"], digits), np.round(0.1 * p["c_h"], digits)
    if not gates:
        p["U_z"], p["U_r"] = np.zeros((n, n)), np.zeros((n, n))
    return p


def many(line, seed):
    w = np.array([float(v) for v in line.split()])
    rng = np.random.default_rng(seed)
    return {"reset": "before", "U_h": w[:4].reshape(2, 2), "U_r": w[4:8].reshape(2, 2), "b_r": w[8:10], "b_h": w[10:],
            "U_z": np.round(rng.normal(size=(2, 2)), 2), "b_z": np.round(rng.normal(size=2), 2), "c_h": np.zeros(2)}


def trained(name, prefix):
    import torch
    s = torch.load(os.path.join(DATA, "trained", name + ".pt"))
    return common.from_torch(*[s["%s.%s_l0" % (prefix, k)] for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")])


def cases():
    """name, network, model file or None, input or None."""
    own = {
        "random2-g4-before": lambda: random(2, 4, 26, "before"), "random2-g8-before": lambda: random(2, 8, 1, "before"),
        "random2-g8-after": lambda: random(2, 8, 29, "after"),
        "wide2-w25-before": lambda: wide(25, 101, "before"), "wide2-w25-after": lambda: wide(25, 111, "after"),
        "wide2-w100-before": lambda: wide(100, 185, "before"), "wide2-w100-after": lambda: wide(100, 101, "after"),
        "steep2-w100-before": lambda: wide(100, 3, "before"), "steep2-w100-after": lambda: wide(100, 46, "after"),
        "random3-g4-before": lambda: random(3, 4, 13, "before"), "random3-g8-after": lambda: random(3, 8, 3, "after"),
        "random8-g1-before": lambda: random(8, 1, 1, "before"), "random8-g4-before": lambda: random(8, 4, 17, "before"),
        "random8-g8-after": lambda: random(8, 8, 1, "after"),
        "random16-g2-after": lambda: random(16, 2, 30, "after"), "random16-g4-before": lambda: random(16, 4, 13, "before"),
        "lowrank16-r2-before": lambda: low_rank(16, 2, 8, 3, "before"),
        "random32-g2-after": lambda: random(32, 2, 3, "after"), "random32-g4-before": lambda: random(32, 4, 1, "before"),
        "lowrank32-r1-after": lambda: low_rank(32, 1, 8, 4, "after"),
        "random64-g4-before": lambda: random(64, 4, 1, "before", 2),
        "random64-g4-after": lambda: random(64, 4, 1, "after", 2),
        "lowrank64-r2-after": lambda: low_rank(64, 2, 7, 5, "after", digits=2, gates=False),
        "random128-g2-before": lambda: random(128, 2, 1, "before", 2),
        "lowrank128-r2-before": lambda: low_rank(128, 2, 7, 6, "before", noise=0.5, digits=2, gates=False),
    }
    for k, (name, line) in enumerate(MANY.items()):
        own[name] = lambda line=line, k=k: many(line, k)
    out = [(name, make, None, None) for name, make in own.items()]
    for name, file, prefix, x in (("oscillation2-on", "oscillation2", "gru", [0]),
                                  ("oscillation2-off", "oscillation2", "gru", [-0.75]),
                                  ("flipflop16", "flipflop16", "rnn", [0, 0, 0]),
                                  ("context64-1", "context64", "gru", [0, 0, 1, 0]),
                                  ("context64-2", "context64", "gru", [0, 0, 0, 1])):
        out.append((name, lambda f=file, p=prefix: trained(f, p), "trained/%s.safetensors" % file, x))
    return out


def make(name, p, file, x):
    n = len(p["b_h"])
    if file is None:
        file = "reference/%s.model.json" % name
        common.write_model(os.path.join(DATA, file), p)
    q = p if x is None else find_points.at_input(p, x)
    points, hits, starts, quiet = find_points.search(q, rounds=200, quiet_rounds=10)
    items = find_points.describe(q, points, hits, digits=45 if name.startswith("many") else 0)
    index = sum(i["index"] for i in items)
    for item in items:
        if n > 8:
            del item["a"]
        if n > 16:
            item["leading_eigenvalues"] = item.pop("eigenvalues")[:4]
    doc = {"format": "grulens-reference", "version": 1, "name": name, "model": file, "hidden_size": n, "input": x or [],
           "starts": starts, "settled": quiet and index == 1, "fewest_hits": min(hits), "index_sum": index, "count": len(items)}
    path = os.path.join(HERE, name + ".points.json")
    common.write_json(path, doc)
    with open(path) as f:
        text = f.read().rstrip().rstrip("}").rstrip()
    with open(path, "w") as f:      # one point a line
        f.write(text + ',\n"points": [\n' + ",\n".join(json.dumps(common.plain(i)) for i in items) + "\n]\n}\n")
    print("%-22s %3d points, index sum %2d, %7d starts, fewest hits %d, smallest singular value %.2g%s" % (
        name, len(items), index, starts, min(hits), min(i["smallest_singular_value"] for i in items),
        "" if doc["settled"] else ", NOT SETTLED"), flush=True)


def crowd(n, count, scales):
    """Many small random networks in one file, a network a line: U_z, U_r, U_h, b_z, b_r, b_h, c_h as one list."""
    lines, tally = [], {}
    for reset in ("before", "after"):
        for scale in scales:
            for seed in range(count):
                p = wide(scale, 10000 * n + seed, reset, n)
                points, left = find_points.exhaust(p)
                items = find_points.describe(p, points, [0] * len(points))
                if left or sum(i["index"] for i in items) != 1:
                    raise ArithmeticError("not exhausted: %d units, scale %g, seed %d, %s" % (n, scale, seed, reset))
                tally[len(items)] = tally.get(len(items), 0) + 1
                weights = np.concatenate([p[k].ravel() for k in ("U_z", "U_r", "U_h", "b_z", "b_r", "b_h", "c_h")])
                lines.append(json.dumps({
                    "reset": reset, "scale": scale, "weights": common.plain(weights),
                    "points": [i["h"] for i in items], "index": [i["index"] for i in items],
                    "smallest_singular_value": float("%.3g" % min(i["smallest_singular_value"] for i in items))}))
    with open(os.path.join(HERE, "crowd%d.json" % n), "w") as f:
        f.write('{"format": "grulens-reference-crowd", "version": 1, "hidden_size": %d,\n"networks": [\n' % n)
        f.write(",\n".join(lines) + "\n]}\n")
    print("crowd%d: %d networks, how many have how many points: %s" % (n, len(lines), sorted(tally.items())), flush=True)


def main(wanted):
    every = cases()
    if not wanted or "crowd2" in wanted:
        crowd(2, 60, (1, 5, 25, 100))
    if not wanted or "crowd3" in wanted:
        crowd(3, 12, (2, 8, 30))
    for name, build, file, x in every:
        if not wanted or name in wanted:
            make(name, build(), file, x)
    with open(os.path.join(HERE, "cases.json"), "w") as f:
        json.dump([c[0] for c in every], f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
