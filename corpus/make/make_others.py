"""Writes corpus/dill/npN and corpus/cloudpickle/npN: what those two write for arrays and what holds arrays."""
import collections
import warnings

import cloudpickle
import dill
import numpy as np

import reading
import samples
from pickle_writing import ALL, raw_mask
from writing import Folder, tag


def values():
    """(name, what, value)"""
    sample = samples.sample
    structs = dict(samples.structured_dtypes() + samples.padded_dtypes())
    found = [("array-" + samples.slug(code.replace("?", "b1")), "ndarray (2, 3) of " + code, sample(code, 6).reshape(2, 3))
             for code in ("?", "u1", "<i4", ">i4", "<i8", "<f4", "<f8", "c16", "f16", "S5", "U7", "V3", "M8[ns]", "m8[25us]")]
    for name in ("simple", "nested", "subarrays", "aligned", "titles", "unicode"):
        found.append(("struct-" + name, "structured: " + name, sample(structs[name], 3)))
    f8 = sample("<f8", 6).reshape(2, 3)
    masked = np.ma.MaskedArray(f8, mask=raw_mask(f8, 2))
    filled = np.ma.MaskedArray(f8, mask=raw_mask(f8, 2), fill_value=-999.0)
    nested = sample(structs["nested"], 3)
    objects = sample("O", 12)
    found += [
        ("fortran", "Fortran", np.asfortranarray(f8)), ("sliced", "a strided slice", f8[:, ::2]),
        ("0d", "0-d", sample("<f4", 1).reshape(())), ("zero-size", "no elements", np.zeros((3, 0, 2), "<i2")),
        ("object", "plain objects", objects), ("recarray", "a recarray", sample(structs["simple"], 3).view(np.recarray)),
        ("matrix", "a matrix", np.matrix(f8)), ("scalar", "a NumPy scalar", np.float32(1.5)), ("dtype", "a dtype", np.dtype("<i4")),
        ("masked", "masked, fill value unset", masked), ("masked-fill", "masked, fill value set", filled),
        ("masked-nomask", "masked without a mask", np.ma.MaskedArray(f8)),
        ("masked-i2", "masked int16", np.ma.MaskedArray(sample("<i2", 6), mask=raw_mask(sample("<i2", 6), 2), fill_value=-1)),
        ("masked-U7", "masked texts", np.ma.MaskedArray(sample("U7", 6), mask=raw_mask(sample("U7", 6), 3), fill_value=u"\u6e29")),
        ("masked-be", "masked, big-endian", np.ma.MaskedArray(sample(">f4", 6), mask=raw_mask(sample(">f4", 6), 2), fill_value=0.5)),
        ("masked-fortran", "masked, Fortran", np.ma.MaskedArray(np.asfortranarray(f8), mask=raw_mask(np.asfortranarray(f8), 2))),
        ("masked-struct", "masked per field", np.ma.MaskedArray(nested, mask=raw_mask(nested, 3))),
        ("masked-constant", "np.ma.masked", np.ma.masked), ("size-70000", "70,000 bytes", (np.arange(70000) % 251).astype("u1")),
        ("dict", "a dict", {"temp": filled, "salt": f8, "units": "K", "n": 5, "raw": b"\x00\xff", "z": 1 + 2j}),
        ("list", "a list, one array twice", [f8, f8, (masked, None)]), ("int-keys", "int keys", {0: f8, -1: objects}),
        ("ordered", "an OrderedDict", collections.OrderedDict([("z", f8), ("a", masked)])),
    ]
    return found


def write(folder, tool, protocols):
    for name, what, value in values():
        for protocol in protocols:
            if name.startswith("size") and protocol != protocols[-1]:
                continue
            data = tool.dumps(value, protocol=protocol)
            folder.add("%s-p%d.pkl" % (name, protocol), data, "pickle", what, reading.agreed(value, tool.loads(data)),
                       protocol=protocol)
    folder.finish()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    write(Folder("dill", tag(), "dill", {"dill": dill.__version__}), dill, ALL)
    write(Folder("cloudpickle", tag(), "cloudpickle", {"cloudpickle": cloudpickle.__version__}), cloudpickle, (2, 4, 5))
