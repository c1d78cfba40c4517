"""Opens files with PyTables and compares what it reads of numbers and S with what cases.json says. Prints what differs as JSON."""
import json
import sys
import warnings

import numpy as np
import tables

from check import wanted

# What PyTables has atoms for. It shows other datasets as UnImplemented, and enumerations (h5py's bool) as their numbers.
READ = "iufcS"


def check(file, case):
    path = "/" + case["name"] + ("/values" if case["layout"] == "values-mask" and case["masked"] else "")
    node = file.get_node(path)
    want = wanted(case["data"])
    if want.dtype.kind not in READ or want.dtype.itemsize == 0 or want.dtype.char in "gG":
        return None
    if isinstance(node, tables.UnImplemented):
        return "not implemented"
    got = np.asarray(node.read())
    if got.dtype.newbyteorder("=") != want.dtype.newbyteorder("=") or got.shape != want.shape:
        return "%r %r, not %r %r" % (got.dtype, got.shape, want.dtype, want.shape)
    # PyTables gives native byte order, and loses trailing NULs of nothing.
    return None if got.astype(want.dtype).tobytes() == want.tobytes() else "the elements differ"


def main():
    found, read = [], 0
    warnings.simplefilter("ignore")
    for file in json.load(open(sys.argv[1])):
        with tables.open_file(file["path"]) as opened:
            for case in file["cases"]:
                try:
                    problem = check(opened, case)
                    read += problem is None
                except Exception as error:
                    problem = "%s: %s" % (type(error).__name__, error)
                if problem is not None:
                    found.append("%s %s: %s" % (file["path"], case["what"], problem))
    print(json.dumps({"found": found, "read": read}))


if __name__ == "__main__":
    main()
