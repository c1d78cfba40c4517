"""Builds the arrays described on stdin, a line of JSON each, pickles them, and compares with the bytes that came along.

A request: {"arrays": [array...], "value": tree, "same": {"p": base64...}, "loads": [base64...]}. "same" are pickles that
must equal pickle.dumps(value, p) byte for byte; "loads" are pickles that must load, without a warning, as that value.
The answer: {"different": {"p": base64 of ours...}, "failures": [text...]}.
"""
import base64
import json
import pickle
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")


def raw(text):
    return bytearray(base64.b64decode(text))


def make_dtype(spec):
    if isinstance(spec, str):
        return np.dtype(spec)
    if "string" in spec:
        return np.dtypes.StringDType(**spec["string"])
    if "str" in spec:
        return np.dtype(spec["str"], metadata={sys.intern(k): v for k, v in spec["metadata"]})
    fields = spec["fields"]
    layout = {
        "names": [sys.intern(f["name"]) for f in fields],
        "formats": [(make_dtype(f["dtype"]), tuple(f["shape"])) if f["shape"] else make_dtype(f["dtype"]) for f in fields],
        "offsets": [f["offset"] for f in fields],
        "itemsize": spec["itemsize"],
    }
    if any(f.get("title") for f in fields):
        layout["titles"] = [sys.intern(f["title"]) if f.get("title") else None for f in fields]
    dtype = np.dtype(layout, align=spec["aligned"])
    return np.dtype((np.record, dtype)) if spec["record"] else dtype


def make_plain(value, texts):
    if isinstance(value, str):
        return texts.setdefault(value, value)
    if value is None or isinstance(value, bool):
        return value
    (tag, inner), = value.items()
    if tag == "int":
        return int(inner)
    if tag == "float":
        return float.fromhex(inner)
    if tag == "bytes":
        return bytes(raw(inner))
    if tag == "complex":
        return complex(*inner)
    if tag == "list":
        return [make_plain(v, texts) for v in inner]
    if tag == "tuple":
        return tuple(make_plain(v, texts) for v in inner)
    return {make_plain(k, texts): make_plain(v, texts) for k, v in inner}


def make_plane(spec, dtype, texts):
    order, shape = spec["order"], tuple(spec["shape"])
    if "items" in spec:
        array = np.empty(len(spec["items"]), dtype)
        for i, item in enumerate(spec["items"]):
            array[i] = make_plain(item, texts)
        array = array.reshape(shape, order=order)
    else:
        array = np.ndarray(shape, dtype, buffer=raw(spec["data"]), order=order)
    for axes, steps in spec["views"]:
        array = array.transpose(axes)[tuple(slice(None, None, s) for s in steps)]
    return array


def make_array(spec, texts):
    dtype = make_dtype(spec["dtype"])
    array = make_plane(spec, dtype, texts)
    if spec.get("subclass") == "matrix":
        array = array.view(np.matrix)
    elif spec.get("subclass") == "recarray":
        array = array.view(np.recarray)
    if "mask" not in spec:
        return array
    mask = np.ma.nomask
    if spec["mask"] is not None:
        mask = make_plane(dict(spec, data=spec["mask"]), np.ma.make_mask_descr(dtype), texts)
    made = np.ma.MaskedArray(array, mask=mask, keep_mask=False)
    fill = spec["fill"]
    if fill is not None:
        own = array.dtype if fill["dtype"] is None else np.dtype(fill["dtype"])
        made._fill_value = np.ndarray((), own, buffer=raw(fill["data"]))
    return made


def make_value(tree, arrays, texts):
    if isinstance(tree, int):
        return arrays[tree]
    kind, items = tree
    if kind == "dict":
        return {make_plain(k, texts): make_value(v, arrays, texts) for k, v in items}
    if kind == "plain":
        return make_plain(items, texts)
    made = [make_value(v, arrays, texts) for v in items]
    return tuple(made) if kind == "tuple" else made


def native(array):
    if array.dtype.names is None and array.dtype.byteorder == ">":
        return array.byteswap().view(array.dtype.newbyteorder("="))
    return array


def check(got, want, where=""):
    if type(got) is not type(want):
        raise ValueError("%s: %s instead of %s" % (where, type(got), type(want)))
    if isinstance(want, np.ma.MaskedArray):
        check_array(got.data, want.data, where + ".data")
        check_array(np.ma.getmaskarray(got), np.ma.getmaskarray(want), where + ".mask", order=False)
        # NumPy sets the default when it loads an unset fill value, and casts one of another dtype.
        if want._fill_value is not None and want._fill_value.dtype == want.dtype:
            if leaves(got._fill_value) != leaves(native(want._fill_value)):
                raise ValueError(where + ".fill: %r" % got._fill_value)
    elif isinstance(want, np.ndarray):
        check_array(got, want, where)
    elif isinstance(want, dict):
        if list(got) != list(want):
            raise ValueError("%s: keys %r" % (where, list(got)))
        for key in want:
            check(got[key], want[key], "%s[%r]" % (where, key))
    elif isinstance(want, (list, tuple)):
        if len(got) != len(want):
            raise ValueError("%s: %d items" % (where, len(got)))
        for i, (g, w) in enumerate(zip(got, want)):
            check(g, w, "%s[%d]" % (where, i))
    elif repr(got) != repr(want):
        raise ValueError("%s: %r instead of %r" % (where, got, want))


def leaves(array):
    """The bytes of every field: padding is left to chance."""
    if array.dtype.names is None:
        return array.tobytes()
    return b"".join(leaves(np.asarray(array[name])) for name in array.dtype.names)


def check_array(got, want, where, order=True):
    want, got = native(np.asarray(want)), native(np.asarray(got))
    if got.dtype != want.dtype or got.shape != want.shape:
        raise ValueError("%s: %r %r instead of %r %r" % (where, got.dtype, got.shape, want.dtype, want.shape))
    if got.dtype.hasobject:
        check(got.tolist(), want.tolist(), where)
    elif leaves(got) != leaves(want):
        raise ValueError(where + ": other bytes")
    if order and got.flags.fnc != want.flags.fnc:
        raise ValueError(where + ": other memory order")


def answer(request):
    texts = {}
    arrays = [make_array(spec, texts) for spec in request["arrays"]]
    value = make_value(request["value"], arrays, texts)
    different, failures = {}, []
    for protocol, ours in request["same"].items():
        theirs = pickle.dumps(value, int(protocol))
        if theirs != raw(ours):
            different[protocol] = base64.b64encode(theirs).decode()
    for ours in request["loads"]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                got = pickle.loads(raw(ours))
            check(got, value)
        except Exception as error:
            failures.append("%s: %s" % (type(error).__name__, error))
    return {"different": different, "failures": failures}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
