"""Writes corpus/pickle/old-TAG with an old NumPy, on Python 2.7 or 3.   usage: make_old.py TAG

Run by hand, see README.md: it needs interpreters that are not everywhere.
"""
import collections
import pickle
import sys
import warnings

import numpy as np

import expect
import reading
import samples
from writing import Folder

try:
    import cPickle as fast_pickle
except ImportError:
    fast_pickle = pickle


def raw_mask(data, every):
    mask = np.zeros(data.shape, dtype=np.ma.make_mask_descr(data.dtype))
    flat = bytearray(mask.nbytes)
    flat[::every] = b"\1" * len(flat[::every])
    return np.frombuffer(bytes(flat), mask.dtype).reshape(data.shape).copy()


def masked(code, count, fill=None):
    data = samples.sample(code, count)
    made = np.ma.MaskedArray(data, mask=raw_mask(data, 2))
    if fill is not None:
        made.fill_value = fill
    return made


def values():
    sample = samples.sample
    native = str if expect.PYTHON2 else (lambda text: text)
    codes = ["?", "i1", "u1", "<i2", ">i4", "<i8", ">u8", "<f2", "<f4", ">f8", "<f8", "c8", "c16", "f16", "S5", "U7", ">U3", "V3",
             "M8[D]", "M8[25us]", "m8[ns]", "M8"]
    simple = np.dtype([(native("id"), "<i4"), (native("pos"), "<f8"), (native("name"), "S3")])
    nested = np.dtype([(native("id"), "i1"), (native("in"), [(native("x"), ">f4")]), (native("m"), "<i2", (2, 3))])
    aligned = np.dtype([(native("c"), "i1"), (native("d"), "<f8")], align=True)
    titled = np.dtype([((native("Title"), native("t")), "<f4"), (native("u"), "<i2")])
    f8 = sample("<f8", 6).reshape(2, 3)
    cases = [("array-" + samples.slug(code.replace("?", "b1").strip("<")), sample(code, 6).reshape(2, 3)) for code in codes]
    cases += [("struct-simple", sample(simple, 3)), ("struct-nested", sample(nested, 3)), ("struct-aligned", sample(aligned, 3)),
              ("struct-titles", sample(titled, 3)), ("fortran", np.asfortranarray(f8)), ("0d", f8[:1, 0].reshape(())),
              ("zero-size", np.zeros((2, 0), "<i4")), ("object", np.array([None, 1, 2.5, u"text", [1, (2,)], 10 ** 25], dtype=object)),
              ("matrix", np.matrix(f8)), ("recarray", sample(simple, 3).view(np.recarray)),
              ("chararray", np.char.array([native("abc"), native("d")])), ("scalar-f4", np.float32(1.5)),
              ("scalar-i8", np.int64(-7)), ("scalar-struct", sample(simple, 3)[1]), ("dtype", np.dtype(">i4")), ("dtype-struct", simple),
              ("masked-constant", np.ma.masked), ("masked-nomask", np.ma.MaskedArray(f8))]
    cases += [("masked-" + samples.slug(code.strip("<")), masked(code, 6, fill)) for code, fill in (
        ("<f8", None), ("<f4", -999.0), ("<i2", 5), (">f8", 1.5), ("U7", u"\u6e29"), ("S5", b"none"), ("?".replace("?", "b1"), True))]
    read = masked("<i8", 4)
    read.fill_value
    cases += [("masked-read", read), ("masked-reloaded", pickle.loads(pickle.dumps(masked("<f4", 4), 2))),
              ("masked-struct", masked(simple, 3)), ("masked-nested", masked(nested, 3)), ("mvoid", masked(simple, 3)[1]),
              ("dict", {native("temp"): f8, native("masked"): masked("<f4", 3), native("units"): native("K"), u"text": u"\u6e29"}),
              ("list", [f8, f8, (masked("u1", 3), None)]), ("int-keys", {0: f8, 2 ** 40: sample("u1", 2)}),
              ("ordered", collections.OrderedDict([(native("z"), f8), (native("a"), sample("u1", 2))])),
              ("latin1", sample("u1", 200))]
    return cases


def main(tag):
    folder = Folder("pickle", "old-" + tag, "numpy")
    for name, value in values():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for kind, module in (("", fast_pickle), ("-pure", pickle)):
                if kind and (not expect.PYTHON2 or name not in ("array-f8", "masked-f4", "dict")):
                    continue  # in Python 3 the two write alike; Python 2 has a module for each
                data = module.dumps(value, protocol)
                more = {"python2": True} if expect.PYTHON2 else {}
                try:
                    expected = reading.agreed(value, module.loads(data))
                except TypeError as error:  # old NumPys cannot read the times without a unit that they write
                    expected, more["numpyFails"] = expect.describe(value, True), "TypeError: %s" % error
                folder.add("%s%s-p%d.pkl" % (name, kind, protocol), data, "pickle",
                           "%s, pickled by an old NumPy%s" % (name, " (pickle, not cPickle)" if kind else ""),
                           expected, protocol=protocol, **more)
    folder.finish()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
