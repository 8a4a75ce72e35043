#!/bin/sh
# Whole runs of `grulens analyze --method search` against FixedPointFinder's published method (bench/fixedpointfinder/fpf_peer.py, which
# needs python3-torch), on the reference networks: time, how many of the independently known points each finds, false ones.
set -eu
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
  echo "bench_search: skipped, $python has no torch"
  exit 0
fi
exec "$python" "$(dirname "$0")/search_peer.py" build/grulens
