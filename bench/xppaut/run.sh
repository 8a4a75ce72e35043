#!/bin/sh
# run.sh: the three networks of docs/comparison.md in XPPAUT, without its windows (Debian package xppaut). Prints where
# the orbit of each file ends, and the period of the rotation. Fixed points need the windows: Sing pts, monteCar, and
# Return at every question; they are written to the console.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for name in rotation gates three_i; do
  xppaut "$here/$name.ode" -silent -outfile "$name.dat" >log 2>&1
  echo "$name: ends at $(tail -n 1 "$name.dat")"
done
tail -n 2 rotation.dat | awk 'NR == 1 { t = $1 } NR == 2 { print "rotation: period", $1 - t }'
