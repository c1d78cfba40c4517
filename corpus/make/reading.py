"""What the real reader makes of a file, compared with what was written."""
import array

import numpy as np

import expect


class Disagreement(Exception):
    """The real reader returned something else than was written, beyond the differences NumPy is known for."""


def demand(condition, *what):
    if not condition:
        raise Disagreement(" ".join(str(part) for part in what))


def agreed(written, loaded):
    """The description of `written` as a pickle holds it: masks complete, hard masks soft.

    Where the loaded array has another dtype or fill value than the file says, as NumPy's own readers make it, the
    description says so in `numpyLoads` or `numpyLoadsFill`.
    """
    if isinstance(written, np.ma.MaskedArray):
        return agreed_masked(written, loaded)
    if isinstance(written, array.array) or isinstance(written, np.dtype):
        demand(written == loaded, "another", type(written))
        return expect.describe(written)
    if isinstance(written, (np.ndarray, np.generic)):
        return agreed_array(written, loaded)
    if isinstance(written, dict):
        described = expect.describe(type(written)())
        demand(len(written) == len(loaded), "other keys", list(loaded))
        demand(expect.PYTHON2 or list(map(repr, written)) == list(map(repr, loaded)), "other keys", list(loaded))
        described["items"] = [[expect.describe_plain(key), agreed(value, loaded[key])] for key, value in written.items()]
        return described
    if isinstance(written, (list, tuple)):
        demand(type(written) is type(loaded) and len(written) == len(loaded), "another", type(written))
        return {"kind": type(written).__name__, "items": [agreed(a, b) for a, b in zip(written, loaded)]}
    described = expect.describe(written)
    demand(described == expect.describe(loaded), "another plain value", loaded)
    return described


def agreed_array(written, loaded):
    described = expect.describe_array(written)
    demand(np.shape(written) == np.shape(loaded), "shape", np.shape(loaded))
    if "items" in described:
        demand(described["items"] == expect.describe_array(loaded)["items"], "other items", loaded)
    elif written.dtype.names is not None:
        demand(repr(written.tolist()) == repr(loaded.tolist()), "other records", loaded)
    else:
        swapped = loaded.dtype != written.dtype
        demand(not swapped or loaded.dtype.newbyteorder("S") == written.dtype, "dtype", loaded.dtype, "for", written.dtype)
        demand((loaded.byteswap() if swapped else loaded).tobytes() == written.tobytes(), "other data", loaded.dtype)
    as_loaded = expect.describe_dtype(loaded.dtype)
    if as_loaded != described["dtype"]:
        described["numpyLoads"] = as_loaded
    return described


def agreed_masked(written, loaded):
    described = expect.describe_masked(written, True)
    described["hardMask"] = False
    if isinstance(written, np.ma.core.MaskedConstant):
        demand(type(loaded) is type(np.ma.masked), "not np.ma.masked")  # before NumPy 1.14 it was not the one object
        return described
    subclass = described["data"].get("subclass")
    described["data"] = agreed_array(np.ndarray.view(written, np.ndarray), np.ndarray.view(loaded, np.ndarray))
    if subclass:
        described["data"]["subclass"] = subclass
    mask = np.asarray(np.ma.getmaskarray(loaded))
    for key, text in expect.packed("mask", mask.tobytes()).items():
        demand(described.get(key) == text, "another mask")
    fill = None if loaded._fill_value is None else expect.describe_array(np.asarray(loaded._fill_value))
    if fill != described["fillValue"] and described["fillValue"] is not None:
        described["numpyLoadsFill"] = fill
    return described
