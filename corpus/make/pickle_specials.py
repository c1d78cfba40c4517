"""Subclasses, scalars, dtypes, objects, StringDType, what dumps() and dump() write, and what holds no array."""
import collections
import datetime
import decimal
import fractions
import functools
import io
import os
import pathlib
import pickle
import re
import tempfile
import types
import uuid

import numpy as np
import numpy.ma.mrecords as mrecords

import samples
from pickle_writing import ALL, FEW, raw_mask
from writing import tag


def subclasses(folder):
    sample = samples.sample
    record = np.dtype([("x", "<f8"), ("n", "<i2"), ("s", "S4")])
    nested = samples.structured_dtypes()[2][1]
    rec = sample(record, 4).view(np.recarray)
    masked_rec = np.ma.MaskedArray(sample(record, 4), mask=raw_mask(sample(record, 4), 2))
    masked_rec.fill_value = (-1.5, 7, b"none")
    mrec = masked_rec.view(mrecords.MaskedRecords)
    mrec_fortran = np.ma.MaskedArray(sample(record, 4), mask=raw_mask(sample(record, 4), 2)).reshape(2, 2)
    masked_nested = np.ma.MaskedArray(sample(nested, 3), mask=raw_mask(sample(nested, 3), 3))
    chars = np.char.array(["abc", "d", "efgh"])
    with tempfile.TemporaryDirectory() as folder_name:
        path = os.path.join(folder_name, "m.raw")
        sample("<i4", 6).tofile(path)
        memmap = np.memmap(path, "<i4", "r", shape=(2, 3))
        copied = np.memmap(path, "<i4", "r+", shape=(2, 3))
        cases = [
            ("recarray", "a recarray", rec), ("recarray-2d", "a recarray of shape (2, 2)", rec.reshape(2, 2)),
            ("recarray-one", "one record of a recarray: a NumPy scalar", rec[1]),
            ("matrix", "a matrix", np.matrix(sample("<f8", 6).reshape(2, 3))),
            ("matrix-fortran", "a Fortran matrix", np.matrix(sample("<f8", 6).reshape(2, 3)).T),
            ("chararray", "a chararray of texts", chars), ("chararray-bytes", "a chararray of bytes", chars.astype("S4")),
            ("memmap", "a memmap opened to read", memmap), ("memmap-writable", "a memmap opened to write", copied),
            ("masked-constant", "np.ma.masked", np.ma.masked), ("mvoid", "one masked record", masked_rec[0]),
            ("mvoid-nested", "one masked record with nested fields and sub-arrays", masked_nested[1]),
            ("mrecords", "MaskedRecords", mrec), ("mrecords-2d", "MaskedRecords of shape (2, 2)", mrec.reshape(2, 2)),
            ("mrecords-unset", "MaskedRecords without a fill value of its own",
             mrec_fortran.reshape(4).view(mrecords.MaskedRecords)),
            ("masked-matrix", "a masked array over a matrix", np.ma.MaskedArray(np.matrix(sample("<f8", 6).reshape(2, 3)),
                                                                                 mask=raw_mask(sample("<f8", 6).reshape(2, 3), 2))),
            ("masked-recarray", "a masked array over a recarray", np.ma.MaskedArray(rec, mask=raw_mask(rec, 2))),
            ("masked-field", "a field of a structured masked array", masked_rec["x"]),
        ]
        for name, what, value in cases:
            for protocol in ALL:
                folder.one("special-" + name, what, protocol, value)
    with_info = np.ma.MaskedArray([1.0, 2.0], mask=[True, False])
    with_info._optinfo["station"] = "north"
    with_info._basedict["note"] = [1, 2]
    with_info.extra = {"kept": False}
    for protocol in ALL:
        folder.one("special-basedict", "_optinfo, _basedict and an attribute set: none of it is written", protocol, with_info)


def scalars(folder):
    values = [samples.sample(code, 5, "scalar")[4] for code in samples.NATIVE + ["S5", "U7", "V3"]
              if code not in ("f16", "c32")]
    values += [np.datetime64("2020-02-29"), np.datetime64(5, "25us"), np.timedelta64(-7, "ms"), np.datetime64("NaT"),
               samples.sample(samples.structured_dtypes()[2][1], 2)[1], np.float64("nan"), np.float64(-0.0)]
    for index, value in enumerate(values):
        for protocol in FEW:
            name = "scalar-%02d-%s" % (index, samples.slug(value.dtype.str.strip("<|>")) if not value.dtype.names else "struct")
            folder.one(name, "a NumPy scalar of dtype " + str(value.dtype), protocol, value)
    for code in ("f16", "c32"):
        value = samples.sample(code, 5, "scalar")[4]
        clean = samples.sample(code, 5, "scalar")[4:].tobytes()
        for protocol in (4, 5):
            folder.one("scalar-" + code, "a NumPy scalar of dtype %s; its padding bytes, left to chance, zeroed since" % code,
                       protocol, np.frombuffer(clean, code)[0], pickle.dumps(value, protocol).replace(value.tobytes(), clean))
    every = samples.simple_dtypes(every_unit=False) + samples.structured_dtypes() + samples.padded_dtypes()
    for index, (name, dtype) in enumerate(every):
        folder.one("dtype-object-" + name, "a dtype object", ALL[index % 6], dtype)
    folder.one("dtype-object-subarray", "a sub-array dtype object", 2, np.dtype(("<f8", (2, 3))))
    folder.one("dtype-object-metadata", "a dtype object with metadata", 4, np.dtype("<f8", metadata={"unit": "K"}))


def objects(folder):
    made = samples.sample("O", 18)
    inner = np.empty(3, dtype=object)
    inner[0], inner[1], inner[2] = np.arange(3, dtype="<i2"), np.float32(1.5), [np.datetime64("2020-01-01")]
    nested = np.empty(2, dtype=object)
    nested[0], nested[1] = [[1, [2, {"k": (None, True)}]]], {"a": {"b": {"c": [b"x", 1.5, 10 ** 40]}}}
    texts = np.array(["alpha", "beta", "alpha", None], dtype=object)
    fields = samples.sample(np.dtype([("k", "O"), ("n", "<i4")]), 4)
    fill = np.ma.MaskedArray(texts, mask=[0, 1, 0, 1])
    fill.fill_value = "none"
    cases = [
        ("plain", "plain objects", made), ("2d", "plain objects (3, 6)", made.reshape(3, 6)),
        ("fortran", "plain objects in Fortran order", np.asfortranarray(made.reshape(3, 6))),
        ("0d", "one object, 0-d", made[2:3].reshape(())), ("empty", "no objects", made[:0]),
        ("arrays", "an array, a NumPy scalar and a list within", inner), ("nested", "nested plain values", nested),
        ("texts", "texts, one twice, and None", texts), ("fields", "an object field", fields),
        ("masked", "masked objects, fill value unset", np.ma.MaskedArray(texts, mask=[0, 1, 0, 1])),
        ("masked-fill", "masked objects, fill value set", fill),
        ("masked-fields", "a masked object field", np.ma.MaskedArray(fields, mask=raw_mask(fields, 3))),
    ]
    for name, what, value in cases:
        for protocol in ALL:
            folder.one("object-" + name, what, protocol, value)


def string_dtypes(folder):
    string = np.dtypes.StringDType
    words = ["", "short", "longer than fifteen bytes", u"\u6e29\u5ea6 \U0001f30a", "nul\x00inside", "x" * 300]
    plain = np.array(words, dtype=string())
    missing = np.array(words[:3] + [None], dtype=string(na_object=None))
    not_a_number = np.array(words[:3] + [np.nan], dtype=string(na_object=np.nan))
    sentinel = np.array(words[:2] + ["NA"], dtype=string(na_object="NA"))
    cases = [
        ("plain", "StringDType", plain), ("2d", "StringDType (2, 3)", plain.reshape(2, 3)),
        ("fortran", "StringDType in Fortran order", np.asfortranarray(plain.reshape(2, 3))),
        ("0d", "StringDType, 0-d", plain[1:2].reshape(())), ("empty", "StringDType, no elements", plain[:0]),
        ("none", "StringDType with None for missing", missing), ("nan", "StringDType with nan for missing", not_a_number),
        ("sentinel", "StringDType with a text for missing", sentinel),
        ("strict", "StringDType that does not coerce", np.array(words, dtype=string(coerce=False))),
        ("strict-none", "StringDType, no coercion, None for missing",
         np.array(["a", None], dtype=string(coerce=False, na_object=None))),
        ("dict", "StringDType in a dict", {"names": plain, "n": np.arange(3, dtype="<i2")}),
        ("dtype", "a StringDType object", string(na_object=None)),
        ("masked", "a masked StringDType array", lambda: np.ma.MaskedArray(plain, mask=np.arange(6) % 2 == 0)),
    ]
    for name, what, value in cases:
        for protocol in ALL:
            try:
                folder.one("string-" + name, what, protocol, value() if callable(value) else value)
            except Exception as error:
                folder.notes.append("np2 string-%s p%d: not made: %s: %s" % (name, protocol, type(error).__name__, error))


def methods(folder):
    """What ndarray.dumps(), MaskedArray.dumps() and dump(file) write, without being told a protocol."""
    def dumped(value):
        with tempfile.TemporaryFile() as file:
            value.dump(file)
            file.seek(0)
            return file.read()

    more = {"identical": True, "numpy": int(tag()[2:])}
    for name, make in (("array", lambda: samples.sample("<f8", 6).reshape(2, 3)),
                       ("array-latin1", lambda: samples.sample("u1", 40)),
                       ("masked", lambda: np.ma.MaskedArray([1.0, 2.0, 3.0], mask=[0, 1, 0])),
                       ("masked-fill", lambda: np.ma.MaskedArray([1, 2, 3], mask=[0, 1, 0], fill_value=-9)),
                       ("masked-struct", lambda: np.ma.MaskedArray(samples.sample(samples.structured_dtypes()[0][1], 3)))):
        for method, data in (("dumps", make().dumps()), ("dump", dumped(make()))):
            protocol = data[1] if data[:1] == b"\x80" else 0
            folder.one("method-%s-%s" % (method, name), "what %s() writes" % method, protocol, make(), data,
                       "method-%s-%s.pkl" % (method, name), method=method, **more)
    pure = io.BytesIO()
    pickle._Pickler(pure, 4).dump(samples.sample("<f8", 6))
    folder.one("pure-python", "the pickler written in Python, which frames and memoises in its own way", 4,
               samples.sample("<f8", 6), pure.getvalue())


class Stranger(np.ndarray):
    """A subclass of somebody's own."""


def strangers(folder):
    """What must be refused, and by what name; nothing here is ever called."""
    holding = np.empty(2, dtype=object)
    holding[0], holding[1] = 1, datetime.datetime(2020, 2, 29)
    subclass = samples.sample("<f4", 3).view(Stranger)
    values = [
        ("os-system", "os.system itself", os.system), ("builtin", "the builtin len", len), ("class", "a class", int),
        ("eval", "the builtin eval", eval), ("getattr", "the builtin getattr", getattr),
        ("namespace", "an instance", types.SimpleNamespace(a=1)), ("datetime", "a datetime", datetime.datetime(2020, 2, 29)),
        ("timedelta", "a timedelta", datetime.timedelta(1)), ("decimal", "a Decimal", decimal.Decimal("1.50")),
        ("fraction", "a Fraction", fractions.Fraction(1, 3)), ("path", "a path", pathlib.PurePosixPath("/x")),
        ("uuid", "a UUID", uuid.UUID(int=5)), ("regex", "a compiled expression", re.compile("a+")),
        ("partial", "a partial", functools.partial(int, "5")), ("set", "a set", {1}), ("frozenset", "a frozenset", frozenset([1])),
        ("range", "a range", range(5)), ("slice", "a slice", slice(1, 2)), ("counter", "a Counter", collections.Counter("a")),
        ("defaultdict", "a defaultdict", collections.defaultdict(list, a=[1])), ("exception", "an exception", ValueError("x")),
        ("ufunc", "a ufunc", np.add), ("poly", "a polynomial", np.poly1d([1, 2])), ("numpy-class", "the class numpy.float64", np.float64),
        ("random", "a random state", np.random.RandomState(1)), ("object-datetime", "a datetime in an object array", holding),
        ("beside", "a Decimal beside an array", {"x": np.arange(3), "d": decimal.Decimal(1)}),
        ("subclass", "an ndarray subclass of somebody's own", subclass),
    ]
    for name, what, value in values:
        for protocol in (0, 2, 4):
            folder.refused("refused-" + name, what, pickle.dumps(value, protocol), protocol)
    by_hand = [
        ("call", "os.system called by REDUCE", b"cposix\nsystem\n(S'true'\ntR."),
        ("inst", "os.system called by INST", b"(S'true'\niposix\nsystem\n."),
        ("obj", "os.system called by OBJ", b"(cposix\nsystem\nS'true'\no."),
        ("newobj", "subprocess.Popen called by NEWOBJ", b"\x80\x02csubprocess\nPopen\n(S'true'\nt\x81."),
        ("stack-global", "os.system called through STACK_GLOBAL", b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."),
        ("popped", "os.system named, then dropped", b"cposix\nsystem\n0N."),
        ("dotted", "a dotted name below a known module", b"\x80\x04\x8c\x05numpy\x8c\x0edtype.__init__\x93."),
        ("near", "a known name of another module", b"cnumpy.evil\n_reconstruct\n."),
        ("build", "a known array, then BUILD on os.system", b"cposix\nsystem\n}b."),
    ]
    for name, what, data in by_hand:
        foreign = {"newobj": "subprocess Popen", "dotted": "numpy dtype.__init__", "near": "numpy.evil _reconstruct"}
        expected = {"refused": foreign.get(name, "posix system")}
        folder.add("refused-hand-%s.pkl" % name, data, "pickle", what + " (assembled by hand)", expected)
    plain = [("none", None), ("true", True), ("int", 5), ("text", "text"), ("bytes", b"\x00\xff"), ("float", 1.5),
             ("complex", 1 + 2j), ("empty-list", []), ("empty-dict", {}), ("dict", {"a": 1, "b": [1, 2, (3,)]}),
             ("bytearray", bytearray(b"xy"))]
    for name, value in plain:
        for protocol in (0, 2, 5):
            folder.refused("plain-" + name, "no array: a plain value", pickle.dumps(value, protocol), protocol)


def write(folder):
    subclasses(folder)
    scalars(folder)
    objects(folder)
    if tag() == "np2":
        string_dtypes(folder)
    methods(folder)
    strangers(folder)
