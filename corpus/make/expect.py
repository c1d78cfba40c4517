"""Neutral descriptions of values, for the manifest.

What is described is the array that was written, or what the real tool's own reader returned; never
anything read by the library under test. Runs on Python 2.7 and 3, and on every NumPy from 1.11 on.
The form is documented in corpus/README.md and by corpus/manifest.schema.json.
"""
import array
import base64
import collections
import struct
import sys
import zlib

import numpy as np

PYTHON2 = sys.version_info[0] == 2
TEXT = type(u"")
INTEGERS = (int, long) if PYTHON2 else (int,)  # noqa: F821
COMPRESS_ABOVE = 1024
try:
    STRING_DTYPE = type(np.dtypes.StringDType())
except AttributeError:
    STRING_DTYPE = None


def base64_text(data):
    return base64.b64encode(bytes(data)).decode("ascii")


def is_string_dtype(dtype):
    return STRING_DTYPE is not None and isinstance(dtype, STRING_DTYPE)


def describe_dtype(dtype):
    """NumPy's dtype.str where that says everything, else an object."""
    try:
        metadata = describe_plain(dict(dtype.metadata)) if dtype.metadata else None
    except TypeError:  # NumPy 1 asked for the metadata of a time dtype that it read from a pickle of NumPy 2
        metadata = None
    if is_string_dtype(dtype):
        described = {"string": True, "coerce": bool(dtype.coerce)}
        if hasattr(dtype, "na_object"):
            described["naObject"] = describe_plain(dtype.na_object)
        return described
    if dtype.names is not None:
        fields = []
        for name in dtype.names:
            entry = dtype.fields[name]
            inner, offset = entry[0], entry[1]
            field = {"name": describe_text(name)}
            if len(entry) > 2 and entry[2] is not None:
                field["title"] = describe_plain(entry[2])
            if inner.subdtype is not None:
                inner, shape = inner.subdtype
                field["shape"] = [int(n) for n in shape]
            field["dtype"] = describe_dtype(inner)
            field["offset"] = int(offset)
            fields.append(field)
        described = {
            "names": [describe_text(name) for name in dtype.names],
            "fields": fields,
            "itemsize": int(dtype.itemsize),
            "aligned": bool(dtype.isalignedstruct),
        }
        if dtype.type is np.record:
            described["record"] = True
    elif dtype.subdtype is not None:
        base, shape = dtype.subdtype
        described = {"base": describe_dtype(base), "shape": [int(n) for n in shape]}
    elif metadata is None:
        return dtype.str
    else:
        described = {"str": dtype.str}
    if metadata is not None:
        described["metadata"] = metadata
    return described


def describe_text(text):
    """A JSON string, or the code points when there are lone surrogates, which JSON in UTF-8 cannot hold."""
    if PYTHON2 and isinstance(text, bytes):
        return text.decode("latin-1")
    points = [ord(c) for c in text]
    if any(0xD800 <= p <= 0xDFFF for p in points) and not PYTHON2:
        return {"str": points}
    return text


def float_hex(value):
    """The eight bytes of a double, big-endian, as 16 hexadecimal digits."""
    return base64.b16encode(struct.pack(">d", value)).decode("ascii").lower()


def describe_plain(value):
    """Tagged JSON for a value of Python's own."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (np.generic, np.ndarray, np.dtype)):
        return {"value": describe(value)}
    if isinstance(value, INTEGERS):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": float_hex(value)}
    if isinstance(value, complex):
        return {"complex": [float_hex(value.real), float_hex(value.imag)]}
    if isinstance(value, TEXT):
        return describe_text(value)
    if isinstance(value, bytes):
        return {"str2" if PYTHON2 else "bytes": base64_text(value)}
    if isinstance(value, bytearray):
        return {"bytearray": base64_text(value)}
    if isinstance(value, dict):
        return {"dict": [[describe_plain(k), describe_plain(v)] for k, v in value.items()]}
    if isinstance(value, list):
        return {"list": [describe_plain(v) for v in value]}
    if isinstance(value, tuple):
        return {"tuple": [describe_plain(v) for v in value]}
    if isinstance(value, (set, frozenset)):
        return {type(value).__name__: [describe_plain(v) for v in value]}
    raise TypeError("no plain description of %r" % type(value))


def describe_data(value):
    """The bytes of `value` in C order, or the items of arrays that hold no bytes of their own."""
    if value.dtype.hasobject and value.dtype.names is None:
        flat = np.empty(value.size, dtype=object)
        flat[:] = value.ravel(order="C").tolist() if value.ndim else [value[()]]
        missing = getattr(value.dtype, "na_object", None) if is_string_dtype(value.dtype) else None
        return {"items": [{"na": True} if is_missing(v, value.dtype, missing) else describe_plain(v) for v in flat]}
    if value.dtype.hasobject:
        return {"items": [describe_plain(v) for v in value.ravel(order="C").tolist()]}
    return packed("data", value.tobytes())


def packed(key, data):
    """Base64 beneath `key`, or zlib and base64 beneath `key` + "Z" when there is much of it."""
    if len(data) > COMPRESS_ABOVE:
        return {key + "Z": base64_text(zlib.compress(data, 9))}
    return {key: base64_text(data)}


def is_missing(item, dtype, missing):
    if not is_string_dtype(dtype) or not hasattr(dtype, "na_object"):
        return False
    return item is missing or (item != item and missing != missing)


SUBCLASSES = [(np.matrix, "matrix"), (np.recarray, "recarray"), (np.chararray, "chararray"), (np.memmap, "memmap")]


def describe_array(value):
    described = {"kind": "ndarray"}
    for cls, name in SUBCLASSES:
        if type(value) is cls:
            described["subclass"] = name
    if isinstance(value, np.generic):
        described["subclass"] = "scalar"
        value = np.array(value, dtype=value.dtype)
        if value.dtype.char in "gG":  # copying leaves the padding of long doubles to chance
            value.reshape(1).view("u1").reshape(-1, 16)[:, 10:] = 0
    dtype, flags = value.dtype, value.flags
    value = np.ndarray.view(value, np.ndarray)
    fortran = flags["F_CONTIGUOUS"] and not flags["C_CONTIGUOUS"]
    described.update(
        dtype=describe_dtype(dtype), shape=[int(n) for n in value.shape], order="F" if fortran else "C"
    )
    described.update(describe_data(value))
    return described


def describe_masked(value, full_mask):
    described = {"kind": "masked"}
    if type(value) is not np.ma.MaskedArray:
        described["subclass"] = type(value).__name__
    base = np.ndarray.view(value, np.ndarray)
    described["data"] = describe_array(base)
    baseclass = getattr(value, "_baseclass", np.ndarray)
    for cls, name in SUBCLASSES:
        if baseclass is cls:
            described["data"]["subclass"] = name
    mask = np.ma.getmaskarray(value) if full_mask else np.ma.getmask(value)
    described.update({"mask": None} if mask is np.ma.nomask else packed("mask", np.asarray(mask).tobytes()))
    fill = getattr(value, "_fill_value", None)  # NumPy before 1.14 gives np.ma.masked none
    described["fillValue"] = None if fill is None else describe_array(np.asarray(fill))
    described["hardMask"] = bool(getattr(value, "_hardmask", False))
    return described


def describe(value, full_mask=False):
    """The description of any value; `full_mask` for formats that write `nomask` as all False."""
    if isinstance(value, np.ma.MaskedArray):
        return describe_masked(value, full_mask)
    if isinstance(value, (np.ndarray, np.generic)):
        return describe_array(value)
    if isinstance(value, np.dtype):
        return {"kind": "dtype", "dtype": describe_dtype(value)}
    if isinstance(value, array.array):
        code = {"u": "U1"}.get(value.typecode, value.typecode)
        described = describe_array(np.frombuffer(value.tobytes(), dtype=code) if len(value) else np.empty(0, code))
        described.update(subclass="array.array", typecode=value.typecode)
        return described
    if isinstance(value, dict):
        described = {"kind": "dict", "items": [[describe_plain(k), describe(v, full_mask)] for k, v in value.items()]}
        if isinstance(value, collections.OrderedDict):
            described["subclass"] = "OrderedDict"
        return described
    if isinstance(value, (list, tuple)):
        return {"kind": type(value).__name__, "items": [describe(v, full_mask) for v in value]}
    return {"kind": "plain", "value": describe_plain(value)}
