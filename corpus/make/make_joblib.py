"""Writes corpus/joblib/TAG with the joblib that runs it.   usage: make_joblib.py [TAG]

Runs on Python 3.6 and NumPy 1.13 too, for the joblib releases before 1.2, which did not align the data.
"""
import os
import sys
import tempfile
import warnings

import joblib
import numpy as np

import reading
import samples
from writing import Folder, tag

VERSION = tuple(int(part) for part in joblib.__version__.split(".")[:2])
COMPRESSIONS = [("zlib", 3), ("zlib", 9), ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3)]


def masked(data, fill=None):
    made = np.ma.MaskedArray(data, mask=(np.arange(data.size) % 2 == 0).reshape(data.shape))
    if fill is not None:
        made.fill_value = fill
    return made


def values(path):
    sample = samples.sample
    structs = dict(samples.structured_dtypes())
    f8 = sample("<f8", 6).reshape(2, 3)
    found = [("array-" + samples.slug(code.replace("?", "b1").strip("<")), "ndarray (2, 3) of " + code,
              sample(code, 6).reshape(2, 3))
             for code in ("?", "u1", "<i2", ">i4", "<i8", "<u8", "<f2", "<f4", ">f8", "<f8", "c16", "f16", "S5", "U7", "V3",
                          "M8[ns]", "m8[D]")]
    found += [("struct-" + name, "structured: " + name, sample(structs[name], 3)) for name in ("simple", "nested", "swapped")]
    sample("<i4", 6).tofile(path)
    found += [
        ("fortran", "Fortran", np.asfortranarray(f8)), ("sliced", "a strided slice", f8[:, ::2]), ("0d", "0-d", f8[:1, 0].reshape(())),
        ("zero-size", "no elements", np.zeros((3, 0), "<i2")), ("matrix", "a matrix", np.matrix(f8)),
        ("recarray", "a recarray", sample(structs["simple"], 3).view(np.recarray)), ("object", "plain objects", sample("O", 12)),
        ("object-fortran", "plain objects, Fortran", np.asfortranarray(sample("O", 6).reshape(2, 3))),
        ("memmap", "a memmap", np.memmap(path, "<i4", "r")), ("scalar", "a NumPy scalar", np.float32(1.5)),
        ("masked", "masked, fill value unset", masked(f8)), ("masked-fill", "masked, fill value set", masked(f8, -999.0)),
        ("masked-U7", "masked texts", masked(sample("U7", 6), u"none")), ("masked-constant", "np.ma.masked", np.ma.masked),
        ("size-70000", "70,000 bytes", (np.arange(70000) % 251).astype("u1")),
        ("masked-size-70000", "70,000 bytes of data, 70,000 of mask", masked((np.arange(70000) % 251).astype("u1"), 7)),
        ("dict", "a dict", {"temp": masked(f8, -1.0), "salt": f8, "units": "K", "n": 5, "none": None}),
        ("list", "many arrays: every alignment", [np.arange(n, dtype="u1") for n in range(20)]),
        ("nested", "nested", {"a": {"b": [f8, (sample("?", 3), "text")]}, "o": sample("O", 3), "after": sample("u1", 2)}),
        ("several", "arrays and texts by turns", [f8, "x" * 300, f8.T.copy(), "y", sample("u1", 5)]),
    ]
    return found


def main(tag):
    folder = Folder("joblib", tag, "joblib", {"joblib": joblib.__version__})
    more = {} if VERSION >= (1, 2) else {"noAlignment": True}
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "value")

        def add(name, what, value, **options):
            joblib.dump(value, path, **options)
            with open(path, "rb") as file:
                data = file.read()
            compress = options.get("compress")
            extra = dict(more, compression=compress[0]) if compress else more
            folder.add(name + ".joblib", data, "joblib", what, reading.agreed(value, joblib.load(path)), **extra)

        for name, what, value in values(os.path.join(scratch, "m.raw")):
            add(name, what, value)
            if name in ("array-f8", "masked-fill", "nested", "object", "list"):
                for protocol in (2, 3, 4, 5):
                    if protocol != 5 or sys.version_info >= (3, 8):
                        add("%s-p%d" % (name, protocol), what + ", protocol %d" % protocol, value, protocol=protocol)
            if name in ("array-f8", "masked-fill", "fortran", "nested", "size-70000", "object"):
                for method, level in COMPRESSIONS + ([("lz4", 3)] if VERSION >= (0, 17) else []):
                    add("%s-%s-%d" % (name, method, level), what + ", " + method, value, compress=(method, level))
        twice = np.arange(6, dtype="<f8")
        for name, compress in (("twice", 0), ("twice-zlib", ("zlib", 3))):
            joblib.dump([twice, twice], path, compress=compress)
            with open(path, "rb") as file:
                data = file.read()
            extra = dict(more, compression="zlib") if compress else more
            folder.add(name + ".joblib", data, "joblib", "one array twice: written twice, and two arrays when read",
                       reading.agreed([twice, twice], joblib.load(path)), **extra)
    folder.finish()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1] if len(sys.argv) > 1 else tag())
