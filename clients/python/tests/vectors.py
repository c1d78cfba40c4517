"""Writes the vectors. usage: vectors.py DIR"""

import json
import sys
from pathlib import Path

from cases import cases

from masquerade import blocks, npz, protobuf

target = Path(sys.argv[1])
(target / "blocks").mkdir(parents=True, exist_ok=True)
index = []
for name, (value, options, in_npz) in cases().items():
    (target / f"{name}.pb").write_bytes(protobuf.dumps(value, **options))
    kept = {key: one for key, one in options.items() if one != "run-length"}
    (target / "blocks" / f"{name}.mqb").write_bytes(blocks.dumps(value, **kept))
    if in_npz:
        (target / f"{name}.npz").write_bytes(npz.dumps(value))
    index.append({"name": name, "options": options, "npz": in_npz})
(target / "index.json").write_text("[\n" + ",\n".join("  " + json.dumps(one) for one in index) + "\n]\n")
