#!/usr/bin/env bash
# Writes the corpus again with the venvs that venvs.sh made.   usage: make.sh VENVS
# What old interpreters wrote (pickle/old-*, joblib/old-*) stays as it is: README.md says how that was made.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 VENVS" >&2
  exit 2
fi
venvs="$(cd "$1" && pwd)"
cd "$(dirname "${BASH_SOURCE[0]}")"
export PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0

for name in np1 np2; do
  for script in make_npy.py make_pickle.py make_others.py make_joblib.py; do
    "$venvs/$name/bin/python" -W ignore "$script"
  done
done
"$venvs/np2/bin/python" npy_flips.py
"$venvs/np2/bin/python" npz_hostile.py
"$venvs/np2/bin/python" make_states.py
"$venvs/hdf5/bin/python" -W ignore make_hdf5.py
"$venvs/hdf5/bin/python" -W ignore make_hdf5_plugins.py
"$venvs/hdf5/bin/python" -W ignore make_hdf5_odd.py
"$venvs/np2/bin/python" -W ignore make_ecsv.py
"$venvs/np2/bin/python" make_demo.py
"$venvs/np2/bin/python" repr.py ../repr
"$venvs/np2/bin/python" merge.py
