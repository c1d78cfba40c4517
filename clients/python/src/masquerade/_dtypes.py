"""NumPy's dtypes as messages, and back."""

import sys

import numpy as np

from ._errors import MasqueradeError
from .v1 import dtype_pb2 as d

_CHARS = {
    "?": d.KIND_BOOL, "b": d.KIND_INT8, "B": d.KIND_UINT8,
    "e": d.KIND_FLOAT16, "f": d.KIND_FLOAT32, "d": d.KIND_FLOAT64, "g": d.KIND_LONGDOUBLE,
    "F": d.KIND_COMPLEX64, "D": d.KIND_COMPLEX128, "G": d.KIND_CLONGDOUBLE,
    "S": d.KIND_BYTES, "c": d.KIND_BYTES, "U": d.KIND_STR, "V": d.KIND_VOID,
    "M": d.KIND_DATETIME64, "m": d.KIND_TIMEDELTA64, "O": d.KIND_OBJECT, "T": d.KIND_STRING,
}  # fmt: skip
_INTEGERS = {
    ("i", 1): d.KIND_INT8, ("i", 2): d.KIND_INT16, ("i", 4): d.KIND_INT32, ("i", 8): d.KIND_INT64,
    ("u", 1): d.KIND_UINT8, ("u", 2): d.KIND_UINT16, ("u", 4): d.KIND_UINT32, ("u", 8): d.KIND_UINT64,
}  # fmt: skip
_CODES = {
    d.KIND_BOOL: "?", d.KIND_INT8: "i1", d.KIND_INT16: "i2", d.KIND_INT32: "i4", d.KIND_INT64: "i8",
    d.KIND_UINT8: "u1", d.KIND_UINT16: "u2", d.KIND_UINT32: "u4", d.KIND_UINT64: "u8",
    d.KIND_FLOAT16: "f2", d.KIND_FLOAT32: "f4", d.KIND_FLOAT64: "f8",
    d.KIND_COMPLEX64: "c8", d.KIND_COMPLEX128: "c16", d.KIND_OBJECT: "O",
}  # fmt: skip
_UNITS = ["", "generic", "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"]
_WITHOUT_ORDER = (
    d.KIND_BOOL, d.KIND_INT8, d.KIND_UINT8, d.KIND_BYTES, d.KIND_VOID, d.KIND_STRUCT, d.KIND_OBJECT, d.KIND_STRING,
)  # fmt: skip
_LAYOUTS = {63: d.LONG_DOUBLE_LAYOUT_X87, 112: d.LONG_DOUBLE_LAYOUT_QUAD, 52: d.LONG_DOUBLE_LAYOUT_DOUBLE}
_TIMES = (d.KIND_DATETIME64, d.KIND_TIMEDELTA64)
_LONG = (d.KIND_LONGDOUBLE, d.KIND_CLONGDOUBLE)


def _own_layout():
    return _LAYOUTS.get(np.finfo(np.longdouble).nmant, d.LONG_DOUBLE_LAYOUT_DOUBLE_DOUBLE)


def has_objects(dtype):
    """Whether elements are Python objects or text elsewhere in memory."""
    return dtype.hasobject or dtype.kind == "T"


def write_dtype(message, dtype, write_value):
    """Fills a message DType. write_value(message, value) fills a message Value."""
    if dtype.names is not None:
        message.kind = d.KIND_STRUCT
    elif dtype.kind in "iu":
        message.kind = _INTEGERS[dtype.kind, dtype.itemsize]
    else:
        message.kind = _CHARS[dtype.char]
    if message.kind not in _WITHOUT_ORDER:
        little = dtype.byteorder == "<" or (dtype.byteorder in "=|" and sys.byteorder == "little")
        message.byte_order = d.BYTE_ORDER_LITTLE if little else d.BYTE_ORDER_BIG
    message.itemsize = dtype.itemsize
    if message.kind in _TIMES:
        unit, multiple = np.datetime_data(dtype)
        message.time_unit = _UNITS.index(unit)
        message.time_multiple = multiple
    elif message.kind in _LONG:
        message.long_double_layout = _own_layout()
    elif message.kind == d.KIND_STRUCT:
        _write_fields(message, dtype, write_value)
    elif message.kind == d.KIND_STRING:
        message.no_coerce = not dtype.coerce
        if hasattr(dtype, "na_object"):
            write_value(message.na_object, dtype.na_object)
    for name, value in (dtype.metadata or {}).items():
        entry = message.metadata.add(name=name)
        write_value(entry.value, value)


def _write_fields(message, dtype, write_value):
    for name in dtype.names:
        inner, offset, *title = dtype.fields[name]
        base, shape = inner.subdtype or (inner, ())
        field = message.fields.add(name=name, offset=offset, shape=shape)
        if title and title[0] is not None:
            write_value(field.title, title[0])
        write_dtype(field.dtype, base, write_value)
    if dtype.isalignedstruct:
        message.aligned = True
        message.alignment = dtype.alignment
    message.record = issubclass(dtype.type, np.record)


def read_dtype(message, read_value, named):
    """The dtype of a message DType. named(attributes) makes a dict of messages Attribute."""
    _refuse_extras(message)
    dtype = _base(message, read_value, named)
    if dtype.itemsize != message.itemsize:
        raise MasqueradeError(f"a dtype of {message.itemsize} bytes is {dtype}, which has {dtype.itemsize} here")
    if message.metadata:
        dtype = np.dtype(dtype, metadata=named(message.metadata))
    return dtype


def _refuse_extras(message):
    """Refuses what a dtype of this kind does not have."""
    kind = message.kind
    struct, string, time, long = kind == d.KIND_STRUCT, kind == d.KIND_STRING, kind in _TIMES, kind in _LONG
    multiple, unit = message.time_multiple, message.time_unit
    if time != bool(unit) or time != bool(multiple) or multiple >= 2**31 or (unit == d.TIME_UNIT_GENERIC and multiple != 1):
        raise MasqueradeError(f"a dtype of kind {kind} with unit of time {unit}, {multiple} of them")
    if long != bool(message.long_double_layout):
        raise MasqueradeError(f"a dtype of kind {kind} with layout of long doubles {message.long_double_layout}")
    if not struct and (message.fields or message.aligned or message.alignment or message.record):
        raise MasqueradeError(f"a dtype of kind {kind} with fields")
    if not string and (message.no_coerce or message.HasField("na_object")):
        raise MasqueradeError(f"a dtype of kind {kind} as if it were StringDType")
    if message.aligned != bool(message.alignment):
        raise MasqueradeError("a record aligned to nothing, or not aligned")
    if kind == d.KIND_STR and message.itemsize % 4:
        raise MasqueradeError(f"text of {message.itemsize} bytes, which are no whole characters")


def _base(message, read_value, named):
    """The dtype without its metadata."""
    kind, size = message.kind, message.itemsize
    order = {0: "|", d.BYTE_ORDER_LITTLE: "<", d.BYTE_ORDER_BIG: ">"}.get(message.byte_order)
    if order is None or (order == "|") != (kind in _WITHOUT_ORDER):
        raise MasqueradeError(f"byte order {message.byte_order} of a dtype of kind {kind}")
    if kind in _CODES:
        return np.dtype(order + _CODES[kind])
    if kind in (d.KIND_BYTES, d.KIND_VOID):
        return np.dtype(f"{'S' if kind == d.KIND_BYTES else 'V'}{size}")
    if kind == d.KIND_STR:
        return np.dtype(f"{order}U{size // 4}")
    if kind in _TIMES:
        if not 0 < message.time_unit < len(_UNITS):
            raise MasqueradeError(f"unknown unit of time {message.time_unit}")
        unit = _UNITS[message.time_unit]
        step = "" if unit == "generic" else f"[{message.time_multiple}{unit}]"
        return np.dtype(f"{order}{'M' if kind == d.KIND_DATETIME64 else 'm'}8{step}")
    if kind in _LONG:
        if message.long_double_layout != _own_layout():
            raise MasqueradeError("long doubles of another machine's layout, which NumPy cannot hold here")
        return np.dtype(np.longdouble if kind == d.KIND_LONGDOUBLE else np.clongdouble).newbyteorder(order)
    if kind == d.KIND_STRING:
        options = {"coerce": not message.no_coerce}
        if message.HasField("na_object"):
            options["na_object"] = read_value(message.na_object)
        return np.dtypes.StringDType(**options)
    if kind != d.KIND_STRUCT:
        raise MasqueradeError(f"unknown kind {kind} of a dtype")
    return _struct(message, read_value, named)


def _struct(message, read_value, named):
    spec = {"names": [], "formats": [], "offsets": [], "titles": [], "itemsize": message.itemsize}
    for field in message.fields:
        if not field.HasField("dtype"):
            raise MasqueradeError(f"the field {field.name!r} has no dtype")
        base = read_dtype(field.dtype, read_value, named)
        spec["names"].append(field.name)
        spec["formats"].append((base, tuple(field.shape)) if field.shape else base)
        spec["offsets"].append(field.offset)
        spec["titles"].append(read_value(field.title) if field.HasField("title") else None)
    if not any(title is not None for title in spec["titles"]):
        del spec["titles"]
    try:
        dtype = np.dtype(spec, align=message.aligned)
    except (TypeError, ValueError) as error:
        raise MasqueradeError(f"a record NumPy cannot have: {error}") from error
    return np.dtype((np.record, dtype)) if message.record else dtype
