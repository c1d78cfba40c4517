"""Whether two values are the same to the last bit."""

import struct

import numpy as np

import masquerade


def difference(a, b, path=""):
    """Where and how two values differ; None when they do not."""
    if type(a) is not type(b):
        return f"{path}: {type(a).__name__} became {type(b).__name__}"
    if isinstance(a, masquerade.Labelled):
        if a.dims != b.dims:
            return f"{path}: axes {a.dims} became {b.dims}"
        return difference(a.array, b.array, path) or difference(a.attributes, b.attributes, f"{path}.attributes")
    if isinstance(a, (np.ndarray, np.generic)):
        return _arrays(a, b, path)
    if isinstance(a, dict):
        # Arrays come before plain values in a file: a dict's order beyond that is kept.
        if set(a) != set(b):
            return f"{path}: keys {list(a)} became {list(b)}"
        return next(filter(None, (difference(a[key], b[key], f"{path}[{key!r}]") for key in a)), None)
    if isinstance(a, (list, tuple)):
        if len(a) != len(b):
            return f"{path}: {len(a)} items became {len(b)}"
        return next(filter(None, (difference(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b)))), None)
    if isinstance(a, float):
        return None if struct.pack("<d", a) == struct.pack("<d", b) else f"{path}: {a} became {b}"
    return None if a == b else f"{path}: {a!r} became {b!r}"


def _arrays(a, b, path):
    if a.dtype != b.dtype or a.dtype.isalignedstruct != b.dtype.isalignedstruct or a.dtype.type is not b.dtype.type:
        return f"{path}: dtype {a.dtype} became {b.dtype}"
    if a.shape != b.shape:
        return f"{path}: shape {a.shape} became {b.shape}"
    if not isinstance(a, np.ma.MaskedArray):
        return _bytes(np.asarray(a), np.asarray(b), path)
    if (np.ma.getmask(a) is np.ma.nomask) != (np.ma.getmask(b) is np.ma.nomask):
        return f"{path}: nomask and a mask are not the same"
    if np.ma.getmaskarray(a).tobytes() != np.ma.getmaskarray(b).tobytes():
        return f"{path}: the mask changed"
    if a.hardmask != b.hardmask:
        return f"{path}: hard mask {a.hardmask} became {b.hardmask}"
    if (a._fill_value is None) != (b._fill_value is None):
        return f"{path}: fill value {a._fill_value} became {b._fill_value}"
    if a._fill_value is not None:
        return _arrays(np.asarray(a._fill_value), np.asarray(b._fill_value), f"{path}.fill_value") or _data(a, b, path)
    return _data(a, b, path)


def _data(a, b, path):
    return _bytes(np.asarray(a.data), np.asarray(b.data), path)


def _bytes(a, b, path):
    if a.flags.fnc != b.flags.fnc:
        return f"{path}: the memory order changed"
    if a.dtype.char in "OT":
        return difference(a.ravel().tolist(), b.ravel().tolist(), path)
    return None if a.tobytes() == b.tobytes() else f"{path}: the bytes changed"
