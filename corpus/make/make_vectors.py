"""Writes packages/conformance/vectors/clients.json: what the files of clients/vectors hold, in the form of the corpus.

usage: make_vectors.py     with clients/python/src, clients/python/tests on PYTHONPATH, by NumPy 2. The values are those the client's
own cases are made of (before they were written), described by expect.py.
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np

import expect
from cases import cases

ROOT = Path(__file__).resolve().parents[2]
entries = []
for name, (value, options, in_npz) in cases().items():
    if options.get("hidden") == "drop":  # what the file holds is not what it was made of
        continue
    try:
        described = expect.describe(value)
    except TypeError:  # attributes and names of axes, for which the form has no place
        continue
    for suffix, kind in [("pb", "protobuf")] + ([("npz", "npz")] if in_npz else []):
        raw = (ROOT / "clients" / "vectors" / f"{name}.{suffix}").read_bytes()
        entries.append(
            {
                "file": f"clients/{name}.{suffix}",
                "format": kind,
                "tool": "masquerade for Python",
                "versions": {"numpy": np.__version__, "python": sys.version.split()[0]},
                "sha256": hashlib.sha256(raw).hexdigest(),
                "what": name,
                "expect": described,
            }
        )
lines = ",\n".join(json.dumps(entry) for entry in entries)
(ROOT / "packages" / "conformance" / "vectors" / "clients.json").write_text(
    '{"folder": "clients", "entries": [\n' + lines + "\n]}\n"
)
print(len(entries), "entries")
