"""How make_pickle.py writes a case, checks that NumPy reads it, and tells whether its bytes depend on chance."""
import hashlib
import io
import pickle
import warnings

import numpy as np

import expect
import reading
import samples
from writing import Folder, tag

ALL = (0, 1, 2, 3, 4, 5)
FEW = (0, 2, 4, 5)

# Every global the tools are known to write for arrays; a pickle that names another holds something else.
KNOWN = {
    "_reconstruct", "scalar", "_frombuffer", "ndarray", "dtype", "matrix", "memmap", "recarray", "record", "chararray",
    "MaskedArray", "_mareconstruct", "mvoid", "MaskedConstant", "MaskedRecords", "_mrreconstruct",
    "_convert_to_stringdtype_kwargs",
}
KNOWN_OTHERS = {
    "_codecs encode", "__builtin__ bytes", "builtins bytes", "__builtin__ bytearray", "builtins bytearray",
    "__builtin__ complex", "builtins complex", "collections OrderedDict", "array array", "array _array_reconstructor",
}


class Names(pickle.Unpickler):
    """Stops at the first global that is not one of those, before anything is imported or called."""

    def find_class(self, module, name):
        if module.split(".")[0] == "numpy" and name in KNOWN or module + " " + name in KNOWN_OTHERS:
            return super().find_class(module, name)
        raise Foreign(module + " " + name)


class Foreign(Exception):
    pass


def first_foreign(data):
    try:
        Names(io.BytesIO(data)).load()
    except Foreign as foreign:
        return str(foreign)
    return None


def raw_mask(data, every):
    """A mask for `data`: every leaf's byte counted, each `every`-th set (0 for none)."""
    mask = np.zeros(data.shape, dtype=np.ma.make_mask_descr(data.dtype))
    if every and mask.size and mask.dtype.itemsize:
        flat = bytearray(mask.nbytes)
        for i in range(0, len(flat), every):
            flat[i] = 1
        mask = np.frombuffer(bytes(flat), mask.dtype).reshape(data.shape).copy()
    order = "F" if np.isfortran(data) else "C"
    return mask.copy(order=order)


def rebuilt(array, dtype, shared=True):
    """An array freshly made, with `dtype`, that holds what `array` holds.

    NumPy's fill value usually shares the array's dtype object; without `shared` it has an equal one of its own.
    """
    def again(old, dtype):
        order = "F" if np.isfortran(old) else "C"
        if old.size and dtype.itemsize and not dtype.hasobject:
            return np.ndarray(old.shape, dtype, bytearray(old.tobytes(order)), order=order).copy(order=order)
        return old.view(dtype).copy(order=order)

    if not isinstance(array, np.ma.MaskedArray):
        return again(array, dtype)
    if not shared:
        dtype = pickle.loads(pickle.dumps(dtype))
    made = np.ma.MaskedArray(again(np.ndarray.view(array, np.ndarray), dtype), mask=np.ma.getmaskarray(array))
    fill = array._fill_value
    if fill is not None:
        share = shared and fill.dtype == dtype
        made._fill_value = again(np.asarray(fill), made.dtype if share else np.dtype(fill.dtype.str))
    return made


class PickleFolder(Folder):
    def __init__(self):
        Folder.__init__(self, "pickle", tag(), "numpy")
        self.notes = []

    def pickled(self, name, what, protocol, value, data, filename=None, **more):
        filename = filename or "%s-p%d.pkl" % (name, protocol)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                loaded = pickle.loads(data)
            except Exception as error:  # NumPy writes a few pickles that it cannot read
                described = self.unread(value)
                more["numpyFails"] = "%s: %s" % (type(error).__name__, str(error).split("\n")[0])
                self.notes.append("%s/%s: NumPy cannot load it: %s" % (tag(), filename, more["numpyFails"]))
            else:
                described = reading.agreed(value, loaded)
        return self.add(filename, data, "pickle", what, described, protocol=protocol, **more)

    def unread(self, value):
        described = expect.describe(value, full_mask=True)
        if described["kind"] == "masked":
            described["hardMask"] = False
        return described

    def fresh(self, name, what, protocol, dtype, make):
        """An array freshly made of `dtype` by `make`; whether the bytes hang on which names are interned is tried."""
        try:
            value = make(dtype)
        except Exception as error:
            self.notes.append("%s %s: not made: %s" % (tag(), name, error))
            return
        data = pickle.dumps(value, protocol)
        other = pickle.dumps(make(samples.fresh_names(dtype)), protocol)
        self.pickled(name, what, protocol, value, data, identical=True if data == other else "interned", numpy=int(tag()[2:]))

    def masked_state(self, name, what, protocol, dtype, make):
        """Like `fresh`, for arrays with a history: is a freshly made equal array pickled to the same bytes?"""
        value = make(dtype)
        data = pickle.dumps(value, protocol)
        more = {}
        if data == pickle.dumps(rebuilt(value, samples.fresh_names(value.dtype)), protocol):
            more = {"identical": True, "numpy": int(tag()[2:])}
        elif data == pickle.dumps(rebuilt(value, value.dtype), protocol):
            more = {"identical": "interned", "numpy": int(tag()[2:])}
        elif data == pickle.dumps(rebuilt(value, value.dtype, shared=False), protocol):
            more = {"identical": "unshared", "numpy": int(tag()[2:])}
        else:
            self.notes.append("%s %s p%d: a freshly made equal array has other bytes" % (tag(), name, protocol))
        self.pickled(name, what, protocol, value, data, **more)

    def bundle(self, name, what, protocol, make):
        """Freshly made arrays in containers; `make` is given what turns its texts into texts of their own."""
        value = make(lambda text: text)
        data = pickle.dumps(value, protocol)
        other = pickle.dumps(make(samples.fresh_text), protocol)
        self.pickled(name, what, protocol, value, data, identical=True if data == other else "interned", numpy=int(tag()[2:]))

    def one(self, name, what, protocol, value, data=None, filename=None, **more):
        self.pickled(name, what, protocol, value, pickle.dumps(value, protocol) if data is None else data, filename, **more)

    def out_of_band(self, name, what, value):
        buffers = []
        data = pickle.dumps(value, 5, buffer_callback=buffers.append)
        described = reading.agreed(value, pickle.loads(data, buffers=buffers))
        listed = []
        for index, buffer in enumerate(buffers):
            file, digest = self.write("%s-p5.buffer%d" % (name, index), buffer.raw().tobytes())
            listed.append({"file": file, "sha256": digest, "readonly": buffer.raw().readonly})
        self.add(name + "-p5.pkl", data, "pickle", what, described, protocol=5, buffers=listed)

    def several(self, name, what, values):
        for protocol in FEW:
            data = b"".join(pickle.dumps(value, protocol) for value in values)
            stream = io.BytesIO(data)
            described = [reading.agreed(value, pickle.load(stream)) for value in values]
            self.add("%s-p%d.pkl" % (name, protocol), data, "pickle", what, described[0], protocol=protocol, several=described)

    def refused(self, name, what, data, protocol=None):
        """What holds no array we know: the first foreign global in it, or its plain value."""
        foreign = first_foreign(data)
        described = {"refused": foreign} if foreign else {"noArray": expect.describe(pickle.loads(data))}
        more = {} if protocol is None else {"protocol": protocol}
        filename = name + ("" if protocol is None else "-p%d" % protocol) + ".pkl"
        self.add(filename, data, "pickle", what, described, **more)

    def report(self):
        for note in self.notes:
            print(note)
