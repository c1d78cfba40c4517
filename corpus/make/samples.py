"""The dtypes of the corpus and, for each, values worth trying. Seeded by name: every run makes the same arrays."""
import random
import struct
import zlib

import numpy as np

FLOAT_BITS = {
    2: ["0000", "8000", "3e00", "7e01", "fd55", "7c00", "fc00", "0001", "7bff", "0400"],
    4: ["00000000", "80000000", "3fc00000", "7fc12345", "ffa00001", "7f800000", "ff800000", "00000001", "7f7fffff",
        "00800000"],
    8: ["0000000000000000", "8000000000000000", "3ff8000000000000", "7ff8dead00beef01", "fff4000000000001",
        "7ff0000000000000", "fff0000000000000", "0000000000000001", "7fefffffffffffff", "0010000000000000"],
    # x86 extended precision: sign and exponent, then the 64-bit significand; six bytes of padding follow.
    16: ["00000000000000000000", "80000000000000000000", "3fffc000000000000000", "7fffc000dead00beef01",
         "ffffa000000000000001", "7fff8000000000000000", "ffff8000000000000000", "00000000000000000001",
         "7ffeffffffffffffffff", "00018000000000000000"],
}
WORDS = [u"", u"a", u"caf\u00e9", u"\u6e29\u5ea6", u"\U0001f30a!", u"x\u0000y", u"\ud834", u"tail ", u"\uffff",
         u"\U0010ffff", u"z\udc00z", u"naive"]
BYTE_WORDS = [b"", b"a", b"caf\xe9", b"\xff\xfe", b"x\x00y", b"tail ", b"\x80", b"bytes", b"\n\r\x1a\\", b"'\""]
TEN = [-1, 0, 1, 2]
OBJECTS = [None, True, 7, -(10 ** 30), 1.5, u"text \u6e29 \U0001f30a", b"\x00\xff", [1, [2.5, None]],
           {u"k": [1, u"v"], 3: (1, 2)}, (u"t", -1), 2 + 3j, 2 ** 31, float("inf"), u"", b"", False, -129, 65536]


def rng_for(name):
    return random.Random(zlib.crc32(name.encode("utf-8")) & 0xFFFFFFFF)


def random_bytes(rng, count):
    return bytes(bytearray(rng.getrandbits(8) for _ in range(count)))


def integers(dtype, count, rng):
    info = np.iinfo(dtype)
    low, high = int(info.min), int(info.max)
    values = [low, high, 0, 1, high - 1, low + 1, high // 2 + 1] + [rng.randint(low, high) for _ in range(count)]
    return np.array(values[:count], dtype=dtype.newbyteorder("="))


def float_words(size, count, rng):
    width = 10 if size == 16 else size
    words = [bytes(bytearray.fromhex(bits)) for bits in FLOAT_BITS[size]]
    while len(words) < count:
        if size == 16:
            word = struct.pack(">HQ", rng.randint(0x3F00, 0x40FF), rng.getrandbits(64) | 1 << 63)
        else:
            word = random_bytes(rng, size)
        words.append(word)
    return [word[::-1].ljust(size, b"\0") for word in words[:count]], width


def sample(dtype, count, name="sample"):
    """A fresh, writable, one-dimensional array of `count` elements of `dtype`, padding bytes zero."""
    rng = rng_for(name + str(dtype))
    return fill(np.dtype(dtype), count, rng)


def fill(dtype, count, rng):
    kind = dtype.kind
    if dtype.names is not None:
        out = np.zeros(count, dtype=dtype)
        for field in dtype.names:
            inner = dtype.fields[field][0]
            base, shape = inner.subdtype or (inner, ())
            many = int(np.prod(shape, dtype=int))
            if base.itemsize or base.hasobject:
                out[field] = fill(base, count * many, rng).reshape((count,) + tuple(shape))
        return out
    if kind == "O":
        out = np.empty(count, dtype=dtype)
        for i in range(count):
            out[i] = OBJECTS[i % len(OBJECTS)]
        return out
    if kind == "T":
        words = [w for w in WORDS if not any(0xD800 <= ord(c) <= 0xDFFF for c in w)] + [u"longer than fifteen bytes"]
        return np.array([words[i % len(words)] for i in range(count)], dtype=dtype)
    if dtype.itemsize == 0:
        return np.zeros(count, dtype=[("empty", dtype)])["empty"]
    if kind == "b":
        return np.frombuffer(bytes(bytearray(rng.getrandbits(1) for _ in range(count))), dtype=dtype).copy()
    if kind in "iu":
        native = integers(dtype, count, rng)
        return native.astype(dtype)
    if kind in "fc":
        size = dtype.itemsize // (2 if kind == "c" else 1)
        words, _ = float_words(size, count * (2 if kind == "c" else 1), rng)
        if kind == "c":
            words = words[:count * 2:2] + words[1::2] if count * 2 <= 4 else words
        if dtype.str[0] == ">":
            words = [word[::-1] for word in words]
        return np.frombuffer(b"".join(words), dtype=dtype).copy()
    if kind in "mM":
        values = [0, -2 ** 63, 1, -1, 2 ** 62, 1700000000] + [rng.randint(-2 ** 40, 2 ** 40) for _ in range(count)]
        code = dtype.str[0] + "i8"
        return np.array(values[:count], dtype="i8").astype(code).view(dtype)
    if kind == "S":
        return np.array([BYTE_WORDS[i % len(BYTE_WORDS)][:dtype.itemsize] for i in range(count)], dtype=dtype)
    if kind == "U":
        out = np.zeros(count, dtype=dtype)
        points = out.view(dtype.str[0] + "u4").reshape(count, dtype.itemsize // 4)
        for i in range(count):
            text = [ord(c) for c in WORDS[i % len(WORDS)]][:dtype.itemsize // 4]
            points[i, :len(text)] = text
        return out
    if kind == "V":
        return np.frombuffer(random_bytes(rng, count * dtype.itemsize), dtype=dtype).copy()
    raise TypeError("no sample of " + str(dtype))


NATIVE = ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "f16", "c8", "c16", "c32"]
SWAPPED = [">i2", ">u2", ">i4", ">u4", ">i8", ">u8", ">f2", ">f4", ">f8", ">f16", ">c8", ">c16", ">c32"]
TEXTS = ["S1", "S5", "S33", "U1", "U7", ">U3", "V1", "V3", "V16"]
UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"]
TIMES = ["M8[25us]", "m8[25us]", "M8[7D]", "m8[10ms]", "M8[3M]", "M8", "m8", ">M8[s]", ">m8[ns]", ">M8[2h]", ">M8"]
EMPTY_ITEMS = ["S0", "U0", "V0"]


def slug(code):
    return code.replace(">", "be-").replace("[", "-").replace("]", "")


def simple_dtypes(every_unit=True):
    units = UNITS if every_unit else ["Y", "D", "ns"]
    times = ["%s[%s]" % (kind, unit) for kind in ("M8", "m8") for unit in units] + TIMES
    return [(slug(code), np.dtype(code)) for code in NATIVE + SWAPPED + TEXTS + times]


def structured_dtypes():
    """(name, dtype): made by functions, so that no two share an object inside."""
    return [
        ("simple", np.dtype([("id", "<i4"), ("pos", "<f8")])),
        ("one", np.dtype([("only", "<f4")])),
        ("nested", np.dtype([("id", "i1"), ("pos", [("x", "<f4"), ("y", "<f4")]), ("m", "<i2", (2, 3))])),
        ("subarrays", np.dtype([("v", "<f8", (3,)), ("w", "u1", (2, 2)), ("s", "S2", 2)])),
        ("subarray-zero", np.dtype([("v", "<f8", (0,)), ("n", "<i4")])),
        ("subarray-one", np.dtype([("v", "<f8", (1,)), ("n", "<i4", (1, 1))])),
        ("deep", np.dtype([("l1", [("l2", [("l3", [("l4", "<u2")]), ("side", "<i8")])]), ("top", "?")])),
        ("nested-subarray", np.dtype([("grid", [("u", "<f4"), ("v", "<f4", (2,))], (2,)), ("n", "u1")])),
        ("swapped", np.dtype([("p", ">i2"), ("q", ">f8"), ("r", "<i4"), ("t", ">U2")])),
        ("texts", np.dtype([("name", "<U4"), ("code", "S3"), ("raw", "V2")])),
        ("times", np.dtype([("when", "<M8[D]"), ("took", "<m8[ms]")])),
        ("repeated", np.dtype([("i", "<i4"), ("j", "<i4"), ("k", "<f8"), ("l", "<f8"), ("m", "S4"), ("n", "S4")])),
        ("every", np.dtype([("c%d" % i, code) for i, code in enumerate(NATIVE)])),
        ("latin1", np.dtype([(u"temp\u00e9rature", "<f4"), (u"n\u00ba", "<i4")])),
        ("unicode", np.dtype([(u"\u6e29\u5ea6", "<f4"), (u"\U0001f30a", "i1")])),
        ("odd-names", np.dtype([("with space", "u1"), ("it's \"q\"", "u1"), ("back\\slash", "u1"), ("nl\n", "u1"),
                                ("__proto__", "u1"), ("constructor", "u1"), ("0", "u1")])),
        ("record", np.dtype((np.record, [("x", "<f8"), ("n", "<i2")]))),
    ]


def padded_dtypes():
    return [
        ("aligned", np.dtype([("c", "i1"), ("d", "<f8"), ("s", "S3")], align=True)),
        ("aligned-nested", np.dtype([("c", "i1"), ("in", np.dtype([("h", "<i2"), ("q", "<f8")], align=True))],
                                    align=True)),
        ("offsets", np.dtype({"names": ["u", "v"], "formats": ["<u2", "<f4"], "offsets": [3, 9], "itemsize": 20})),
        ("trailing", np.dtype({"names": ["n"], "formats": ["<i4"], "offsets": [0], "itemsize": 7})),
        ("empty-items", np.dtype([("s", "S0"), ("n", "<i4"), ("v", "V0"), ("u", "U0")])),
        ("titles", np.dtype([(("Title of x", "x"), "<f4"), (("why", "y"), "<i8")])),
    ]


def odd_layouts():
    """What only pickles are tried with: NPY headers cannot say most of it."""
    return [
        # No masked array can be made of this one: NumPy has no default fill value for a multiple of a unit.
        ("times-multiple", np.dtype([("when", "<M8[25us]"), ("took", ">m8[7D]")])),
        ("overlapping", np.dtype({"names": ["low", "whole"], "formats": ["u1", "<u4"], "offsets": [0, 0]})),
        ("backwards", np.dtype({"names": ["late", "early"], "formats": ["<f4", "<i2"], "offsets": [4, 0]})),
    ]


def fresh_text(text):
    """An equal string that is another object, as when a name came from a file rather than from source code.

    Of one-character texts CPython keeps two: the interned one that source code holds and the cached one made here.
    """
    return u"".join([text[:1], text[1:]]) if len(text) > 1 else text.encode("utf-8").decode("utf-8")


def fresh_names(dtype):
    """An equal dtype none of whose names, nor inner dtypes, is the same object."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return np.dtype((fresh_names(base), shape))
    if dtype.names is None:
        return np.dtype(dtype.str) if not dtype.metadata else dtype
    fields = [dtype.fields[name] for name in dtype.names]
    spec = {
        "names": [fresh_text(name) for name in dtype.names],
        "formats": [fresh_names(field[0]) for field in fields],
        "offsets": [field[1] for field in fields],
        "itemsize": dtype.itemsize,
    }
    if any(len(field) > 2 for field in fields):
        spec["titles"] = [fresh_text(field[2]) if len(field) > 2 else None for field in fields]
    made = np.dtype(spec, align=dtype.isalignedstruct, **({"metadata": dict(dtype.metadata)} if dtype.metadata else {}))
    return np.dtype((np.record, made)) if dtype.type is np.record else made
