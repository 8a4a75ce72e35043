"""All fixed points that a very patient search finds, for networks of any size; the witness of grulens' own search.

In pre-activation coordinates, h = tanh(a), the fixed points of a GRU are the zeros of

    G(a) = a - A(tanh a),   A(h) = U_h (r h) + b_h   (before)   or   b_h + r (U_h h + c_h)   (after)

Damped Newton in numpy float64 from very many starts, whole batches at a time; every point found is then polished
with mpmath at 70 digits (chord iteration with the float64 Jacobian: a dozen digits a step). Saturated points, where h
rounds to 1, stay regular in a. Nothing here proves completeness; `hits` (how many starts ended in each point) and the
index sum say how far to trust the list. For two and three units `exhaust` covers the whole box with intervals (in plain,
unrounded floating point) and starts Newton's method from every small box that may hold a zero: steep networks have
points whose basins no grid of starts meets.
"""
import os
import sys

import mpmath
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trained"))
import common  # noqa: E402

mpmath.mp.dps = 70
BATCH_NUMBERS = 1 << 22    # how many doubles the Jacobians of one batch may fill


def at_input(p, x):
    """The network at a constant input: its biases move by W x (exact sums for the cases used here)."""
    q = dict(p)
    for g in "zrh":
        q["b_" + g] = p["b_" + g] + p["W_" + g] @ np.asarray(x, dtype=float)
    return q


def equations(p, a, jacobian=True):
    h = np.tanh(a)
    slope = 1 / np.cosh(np.clip(a, -350, 350)) ** 2
    r = common.sigma(h @ p["U_r"].T + p["b_r"])
    n = a.shape[1]
    if p["reset"] == "before":
        G = a - (r * h) @ p["U_h"].T - p["b_h"]
        if not jacobian:
            return G
        D = p["U_h"][None] * r[:, None, :] + (p["U_h"][None] * (r * (1 - r) * h)[:, None, :]) @ p["U_r"]
    else:
        m = h @ p["U_h"].T + p["c_h"]
        G = a - p["b_h"] - r * m
        if not jacobian:
            return G
        D = r[:, :, None] * p["U_h"][None] + (r * (1 - r) * m)[:, :, None] * p["U_r"][None]
    return G, np.eye(n) - D * slope[:, None, :]


def newton(p, a, iterations=120):
    """Damped Newton with halved steps until |G| falls; the rows that converged, to about 1e-12."""
    a = a.copy()
    live = np.arange(len(a))
    good = np.zeros(len(a), bool)
    for _ in range(iterations):
        G, D = equations(p, a[live])
        size = np.abs(G).max(1)
        done = size < 1e-12 * (1 + np.abs(a[live]).max(1))
        good[live[done]] = True
        live, G, D = live[~done], G[~done], D[~done]
        if not len(live):
            break
        try:
            e = np.linalg.solve(D, G[..., None])[..., 0]
        except np.linalg.LinAlgError:
            e = np.linalg.solve(D + 1e-9 * np.eye(a.shape[1]), G[..., None])[..., 0]
        norm = np.linalg.norm(G, axis=1)
        longest = np.abs(e).max(1)
        e *= np.minimum(1, 5 / np.maximum(longest, 1e-300))[:, None]
        t = np.ones(len(live))
        todo = np.arange(len(live))
        for _ in range(12):
            trial = np.linalg.norm(equations(p, a[live[todo]] - t[todo, None] * e[todo], False), axis=1)
            todo = todo[~(trial <= (1 - 0.1 * t[todo]) * norm[todo])]
            if not len(todo):
                break
            t[todo] /= 2
        a[live] -= t[:, None] * e
        keep = (longest > 1e-13) & np.isfinite(a[live]).all(1)
        keep[todo] = False      # stuck at a local minimum of |G|: a slow point at best
        last = live[~keep]
        if len(last):
            G = equations(p, a[last], False)
            good[last] = np.abs(G).max(1) < 1e-10 * (1 + np.abs(a[last]).max(1))
        live = live[keep]
    return a[good]


def merge(points, hits, new):
    """Adds the rows of `new` that are not there yet; counts the others."""
    added = 0
    for a in new:
        for k, b in enumerate(points):
            if np.abs(a - b).max() < 1e-6 * (1 + np.abs(b).max()):
                hits[k] += 1
                break
        else:
            points.append(a)
            hits.append(1)
            added += 1
    return added


def h_to_a(p, h):
    """A(h): one step of a = A(tanh a), without inverting tanh."""
    r = common.sigma(h @ p["U_r"].T + p["b_r"])
    if p["reset"] == "before":
        return (r * h) @ p["U_h"].T + p["b_h"]
    return p["b_h"] + r * (h @ p["U_h"].T + p["c_h"])


def starts(p, rng, count, points):
    n = len(p["b_h"])
    box = np.abs(p["U_h"]).sum(1) + np.abs(p["b_h"]) + np.abs(p["c_h"])
    h = rng.uniform(-1, 1, (count, n))
    part = [np.arctanh(h[0::6]),                                            # uniform in the cube
            rng.uniform(-1, 1, h[1::6].shape) * box,                        # uniform in the box of a
            rng.normal(size=h[2::6].shape) * 10 ** rng.uniform(-2, 1, (len(h[2::6]), 1)),
            h_to_a(p, np.sign(h[3::6]))]                                    # corners
    q = h[4::6]
    for _ in range(int(rng.integers(1, 60))):
        q = common.step(p, None, q)
    part.append(h_to_a(p, q))                                               # along trajectories
    q = np.arctanh(h[5::6])
    if points:                                                              # around and between known points
        known = np.array(points)
        i, j = rng.integers(0, len(known), (2, len(q)))
        t = rng.uniform(-0.3, 1.3, (len(q), 1))
        q = known[i] * t + known[j] * (1 - t) + rng.normal(size=q.shape) * 10 ** rng.uniform(-3, 0.5, (len(q), 1))
    part.append(q)
    return np.concatenate(part)


def hull(p, lo, hi):
    """Bounds of A(tanh a) over boxes of a."""
    def dot(M, x, y, shift):
        P, N = np.maximum(M, 0), np.minimum(M, 0)
        return x @ P.T + y @ N.T + shift, y @ P.T + x @ N.T + shift

    def product(x, y, u, v):
        c = np.stack([x * u, x * v, y * u, y * v])
        return c.min(0), c.max(0)
    h = np.tanh(lo), np.tanh(hi)
    r = [common.sigma(v) for v in dot(p["U_r"], *h, p["b_r"])]
    if p["reset"] == "before":
        return dot(p["U_h"], *product(*r, *h), p["b_h"])
    x, y = product(*r, *dot(p["U_h"], *h, p["c_h"]))
    return x + p["b_h"], y + p["b_h"]


def exhaust(p, smallest=1e-3, most=3000000):
    """(points, boxes left without a point near them). Contracts a := a n A(tanh a), halves, and ends with Newton."""
    n = len(p["b_h"])
    box = np.abs(p["U_h"]).sum(1) + np.abs(p["b_h"]) + np.abs(p["c_h"]) + 1
    gain = 1 + np.abs(p["U_h"]).max() + np.abs(p["U_r"]).max()
    lo, hi = -box[None], box[None].copy()
    small, seen = [], 0
    while len(lo) and seen < most:
        seen += len(lo)
        for _ in range(3):
            x, y = hull(p, lo, hi)
            slack = 1e-13 * (1 + np.abs(lo) + np.abs(hi))
            lo, hi = np.maximum(lo, x - slack), np.minimum(hi, y + slack)
            alive = (lo <= hi).all(1)
            lo, hi = lo[alive], hi[alive]
        width = np.minimum(hi - lo, gain * (np.tanh(hi) - np.tanh(lo)) + 1e-3 * (hi - lo))
        done = width.max(1, initial=0) < smallest
        small.append((lo[done] + hi[done]) / 2)
        lo, hi, width = lo[~done], hi[~done], width[~done]
        k, rows = width.argmax(1), np.arange(len(lo))
        middle = (lo[rows, k] + hi[rows, k]) / 2
        left, right = hi.copy(), lo.copy()
        left[rows, k], right[rows, k] = middle, middle
        lo, hi = np.concatenate([lo, right]), np.concatenate([left, hi])
    small = np.concatenate(small)
    points, hits = [], []
    for k in range(0, len(small), 20000):
        merge(points, hits, newton(p, small[k:k + 20000]))
    known = np.array(points).reshape(-1, n)
    far = np.array([np.abs(np.tanh(known) - np.tanh(b)).max(1, initial=0).min(initial=9) for b in small])
    left = len(lo) + int((far > 0.01).sum())
    if left and smallest > 1e-6:     # near a fold, small boxes far from any zero look as if they held one
        return exhaust(p, smallest / 30, most)
    return points, left


def search(p, seed=1, rounds=40, per_round=None, quiet_rounds=6, log=None):
    """(points a, hits, starts, settled). Stops when `quiet_rounds` rounds in a row bring nothing new."""
    n = len(p["b_h"])
    rng = np.random.default_rng(seed)
    size = max(16, min(4096, BATCH_NUMBERS // (n * n)))
    points, hits, total, quiet = [], [], 0, 0

    def run(a):
        added = 0
        for k in range(0, len(a), size):
            added += merge(points, hits, newton(p, a[k:k + size]))
        return added
    if n <= 3:
        merge(points, hits, exhaust(p)[0])
    per_round = per_round or max(600, min(6000, 40000 // n))
    for k in range(rounds):
        a = starts(p, rng, per_round, points)
        total += len(a)
        added = run(a)
        quiet = 0 if added else quiet + 1
        if log:
            print("  round %d: %d new, %d points" % (k, added, len(points)), file=log)
        if quiet >= quiet_rounds:
            break
    order = sorted(range(len(points)), key=lambda i: tuple(points[i]))
    return [points[i] for i in order], [hits[i] for i in order], total, quiet >= quiet_rounds


def exact(p, a):
    """G in mpmath at mpmath vector a, and the gates needed for more."""
    n = len(a)
    U, V = p["mp_U_h"], p["mp_U_r"]
    h = [mpmath.tanh(v) for v in a]
    r = [1 / (1 + mpmath.exp(-(mpmath.fdot(V[i], h) + p["mp_b_r"][i]))) for i in range(n)]
    if p["reset"] == "before":
        q = [r[i] * h[i] for i in range(n)]
        return [a[i] - mpmath.fdot(U[i], q) - p["mp_b_h"][i] for i in range(n)], h
    return [a[i] - p["mp_b_h"][i] - r[i] * (mpmath.fdot(U[i], h) + p["mp_c_h"][i]) for i in range(n)], h


def polish(p, a):
    """a and h to about 60 digits; raises if the corrections do not shrink below 1e-55."""
    for k in ("U_h", "U_r", "b_h", "b_r", "c_h"):
        if "mp_" + k not in p:
            p["mp_" + k] = ([[mpmath.mpf(float(v)) for v in row] for row in p[k]] if p[k].ndim == 2
                            else [mpmath.mpf(float(v)) for v in p[k]])
    D = equations(p, a[None])[1][0]
    inverse = np.linalg.inv(D)
    rows = [[mpmath.mpf(float(v)) for v in row] for row in inverse]
    x = [mpmath.mpf(float(v)) for v in a]
    for _ in range(40):
        G, h = exact(p, x)
        e = [mpmath.fdot(row, G) for row in rows]
        x = [u - v for u, v in zip(x, e)]
        size = max(abs(v) for v in e)
        if size < mpmath.mpf(10) ** -55:
            return x, [mpmath.tanh(v) for v in x], float(np.linalg.svd(D, compute_uv=False)[-1])
    raise ArithmeticError("a point did not polish: last correction %s" % mpmath.nstr(size, 5))


def flow_jacobian(p, a):
    """Df at a fixed point: (1 - z_i) (dn_i/dh_j - delta_ij); n - h is zero there."""
    h = np.tanh(a)
    one_minus_z = common.sigma(-(p["U_z"] @ h + p["b_z"]))
    slope = 1 / np.cosh(np.clip(a, -350, 350)) ** 2
    r = common.sigma(p["U_r"] @ h + p["b_r"])
    if p["reset"] == "before":
        D = p["U_h"] * r[None] + (p["U_h"] * (r * (1 - r) * h)[None]) @ p["U_r"]
    else:
        m = p["U_h"] @ h + p["c_h"]
        D = r[:, None] * p["U_h"] + (r * (1 - r) * m)[:, None] * p["U_r"]
    return one_minus_z[:, None] * (slope[:, None] * D - np.eye(len(a)))


def describe(p, points, hits, digits=0):
    """The items of a reference document."""
    items = []
    for a, hit in zip(points, hits):
        x, h, smallest = polish(p, a)
        a = np.array([float(v) for v in x])
        D = equations(p, a[None])[1][0]
        eig = np.linalg.eigvals(flow_jacobian(p, a))
        eig = sorted(eig, key=lambda v: (-v.real, v.imag))
        item = {"h": [float(v) for v in h], "a": a, "index": int(np.sign(np.linalg.det(D))),
                "smallest_singular_value": smallest, "hits": hit, "eigenvalues": [[v.real, v.imag] for v in eig]}
        if digits:
            item["h_digits"] = [mpmath.nstr(v, digits, min_fixed=-3) for v in h]
        items.append(item)
    return items
