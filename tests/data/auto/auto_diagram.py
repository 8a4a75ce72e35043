"""The diagram of a model along one parameter as AUTO-07p sees it: equilibria from all fixed points that Newton finds at
nine values, cycles from every Hopf point, doubled cycles from every period doubling."""
import math
import random

from auto_run import Auto, TYPES, field, fixed_points

PERIOD = 300.0  # special points and cycles up to this period are kept
DOUBLINGS = 3  # doubled cycles are followed so often
LIMIT = 900.0  # and a branch that comes to this one is taken to end there


def near(a, b, e):
    return all(abs(x - y) <= e * max(1, abs(x), abs(y)) for x, y in zip(a, b))


def collect(found, key, new, tolerance=2e-6):
    """Adds `new` unless its like, by the numbers of `key`, is there, and counts how often it came."""
    for o in found:
        if o["type"] == new["type"] and near(key(o), key(new), tolerance):
            o["runs"] += 1
            return
    found.append(dict(new, runs=1))


def cofactors(f, h):
    """The Jacobian of f at h (two or three units) and its adjugate's transpose."""
    e, n = 1e-6, len(h)
    columns = []
    for j in range(n):
        up, down = [h[i] + e * (i == j) for i in range(n)], [h[i] - e * (i == j) for i in range(n)]
        columns.append([(x - y) / (2 * e) for x, y in zip(f(up), f(down))])
    a = [list(row) for row in zip(*columns)]
    if n == 2:
        return a, [[a[1][1], -a[1][0]], [-a[0][1], a[0][0]]]
    minor = lambda i, j: (a[(i + 1) % 3][(j + 1) % 3] * a[(i + 2) % 3][(j + 2) % 3]
                          - a[(i + 1) % 3][(j + 2) % 3] * a[(i + 2) % 3][(j + 1) % 3])
    return a, [[minor(i, j) for j in range(3)] for i in range(3)]


def singular(f, h):
    """Whether the Jacobian has determinant 0, relative to the product of the sizes of its rows."""
    a, c = cofactors(f, h)
    size = 1.0
    for row in a:
        size *= max(map(abs, row))
    return abs(sum(x * y for x, y in zip(a[0], c[0]))) < 1e-5 * size


def quadratic(f, h):
    """|psi B(q,q)| at a fold, q and psi unit null vectors: of a singular Jacobian the cofactors are psi q^T, scaled."""
    _, c = cofactors(f, h)
    n, norm = len(h), lambda v: math.sqrt(sum(x * x for x in v))
    q = max(c, key=norm)
    psi = max(zip(*c), key=norm)
    q, psi, e = [x / norm(q) for x in q], [x / norm(psi) for x in psi], 1e-4
    up, here, down = (f([x + s * e * y for x, y in zip(h, q)]) for s in (1, 0, -1))
    return abs(sum(w * (x - 2 * y + z) / e**2 for w, x, y, z in zip(psi, up, here, down)))


def multipliers(text):
    """fort.9's counts of stable multipliers along a branch of cycles, or eigenvalues along one of fixed points."""
    return [int(line.split("Stable:")[1]) for line in text.splitlines() if "Stable:" in line]


def diagram(model, name, low, high, samples=9, starts=80, step=0.008, fixed=None, mesh=100, cycle_step=0.4):
    names = [name] + ([fixed[0]] if fixed else [])
    auto, rng, n = Auto(model, names), random.Random(1), model["hidden_size"]
    second = fixed[1] if fixed else 0.0
    width, special, hopf = high - low, [], []
    scale = max(1.0, width / 4)
    for k in range(samples):
        p = low + width * (k + 0.5) / samples
        for h in fixed_points(model, names, [p, second][: len(names)], starts, rng):
            for sign in (1, -1):
                points, s8, s9 = auto.run(dict(UZSTOP=f"{{1:[{low!r},{high!r}]}}", DS=sign * step * scale / 5,
                                               DSMAX=step * scale), start=[p, second] + h)
                for q in points:
                    if q["ty"] not in (1, 2, 3) or not low <= q["p"] <= high:
                        continue
                    new = dict(type=TYPES[q["ty"]], p=q["p"], h=q["v"][2 : 2 + n])
                    count = len(special)
                    collect(special, lambda o: [o["p"]] + o["h"], new)
                    if q["ty"] == 3 and len(special) > count:
                        hopf.append((special[-1], q["lab"], s8))
    cycles, ends, done = [], [], []
    values = [low + width * (k + 0.37) / 12 for k in range(12)]
    constants = dict(IPS=2, ICP=[1, 11], NTST=mesh, NCOL=4, NMX=500, DS=0.01, DSMAX=cycle_step, DSMIN=1e-7, EPSL=1e-10,
                     EPSU=1e-10, EPSS=1e-9, UZSTOP=f"{{1:[{low!r},{high!r}],11:{LIMIT}}}", UZR=f"{{1:{values}}}")
    cycle_special = []

    def follow(constants, restart, source, level):
        points, s8, s9 = auto.run(constants, restart=restart)
        again, _, _ = auto.run(dict(constants, NTST=constants["NTST"] * 3 // 2, DSMAX=constants["DSMAX"] * 0.7),
                               restart=restart)
        counts = multipliers(s9)
        doubled = []
        for q in points:
            period, top = q["v"][2 + n], q["v"][2 : 2 + n]
            if q["ty"] in (5, 6, 7, 8) and period < 0.999 * PERIOD:
                if not any(r["ty"] == q["ty"] and near([r["p"], r["v"][2 + n]], [q["p"], period], 1e-6) for r in again):
                    continue  # comes and goes with the mesh and the step
                at_hopf = any(abs(o["p"] - q["p"]) < 1e-4 and near(o["h"], top, 3e-2) for o, _, _ in hopf)
                new = dict(type=TYPES[q["ty"]], p=q["p"], period=period, top=top)
                if at_hopf or (level and near([source["p"]], [q["p"]], 1e-5)):
                    continue
                count = len(cycle_special)
                collect(cycle_special, lambda o: [o["p"], o["period"]], new)
                if q["ty"] == 7 and len(cycle_special) > count:
                    doubled.append((cycle_special[-1], q["lab"]))
            if q["lab"] and period > 0.999 * LIMIT:
                if not any(r["v"][1 + n + 1] > 0.999 * LIMIT and near([r["p"]], [q["p"]], 1e-8) for r in again):
                    continue
                if not any(near([e["p"]], [q["p"]], 1e-6) for e in ends):
                    ends.append(dict(p=q["p"], period=period, level=level))
            elif q["ty"] == -4 and period < PERIOD and any(abs(q["p"] - v) < 1e-7 for v in values):
                if not any(near([c["p"], c["period"]], [q["p"], period], 1e-6) for c in cycles):
                    cycles.append(dict(p=q["p"], period=period, level=level))
        if level < DOUBLINGS and n > 2:
            for new, lab in doubled:
                follow(dict(constants, IRS=lab, ISW=-1, NTST=min(2 * constants["NTST"], 4 * mesh), NMX=400), s8, new,
                       level + 1)
        return counts

    for point, label, s8 in hopf:
        counts = follow(dict(constants, IRS=label), s8, point, 0)
        point["stable_multipliers"] = counts[1:4]
    # Beside a sharp fold AUTO's locating stops short now and then; and where branches cross it may say fold.
    crossings = [s for s in special if s["type"] == "branch_point"]
    special = [s for s in special if s["type"] != "fold" or (singular(field(model, names, [s["p"], second][: len(names)],
               s["h"]), s["h"]) and not any(near([s["p"]] + s["h"], [c["p"]] + c["h"], 1e-4) for c in crossings))]
    return dict(special=special, cycle_special=cycle_special, cycles=cycles, ends=ends, runs=auto.runs)
