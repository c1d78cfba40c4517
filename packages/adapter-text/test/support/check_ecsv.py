"""Reads tables with astropy: check_ecsv.py FOLDER. Prints {"astropy", "compared", "problems"}."""
import ast
import json
import os
import sys
import warnings

import astropy
import numpy as np
from astropy.table import Table

warnings.simplefilter("ignore")
folder = sys.argv[1]
with open(os.path.join(folder, "cases.json"), encoding="utf-8") as f:
    cases = json.load(f)


def leaves(array, mask, path=""):
    """The columns of an array of records: nested fields by their path, sub-arrays of records element by element."""
    if array.dtype.names is None:
        yield path or "data", array, mask
        return
    for name in array.dtype.names:
        below = name if path == "" else path + "." + name
        one, bits = array[name], mask[name]
        if one.dtype.names is None:
            yield below, one, bits
            continue
        for index in np.ndindex(one.shape[array.ndim:]):
            yield from leaves(one[(Ellipsis,) + index], bits[(Ellipsis,) + index], below + "".join("[%d]" % i for i in index))


def same(a, b):
    if a.dtype.kind == "S":
        return a.decode("latin-1") == b
    if a.dtype.kind in "mM":
        return int(a.astype("i8")) == int(np.asarray(b).astype("i8"))
    if a.dtype.kind == "c":
        return same(a.real, b.real) and same(a.imag, b.imag)
    if a.dtype.kind == "f":
        return bool((np.isnan(a) and np.isnan(b)) or (a == b and np.signbit(a) == np.signbit(b)))
    return bool(a == b)


def check(column, values, mask, rows):
    kind = values.dtype.kind
    wanted = np.dtype("i8") if kind == "m" else values.dtype.newbyteorder("=")
    found = np.ma.asarray(column)
    if kind in "SU":
        if found.size and found.dtype.kind != "U":
            return "a column of %s" % found.dtype
    elif found.dtype != wanted:
        return "%s for %s" % (found.dtype, wanted)
    if found.shape != (values.shape if rows else (1,) + values.shape):
        return "%s for %s" % (found.shape, values.shape)
    bits = np.ma.getmaskarray(found).reshape(values.shape)
    if not np.array_equal(bits, mask):
        return "the mask"
    data = np.ma.getdata(found).reshape(values.shape)
    for index in np.ndindex(values.shape):
        if not mask[index] and not same(values[index], data[index]):
            return "%r for %r at %s" % (data[index], values[index], index)
    return None


problems, compared = [], 0
for name, case in cases.items():
    dtype = np.lib.format.descr_to_dtype(ast.literal_eval(case["dtype"]))  # padding is no field
    shape = tuple(case["shape"])
    array = np.frombuffer(bytes.fromhex(case["data"]), dtype).reshape(shape)
    mask = np.frombuffer(bytes.fromhex(case["mask"]), np.ma.make_mask_descr(dtype)).reshape(shape)
    try:
        table = Table.read(os.path.join(folder, name), format="ascii.ecsv")
        columns = list(leaves(array, mask))
        if [one for one, _, _ in columns] != table.colnames:
            problems.append("%s: columns %s" % (name, table.colnames))
        for column, values, bits in columns:
            how = check(table[column], values, bits, len(shape) > 0)
            if how is not None:
                problems.append("%s: %s: %s" % (name, column, how))
            compared += 1
    except Exception as error:
        problems.append("%s: %s: %s" % (name, type(error).__name__, error))
print(json.dumps({"astropy": astropy.__version__, "compared": compared, "problems": problems[:40]}))
