"""Answers, one JSON line each: what joblib reads from a file that was written for it, whole and memory mapped."""

import base64
import io
import json
import os
import sys
import tempfile
import warnings

import joblib
import numpy as np

warnings.simplefilter("error")


def described(value):
    if isinstance(value, np.ma.MaskedArray):
        fill = value._fill_value
        return {
            "kind": "masked",
            "data": described(np.asarray(value.data)),
            "mask": base64.b64encode(np.ma.getmaskarray(value).tobytes()).decode(),
            "fill": None if fill is None else [fill.dtype.str, base64.b64encode(fill.tobytes()).decode()],
        }
    if isinstance(value, np.ndarray):
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        shown = {"kind": "ndarray", "dtype": value.dtype.str, "shape": list(value.shape), "order": order}
        if value.dtype.hasobject:
            return {**shown, "items": [repr(x) for x in value.ravel().tolist()]}
        return {**shown, "data": base64.b64encode(value.tobytes()).decode()}
    if isinstance(value, dict):
        return {"kind": "dict", "items": {k: described(v) for k, v in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"kind": type(value).__name__, "items": [described(v) for v in value]}
    return repr(value)


def mapped(value):
    """Every array a file gives when it is memory mapped is a memmap, aligned."""
    if isinstance(value, np.ma.MaskedArray) or not isinstance(value, (np.ndarray, dict, list, tuple)):
        return True
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject or value.size == 0:
            return True
        return isinstance(value, np.memmap) and value.__array_interface__["data"][0] % 16 == 0
    return all(mapped(v) for v in (value.values() if isinstance(value, dict) else value))


for line in sys.stdin:
    request = json.loads(line)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file.joblib")
        with open(path, "wb") as file:
            file.write(base64.b64decode(request["bytes"]))
        answer = {}
        try:
            answer["loaded"] = described(joblib.load(path))
            if request["map"]:
                value = joblib.load(path, mmap_mode="r")
                answer["mapped"] = described(value)
                answer["memmap"] = mapped(value)
                del value
        except BaseException as e:
            answer["error"] = repr(e)
    print(json.dumps(answer), flush=True)
