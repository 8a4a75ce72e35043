#!/usr/bin/python3
"""grulens analyze against FixedPointFinder's published method, on the reference networks (see bench_search.sh).

    search_peer.py PROGRAM

A row a network: known points; for each program the time, how many of the known points it found and how many of the points that it
returned are none of the known ones. grulens' time is that of the whole process; the peer's is without starting Python."""
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "tests", "data")
PEER = os.path.join(HERE, "fixedpointfinder", "fpf_peer.py")
CASES = ["random2-g8-before", "wide2-w25-before", "random3-g8-after", "random8-g4-before", "random16-g4-before",
         "flipflop16", "lowrank32-r1-after", "random64-g4-after", "random128-g2-before", "lowrank128-r2-before"]


def near(a, b):
    return all(abs(x - y) < 1e-6 for x, y in zip(a, b))


def main():
    program = sys.argv[1]
    print("%-22s %6s | %9s %6s %6s | %9s %6s %6s %9s | %9s %6s %6s | %7s" % (
        "network", "known", "grulens s", "found", "false", "lr 1.0 s", "found", "false", "ratio", "lr 0.05 s", "found", "false", "ratio"))
    for case in CASES:
        reference = json.load(open(os.path.join(DATA, "reference", case + ".points.json")))
        model = os.path.join(DATA, reference["model"])
        if case == "flipflop16":
            model = os.path.join(DATA, "trained", "flipflop16.safetensors")
        out = tempfile.NamedTemporaryFile(suffix=".json", delete=False).name
        start = time.perf_counter()
        subprocess.run([program, "analyze", model, "--json", out, "--quiet", "--threads", "1"], check=True, stdout=subprocess.DEVNULL)
        own = time.perf_counter() - start
        items = [p["h"] for p in json.load(open(out))["fixed_points"]["items"]]
        known = [p["h"] for p in reference["points"]]
        found = sum(any(near(h, i) for i in items) for h in known)
        false = sum(not any(near(h, i) for h in known) for i in items) if reference["settled"] else -1
        row = "%-22s %6d | %9.3f %6d %6d" % (case, len(known), own, found, false)
        for rate in ("1.0", "0.05"):
            peer = json.loads(subprocess.run([sys.executable, PEER, model, "--lr", rate, "--reference",
                                              os.path.join(DATA, "reference", case + ".points.json")],
                                             check=True, capture_output=True, text=True).stdout)
            row += " | %9.1f %6d %6d %8.0fx" % (peer["time"], peer["true"], peer["false"], peer["time"] / own)
        print(row, flush=True)
        os.unlink(out)


if __name__ == "__main__":
    main()
