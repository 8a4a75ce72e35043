#!/bin/sh
# Training steps against PyTorch, where it is installed.
set -eu
cd "$(dirname "$0")/.."
if /usr/bin/python3 -c 'import numpy, torch' 2>/dev/null; then
  exec /usr/bin/python3 bench/train_torch.py build/bench/bench_train
fi
echo "PyTorch is not installed (python3-torch): no comparison"
