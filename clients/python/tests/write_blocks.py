"""Writes each vector as a stream of blocks. usage: blocks.py DIR"""

import json
import sys
from pathlib import Path

from cases import cases

from masquerade import blocks

target = Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
index = []
for name, (value, options, _) in cases().items():
    kept = {key: one for key, one in options.items() if one != "run-length"}
    (target / f"{name}.mqb").write_bytes(blocks.dumps(value, **kept))
    index.append({"name": name, "options": kept})
(target / "index.json").write_text(json.dumps(index))
