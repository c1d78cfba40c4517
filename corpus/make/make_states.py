"""Writes corpus/pickle/states: NumPy's oldest state tuples, assembled here and verified to load in the NumPy that runs this.

NumPy still reads what it wrote years ago. An ndarray's state was once (shape, dtype, is_fortran, data), without the
leading version; a dtype's grew from (order, subdtype, fields, itemsize, alignment) by a version, the names, the flags
and the metadata. Versions 0 and 1 kept the names in the fields dict, beneath the key -1.
"""
import pickle

import numpy as np

import expect
import reading
from writing import Folder

FIELDS = {"x": (np.dtype("<f8"), 0), "n": (np.dtype("<i2"), 8)}
NAMES = ("x", "n")
RECORD = np.dtype([("x", "<f8"), ("n", "<i2")])


class Built(object):
    """Pickled as `function(*arguments)` and then BUILD with `state`."""

    def __init__(self, function, arguments, state):
        self.parts = (function, arguments, state)

    def __reduce__(self):
        return self.parts


def dtype(text, state):
    return Built(np.dtype, (text, 0, 1), state)


def array(state):
    return Built(np.empty(0).__reduce__()[0], (np.ndarray, (0,), b"b"), state)


def masked(state):
    return Built(np.ma.zeros(0).__reduce__()[0], (np.ma.MaskedArray, np.ndarray, (0,), "b"), state)


def cases():
    f8, i4 = np.dtype("<f8"), np.array([1, -2, 3], "<i4")
    record = np.array([(1.5, 7), (-0.0, -1)], RECORD)
    raw = i4.tobytes()
    old_fields = dict(FIELDS, **{})
    old_fields[-1] = NAMES
    swapped = np.array([1, 2], ">i4")
    grid = np.asfortranarray(np.arange(6, dtype="<f8").reshape(2, 3))
    some = np.ma.MaskedArray([1.0, 2.0], mask=[True, False])
    whole = np.ma.MaskedArray(record, mask=[(True, False), (False, True)])
    whole.fill_value = (0.5, 9)
    simple = {
        "5": ("<", None, None, -1, -1), "6": (1, "<", None, None, -1, -1), "7": (1, "<", None, None, None, -1, -1),
        "8": (3, "<", None, None, None, -1, -1, 0), "8-v2": (2, "<", None, None, None, -1, -1, 0),
        "9": (4, "<", None, None, None, -1, -1, 0, None),
    }
    records = {
        "5": ("|", None, old_fields, 10, 1), "6": (1, "|", None, old_fields, 10, 1), "7": (3, "|", None, NAMES, FIELDS, 10, 1),
        "8": (3, "|", None, NAMES, FIELDS, 10, 1, 16), "9": (4, "|", None, NAMES, FIELDS, 10, 1, 16, None),
    }
    for items, state in sorted(simple.items()):
        yield "dtype-%s" % items, "a dtype state of %s items" % items[0], dtype("f8", state), f8
        yield ("array-dtype-%s" % items, "an array whose dtype state has %s items" % items[0],
               array((1, (2,), dtype("f8", state), False, np.array([1.5, -0.0]).tobytes())), np.array([1.5, -0.0]))
    for items, state in sorted(records.items()):
        yield ("struct-dtype-%s" % items, "an array whose structured dtype's state has %s items" % items,
               array((1, (2,), dtype("V10", state), False, record.tobytes())), record)
    yield "array-4", "an array state without a version", array(((3,), np.dtype("<i4"), False, raw)), i4
    yield "array-5-v0", "an array state of version 0", array((0, (3,), np.dtype("<i4"), False, raw)), i4
    yield ("array-4-fortran", "a Fortran array state without a version", array(((2, 3), f8, True, grid.tobytes("F"))), grid)
    yield ("array-4-object", "an object array state without a version",
           array(((2,), np.dtype("O"), False, [None, "text"])), np.array([None, "text"], dtype=object))
    yield ("array-4-swapped", "a big-endian array state without a version",
           array(((2,), np.dtype(">i4"), False, swapped.tobytes())), swapped)
    yield ("array-int-flag", "is_fortran as an int", array((1, (3,), np.dtype("<i4"), 0, raw)), i4)
    yield ("masked", "a masked array without a fill value",
           masked((1, (2,), f8, False, some.data.tobytes(), b"\1\0", None)), some)
    yield ("masked-int-flag", "a masked array, is_fortran as an int",
           masked((1, (2,), f8, 0, some.data.tobytes(), b"\1\0", None)), some)
    yield ("masked-struct-old", "a masked structured array whose dtype's state has 5 items",
           masked((1, (2,), dtype("V10", records["5"]), False, record.tobytes(), whole.mask.tobytes(), whole._fill_value)), whole)
    yield ("masked-scalar-fill", "a masked array whose fill value is a plain number",
           masked((1, (2,), f8, False, some.data.tobytes(), b"\1\0", -9.0)), some)


def main():
    folder = Folder("pickle", "states", "assembled")
    for name, what, built, written in cases():
        for protocol in (0, 2, 4):
            data = pickle.dumps(built, protocol)
            expected = reading.agreed(written, pickle.loads(data))
            if name == "masked-scalar-fill":
                expected["fillValue"] = expect.describe_array(np.array(-9.0))
            folder.add("%s-p%d.pkl" % (name, protocol), data, "pickle", what, expected, protocol=protocol)
    folder.finish()


if __name__ == "__main__":
    main()
