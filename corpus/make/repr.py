"""What NumPy 2 prints: arrays with their `repr` and `str`, for corpus/repr/.

Usage: python repr.py OUTPUT_FOLDER   (NumPy 2.4; seeded, so that the files are the same each time)

Each file is {"tool", "cases": [...]}; a case is
  {"a": array, "repr": text, "str": text, "o": print options, where not NumPy's own}
and an array
  {"d": dtype, "s": shape, "b": its bytes in C order | "v": its elements, "n": subclass, "f": 1 for Fortran order,
   "m": masked array: {"b": the mask's bytes, or null for nomask, "fill": array, where set, "n": subclass}}
Bytes are base64 of raw deflate. dtypes and plain values are described by `describe_dtype` and `plain` below.
"""
import base64
import itertools
import json
import os
import random
import struct
import sys
import warnings
import zlib

import numpy as np
import numpy.ma.mrecords as mrecords

warnings.simplefilter("ignore")
rng = np.random.default_rng(20250101)
dice = random.Random(20250101)


def pack(data):
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(squeezer.compress(bytes(data)) + squeezer.flush()).decode("ascii")


def describe_dtype(dtype):
    """[kind, byte order, itemsize, more]: kinds are named as in TypeScript."""
    order = {">": "big", "|": "none"}.get(dtype.byteorder, "little")
    if isinstance(dtype, np.dtypes.StringDType):
        more = {"coerce": dtype.coerce}
        if hasattr(dtype, "na_object"):
            more["na"] = plain(dtype.na_object)
        return ["string", "none", 16, more]
    if dtype.names is not None:
        fields = []
        for name in dtype.names:
            entry = dtype.fields[name]
            inner, shape = (entry[0].subdtype or (entry[0], ()))
            field = {"n": name, "d": describe_dtype(inner), "at": entry[1], "s": list(shape)}
            if len(entry) > 2:
                field["t"] = plain(entry[2])
            fields.append(field)
        more = {"fields": fields, "aligned": dtype.isalignedstruct, "record": dtype.type is np.record,
                "alignment": dtype.alignment}
        return ["struct", "none", dtype.itemsize, more]
    kind = {"S": "bytes", "U": "str", "V": "void", "O": "object", "M": "datetime64", "m": "timedelta64"}.get(dtype.kind)
    if kind is None:
        kind = {"g": "longdouble", "G": "clongdouble"}.get(dtype.char, dtype.newbyteorder("=").name)
    if dtype.kind in "Mm":
        return [kind, order, 8, list(np.datetime_data(dtype))]
    return [kind, order, dtype.itemsize]


def plain(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": struct.pack(">d", value).hex()}
    if isinstance(value, complex):
        return {"c": [struct.pack(">d", value.real).hex(), struct.pack(">d", value.imag).hex()]}
    if isinstance(value, bytes):
        return {"b": pack(value)}
    if isinstance(value, tuple):
        return {"t": [plain(v) for v in value]}
    if isinstance(value, list):
        return {"l": [plain(v) for v in value]}
    if isinstance(value, dict):
        return {"m": [[plain(k), plain(v)] for k, v in value.items()]}
    return {"a": describe(value)}


def bytes_of(array):
    """The bytes in C order. Those of long doubles beyond the tenth are left to chance: they become zeros."""
    dtype = array.dtype
    raw = np.frombuffer(array.tobytes(), "u1").reshape(-1, max(dtype.itemsize, 1)).copy()
    if dtype.char in "gG":
        for at in range(0, dtype.itemsize, 16):
            raw[:, at:at + 6] = 0 if dtype.byteorder == ">" else raw[:, at:at + 6]
            raw[:, at + 10:at + 16] = raw[:, at + 10:at + 16] if dtype.byteorder == ">" else 0
    for name in dtype.names or ():
        at = dtype.fields[name][1]
        if dtype[name].char == "g":
            raw[:, at + 10:at + 16] = 0
    return raw.tobytes()


def describe(array):
    if isinstance(array, np.generic):
        return {**describe(np.asarray(array)), "n": "scalar"}
    if isinstance(array, np.ma.MaskedArray):
        out = describe(array._data)
        masked = {"b": None if array._mask is np.ma.nomask else pack(np.asarray(array._mask).tobytes())}
        if array._fill_value is not None:
            masked["fill"] = describe(np.asarray(array._fill_value))
        if type(array) is not np.ma.MaskedArray:
            masked["n"] = type(array).__name__
        out["m"] = masked
        return out
    base = array.view(np.ndarray)
    if array.dtype.type is np.record:
        base = np.asarray(array)
    out = {"d": describe_dtype(array.dtype), "s": list(array.shape)}
    if array.dtype.hasobject or isinstance(array.dtype, np.dtypes.StringDType):
        out["v"] = [plain(v) for v in base.reshape(-1).tolist()] if array.dtype.names is None else None
    else:
        out["b"] = pack(bytes_of(base))
    if base.flags.fnc:
        out["f"] = 1
    if type(array) is not np.ndarray:
        out["n"] = type(array).__name__
    return out


class Table:
    def __init__(self, name):
        self.name = name
        self.cases = []
        self.seen = set()

    def add(self, array, **options):
        with np.printoptions(**options):
            try:
                case = {"a": describe(array), "repr": repr(array), "str": str(array)}
            except (OverflowError, ValueError, AttributeError):  # NumPy cannot print some either
                return
        if options:
            case["o"] = {k: v for k, v in options.items()}
        text = json.dumps(case, ensure_ascii=True, separators=(",", ":"))
        if text not in self.seen:
            self.seen.add(text)
            self.cases.append(text)

    def write(self, folder):
        tool = json.dumps({"numpy": np.__version__, "python": sys.version.split()[0]})
        with open(os.path.join(folder, self.name + ".json"), "w") as out:
            out.write('{"tool":%s,"cases":[\n%s\n]}\n' % (tool, ",\n".join(self.cases)))
        return len(self.cases)


INTS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
FLOATS = ["f2", "f4", "f8", "g"]
COMPLEX = ["c8", "c16", "G"]
SHAPES = [(), (0,), (1,), (2,), (5,), (0, 3), (2, 0, 4), (1, 1), (1, 4), (4, 1), (2, 3), (3, 2, 2), (1, 1, 1, 2), (2, 1, 2, 2)]
OPTIONS = [
    {"precision": 0}, {"precision": 2}, {"precision": 3, "suppress": True}, {"precision": 12}, {"precision": 20}, {"suppress": True},
    {"floatmode": "fixed"}, {"floatmode": "fixed", "precision": 3}, {"floatmode": "unique"}, {"floatmode": "maxprec_equal"},
    {"floatmode": "maxprec_equal", "precision": 4}, {"sign": "+"}, {"sign": " "}, {"sign": "+", "floatmode": "fixed", "precision": 1},
    {"linewidth": 30}, {"linewidth": 1}, {"linewidth": 200}, {"threshold": 3, "edgeitems": 1}, {"threshold": 0}, {"threshold": 4, "edgeitems": 2},
    {"nanstr": "NotANumber", "infstr": "Infinity"}, {"nanstr": "-", "infstr": "8"}, {"edgeitems": 0, "threshold": 2},
    {"precision": 1, "suppress": True, "floatmode": "fixed"}, {"sign": " ", "suppress": True, "precision": 5},
]


def shaped(values, shape, dtype):
    n = int(np.prod(shape, dtype=int))
    flat = np.empty(n, dtype)
    for i in range(n):
        flat[i] = values[i % len(values)]
    return flat.reshape(shape)


def float_sets(dtype):
    info = np.finfo(dtype)
    t = np.dtype(dtype).type
    yield [t(0)]
    yield [t(1), t(2), t(3)]
    yield [t(1.5), t(-2.25), t(1000), t(0.125)]
    yield [t(np.nan), t(1), t(np.inf)]
    yield [t(np.nan), t(-1), t(-np.inf)]
    yield [t(np.nan)]
    yield [t(-np.inf), t(np.nan)]
    yield [t(-0.0), t(0.0)]
    yield [info.max, info.min, info.tiny, info.smallest_subnormal, info.eps]
    yield [info.smallest_subnormal, -info.smallest_subnormal]
    yield [info.max, t(1)]
    yield [t(1) / t(3), t(2) / t(3), t(10) / t(3)]
    yield [t(0.1), t(0.2), t(0.3), t(0.1) + t(0.2)]
    yield [np.nextafter(t(1), t(2)), np.nextafter(t(1), t(0)), t(1)]
    yield [t(1e-4), t(9.9e-5), t(1e-4)]
    yield [t(1e-4)]
    yield [t(9.99e-5), t(1e-3)]
    yield [t(1), t(1000)]
    yield [t(1), t(1001)]
    yield [t(0.001), t(1)]
    yield [t(0.0009), t(1)]
    yield [t(3), t(3000), t(2999)]
    for power in [2, 3, 5, 6, 7, 8, 15, 16, 17, 20]:
        if 10.0 ** power < info.max:
            ten = t(10.0 ** power)
            yield [ten]
            yield [np.nextafter(ten, t(0))]
            yield [np.nextafter(ten, t(np.inf)), ten]
            yield [-ten, ten + t(1)]
    for power in [-1, -3, -4, -5, -8, -9, -20]:
        yield [t(10.0 ** power)]
        yield [t(10.0 ** power), t(1)]
    for power in [-10, -3, 3, 10, 14, 23, 44]:
        yield [t(2.0 ** power), t(2.0 ** -power)] if 2.0 ** power < info.max else [t(2.0 ** -power)]
    yield [t(x) for x in (0.5, 2.5, 0.000000005, 0.000000015, 1 / 512, 3 / 512)]
    yield [t(x) for x in (99.5, 9.5, 0.95, 0.995, 999.5)]
    for scale in [1, 100, 1e-3, 1e4, 1e-6]:
        yield (rng.standard_normal(4) * scale).astype(dtype)
        yield np.round(rng.uniform(0, 10, 6) * scale, 2).astype(dtype)
    width = np.dtype(dtype).itemsize
    if width <= 8:
        bits = rng.integers(0, 2 ** (8 * width - 1), 60, dtype="u8").astype("u%d" % width).view(dtype)
        for i in range(0, 60, 3):
            yield bits[i:i + 3]
        for i in range(0, 60, 5):
            yield bits[i:i + 1]
    else:
        for _ in range(30):
            exponent = int(rng.integers(-16000, 16000)) if rng.random() < 0.5 else int(rng.integers(-60, 60))
            mantissa = np.longdouble(int(rng.integers(2 ** 62, 2 ** 63))) * 2 + int(rng.integers(0, 2))
            yield [np.ldexp(mantissa, exponent), -np.ldexp(mantissa, exponent - 3)]


def numbers():
    table = Table("numbers")
    for code in INTS:
        info = np.iinfo(code)
        sets = [[0], [1, 2, 3], [info.max, info.min], [5, info.max], [info.min, 7, 0], [-1 if info.min else 9, 100, 10]]
        for values, shape in itertools.product(sets, SHAPES[:8] + [(2, 3), (30,), (3, 2, 2)]):
            table.add(shaped(values, shape, code))
        for options in OPTIONS:
            table.add(shaped(dice.choice(sets), (2, 5), code), **options)
        if np.dtype(code).itemsize > 1:
            table.add(shaped(sets[2], (3,), ">" + code))
            table.add(shaped(sets[2], (2, 12), ">" + code))
    for shape in SHAPES + [(30,), (3, 30)]:
        table.add(shaped([True, False, False], shape, "?"))
        table.add(shaped([True], shape, "?"))
        table.add(shaped([False], shape, "?"))
    for options in OPTIONS:
        table.add(shaped([True, False], (2, 5), "?"), **options)
    return table


def floats():
    table = Table("floats")
    for code in FLOATS:
        sets = [list(values) for values in float_sets(code)]
        for values in sets:
            table.add(np.array(values, dtype=code))
            table.add(np.array(values, dtype=code)[0].reshape(()))
            if dice.random() < 0.5:
                table.add(shaped(values, dice.choice(SHAPES), code))
            if dice.random() < 0.2:
                table.add(shaped(values, (3, 9), code))
        for options in OPTIONS:
            for values in dice.sample(sets, 6):
                table.add(np.array(values, dtype=code), **options)
            table.add(shaped(dice.choice(sets), (2, 3), code), **options)
        table.add(shaped(sets[2], (2, 3), np.dtype(code).newbyteorder(">")))
        for shape in SHAPES:
            table.add(shaped([1.5, -2.25], shape, code))
    for code, part in zip(COMPLEX, ["f4", "f8", "g"]):
        sets = [list(values) for values in float_sets(part)]
        for _ in range(90):
            re, im = dice.choice(sets), dice.choice(sets)
            n = max(len(re), len(im))
            array = np.empty(n, code)
            array.real = [re[i % len(re)] for i in range(n)]
            array.imag = [im[i % len(im)] for i in range(n)]
            table.add(array)
            table.add(array[:1].reshape(()))
            if dice.random() < 0.3:
                table.add(array, **dice.choice(OPTIONS))
        for shape in SHAPES:
            table.add(shaped([1.5 + 2j, -2.25j], shape, code))
        table.add(shaped([1 + 2j], (2,), np.dtype(code).newbyteorder(">")))
    return table


WORDS = ["", "a", "abc", "it's", 'say "hi"', "both ' and \"", "back\\slash", "tab\tnew\nline\r", "caf\u00e9", "\u6e29\u5ea6", "\U0001f30a",
         "\x00inside", "\x7f\x80\x9f\xa0\xad", "\u200b\u2028\ufeff", "\ud800", "\ue000\U000e0001", "e\u0301", " lead", "trail "]


def texts():
    table = Table("texts")
    for word in WORDS:
        table.add(np.array([word]))
        table.add(np.array(word))
        table.add(np.array([word, "x"], dtype=np.dtypes.StringDType()) if "\ud800" not in word else np.array([word, "x"]))
        raw = word.encode("utf-8", "surrogatepass")
        table.add(np.array([raw]))
        table.add(np.array(raw))
        table.add(np.array([raw, b"q"]))
        table.add(np.ma.array([word, "y"], mask=[0, 1]))
        table.add(np.ma.array([raw, b"y"], mask=[1, 0]))
        table.add(np.array([word, "x"]).view(np.char.chararray))
        table.add(np.array([raw, b"x "]).view(np.char.chararray))
    for kind in ["S", "U", "S3", "U7", ">U4"]:
        for shape in SHAPES + [(12,), (3, 8)]:
            table.add(shaped(["a", "bcd", ""], shape, kind if kind[-1].isdigit() else kind + "3"))
            table.add(np.zeros(shape, kind))
    for n in [0, 1, 3, 8]:
        for shape in [(), (0,), (2,), (2, 3), (9,)]:
            data = rng.integers(0, 256, (*shape, n), dtype="u1")
            table.add(np.frombuffer(data.tobytes(), "V%d" % n).reshape(shape) if n and data.size else np.zeros(shape, "V%d" % n))
    for options in OPTIONS:
        table.add(shaped(["longer text here", "b", "\u6e29\u5ea6"], (2, 4), "U16"), **options)
        table.add(shaped([b"longer text here", b"b"], (9,), "S16"), **options)
    for na in [None, float("nan"), "missing", "__na__"]:
        dtype = np.dtypes.StringDType(na_object=na)
        table.add(np.array(["a", na, "b'"], dtype=dtype))
        table.add(np.array([na], dtype=dtype))
    table.add(np.array(["a", "b"], dtype=np.dtypes.StringDType(coerce=False)))
    table.add(np.array("a", dtype=np.dtypes.StringDType()))
    table.add(np.ma.array(np.array(["a", "b"], dtype=np.dtypes.StringDType()), mask=[0, 1]))
    return table


UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "25us", "2h", "3W", "7D", "10Y", "5M", "15m", "100ns"]


def times():
    table = Table("times")
    nat = -2 ** 63
    sets = [[0], [1, -1], [nat], [0, nat, 12345], [2 ** 31, -2 ** 31], [-719528, -719529, 0], [10 ** 12, -10 ** 12], [nat + 1, 2 ** 63 - 1]]
    for unit, kind in itertools.product(UNITS, "Mm"):
        dtype = "%s8[%s]" % (kind, unit)
        for values in sets + [rng.integers(-10 ** 9, 10 ** 9, 3).tolist(), rng.integers(-10 ** 5, 10 ** 5, 4).tolist()]:
            if kind == "M" and values[0] == nat + 1:
                continue
            array = np.array(values, "i8").view(dtype)
            table.add(array)
            table.add(array[-1:].reshape(()))
            table.add(np.ma.array(array, mask=[i % 2 == 1 for i in range(len(values))]))
            table.add(np.ma.array(array[-1:].reshape(()), mask=np.array(False)))
            table.add(array[0])
        table.add(np.zeros((2, 3), dtype))
        table.add(np.zeros(0, dtype))
        table.add(np.array([1, 2, nat], "i8").view(dtype).astype(np.dtype(dtype).newbyteorder(">")))
        table.add(np.array([0, 5], "i8").view(dtype), **dice.choice(OPTIONS))
    for values in sets[:4]:
        table.add(np.array(values, "i8").view("m8"))
        table.add(np.ma.array(np.array(values, "i8").view("m8"), mask=False))
    table.add(np.array([nat, nat], "i8").view("M8"))
    table.add(np.ma.array(np.array([nat, nat], "i8").view("M8"), mask=[0, 1]))
    return table


STRUCTS = [
    [("a", "<i4")],
    [("a", "<i4"), ("b", "<f8")],
    [("a", "?"), ("b", "S3"), ("c", "<U2")],
    [("a", "<f4"), ("b", ">i2"), ("c", "V2")],
    [("a", "<f8", (2,)), ("b", "i1", (2, 2))],
    [("a", [("x", "<i2"), ("y", "<f4")]), ("b", "u1")],
    [("a", [("x", "<i2", (2,)), ("y", "?")], (2,))],
    [("when", "<M8[s]"), ("span", "<m8[ms]"), ("z", "<c16")],
    [(("Title", "a"), "<i4"), ("b", "<f2")],
    {"names": ["a", "b"], "formats": ["<i4", "<f8"], "offsets": [4, 16], "itemsize": 32},
    {"names": ["b", "a"], "formats": ["u1", "u1"], "offsets": [1, 0]},
    {"names": ["a"], "formats": ["<f8"], "offsets": [0], "titles": ["t"], "itemsize": 12},
    {"names": ["q'", "\u6e29"], "formats": ["<g", "u1"]},
    {"names": ["a", "b"], "formats": [("<f8", (2,)), "u1"], "offsets": [0, 17], "itemsize": 20},
    [],
]


def fill_struct(dtype, shape):
    n = int(np.prod(shape, dtype=int))
    array = np.zeros(n, dtype)
    for name in dtype.names or ():
        field = array[name]
        if field.dtype.names is not None:
            array[name] = fill_struct(field.dtype, field.shape)
        elif field.dtype.kind in "SU":
            array[name] = [dice.choice(["a", "it's", "xyz"]) for _ in range(n)]
        elif field.dtype.kind == "b":
            array[name] = rng.integers(0, 2, field.shape)
        elif field.dtype.kind == "V":
            continue
        elif field.dtype.kind in "Mm":
            array[name] = rng.integers(-1000, 10 ** 6, field.shape).astype(field.dtype)
        elif field.dtype.kind in "iu":
            array[name] = rng.integers(0, 100, field.shape)
        else:
            array[name] = np.round(rng.standard_normal(field.shape) * 10, dice.choice([0, 1, 2]))
    return array.reshape(shape)


def structs():
    table = Table("structs")
    for spec in STRUCTS:
        for align in (False, True):
            dtype = np.dtype(spec, align=align) if not isinstance(spec, dict) or not align else None
            if dtype is None:
                continue
            for shape in [(), (0,), (3,), (2, 2)]:
                array = fill_struct(dtype, shape)
                table.add(array)
                if dtype.names:
                    table.add(array.view(np.recarray))
                    table.add(np.asarray(array.view(np.recarray)))
                    form = np.ma.make_mask_descr(dtype)
                    bits = rng.integers(0, 2, array.size * form.itemsize, dtype="u1")
                    mask = np.frombuffer(bits.tobytes(), form).reshape(shape) if array.size else np.zeros(shape, form)
                    table.add(np.ma.array(array))
                    table.add(np.ma.array(array, mask=mask))
                    table.add(np.ma.array(array, mask=True))
                    if shape == (3,):
                        masked = np.ma.array(array, mask=mask)
                        masked.fill_value
                        table.add(masked)
                        table.add(masked[1])
                        if all(dtype[n].shape == () and dtype[n].names is None for n in dtype.names):
                            table.add(masked.view(mrecords.MaskedRecords))
                            table.add(masked[:1].view(mrecords.MaskedRecords))
                    if dice.random() < 0.5:
                        options = dice.choice(OPTIONS)
                        table.add(array, **options)
                        table.add(np.ma.array(array, mask=mask), **options)
    for shape in [(), (3,), (2, 2)]:
        table.add(np.zeros(shape, "<i4").view(np.recarray))
        table.add(np.zeros(shape, "<f8").view(np.recarray))
    wide = np.dtype([("v", "<f8", (40, 30)), ("n", "<i4")])
    table.add(np.zeros(2, wide))
    table.add(fill_struct(np.dtype([("v", "<i2", (3, 5)), ("n", "<i4")]), (2,)), threshold=10, edgeitems=1)
    return table


def masked():
    table = Table("masked")
    for code in ["?", *INTS, *FLOATS, *COMPLEX, ">i4", ">f8", ">f4"]:
        for shape in SHAPES + [(30,), (2, 20)]:
            if np.dtype(code).kind in "fc":
                array = np.round(rng.standard_normal(shape) * 10, 2).astype(code)
            else:
                array = rng.integers(0, 100, shape).astype(code)
            array = np.asarray(array).reshape(shape)
            mask = rng.integers(0, 2, shape).astype(bool)
            how = dice.randrange(6)
            for made in ([np.ma.array(array, mask=mask), np.ma.array(array)] + ([np.ma.array(array, mask=True)] if how < 2 else [])
                         + ([np.ma.array(array, mask=False)] if how > 3 else [])):
                table.add(made)
            made = np.ma.array(array, mask=mask, fill_value=1)
            table.add(made)
            if how == 3:
                made = np.ma.array(array, mask=mask)
                made.fill_value
                table.add(made)
                table.add(np.ma.array(array, mask=mask), **dice.choice(OPTIONS))
    for value in [1e20, 1e-5, 0.1, np.nan, np.inf, -0.0, 123456789.0, 1e6, 3]:
        for code in ["f2", "f4", "f8", "g", "c8", "c16", "G"]:
            table.add(np.ma.array([1, 2], mask=[0, 1], dtype=code, fill_value=value))
    table.add(np.ma.array(np.array(["a", "b"]), mask=[0, 1], fill_value="it's"))
    table.add(np.ma.array(np.array([b"a", b"b"]), mask=[0, 1], fill_value=b"zz"))
    table.add(np.ma.array(np.zeros(2, "V3"), mask=[0, 1]))
    table.add(np.ma.array(np.matrix([[1, 2], [3, 4]]), mask=[[0, 1], [0, 0]]))
    table.add(np.ma.array(np.matrix([[1.5, 2]]), mask=[[0, 1]]))
    table.add(np.ma.masked)
    return table


OBJECTS = [
    [None], [1, "a", None, 2.5], [[1, 2], [3]], [(1,), (), (1, 2)], [{"a": 1}, {}], [b"x", 1j, 1 + 2j, complex(0.0, -1), complex(-0.0, 2)],
    [True, False], [10 ** 30, -5], [0.1, 1e16, 1e-5, float("nan"), float("inf"), -0.0], ["it's", 'a"b', "\n", "\u6e29\U0001f30a"],
    [np.array([1, 2]), 3], [np.array([[1, 2], [3, 4]]), np.array([1.5])], [[None, [1, (2,)]]], [{"k": [1, {"z": ()}]}],
    [np.float32(2.5), np.int8(3)], [np.ma.array([1, 2], mask=[0, 1]), 1],
]


def objects():
    table = Table("objects")
    for values in OBJECTS:
        array = np.empty(len(values), object)
        for i, value in enumerate(values):
            array[i] = value
        table.add(array)
        table.add(array[:1].reshape(()))
        table.add(np.ma.array(array, mask=[i % 2 == 0 for i in range(len(values))]))
        table.add(np.ma.array(array))
        table.add(array, **dice.choice(OPTIONS))
        for shape in [(2, 3), (12,), (2, 2, 3)]:
            big = np.empty(int(np.prod(shape)), object)
            for i in range(big.size):
                big[i] = values[i % len(values)]
            table.add(big.reshape(shape))
            table.add(np.ma.array(big.reshape(shape), mask=rng.integers(0, 2, shape)))
    table.add(np.zeros((0, 2), object))
    return table


def shapes():
    table = Table("shapes")
    for code in ["i8", "f8", "f4", "?", "c16", "U3", "M8[D]"]:
        for shape in [(1000,), (1001,), (2000,), (2, 600), (600, 2), (11, 10, 10), (40, 30), (4, 6, 50), (1001, 1), (1, 1001), (7, 7, 7, 7), (6, 200), (7, 200), (0, 2000)]:
            n = int(np.prod(shape))
            base = np.arange(n) % 300
            array = (base / 4 if code in ("f8", "f4", "c16") else base).astype(code).reshape(shape)
            table.add(array)
            if code in ("i8", "f8", "U3"):
                mask = (base % 3 == 1).reshape(shape)
                table.add(np.ma.array(array, mask=mask))
    for shape in [(1500,), (1501,), (5000,), (101, 3), (3, 101), (120, 120), (101, 1, 2)]:
        n = int(np.prod(shape))
        array = (np.arange(n) % 400).reshape(shape)
        table.add(np.ma.array(array, mask=(array % 5 == 0)))
        table.add(np.ma.array(array * 0.5, mask=(array % 7 == 0)))
    for shape in [(2, 3), (3, 2, 2), (30, 40)]:
        array = np.asfortranarray(np.arange(np.prod(shape)).reshape(shape))
        table.add(array)
        table.add(np.ma.array(array, mask=array % 2 == 0))
    for rows in [[[1, 2], [3, 4]], [[1.5]], [[1, 2, 3]], [[1], [2]]]:
        table.add(np.matrix(rows))
    table.add(np.matrix(np.arange(1200).reshape(30, 40)))
    for shape in [(1,) * 8, (2,) * 6, (1,) * 40, (3, 0, 5)]:
        table.add(np.zeros(shape))
    wide = np.arange(40) * 123456
    for width in [20, 40, 75, 76, 120]:
        table.add(wide, linewidth=width)
        table.add(wide.astype("f4"), linewidth=width)
        table.add(np.ma.array(wide, mask=wide % 2 == 0), linewidth=width)
    for n in range(8, 26):
        table.add(np.arange(n, dtype="i2"))
        table.add(np.arange(n) / 8.0)
        table.add(np.arange(n, dtype="f4"))
    return table


LONG_TEXTS = ["0", "-0", "1", "-1.5", "0.1", "1e-4", "3.14159265358979323846264338327950288", "1e4932", "1.18973149535723176502e+4932",
              "3.3621031431120935063e-4932", "3.6e-4951", "1.8e-4951", "1.9e-4951", "1e-5000", "123456789012345678901234567890", "9007199254740993",
              "18446744073709551617", "36893488147419103233", "36893488147419103235", "1e22", "1e23", "1e27", "1e28", "5e-324", "2.2250738585072014e-308",
              "1.7976931348623157e308", "0.3333333333333333333333333333", ".5", "5.", "+7e+2", "000123.4500", "1E5",
              "1.00000000000000000005421010862427522170037264004349708557128906250",
              "1.00000000000000000005421010862427522170037264004349708557128906251"]


def scalars(folder):
    """Long doubles from text, as [text, the ten bytes, str, float64]; dates as [text, unit, count]."""
    longs = []
    texts = LONG_TEXTS + ["%s%de%d" % (dice.choice(["", "-"]), dice.randrange(10 ** dice.randrange(1, 30)), dice.randrange(-4960, 4900)) for _ in range(300)]
    texts += ["%d.%d" % (dice.randrange(1000), dice.randrange(10 ** 25)) for _ in range(100)]
    for text in texts:
        value = np.longdouble(text)
        if np.isfinite(value):
            longs.append([text, value.tobytes()[:10].hex(), str(value), struct.pack(">d", float(value)).hex()])
    dates = []
    for text in ["1970-01-01", "1969-12-31T23:59:59", "2000-02-29", "1900-02-28T12", "0001-01-01", "0000-01-01", "-0001-12-31", "9999-12-31T23:59:59.999999999",
                 "2020-01-02T03:04:05.678901234567", "1970-01-01T00:00:00.000000000000000001", "2262-04-11", "1582-10-15", "2024-02-29T00:00:00.5",
                 "10000-01-01", "-290000-01-01", "2020", "2020-06", "NaT", "2020-01-02T03:04", "1677-09-21T00:12:44"]:
        for unit in UNITS:
            try:
                count = np.datetime64(text).astype("M8[%s]" % unit).view("i8").item()
                made = np.datetime64(text, unit.lstrip("0123456789")).astype("M8[%s]" % unit).view("i8").item()
            except (OverflowError, ValueError, TypeError):
                continue
            # NumPy lets counts of fine units overflow, which is no reading of a date.
            fine = ["s", "ms", "us", "ns", "ps", "fs", "as"]
            power = 3 * fine.index(unit.lstrip("0123456789")) if unit.lstrip("0123456789") in fine else 0
            seconds = 0 if text == "NaT" else int(np.datetime64(text.split(".")[0], "s").astype("i8"))
            if made == count and abs(seconds) * 10 ** power < 2 ** 63:
                dates.append([text, unit, str(count)])
    with open(os.path.join(folder, "scalars.json"), "w") as out:
        tool = json.dumps({"numpy": np.__version__, "python": sys.version.split()[0]})
        out.write('{"tool":%s,"longdoubles":[\n%s\n],"dates":[\n%s\n]}\n' % (
            tool, ",\n".join(map(json.dumps, longs)), ",\n".join(map(json.dumps, dates))))
    return len(longs) + len(dates)


if __name__ == "__main__":
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for make in [numbers, floats, texts, times, structs, masked, objects, shapes]:
        print(make.__name__, make().write(folder))
    print("scalars", scalars(folder))
