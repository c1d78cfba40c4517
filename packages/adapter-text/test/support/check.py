"""Reads tables by the line that stands in each of them: check.py FOLDER. Prints {"numpy", "compared", "problems"}."""
import json
import os
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
folder = sys.argv[1]
with open(os.path.join(folder, "cases.json"), encoding="utf-8") as f:
    cases = json.load(f)
problems = []
compared = 0


def parse(text):
    import ast

    return np.dtype(ast.literal_eval(text))


def same(a, b):
    if isinstance(a, np.void):
        return all(same(a[n], b[n]) for n in a.dtype.names)
    a, b = np.asarray(a), np.asarray(b)
    if a.shape:
        return a.shape == b.shape and all(same(x, y) for x, y in zip(a.ravel(), b.ravel()))
    if a.dtype.kind in "fc" and np.isnan(a):
        return bool(np.isnan(b))
    if a.dtype.kind in "mM":
        return a.astype("i8") == b.astype("i8")
    return bool(a == b)


for name, case in cases.items():
    path = os.path.join(folder, name)
    try:
        with open(path, encoding="utf-8") as f:
            line = next(one[2:].strip() for one in f if one.startswith(("# np.", "# (lambda")))
        array = eval(line.replace('"FILE"', repr(path)))
        want = np.frombuffer(bytes.fromhex(case["data"]), dtype=parse(case["dtype"])).reshape(case["shape"])
        if np.shape(array) != want.shape:
            problems.append(f"{name}: shape {np.shape(array)}, expected {want.shape}: {line}")
            continue
        if array.dtype.newbyteorder("=") != want.dtype.newbyteorder("="):
            problems.append(f"{name}: dtype {array.dtype}, expected {want.dtype}: {line}")
        mask = bytes.fromhex(case["mask"])
        leaves = len(mask) // max(want.size, 1)
        found = np.ma.getmaskarray(array)
        data = np.ma.getdata(array)
        for i in range(want.size):
            bits = mask[i * leaves : (i + 1) * leaves]
            got = found.ravel()[i]
            got = [bool(x) for x in (got.item() if got.dtype.names else [got])]
            if [bool(b) for b in bits] != got:
                problems.append(f"{name}[{i}]: mask {got}, expected {list(bits)}: {line}")
                break
            a, b = want.ravel()[i], data.ravel()[i]
            pairs = [(a[n], b[n]) for n in want.dtype.names] if want.dtype.names else [(a, b)]
            for (x, y), m in zip(pairs, bits):
                compared += not m
                if not m and not same(x, y):
                    problems.append(f"{name}[{i}]: {y!r}, expected {x!r}: {line}")
    except Exception as error:  # every problem is reported, whatever it is
        problems.append(f"{name}: {type(error).__name__}: {error}: {case['dtype']} {case['shape']}")
print(json.dumps({"numpy": np.__version__, "compared": compared, "problems": problems[:25]}))
