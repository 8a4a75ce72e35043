"""Points of codimension two as AUTO-07p sees them: curves of folds and Hopf points from all those on a few lines."""
import random

from auto_diagram import collect, quadratic
from auto_run import Auto, TYPES, field, fixed_points


# fort.7's types along curves of folds (twenties) and of Hopf points (thirties).
CODIMENSION_TWO = {21: "bogdanov_takens", 22: "cusp", 23: "fold_hopf", 31: "bogdanov_takens", 32: "generalized_hopf",
                   33: "fold_hopf"}


def chart(model, names, box, lines=5, samples=7, starts=50, step=0.01):
    (a, b), (c, d) = box
    auto, rng, n = Auto(model, names), random.Random(2), model["hidden_size"]
    scale = max(1.0, (b - a) / 4)
    found, seen = [], []
    for line in range(lines):
        second = c + (d - c) * (line + 0.43) / lines
        special = []
        for k in range(samples):
            p = a + (b - a) * (k + 0.5) / samples
            for h in fixed_points(model, names, [p, second], starts, rng):
                for sign in (1, -1):
                    points, s8, _ = auto.run(dict(UZSTOP=f"{{1:[{a!r},{b!r}]}}", DS=sign * step * scale / 5,
                                                  DSMAX=step * scale), start=[p, second] + h)
                    for q in points:
                        if q["ty"] in (2, 3) and a <= q["p"] <= b:
                            count = len(special)
                            collect(special, lambda o: [o["p"]] + o["h"],
                                    dict(type=TYPES[q["ty"]], p=q["p"], h=q["v"][2 : 2 + n]))
                            if len(special) > count:
                                special[-1].update(label=q["lab"], solution=s8)
        for s in special:
            if s["type"] == "fold" and s["runs"] < 2:
                continue
            for sign in (1, -1):
                # NMX ends curves that leave no box
                points, _, _ = auto.run(dict(ISW=2, IRS=s["label"], ICP=[1, 2], NMX=1500, DS=sign * step * scale / 5,
                                             DSMAX=2 * step * scale, ILP=1, EPSS=1e-9,
                                             UZSTOP=f"{{1:[{a - 1!r},{b + 1!r}],2:[{c - 1!r},{d + 1!r}]}}"),
                                        restart=s["solution"])
                for q in points:
                    v, kind = q["v"], CODIMENSION_TWO.get(abs(q["ty"]))
                    if not kind:
                        continue
                    new = dict(type=kind, p=[v[0], v[2 + n]], h=v[2 : 2 + n], curve=s["type"])
                    if a <= new["p"][0] <= b and c <= new["p"][1] <= d:
                        # AUTO's generalised Hopf points are good to 1e-5.
                        collect(found, lambda o: o["p"] + o["h"], new, 1e-5 if kind == "generalized_hopf" else 2e-6)
    # Where parameters do not act, or one of them turns round on the curve, AUTO finds cusps that are none.
    found = [f for f in found if f["runs"] > 1 and
             (f["type"] != "cusp" or quadratic(field(model, names, f["p"], None), f["h"]) < 1e-4)]
    return dict(points=found, runs=auto.runs)
