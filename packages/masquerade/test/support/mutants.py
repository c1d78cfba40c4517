"""Reads mutated files with NumPy and compares what it finds with what we found. One request a line on stdin:
{"format", "bytes": base64, "value": tree}; one answer a line: null when both are equal, else what differs.
Each is read in a process of its own, since NumPy crashes on some."""
import array
import base64
import io
import json
import os
import pickle
import resource
import signal
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")


def raw(text):
    return base64.b64decode(text)


def make_dtype(spec):
    if isinstance(spec, str):
        return np.dtype(spec)
    layout = {
        "names": [f["name"] for f in spec["fields"]],
        "formats": [(make_dtype(f["dtype"]), tuple(f["shape"])) if f["shape"] else make_dtype(f["dtype"]) for f in spec["fields"]],
        "offsets": [f["offset"] for f in spec["fields"]],
        "itemsize": spec["itemsize"],
    }
    if any(f["title"] is not None for f in spec["fields"]):
        layout["titles"] = [f["title"] for f in spec["fields"]]
    return np.dtype(layout)


def same_bits(got, want):
    """Bit for bit, padding bytes of records aside."""
    if got.dtype.names is not None:
        return all(same_bits(np.asarray(got[name]), np.asarray(want[name])) for name in got.dtype.names)
    if got.dtype.kind in "fc" and got.dtype.itemsize in (16, 32) and got.dtype.char in "gG":
        # Of 16 bytes of x87 extended precision 10 count.
        got, want = (np.frombuffer(one.tobytes(), "S16").astype("S10") for one in (got, want))
    return got.tobytes() == want.tobytes()


def native(array):
    return array if array.dtype.isnative else array.byteswap().view(array.dtype.newbyteorder("="))


def compare_plain(got, want, depth):
    """An ndarray `got` with the description of ours."""
    if want["sub"] == "dtype":
        return None if isinstance(got, np.dtype) else "not a dtype"
    if isinstance(got, (np.generic, array.array)):
        got = np.asarray(got)
    if not isinstance(got, np.ndarray):
        return "a %s, not an ndarray" % type(got).__name__
    got = np.asarray(got)
    if got.shape != tuple(want["shape"]):
        return "shape"
    if "items" in want:
        if got.dtype.kind not in "OT":
            return "dtype"
        if got.dtype.kind == "T":
            return None
        for one, other in zip(got.ravel().tolist(), want["items"]):
            if (found := compare(one, other, depth + 1)) is not None:
                return found
        return None
    dtype = make_dtype(want["dtype"])
    if got.dtype.names != dtype.names or got.dtype.newbyteorder("<") != dtype.newbyteorder("<"):
        return "dtype"
    if dtype.hasobject:
        return None
    ours = np.ndarray(got.shape, dtype, raw(want["data"])) if got.size else np.empty(got.shape, dtype)
    if dtype.names is None and got.dtype != dtype:
        # Loading a pickle makes byte order native; what stands in the file is the order we keep.
        got, ours = native(got), native(ours)
    return None if same_bits(got, ours) else "elements"


def compare_masked(got, want, depth):
    if not isinstance(got, np.ma.MaskedArray):
        return "a %s, not a MaskedArray" % type(got).__name__
    data = np.asarray(got.data) if not isinstance(got, np.ma.core.mvoid) else np.asarray(got._data)
    if (found := compare_plain(data, want["data"], depth)) is not None:
        return "data: " + found
    if want["mask"] is not None:
        mask = np.asarray(np.ma.getmaskarray(got))
        ours = raw(want["mask"])
        if mask.tobytes() != ours:
            return "mask"
    if want["fill"] is not None and data.dtype.kind not in "OT" and "items" not in want["fill"]:
        fill = want["fill"]
        ours = np.ndarray(fill["shape"], make_dtype(fill["dtype"]), raw(fill["data"]))
        cast = np.ma.core._check_fill_value(ours, data.dtype)
        if got._fill_value is None or not same_bits(np.asarray(got._fill_value), np.asarray(cast)):
            return "fill value"
    return None


def compare(got, want, depth=0):
    if want is None or isinstance(want, (bool, str)):
        return None if type(got) is type(want) and got == want else "plain value"
    (tag, inner), = want.items()
    if tag == "int":
        return None if type(got) is int and got == int(inner) else "int"
    if tag == "float":
        return None if type(got) is float and np.float64(got).tobytes() == raw(inner) else "float"
    if tag == "bytes":
        return None if isinstance(got, (bytes, bytearray)) and bytes(got) == raw(inner) else "bytes"
    if tag == "nd":
        return compare_plain(got, inner, depth)
    if tag == "ma":
        return compare_masked(got, inner, depth)
    if tag in ("list", "tuple"):
        if type(got) is not (list if tag == "list" else tuple) or len(got) != len(inner):
            return tag
        for one, other in zip(got, inner):
            if (found := compare(one, other, depth + 1)) is not None:
                return found
        return None
    if tag == "dict":
        if not isinstance(got, dict) or len(got) != len(inner):
            return "dict"
        for (key, value), (our_key, ours) in zip(got.items(), inner):
            if (found := compare(key, our_key, depth + 1)) is not None:
                return "key: " + found
            if (found := compare(value, ours, depth + 1)) is not None:
                return found
        return None
    if tag == "npz":
        if sorted(got) != sorted(key for key, _ in inner):
            return "members"
        for key, ours in inner:
            if (found := compare(got[key], ours, depth + 1)) is not None:
                return found
        return None
    return None  # kinds of values whose equality is Python's own business


def load(request):
    data = raw(request["bytes"])
    if request["format"] == "pickle":
        return pickle.loads(data)
    got = np.load(io.BytesIO(data), allow_pickle=False)
    if request["format"] == "npz":
        if not hasattr(got, "files"):
            raise ValueError("not an archive")
        return {key: got[key] for key in got.files}
    return got


def verdict(request):
    try:
        got = load(request)
    except Exception as error:
        return "refused: %s: %s" % (type(error).__name__, str(error)[:100])
    try:
        return compare(got, request["value"])
    except Exception as error:
        return "not comparable: %s: %s" % (type(error).__name__, str(error)[:100])


def in_child(request):
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(20)
        os.write(sink, json.dumps(verdict(request)).encode())
        os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(answer) if answer and os.WIFEXITED(status) else "crashed"


for line in sys.stdin:
    print(json.dumps(in_child(json.loads(line))), flush=True)
