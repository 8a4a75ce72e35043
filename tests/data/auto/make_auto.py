"""Diagrams and points of codimension two by AUTO-07p: NAME.json beside NAME.model.json, for all or the named problems.
Needs Debian's auto-07p, gfortran and gcc; python3's standard library. A minute or so a problem."""
import json, os, sys

from auto_chart import chart
from auto_diagram import diagram
from auto_run import field

# name: parameter, low, high, options
LINES = {
    "canard2": ("U_h[0,0]", -5, 5, {}),
    "bridge2": ("b_h[0]", -5, 5, {}),
    "scale2": ("scale(U_h)", 0.2, 2.5, {}),
    "input2": ("input[0]", -5, 5, dict(step=0.001)),
    "isola2": ("b_h[0]", -5, 5, dict(samples=41)),
    "after2": ("b_h[1]", -5, 5, {}),
    "reset2": ("U_r[0,1]", -6, 3, {}),
    "rate2": ("b_z[0]", -4, 4, {}),
    "gate2": ("U_z[1,0]", -6, 6, {}),
    "pitchfork2": ("scale(U_h)", 0.1, 4, {}),
    "weight3": ("U_h[0,1]", -5, 5, {}),
    "two3": ("U_h[0,0]", -5, 5, {}),
    "loop3": ("b_h[0]", -5, 5, {}),
    "reset3": ("b_r[0]", -5, 5, {}),
    "doubling3": ("b_h[0]", -5, 5, dict(cycle_step=0.01)),
    "torus3": ("U_h[0,0]", -5, 2.8, dict(cycle_step=0.01)),
    "folds3": ("b_h[1]", -5, 5, {}),
}
# name: model, parameters, box, on how many lines to start (5)
CHARTS = {
    "scale2-chart": ("scale2", ["b_h[0]", "b_h[1]"], [(-3, 3), (-3, 3)]),
    "bridge2-chart": ("bridge2", ["b_h[0]", "U_h[0,1]"], [(-4, 4), (-3, 5)]),
    "input2-chart": ("input2", ["input[0]", "U_r[0,1]"], [(-3, 3), (-4, 4)]),
    "weight3-chart": ("weight3", ["U_h[0,1]", "b_h[0]"], [(-4, 4), (-3, 3)], 9),
}
# What AUTO passed over in silence, and where it is by other runs of AUTO: cycles from the Hopf point on the curve are stable
# at U_r[0,1] = -2.72 and unstable at -2.6; the curves of folds and Hopf points that cross b_h[0] = 0.23 beside U_h[0,1] = -3.16
# end there, but only a run from there finds them; its generalised Hopf points likewise, by cycles from U_h[0,1] = 3.8 and 4.1
# and from 1.9 and 2.02, and one in a run on other lines; and with other steps the fourth doubling is found.
LACKS = {
    "input2-chart": [dict(type="generalized_hopf", low=[-0.3575, -2.72], high=[-0.3459, -2.6])],
    "weight3-chart": [
        dict(type="bogdanov_takens", low=[-3.416674063, 0.216091286], high=[-3.416674043, 0.216091306]),
        dict(type="generalized_hopf", low=[3.8, 0.6044], high=[4.1, 0.6187]),
        dict(type="generalized_hopf", low=[1.9, 1.0918], high=[2.02, 1.1284]),
        dict(type="generalized_hopf", low=[-0.77358, 0.3678], high=[-0.77356, 0.36782]),
    ],
    "torus3": [dict(type="period_doubling", low=[2.727015582], high=[2.727015602])],
}


def trace(model, name, p, h):
    f, e, sum = field(model, [name], [p], h), 1e-6, 0
    for i in range(len(h)):
        up, down = list(h), list(h)
        up[i] += e
        down[i] -= e
        sum += (f(up)[i] - f(down)[i]) / (2 * e)
    return sum


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    read = lambda name: json.load(open(f"{here}/{name}.model.json"))
    for name in sys.argv[1:] or [*LINES, *CHARTS]:
        if name in CHARTS:
            of, names, box, *lines = CHARTS[name]
            made = dict(model=of + ".model.json", vary=[dict(name=n, low=b[0], high=b[1]) for n, b in zip(names, box)])
            made["points"] = [{k: q[k] for k in ("type", "p", "h")} for q in chart(read(of), names, box, *lines)["points"]]
        else:
            parameter, low, high, options = LINES[name]
            model = read(name)
            d = diagram(model, parameter, low, high, **{"samples": 15, **options})
            made = dict(model=name + ".model.json", vary=[dict(name=parameter, low=low, high=high)])
            special = []
            for q in d["special"]:
                q["p"] = [q["p"]]
                new = {k: q[k] for k in ("type", "p", "h")}
                counts = q.get("stable_multipliers", [])
                if q["type"] == "hopf" and counts and min(counts) == max(counts):
                    # The pair's two become the cycle's 1, which AUTO counts as stable, and one that l1 decides.
                    others = model["hidden_size"] - 2 if trace(model, parameter, q["p"][0], q["h"]) < 0 else 0
                    new["l1"] = {others + 2: -1, others + 1: 1}.get(counts[0], 0)
                special.append(new)
            for q in d["cycle_special"]:
                special.append(dict(type=q["type"], p=[q["p"]], period=q["period"]))
            made["points"] = special
            made["cycles"] = [dict(p=q["p"], period=q["period"]) for q in d["cycles"]]
            made["ends"] = [dict(p=q["p"], period=q["period"]) for q in d["ends"]]
        made["lacks"] = LACKS.get(name, [])
        for q in made["points"]:
            q["h"] = q.get("h", [])
        with open(f"{here}/{name}.json", "w") as f:
            f.write(json.dumps(made, indent=1) + "\n")
        print(name, len(made["points"]), flush=True)


main()
