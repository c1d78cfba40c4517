"""Writes each vector that they hold as JSON and HDF5. usage: write_formats.py DIR"""

import json
import sys
from pathlib import Path

from cases import cases

import masquerade

FORMATS = ((".json", {}), (".nexus.h5", {"layout": "nexus"}), (".values-mask.h5", {"layout": "values-mask"}))

if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    index = []
    for name, (value, _, _) in cases().items():
        for extension, options in FORMATS:
            try:
                masquerade.save(target / f"{name}{extension}", value, **options)
            except masquerade.MasqueradeError:
                continue  # test_formats.py says which these are
            index.append({"name": name, "file": f"{name}{extension}", "options": options})
    (target / "index.json").write_text(json.dumps(index))
