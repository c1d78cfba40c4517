"""Reads files with h5py and compares them, bit for bit, with what cases.json says they hold. Prints what differs as JSON."""
import ast
import base64
import json
import sys

import h5py
import numpy as np


def wanted(described):
    dtype = np.lib.format.descr_to_dtype(ast.literal_eval(described["descr"]))
    shape = tuple(described["shape"])
    raw = base64.b64decode(described["data"])
    return np.ndarray(shape, dtype, raw) if raw else np.ndarray(shape, dtype)


def same(got, want):
    """Bit for bit, padding bytes of records and of long doubles aside."""
    if got.dtype.names is not None:
        return all(same(got[name], want[name]) for name in got.dtype.names)
    if want.dtype.char in "gG":
        return significant(got) == significant(want)
    if want.ndim == 0 and want.dtype.names is None:
        got = got.astype(want.dtype)  # h5py makes scalars native
    return got.tobytes() == want.tobytes()


def significant(array):
    """The ten bytes of each 80-bit number."""
    native = array.astype(array.dtype.newbyteorder("<"))
    return np.frombuffer(native.tobytes(), "u1").reshape(-1, 16)[:, :10].tobytes()


def elements(dataset, want):
    """The dataset as a user gets it: text through asstr, everything else by [()]."""
    if want.dtype.kind == "U":
        if want.dtype.itemsize == 0:
            return np.zeros(dataset.shape, want.dtype)
        return np.array(dataset.asstr()[()], want.dtype)
    if want.dtype.str == ">c32":  # which h5py itself writes and reads without its byte order; as little-endian it is right
        return np.asarray(dataset.astype("<c32")[()])
    got = np.asarray(dataset[()])
    return got.view(want.dtype) if dataset.dtype != want.dtype and want.dtype.itemsize == 0 else got


def check(group, case):
    name, layout = case["name"], case["layout"]
    want = wanted(case["data"])
    node = group[name]
    data = node["values"] if layout == "values-mask" and case["masked"] else node
    if data.dtype != want.dtype and want.dtype.kind != "U" and want.dtype.itemsize > 0:
        return "dtype %r, not %r" % (data.dtype, want.dtype)
    if data.shape != want.shape:
        return "shape %r, not %r" % (data.shape, want.shape)
    if want.dtype.itemsize > 0 and not same(elements(data, want), want):
        return "the elements differ"
    if case["storage"] != "contiguous" and want.size > 0 and want.ndim > 0:
        if data.chunks is None:
            return "not chunked"
        if case["storage"] == "filtered" and not (data.compression == "gzip" and data.shuffle and data.fletcher32):
            return "filters are missing"
    if not case["masked"]:
        return None if name + "_mask" not in group else "a mask of a plain array"
    if case["mask"] is None:
        return "a mask for nomask" if (name + "_mask" in group or layout == "values-mask" and "mask" in node) else None
    mask = node["mask"] if layout == "values-mask" else group[name + "_mask"]
    expected = wanted(case["mask"])
    if mask.dtype != expected.dtype or not same(np.asarray(mask[()]), expected):
        return "the mask differs"
    return None


def main():
    found = []
    for file in json.load(open(sys.argv[1])):
        with h5py.File(file["path"]) as opened:
            for case in file["cases"]:
                try:
                    problem = check(opened, case)
                except Exception as error:
                    problem = "%s: %s" % (type(error).__name__, error)
                if problem is not None:
                    found.append("%s %s: %s" % (file["path"], case["what"], problem))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
