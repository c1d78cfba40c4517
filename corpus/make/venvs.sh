#!/usr/bin/env bash
# Makes DIR/np1 (NumPy 1.x), DIR/np2 (NumPy 2.x) and DIR/hdf5 (NumPy 2.x and what writes HDF5) from the pinned requirements beside this script.
# usage: venvs.sh DIR            PYTHON=python3.12 venvs.sh DIR   to choose another interpreter
# A venv that already holds exactly what its requirements file asks for is left as it is.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 DIR" >&2
  exit 2
fi
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python="${PYTHON:-python3}"
command -v "$python" >/dev/null || { echo "venvs.sh: no $python on PATH" >&2; exit 2; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "venvs.sh: $python is $("$python" -V 2>&1); Python 3.11 or newer is needed" >&2
  exit 2
}
mkdir -p "$1"
dir="$(cd "$1" && pwd)"

for name in np1 np2 hdf5; do
  requirements="$here/requirements-$name.txt"
  venv="$dir/$name"
  stamp="$venv/.requirements"
  # The stamp is written last, so a venv left half made is made again.
  if [ -x "$venv/bin/python" ] && cmp -s "$requirements" "$stamp"; then
    echo "$venv is up to date"
    continue
  fi
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: -r "$requirements"
  cp "$requirements" "$stamp"
  echo "$venv: $("$venv/bin/python" -c 'import sys, numpy; print("Python", sys.version.split()[0], "NumPy", numpy.__version__)')"
done
