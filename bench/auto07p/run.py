#!/usr/bin/env python3
"""run.py: the rotation family to period 500 by grulens and by AUTO-07p (Debian's auto-07p, gfortran), one after the other,
ten times. Checks both answers, then prints processor times (user and system) of whole processes and their ratio.

    bench/auto07p/run.py build/grulens

AUTO: two runs of its executable, compiled before: fixed points from alpha = 1.2 down, then the cycle branch from the Hopf
point up to period 500 with 100 intervals and its usual tolerance 1e-7. Its Python shell, compiling and linking are left
out. grulens: one command, which also looks for all fixed points at 65 values, follows their four further branches, and
solves to 1e-11 or better."""
import json, os, resource, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here + "/../../tests/data/auto")
from auto_run import Auto

ROUNDS = 10


def spent(work):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result


def main():
    if not shutil.which("auto-07p") or not shutil.which("gfortran"):
        sys.exit("run.py: needs Debian's packages auto-07p and gfortran")
    grulens, model = sys.argv[1], here + "/../../examples/rotation.json"
    auto = Auto(json.load(open(model)), ["alpha"])
    document = tempfile.mkdtemp() + "/diagram.json"

    def by_grulens():
        subprocess.run([grulens, "bifurcate", model, "--vary", "alpha=0.148:1.2", "--max-period", "500", "--json", document],
                       check=True, stdout=subprocess.DEVNULL)

    def by_auto():
        usual = dict(EPSL=1e-7, EPSU=1e-7, EPSS=1e-5, IID=0)
        points, solutions, _ = auto.run(dict(usual, DS=-0.01, DSMAX=0.05, UZSTOP="{1:[0.148,1.3]}"), start=[1.2, 0, 0, 0])
        hopf = next(q for q in points if q["ty"] == 3)
        cycles, _, _ = auto.run(dict(usual, IPS=2, IRS=hopf["lab"], ICP=[1, 11], NMX=300, DS=0.01, DSMAX=0.5,
                                     UZSTOP="{1:[0.148,1.3],11:500.0}"), restart=solutions)
        return hopf["p"], max(q["v"][4] for q in cycles)

    times = [[], []]
    for _ in range(ROUNDS):
        t, _ = spent(by_grulens)
        times[0].append(t)
        t, (hopf, period) = spent(by_auto)
        times[1].append(t)
    special = json.load(open(document))["special_points"]
    found = next(s["parameters"]["alpha"] for s in special if s["type"] == "hopf")
    assert abs(found - 0.841068670567930) < 1e-12 and abs(hopf - found) < 1e-6 and period > 499, (hopf, period)
    least = [min(t) for t in times]
    print(f"rotation to period 500: grulens {least[0]:.3f} s, AUTO-07p {least[1]:.3f} s, ratio {least[1] / least[0]:.2f} "
          f"(least of {ROUNDS}; medians {sorted(times[0])[ROUNDS // 2]:.3f} and {sorted(times[1])[ROUNDS // 2]:.3f} s)")


main()
