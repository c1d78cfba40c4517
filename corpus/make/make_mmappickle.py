"""Writes corpus/mmappickle/TAG with the mmappickle that runs it.   usage: make_mmappickle.py TAG

mmappickle 1.0 was written for NumPys that had `numpy.float`. Runs on Python 3.6 and NumPy 1.17 too; by hand, see README.md.
"""
import os
import pickle
import sys
import tempfile
import warnings

import numpy as np

warnings.simplefilter("ignore", DeprecationWarning)
if "float" not in np.__dict__:
    np.float = float

import mmappickle  # noqa: E402
from mmappickle.stubs.numpy import EmptyNDArray  # noqa: E402

import expect  # noqa: E402
import samples  # noqa: E402
from writing import Folder  # noqa: E402

CODES = ["?", "i1", "u1", "<i2", ">i4", "<i8", ">u8", "<f2", "<f4", ">f8", "<f8", "c8", "c16", "f16", "S5", "U7", ">U3", "V3", "M8[D]",
         "M8[25us]", ">M8[ns]", "m8[ns]", "M8"]


def masked(code, count, fill=None):
    data = samples.sample(code, count)
    made = np.ma.MaskedArray(data, mask=np.arange(count) % 2 == 0)
    if fill is not None:
        made.fill_value = fill
    return made


def described(value):
    """What the file holds of a value: mmappickle writes arrays in C order and no fill value, and None of a mask as a 0-d False."""
    if isinstance(value, EmptyNDArray):
        return described(np.zeros(value.shape, value.dtype))
    if type(value) is np.ma.MaskedArray:
        made = np.ma.MaskedArray(np.ascontiguousarray(value.data), np.ma.nomask)
        made.__dict__["_mask"] = value.mask if value.mask is np.ma.nomask else np.ascontiguousarray(value.mask)
        return expect.describe(made)
    if type(value) is np.ndarray:
        return expect.describe(np.ascontiguousarray(value) if value.ndim else value)
    return expect.describe(value)


def main(tag):
    folder = Folder("mmappickle", tag, "mmappickle", {"mmappickle": "1.0.0"})
    sample = samples.sample
    f8 = sample("<f8", 6).reshape(2, 3)
    scratch = tempfile.mkdtemp()

    def add(name, what, items, work=None, loads=True, **more):
        path = os.path.join(scratch, name)
        d = mmappickle.mmapdict(path)
        for key, value in items:
            d[key] = value
        held = dict(items)
        if work is not None:
            work(d, held)
        d._file.flush()
        if loads:
            with open(path, "rb") as file:
                loaded = pickle.load(file)
            assert list(loaded) == list(held), (name, list(loaded))
            for key, value in held.items():
                if type(value) is np.ndarray:
                    assert loaded[key].tobytes() == value.tobytes() and loaded[key].dtype == value.dtype, (name, key)
        with open(path, "rb") as file:
            data = file.read()
        items = [[expect.describe_plain(key), described(value)] for key, value in held.items()]
        folder.add(name + ".mmdpickle", data, "mmappickle", what, {"kind": "dict", "items": items}, **more)

    for code in CODES:
        slug = samples.slug(code.replace("?", "b1").strip("<"))
        add("dtype-" + slug, "ndarray and masked array of " + code, [("a", sample(code, 6).reshape(2, 3)), ("m", masked(code, 5))])
    structs = dict(samples.structured_dtypes())
    add("struct", "records, which mmappickle writes and nobody reads back", [("a", sample(structs["simple"], 3))], loads=False)
    add("shapes", "shapes", [("long", np.arange(70000, dtype="u1")), ("empty", np.zeros((0, 3))), ("five", np.arange(32.0).reshape(2, 2, 2, 2, 2)),
                             ("fortran", np.asfortranarray(f8)), ("slice", f8[:, ::2]), ("300", np.zeros((300, 1), "i1"))])
    add("zero-d", "0-d arrays", [("a", np.array(2.5)), ("b", np.array(7, ">i2"))])
    add("masked", "masked arrays", [("set", masked("<f8", 6, -9.0)), ("nomask", np.ma.MaskedArray(f8)),
                                    ("false", np.ma.MaskedArray(f8, np.zeros(f8.shape, bool))), ("fortran", np.ma.MaskedArray(np.asfortranarray(f8), f8 > 0))])
    add("plain", "plain values between arrays", [("text", "kelvin"), ("a", f8), ("n", 5), ("x", 1.5), ("none", None), ("t", (1, True, "x")),
                                                 ("same", ["abc", "abc"] * 3), ("d", {"a": [1, {"b": b"\0\1"}], "c": "a"}), ("big", 10 ** 30), ("u", u"\u6e29")])
    add("generic", "what goes through pickle", [("matrix", np.matrix(f8)), ("dict", {"f8": f8, "m": masked("<f4", 3, 2.0), "n": 1}), ("tuple", (f8, f8[0])),
                                                ("scalar", np.float32(1.5))])
    many = [("k%03d" % i, ["s%d" % i] * 2) for i in range(300)]
    add("memo", "more than 256 memo indices", many + [("a", f8)])
    add("keys", "keys", [("", f8), (u"\u6e29\u5ea6", f8), ("k" * 255, f8), ("a/b", f8)])
    add("single", "one array", [("data", f8)])
    add("stub", "an empty array", [("a", EmptyNDArray((3, 4), np.dtype("<f4"))), ("b", 1)])

    def rewrite(d, held):
        for key, value in (("a", np.arange(3)), ("b", masked("<i2", 4)), ("a", f8)):
            held.pop(key, None)
            d[key] = held[key] = value
        del d["gone"], held["gone"]

    first = [("a", f8), ("gone", [1, "x"]), ("b", "text")]
    add("rewritten", "replaced and deleted entries", first, rewrite)

    def vacuum(d, held):
        rewrite(d, held)
        d.vacuum()

    add("vacuumed", "the same after a vacuum", first, vacuum)
    folder.finish()


if __name__ == "__main__":
    main(sys.argv[1])
