"""Real mmappickle at the other end.   usage: mmap_peer.py storm PATH COUNT SEED | read PATH | load PATH | make PATH

mmappickle 1.0 was written for older NumPys: it names `numpy.float`, which newer ones have not. Files are opened without a buffer:
with one, mmappickle looks at what it read before and not at what others have written since.
"""
import json
import os
import pickle
import random
import sys

import numpy as np

if not hasattr(np, "float"):
    np.float = float
import mmappickle  # noqa: E402


def opened(path, mode="rb+"):
    return mmappickle.mmapdict(open(path, mode, buffering=0))


def value(kind, number):
    size = number % 50 + 1
    if kind == "array":
        return np.full(size, number, "<f8")
    if kind == "masked":
        return np.ma.MaskedArray(np.full((2, size), number, ">i4"), np.arange(2 * size).reshape(2, size) % 3 == 0)
    return {"number": number, "text": "x" * (number % 300)}


def described(v):
    if isinstance(v, np.ma.MaskedArray):
        return {"dtype": v.dtype.str, "shape": v.shape, "data": np.asarray(v.data).ravel().tolist(),
                "mask": np.ma.getmaskarray(v).ravel().tolist(), "fill": repr(np.asarray(v.fill_value).item()) if v._fill_value is not None else None}
    if isinstance(v, np.ndarray):
        return {"dtype": v.dtype.str, "shape": v.shape, "data": v.ravel().tolist()}
    return {"plain": repr(v)}


def storm(path, count, seed):
    rng = random.Random(seed)
    d = opened(path)
    state = {}
    for i in range(count):
        key = "py%d" % rng.randrange(8)
        if key in state and rng.random() < 0.2:
            del d[key]
            del state[key]
            continue
        kind = rng.choice(["array", "masked", "plain"])
        number = rng.randrange(1000)
        d[key] = value(kind, number)
        state[key] = [kind, number]
    return state


def main(task, path, *rest):
    if task == "storm":
        return storm(path, int(rest[0]), int(rest[1]))
    if task == "read":
        d = opened(path, "rb")
        return {key: described(d[key]) for key in d.keys()}
    if task == "load":
        with open(path, "rb") as file:
            return {key: described(v) for key, v in pickle.load(file).items()}
    if task == "use":
        d = opened(path)
        d["added"] = np.arange(3)
        d["sea"][(0,) * d["sea"].ndim] = 77
        del d["units"]
        d.vacuum()
        return list(d.keys())
    raise SystemExit("no such task: " + task)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:]), default=str))
    sys.stdout.flush()
    os._exit(0)
