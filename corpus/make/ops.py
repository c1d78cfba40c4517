"""Results of NumPy's own operations, for packages/core/test/ops*.test.ts to repeat.

    python corpus/make/ops.py        (NumPy 2; writes corpus/ops/ops.json and corpus/ops/more.json)

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


# --- several axes, more functions, more of np.ma -------------------------------------------------------------------
def axes():
    """Reductions over several axes. All of them at once is `axis` left out, where np.ma gives scalars."""
    for dt in ["f8", "f4", "f2", "i4", "?", "c16", "m8[s]"]:
        kind = np.dtype(dt).kind
        for shape in [(2, 3, 4), (3, 2, 2, 9), (2, 1, 17)] if dt in ("f8", "f4") else [(3, 2, 2, 9)]:
            x = tame(dt, shape)
            for a in (x, np.ma.array(x), np.ma.array(x, mask=some_mask(shape))):
                ma = isinstance(a, np.ma.MaskedArray)
                for op in ["sum", "prod", "min", "max", "mean", "std", "any", "all", "count", "median", "ptp", "average", "count_masked"]:
                    if kind == "c" and op in ("min", "max", "median", "ptp", "std", "prod") or kind == "m" and op not in ("sum", "min", "max"):
                        continue
                    if op in ("count", "count_masked") and not ma or op in ("ptp", "median") and dt == "?" or dt == "f2" and op in ("std", "prod", "average"):
                        continue
                    for axis in [(0, 1), (0, 2), (-1, 0), (0,), ()] + ([(0, 2, 3), (1, 3)] if len(shape) == 4 else []):
                        if axis == () and op in ("median", "ptp", "average", "count_masked", "std", "mean"):
                            continue
                        for keepdims in [False] + ([True] if op in ("sum", "mean", "count") and axis == (0, 2) else []):
                            kw = {"axis": axis, **({"keepdims": True} if keepdims else {})}
                            if op in ("median", "ptp", "average", "count_masked"):
                                call = lambda: getattr(np.ma if ma else np, op)(a, **kw)  # noqa: B023, E731
                            else:
                                call = lambda: getattr(a, op)(**kw)  # noqa: B023, E731
                            case("reduce-axes", op, [a], call, axis=list(axis), **({"keepdims": True} if keepdims else {}))
    x = tame("f8", (2, 3, 4))
    for a in (x, np.ma.array(x, mask=some_mask((2, 3, 4)))):
        for axis in [(0, 0), (0, -3), (0, 5)]:
            case("reduce-axes", "sum", [a], lambda a=a, axis=axis: a.sum(axis=axis), axis=list(axis))
        for op in ("argmax",):
            case("reduce-axes", op, [a], lambda a=a: a.argmax(axis=(0, 1)), axis=[0, 1])


def functions():
    for op in ["log2", "log10", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "floor", "ceil", "round"]:
        for dt in INTS + UINTS + FLOATS:
            for make in (edge, tame):
                x = make(dt)
                if op in ("arcsin", "arccos", "arctanh") and np.dtype(dt).kind == "f":
                    x = (x / x.dtype.type(8)).astype(dt)
                for a in variants(x):
                    m = np.ma if isinstance(a, np.ma.MaskedArray) else np
                    case("function", op, [a], lambda m=m, op=op, a=a: getattr(m, op)(a))
    x = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 0.25, 1234.5678, -0.0, 1e300, np.nan, np.inf, 2.675])
    for dt in ["f8", "f4", "i4", "i8", "u1"]:
        a = x.astype(dt) if dt[0] == "f" else np.array([15, 25, 14, 150, 249, 0, 5, 255 if dt == "u1" else -25], dt)
        for d in (0, 1, 2, -1, -2):
            for b in variants(a):
                case("function", "round", [b, d], lambda b=b, d=d: b.round(d))
    for op in ["arctan2", "hypot", "bitwise_and", "bitwise_or", "bitwise_xor"]:
        for dt in (SIMPLE if op.startswith("bit") else INTS + UINTS + FLOATS):
            if np.dtype(dt).kind == "c":
                continue
            x, y = edge(dt), edge(dt, seed=1)
            for a, b in [(x, y), (np.ma.array(x), y), (np.ma.array(x, mask=some_mask()), np.ma.array(y, mask=some_mask(seed=1))), (x, np.ma.array(y[0], mask=some_mask((4,), 4))), (x, 3)]:
                case("function", op, [a, b], lambda op=op, a=a, b=b: pick(op, a, b)(a, b))
    for a, b in [("i1", "u2"), ("?", "i4"), ("u4", "i8"), ("u8", "u1")]:
        x, y = edge(a), edge(b, seed=1)
        for op in ["bitwise_and", "bitwise_or", "bitwise_xor"]:
            case("function", op, [x, y], lambda op=op, x=x, y=y: getattr(np, op)(x, y))


def choosing():
    for dt in ["i2", "f8", "?", "u8", "c16", "U3", "M8[D]"]:
        x, y = edge(dt), edge(dt, seed=1)
        cond = some_mask(seed=21)
        mc = np.ma.array(some_mask(seed=22), mask=some_mask(seed=23))
        for c in (cond, mc, cond[0], np.ma.array(cond), np.arange(12).reshape(3, 4) % 3):
            for a, b in [(x, y), (np.ma.array(x, mask=some_mask()), y), (x, np.ma.array(y, mask=some_mask(seed=2))), (np.ma.array(x), np.ma.array(y, mask=some_mask(seed=2))), (x[:1], y)]:
                ma = any(isinstance(o, np.ma.MaskedArray) for o in (c, a, b))
                case("choose", "where", [c, a, b], lambda ma=ma, c=c, a=a, b=b: (np.ma if ma else np).where(c, a, b))
        case("choose", "where", [cond, x], lambda: np.ma.where(cond, x, np.ma.masked), masked="y")
        case("choose", "where", [cond, x], lambda: np.ma.where(cond, np.ma.masked, x), masked="x")
    x = edge("f4")
    case("choose", "where", [some_mask(), x, 2], lambda: np.where(some_mask(), x, 2))
    case("choose", "where", [some_mask(), x, 0.1], lambda: np.where(some_mask(), x, 0.1))
    case("choose", "where", [some_mask(), np.ma.array(x), 0.1], lambda: np.ma.where(some_mask(), np.ma.array(x), 0.1))
    for dt in INTS + UINTS + FLOATS:
        for a in variants(edge(dt)):
            for low, high in [(1, 5), (None, 3), (2, None)]:
                case("choose", "clip", [a], lambda a=a, low=low, high=high: a.clip(low, high), low=low, high=high)
    for dt in ["i2", "u1", "f8", "f4", "?", "M8[D]", "m8[s]"]:
        x = edge(dt)
        for a in variants(x):
            m = np.ma if isinstance(a, np.ma.MaskedArray) else np
            for n, axis in [(1, -1), (1, 0), (2, 1), (0, 0), (3, 0)]:
                if np.dtype(dt).kind == "M" and n > 1 and m is np.ma:
                    continue
                case("choose", "diff", [a], lambda m=m, a=a, n=n, axis=axis: m.diff(a, n=n, axis=axis), n=n, axis=axis)
    for dt in ["f8", "f4", "c16", "i4"]:
        for a in variants(edge(dt)):
            case("choose", "fix_invalid", [a], lambda a=a: np.ma.fix_invalid(a))
            case("choose", "fix_invalid", [a, -1], lambda a=a: np.ma.fix_invalid(a, fill_value=-1))
    for dt in ["f8", "i4"]:
        for a in list(variants(tame(dt)))[1:]:
            for kw in ({}, {"axis": 0}, {"axis": 1}):
                case("choose", "anom", [a], lambda a=a, kw=kw: np.ma.anom(a) if not kw else a - a.mean(axis=kw["axis"], keepdims=True), **kw)
    for dt in SIMPLE + ["U3", "M8[D]"]:
        for a in variants(edge(dt)):
            if np.dtype(dt).kind != "M" and np.dtype(dt).kind != "U":
                case("choose", "nonzero", [a], lambda a=a: np.stack((np.ma.nonzero if isinstance(a, np.ma.MaskedArray) else np.nonzero)(a)))
            if not (np.dtype(dt).kind == "c" and isinstance(a, np.ma.MaskedArray)):
                case("choose", "unique", [a], lambda a=a: np.ma.unique(a) if isinstance(a, np.ma.MaskedArray) else np.unique(a))


def rows():
    none = np.zeros((3, 4), bool)
    one = none.copy()
    one[1, 2] = True
    for dt in ["f8", "i2", "U2", "M8[D]"]:
        x = edge(dt)
        for m in (np.ma.nomask, none, one, row_mask(), some_mask(seed=31), np.ones((3, 4), bool)):
            a = np.ma.array(x, mask=m)
            for op in ["mask_rowcols", "mask_rows", "mask_cols", "compress_rows", "compress_cols"]:
                case("rows", op, [a], lambda op=op, a=a: getattr(np.ma, op)(a))
            for axis in (None, 0, 1):
                case("rows", "compress_nd", [a], lambda a=a, axis=axis: np.ma.compress_nd(a, axis), axis=axis)
            case("rows", "count_masked", [a], lambda a=a: np.ma.count_masked(a))
            for op in ["clump_masked", "clump_unmasked", "flatnotmasked_contiguous"]:
                case("rows", op, [a], lambda op=op, a=a: np.array([[s.start, s.stop] for s in getattr(np.ma, op)(a.ravel())], "i8").reshape(-1, 2))
            for axis in (0, 1):
                case("rows", "notmasked_contiguous", [a], lambda a=a, axis=axis: np.array([[i, s.start, s.stop] for i, r in enumerate(np.ma.notmasked_contiguous(a, axis)) for s in r], "i8").reshape(-1, 3), axis=axis)
                case("rows", "notmasked_edges", [a], lambda a=a, axis=axis: np.array([list(map(list, e)) for e in np.ma.notmasked_edges(a, axis)], "i8"), axis=axis)
            case("rows", "flatnotmasked_edges", [a], lambda a=a: (lambda e: np.array([] if e is None else e, "i8"))(np.ma.flatnotmasked_edges(a)))
            for b in (a, x):
                case("rows", "compress", [b], lambda b=b: b.compress([True, False, True], axis=0), axis=0)
                case("rows", "compress", [b], lambda b=b: b.compress([True, False, True]))
                for offset in (0, 1, -1, 3, 4, -5):
                    case("rows", "diagonal", [b], lambda b=b, offset=offset: b.diagonal(offset), offset=offset)
            y = edge(dt, seed=1)
            for op in ["column_stack", "dstack"]:
                case("rows", op, [a, y], lambda op=op, a=a, y=y: getattr(np.ma, op)([a, y]))
                case("rows", op, [x[0], y[0]], lambda op=op, x=x, y=y: getattr(np, op)([x[0], y[0]]))
    for p, q in itertools.product([np.ma.nomask, none, one, some_mask(seed=31)], repeat=2):
        case("rows", "mask_or", [p if p is not np.ma.nomask else "nomask", q if q is not np.ma.nomask else "nomask"], lambda p=p, q=q: (lambda m: np.array(2) if m is np.ma.nomask else m)(np.ma.mask_or(p, q)))


def products():
    for dt in ["f8", "f4", "i4", "u1"]:
        x, y = tame(dt, (3, 4)), tame(dt, (4, 2), 5)
        for a in variants(x):
            for b in variants(y, 6):
                m = np.ma if any(isinstance(o, np.ma.MaskedArray) for o in (a, b)) else np
                case("product", "dot", [a, b], lambda m=m, a=a, b=b: m.dot(a, b))
                case("product", "dot", [a[0], b], lambda m=m, a=a, b=b: m.dot(a[0], b))
                case("product", "dot", [a, b[:, 0]], lambda m=m, a=a, b=b: m.dot(a, b[:, 0]))
        case("product", "dot", [x, x], lambda: np.dot(x, x))
    for shape in [(3, 4), (4,), (1, 6), (5, 2)]:
        x, y = tame("f8", shape), tame("f8", shape, 5)
        for a in variants(x):
            for kw in ({}, {"rowvar": False}, {"ddof": 0}, {"ddof": 3}):
                case("product", "cov", [a], lambda a=a, kw=kw: np.ma.cov(a, **kw), **kw)
            for b in variants(y, 6):
                case("product", "cov", [a, b], lambda a=a, b=b: np.ma.cov(a.copy(), b.copy()))
            if len(shape) > 1 and shape[0] > 1:
                case("product", "corrcoef", [a], lambda a=a: np.ma.corrcoef(a))
                case("product", "corrcoef", [a], lambda a=a: np.ma.corrcoef(a, rowvar=False), rowvar=False)
        case("product", "corrcoef", [x, y], lambda: np.ma.corrcoef(x, y))


def write(name):
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ops", name)
    with open(here, "w") as f:
        f.write('{"numpy":' + json.dumps(np.__version__) + ',"arrays":[\n')
        f.write(",\n".join(json.dumps(a, separators=(",", ":")) for a in arrays))
        f.write('\n],"cases":[\n')
        f.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
        f.write("\n]}\n")
    print(name, len(arrays), "arrays", len(cases), "cases", os.path.getsize(here), "bytes")
    for one in (arrays, index, cases):
        one.clear()


for make in (casts, binary, unary, reductions, ordering, masking, assignment):
    make()
write("ops.json")
for make in (axes, functions, choosing, rows, products):
    make()
write("more.json")
