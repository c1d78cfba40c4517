"""Results of NumPy's own operations, for packages/core/test/ops*.test.ts to repeat.

    python corpus/make/ops.py        (NumPy 2; writes corpus/ops/ops.json)

The file: {"numpy": version, "arrays": [array...], "cases": [[section, op, [argument...], options, result]...]}.
An array is {"d": dtype.str or descr, "s": shape, "b": base64 of its bytes in C order, "m": base64 of its mask, or 0 for nomask;
no "m" for a plain ndarray}. An argument is the index of an array, {"i": "int"}, {"f": repr}, {"b": bool} or {"t": text}.
A result is an array, {"masked": true}, or {"error": exception class}.
"""
import base64
import itertools
import json
import os
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")
rng = np.random.default_rng(20250101)

INTS = ["i1", "i2", "i4", "i8"]
UINTS = ["u1", "u2", "u4", "u8"]
FLOATS = ["f2", "f4", "f8"]
COMPLEX = ["c8", "c16"]
SIMPLE = ["?"] + INTS + UINTS + FLOATS + COMPLEX
TIMES = ["M8[D]", "M8[ns]", "m8[s]", "m8[D]"]

arrays, index, cases = [], {}, []


def b64(raw):
    return base64.b64encode(raw).decode()


def descr(dt):
    return dt.str if dt.names is None else [list(f) for f in dt.descr]


def encode(x):
    a = np.asarray(np.ma.getdata(x))
    out = {"d": descr(a.dtype), "s": list(a.shape), "b": b64(a.tobytes())}
    if isinstance(x, np.ma.MaskedArray):
        out["m"] = 0 if x.mask is np.ma.nomask else b64(np.asarray(x.mask).tobytes())
    return out


def put(x):
    e = encode(x)
    key = json.dumps(e)
    if key not in index:
        index[key] = len(arrays)
        arrays.append(e)
    return index[key]


def argument(x):
    if isinstance(x, np.ndarray):
        return put(x)
    if isinstance(x, bool):
        return {"b": x}
    if isinstance(x, int):
        return {"i": str(x)}
    if isinstance(x, str):
        return {"t": x}
    return {"f": repr(x)}


def case(section, op, args, call, **options):
    try:
        r = call()
        if r is np.ma.masked:
            result = {"masked": True}
        else:
            result = encode(r if isinstance(r, np.ma.MaskedArray) else np.asarray(r))
    except Exception as e:  # noqa: BLE001 - which one NumPy raises is the result
        result = {"error": type(e).__name__}
    cases.append([section, op, [argument(a) for a in args], options, result])


def edge(dt, shape=(3, 4), seed=0):
    """Values of a dtype with its extremes among them."""
    n = int(np.prod(shape))
    r = np.random.default_rng(7 + seed)
    d = np.dtype(dt)
    if d.kind == "b":
        a = r.integers(0, 2, n).astype(bool)
    elif d.kind in "iu":
        info = np.iinfo(d)
        a = r.integers(max(info.min, -9), min(info.max, 12), n).astype(d)
        ends = [info.min, info.max, 0, 1] if seed % 2 == 0 else [1, 0, info.max, info.min]
        a[: min(4, n)] = np.array(ends, d)[: min(4, n)]
    elif d.kind == "f":
        a = (r.standard_normal(n) * 10).astype(d)
        ends = [0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(d).tiny] if seed % 2 == 0 else [-1.5, 0, np.nan, 2, 3, 0.5]
        a[: min(6, n)] = np.array(ends, d)[: min(6, n)]
    elif d.kind == "c":
        a = (r.standard_normal(n) * 10 + 1j * r.standard_normal(n)).astype(d)
        a[: min(3, n)] = np.array([0, 1j, -2], d)[: min(3, n)]
    elif d.kind in "mM":
        a = r.integers(-1000, 20000, n).astype("i8").view(np.dtype(d.str))
        a[:1] = np.array(["NaT"], d)
    elif d.kind in "SU":
        a = np.array(["", "a", "abc", "ab", "zz", "b", "AB", "0", "12", "-3", "é" if d.kind == "U" else "e", "abd"])[np.arange(n) % 12].astype(d)
    else:
        raise ValueError(dt)
    return a.reshape(shape)


def tame(dt, shape=(3, 4), seed=0):
    """Small, finite values."""
    d = np.dtype(dt)
    n = int(np.prod(shape))
    r = np.random.default_rng(11 + seed)
    if d.kind == "b":
        a = r.integers(0, 2, n)
    elif d.kind == "u":
        a = r.integers(0, 9, n)
    elif d.kind == "i":
        a = r.integers(-9, 9, n)
    elif d.kind == "c":
        a = r.standard_normal(n) + 1j * r.standard_normal(n)
    elif d.kind in "mM":
        a = r.integers(0, 5000, n)
    else:
        a = r.standard_normal(n) * 4
    return a.astype(d).reshape(shape)


def some_mask(shape=(3, 4), seed=0):
    return np.random.default_rng(3 + seed).random(shape) < 0.3


def row_mask(shape=(3, 4)):
    m = some_mask(shape, 5)
    m[1] = True
    return m


def variants(a, seed=0):
    """The same values plain, with nomask, and with a mask."""
    yield a
    yield np.ma.array(a)
    yield np.ma.array(a, mask=some_mask(a.shape, seed))


# --- casts -----------------------------------------------------------------------------------------------------------
def casts():
    kinds = SIMPLE + ["g", "G", "S6", "U6"] + TIMES + ["m8[ms]", "M8[M]", "M8[25us]", "V6"]
    for src in kinds:
        for dst in kinds + ["S", "U", ">i4", ">f8", ">U4"]:
            s, d = np.dtype(src), np.dtype(dst)
            if s.kind in "SU" and d.char == "G":
                continue  # NumPy leaves the imaginary part to chance
            if s.kind in "SU":
                a = np.array(["1", "12" if d.char in "gGm" else " 12 ", "-3", "0"] if d.kind in "biufcm" and d.kind != "b" else ["2020-02-29", "NaT", "1969-12-31"] if d.kind == "M" else ["", "a", "é" if s.kind == d.kind == "U" else "e", "abcdef"], s)
                if d.kind == "u":
                    a = np.array(["1", "7"], s)
                if d.kind == "M":
                    a = np.array(["2020-02-29", "NaT", "1969-12-31"], "S10" if s.kind == "S" else "U10")
            elif s.kind == "V":
                a = np.array([b"abc", b"\x00\xff\x01abc"], s)
            elif s.char in "gG":
                a = np.array([0, 1.5, -2.25, 100, 65.75, -0.0], s)
                if d.kind == "u":
                    a = np.abs(a)
            elif s.kind in "fc" and d.kind in "iumM":
                a = np.array([0, -0.0, 1.5, 2.75, 100.9, 7], s)  # outside an integer's range C leaves it undefined
                if d.kind in "imM":
                    a = np.concatenate([a, np.array([-1.5, -100.25], s)])
            else:
                a = edge(s, (12,))
            if s.char in "gG" and d.kind in "SU":
                a = np.array([0, 1.5, -2.25, 100], s)
            case("cast", "astype", [a, np.dtype(dst).str if dst not in "SU" else dst], lambda a=a, d=dst: a.astype(d))
    text = np.array([1.5, 1e16, 123456789.125, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, 0.1, 100, -2.5e-7, np.nan, -np.inf])
    for d in FLOATS + COMPLEX:
        case("cast", "astype", [text.astype(d), "U"], lambda d=d: text.astype(d).astype("U"))
    for d in TIMES + ["M8[h]", "M8[s]", "M8[us]", "M8[Y]", "M8[W]", "M8[fs]", "m8[Y]", "m8[W]", "m8"]:
        a = np.array([0, 1, -1, 12345, -54321], "i8").view(d)
        case("cast", "astype", [a, "U"], lambda a=a: a.astype("U"))
        for e in ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "7D", "25s"]:
            t = np.dtype(d).kind + "8[" + e + "]"
            case("cast", "astype", [a, np.dtype(t).str], lambda a=a, t=t: a.astype(t))
    rec = np.array([(1, 2.5, b"ab"), (-3, -0.5, b"c")], [("x", "<i2"), ("y", ">f4"), ("z", "S3")])
    for t in [[("a", "f8"), ("b", "i4"), ("c", "U4")], [("a", "S8"), ("b", ">f8"), ("c", "S1")]]:
        case("cast", "astype", [rec], lambda t=t: rec.astype(t), to=descr(np.dtype(t)))
    case("cast", "astype", [np.arange(3)], lambda: np.arange(3).astype([("a", "f4", (2,)), ("b", "i1")]), to=[["a", "<f4", [2]], ["b", "|i1"]])
    for d in ["i1", "f4", "U9", "?"]:
        for m in variants(tame("f8")):
            case("cast", "astype", [m, np.dtype(d).str], lambda m=m, d=d: m.astype(d))
    big = np.array([2**53 + 1, -(2**63), 2**63 - 1, 2**62 + 2**38 + 1, 16777217, 2**40 + 2**16 + 1], "i8")
    for d in ["f2", "f4", "f8", "c8", "c16", "g"]:
        case("cast", "astype", [big, np.dtype(d).str], lambda d=d: big.astype(d))
    case("cast", "astype", [big.view("u8"), "<f4"], lambda: big.view("u8").astype("f4"))


# --- element-wise ----------------------------------------------------------------------------------------------------
ARITH = ["add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power", "minimum", "maximum"]
COMPARE = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]
LOGIC = ["logical_and", "logical_or", "logical_xor"]


def pick(op, *args):
    return getattr(np.ma if any(isinstance(a, np.ma.MaskedArray) for a in args) else np, op)


def binary():
    def run(a, b, op):
        case("binary", op, [a, b], lambda: pick(op, a, b)(a, b))

    for op in ARITH + COMPARE + LOGIC:
        for dt in SIMPLE:
            make = tame if op == "power" or (dt in COMPLEX and op in ("multiply", "divide")) else edge
            x, y = make(dt), make(dt, seed=1)
            if op == "power" and np.dtype(dt).kind in "iu":
                y = np.abs(y)
            if op == "power" and np.dtype(dt).kind == "c":
                continue
            run(x, y, op)
            run(np.ma.array(x), y, op)
            run(np.ma.array(x, mask=some_mask()), np.ma.array(y, mask=some_mask(seed=1)), op)
            run(x, np.ma.array(y, mask=some_mask(seed=2)), op)
            run(np.ma.array(x, mask=some_mask()), np.ma.array(y[0], mask=some_mask((4,), 4)), op)
            for s in [2, 0.5, True, -1]:
                if op == "power" and (np.dtype(dt).kind == "c" or s == -1):
                    continue
                run(make(dt), s, op)
                run(np.ma.array(x, mask=some_mask()), s, op)
            run(2, y, op)
    for a, b in itertools.product(SIMPLE, SIMPLE):
        run(tame(a, (4,)), tame(b, (4,), 1), "add")
        run(tame(a, (4,)), tame(b, (4,), 1), "divide")
        run(edge(a, (5,)), edge(b, (5,), 1), "less")
    for op in COMPARE + ["minimum", "maximum"]:
        for a, b in [("M8[D]", "M8[D]"), ("m8[s]", "m8[D]"), ("M8[ns]", "M8[D]")]:
            run(edge(a), edge(b, seed=1), op)
        if op in COMPARE:
            for a, b in [("S4", "S2"), ("U3", "U5")]:
                run(edge(a), edge(b, seed=1)[::-1], op)
    for op, a, b in [
        ("add", "M8[D]", "m8[D]"), ("add", "m8[s]", "M8[D]"), ("subtract", "M8[D]", "M8[ns]"), ("subtract", "M8[D]", "m8[D]"),
        ("add", "m8[s]", "m8[D]"), ("subtract", "m8[s]", "m8[s]"), ("divide", "m8[s]", "m8[D]"), ("multiply", "m8[s]", "i8"),
        ("multiply", "i2", "m8[s]"), ("add", "M8[D]", "i4"), ("subtract", "M8[ns]", "i8"), ("add", "M8[D]", "M8[D]"), ("subtract", "m8[s]", "M8[D]"),
    ]:
        run(edge(a), edge(b, seed=3), op)
    run(edge("f8", (3, 1)), edge("f8", (4,), 1), "add")
    run(edge("i4", (2, 1, 3)), edge("i2", (4, 1), 1), "multiply")
    run(edge("f8", (3, 4)), edge("f8", (3,)), "add")
    run(edge("f8", (0, 4)), edge("f8", (4,)), "add")


UNARY = ["negative", "absolute", "sqrt", "exp", "log", "sin", "cos", "isnan", "isfinite", "isinf", "logical_not"]


def unary():
    for op in UNARY:
        for dt in SIMPLE + (["M8[D]", "m8[s]"] if op in ("isnan", "isfinite") else ["m8[s]"] if op in ("negative", "absolute") else []):
            if np.dtype(dt).kind == "c" and op in ("sqrt", "exp", "log", "sin", "cos"):
                continue
            for x in variants(edge(dt)):
                case("unary", op, [x], lambda x=x: (getattr(np.ma, op) if isinstance(x, np.ma.MaskedArray) and hasattr(np.ma, op) else getattr(np, op))(x))


# --- reductions ------------------------------------------------------------------------------------------------------
REDUCE = ["sum", "prod", "mean", "var", "std", "min", "max", "ptp", "any", "all", "argmin", "argmax", "cumsum", "cumprod", "median", "count", "average"]


def reductions():
    def call(op, x, kw):
        ma = isinstance(x, np.ma.MaskedArray)
        if op == "median":
            return (np.ma.median if ma else np.median)(x, **kw)
        if op == "average":
            return (np.ma.average if ma else np.average)(x, **kw)
        if op == "count":
            return x.count(**kw)
        if op == "ptp":
            return (np.ma.ptp if ma else np.ptp)(x, **kw)
        return getattr(x, op)(**kw)

    for op in REDUCE:
        for dt in SIMPLE + ["m8[s]", "M8[D]"]:
            kind = np.dtype(dt).kind
            if kind in "mM" and op not in ("min", "max", "argmin", "argmax", "count", "sum"):
                continue
            if kind == "c" and op in ("min", "max", "ptp", "argmin", "argmax", "median"):
                continue
            for make in (tame, edge) if kind not in "mM" else (tame,):
                if make is edge and (kind == "c" or op in ("median", "var", "std", "prod", "cumprod", "mean", "average", "sum", "cumsum") and kind in "f"):
                    continue
                x = make(dt)
                if op in ("prod", "cumprod") and kind in "iu" and make is edge:
                    x = x[:, :2]
                for a in [x, np.ma.array(x), np.ma.array(x, mask=some_mask(x.shape)), np.ma.array(x, mask=row_mask(x.shape)), np.ma.array(x, mask=True)]:
                    if op == "count" and not isinstance(a, np.ma.MaskedArray):
                        continue
                    for kw in [{}, {"axis": 0}, {"axis": -1}] + ([] if op.startswith("cum") else [{"axis": 1, "keepdims": True}]):
                        case("reduce", op, [a], lambda op=op, a=a, kw=kw: call(op, a, kw), **kw)
    x = tame("f8", (2, 3, 4))
    for a in (x, np.ma.array(x, mask=some_mask((2, 3, 4)))):
        for op in ["sum", "mean", "max", "argmax", "cumsum", "median", "std"]:
            for axis in (0, 1, 2):
                case("reduce", op, [a], lambda op=op, a=a, axis=axis: call(op, a, {"axis": axis}), axis=axis)
        for op in ("var", "std"):
            case("reduce", op, [a], lambda op=op, a=a: call(op, a, {"axis": 1, "ddof": 1}), axis=1, ddof=1)
    w = np.abs(tame("f8", (3, 4), 9)) + 0.1
    for a in variants(tame("f8")):
        case("reduce", "average", [a, w], lambda a=a: call("average", a, {"weights": w}))
        case("reduce", "average", [a, w], lambda a=a: call("average", a, {"weights": w, "axis": 1}), axis=1)
        case("reduce", "average", [a, w[0]], lambda a=a: call("average", a, {"weights": w[0], "axis": 1}), axis=1)
    for shape in [(0,), (0, 3), (3, 0), ()]:
        for op in ["sum", "prod", "any", "all", "min", "mean", "count"]:
            a = np.ma.array(np.zeros(shape))
            if op != "count":
                case("reduce", op, [a.data], lambda op=op, a=a: call(op, a.data, {}))
            case("reduce", op, [a], lambda op=op, a=a: call(op, a, {}))
    for n in (7, 8, 9, 127, 128, 129, 1000, 4099):
        for dt in ("f8", "f4"):
            long = (np.random.default_rng(n).standard_normal(n) * 1e3).astype(dt)
            for op in ("sum", "mean", "std"):
                case("reduce-long", op, [long], lambda op=op, x=long: call(op, x, {}))
                if n in (9, 1000):
                    m = np.ma.array(long, mask=some_mask((n,)))
                    case("reduce-long", op, [m], lambda op=op, x=m: call(op, x, {}))
    tall = np.random.default_rng(1).standard_normal((300, 3))
    for op in ("sum", "mean", "var"):
        case("reduce-long", op, [tall], lambda op=op: call(op, tall, {"axis": 0}), axis=0)


# --- order, joining, shapes ------------------------------------------------------------------------------------------
def ordering():
    for dt in SIMPLE + TIMES + ["S4", "U4"]:
        x = edge(dt)
        if np.dtype(dt).kind in "SU":
            x = x[::-1].copy()
        masks = [] if np.dtype(dt).kind in "SUc" else [np.ma.array(x), np.ma.array(x, mask=some_mask()), np.ma.array(x, mask=row_mask())]
        for a in [x] + masks:
            for axis in (-1, 0, None):
                ma = isinstance(a, np.ma.MaskedArray)
                case("sort", "sort", [a], lambda a=a, axis=axis, ma=ma: (np.ma.sort if ma else np.sort)(a, axis=axis, kind="stable"), axis=axis)
                case("sort", "argsort", [a], lambda a=a, axis=axis, ma=ma: np.asarray((np.ma.argsort(a, axis=axis, kind="stable", **({} if a.mask is np.ma.nomask else {})) if ma else np.argsort(a, axis=axis, kind="stable"))), axis=axis)
                if ma:
                    case("sort", "sort", [a], lambda a=a, axis=axis: np.ma.sort(a, axis=axis, kind="stable", endwith=False), axis=axis, endwith=False)
    for dt in ["i2", "f8", "?", "U3", "M8[D]"]:
        x, y = edge(dt), edge(dt, seed=1)
        for a, b in [(x, y), (np.ma.array(x, mask=some_mask()), y), (np.ma.array(x), np.ma.array(y)), (np.ma.array(x, mask=some_mask()), np.ma.array(y, mask=some_mask(seed=2)))]:
            m = np.ma if isinstance(a, np.ma.MaskedArray) else np
            for axis in (0, 1):
                case("join", "concatenate", [a, b], lambda m=m, a=a, b=b, axis=axis: m.concatenate([a, b], axis=axis), axis=axis)
            for axis in (0, 1, -1):
                case("join", "stack", [a, b], lambda m=m, a=a, b=b, axis=axis: m.stack([a, b], axis=axis), axis=axis)
            case("join", "vstack", [a[0], b], lambda m=m, a=a, b=b: m.vstack([a[0], b]))
            case("join", "hstack", [a, b[:, :1]], lambda m=m, a=a, b=b: m.hstack([a, b[:, :1]]))
            case("join", "hstack", [a[0], b[0]], lambda m=m, a=a, b=b: m.hstack([a[0], b[0]]))
    for a, b in [("i2", "f4"), ("i8", "u8"), ("?", "i1"), ("S2", "U4"), ("M8[D]", "M8[ns]")]:
        x, y = edge(a, (3,)), edge(b, (2,))
        case("join", "concatenate", [x, y], lambda x=x, y=y: np.concatenate([x, y]), axis=0)
    x = edge("f8", (2, 1, 3))
    for a in variants(x):
        m = np.ma if isinstance(a, np.ma.MaskedArray) else np
        case("shape", "squeeze", [a], lambda a=a: a.squeeze())
        case("shape", "expandDims", [a], lambda a=a, m=m: m.expand_dims(a, 1), axis=1)
        case("shape", "expandDims", [a], lambda a=a, m=m: m.expand_dims(a, -1), axis=-1)
        case("shape", "swapaxes", [a], lambda a=a: a.swapaxes(0, 2), axes=[0, 2])
        case("shape", "ravel", [a], lambda a=a: a.ravel())
        case("shape", "ravel", [a], lambda a=a: a.ravel(order="F"), order="F")
        case("shape", "transpose", [a], lambda a=a: a.transpose(2, 0, 1), axes=[2, 0, 1])
        case("shape", "reshape", [a], lambda a=a: a.reshape(3, -1), shape=[3, -1])
        case("shape", "reshape", [a], lambda a=a: a.reshape((3, 2), order="F"), shape=[3, 2], order="F")
        case("shape", "take", [a], lambda a=a: a.take([0, -1, 2, 0], axis=2), indices=[0, -1, 2, 0], axis=2)
        case("shape", "take", [a], lambda a=a: a.take([5, 0, -2]), indices=[5, 0, -2])
        case("shape", "repeat", [a], lambda a=a: a.repeat(2, axis=0), repeats=2, axis=0)
        case("shape", "repeat", [a], lambda a=a: a.repeat(3), repeats=3)
        if m is np:
            case("shape", "broadcastTo", [a], lambda a=a: np.broadcast_to(a, (2, 4, 3)), shape=[2, 4, 3])
        for s in ["0", "1, 0, 1:", "..., ::-1", ":, 0", "::-1, :, 1", "1:1", "..., None, 2"]:
            case("shape", "slice", [a], lambda a=a, s=s: a[eval("np.s_[" + s + "]")], selection=s)


# --- masks -----------------------------------------------------------------------------------------------------------
def masking():
    for dt in SIMPLE + TIMES + ["S4", "U4", "V3"]:
        x = np.zeros((3, 4), dt) if dt == "V3" else edge(dt)
        for a in list(variants(x))[1:] + [np.ma.array(x, mask=row_mask())]:
            case("mask", "filled", [a], lambda a=a: a.filled())
            case("mask", "compressed", [a], lambda a=a: np.asarray(a.compressed()))
            case("mask", "toBytes", [a], lambda a=a: np.frombuffer(a.tobytes(), "u1"))
            case("mask", "fill", [a], lambda a=a: np.asarray(a.fill_value).astype(a.dtype))
            if np.dtype(dt).kind in "iuf" :
                case("mask", "filled", [a, 7], lambda a=a: a.filled(7))
    for dt in ["i1", "i4", "u1", "f4", "f8"]:
        for x in [edge(dt), np.ma.array(edge(dt), mask=some_mask())]:
            for op in ["masked_equal", "masked_not_equal", "masked_greater", "masked_greater_equal", "masked_less", "masked_less_equal"]:
                case("mask", op, [x, 1], lambda op=op, x=x: getattr(np.ma, op)(x, 1))
            for op in ["masked_inside", "masked_outside"]:
                case("mask", op, [x, 1, 5], lambda op=op, x=x: getattr(np.ma, op)(x, 1, 5))
                case("mask", op, [x, 5, 1], lambda op=op, x=x: getattr(np.ma, op)(x, 5, 1))
            case("mask", "masked_invalid", [x], lambda x=x: np.ma.masked_invalid(x))
            case("mask", "masked_where", [x, some_mask(seed=8)], lambda x=x: np.ma.masked_where(some_mask(seed=8), x))
    for x in [np.array([1.0, 1.1, 2, 1.1, 3]), np.array([1.0, 1.1000001, 2, 1.1, np.nan], "f4"), np.array([1, 2, 3], "i4"), np.array([1.0, 2, 3])]:
        v = 2 if x.dtype.kind == "i" else 1.1
        case("mask", "masked_values", [x, v], lambda x=x, v=v: np.ma.masked_values(x, v))
        case("mask", "masked_values", [x, v], lambda x=x, v=v: np.ma.masked_values(x, v, shrink=False), shrink=False)
        case("mask", "masked_values", [x, v], lambda x=x, v=v: np.ma.masked_values(x, v, rtol=1e-9, atol=0), rtol=1e-9, atol=0)


def assigned(x, steps, hard=False):
    y = x.copy()
    if hard:
        y.harden_mask()
    for key, value in steps:
        y[eval("np.s_[" + key + "]")] = np.ma.masked if isinstance(value, str) and value == "masked" else value
    y.soften_mask()
    return y


def assignment():
    for dt in ["i2", "f8", "u1", "U3", "M8[D]"]:
        x = tame(dt) if dt != "U3" else edge(dt)
        value = {"U3": "xy", "M8[D]": np.datetime64("2020-02-02")}.get(dt, 5)
        for a in list(variants(x))[1:]:
            for hard in (False, True):
                for key in ["0, 0", "1", ":, 1", "::2, ::-1", "..."]:
                    for v in (value, "masked"):
                        given = "masked" if isinstance(v, str) and v == "masked" else str(v)
                        case("assign", "assign", [a], lambda a=a, key=key, v=v, hard=hard: assigned(a, [(key, v)], hard), key=key, value=given, hard=hard)
    a = np.ma.array(tame("f8"), mask=some_mask())
    b = np.ma.array(tame("f8", (4,), 3), mask=some_mask((4,), 9))
    for hard in (False, True):
        case("assign", "assign", [a, b], lambda hard=hard: assigned(a, [("1:", b)], hard), key="1:", hard=hard)
        case("assign", "assign", [a, tame("i4", (3, 1))], lambda hard=hard: assigned(a, [("...", tame("i4", (3, 1)))], hard), key="...", hard=hard)


for make in (casts, binary, unary, reductions, ordering, masking, assignment):
    make()
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ops", "ops.json")
with open(here, "w") as f:
    f.write('{"numpy":' + json.dumps(np.__version__) + ',"arrays":[\n')
    f.write(",\n".join(json.dumps(a, separators=(",", ":")) for a in arrays))
    f.write('\n],"cases":[\n')
    f.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
    f.write("\n]}\n")
print(len(arrays), "arrays", len(cases), "cases", os.path.getsize(here), "bytes")
