"""Values as messages, in canonical form."""

import struct
from contextlib import contextmanager

import numpy as np

from ._bits import ENCODINGS, encode_mask
from ._dtypes import has_objects, write_dtype
from ._errors import MasqueradeError
from ._labelled import Labelled
from .v1 import dtype_pb2 as d
from .v1 import file_pb2 as f

_CLASSES = ((np.matrix, d.SUBCLASS_MATRIX), (np.recarray, d.SUBCLASS_RECARRAY), (np.char.chararray, d.SUBCLASS_CHARARRAY))


# Messages within messages that protobuf's libraries read.
_DEEPEST = 100


def is_array(value):
    return isinstance(value, (np.ndarray, np.generic, Labelled))


def holds_arrays(value):
    """Whether a dict, list or tuple is a bundle: has an array anywhere below."""
    if isinstance(value, dict):
        return any(is_array(one) or holds_arrays(one) for one in value.values())
    return isinstance(value, (list, tuple)) and any(is_array(one) or holds_arrays(one) for one in value)


class Writer:
    """Fills messages; sets the bytes of arrays aside in `buffers`."""

    def __init__(self, mask, hidden):
        self.buffers = []
        self._encoding = mask
        self._drop = hidden == "drop"
        self._level = 0

    @contextmanager
    def _deeper(self, levels=1):
        self._level += levels
        if self._level > _DEEPEST:
            raise MasqueradeError(f"values nested so deeply that protobuf would need more than {_DEEPEST} levels")
        yield
        self._level -= levels

    def array(self, message, value):
        with self._deeper():
            self._array(message, value)

    # An array of a bundle, or by itself; streams of blocks have them elsewhere.
    member = array

    def _array(self, message, value):
        whole, value, attributes, dims = self.parts(value)
        masked = isinstance(value, np.ma.MaskedArray)
        data = np.asarray(whole.data if isinstance(whole, np.ma.MaskedArray) else whole)
        order = "F" if data.flags.fnc else "C"
        write_dtype(message.dtype, data.dtype, self.value)
        message.shape.extend(data.shape)
        message.order = d.ORDER_F if order == "F" else d.ORDER_C
        objects = data.dtype.char in "OT"
        if not objects:
            self.buffers.append(data.tobytes(order))
        index = 0 if objects else len(self.buffers)
        if masked:
            self._mask(message, value, order, None if objects else data.nbytes)
        self.said(message, value, attributes, dims)
        if objects:
            for item in elements(data, order):
                self.value(message.objects.add(), item)
        message.data_buffer = index

    def parts(self, value):
        """What is written of an array (what is hidden dropped, if it is to be), the array, its attributes, names of its axes."""
        attributes, dims = {}, None
        if isinstance(value, Labelled):
            value, attributes, dims = value.array, value.attributes, value.dims
        if type(value).__name__ in ("MaskedConstant", "mvoid", "MaskedRecords"):
            raise MasqueradeError(f"{type(value).__name__} has no place in a file; save a MaskedArray")
        drop = isinstance(value, np.ma.MaskedArray) and self._drop and np.ma.getmask(value) is not np.ma.nomask
        whole = _filled(value) if drop else value
        if has_objects(value.dtype) and value.dtype.char not in "OT":
            raise MasqueradeError("records with fields of objects have no bytes; save the fields one by one")
        return whole, value, attributes, dims

    def said(self, message, value, attributes, dims):
        """What an array says beside its data and its mask."""
        masked = isinstance(value, np.ma.MaskedArray)
        if masked:
            self._masked(message, value)
        self.attributes(message.attributes, attributes)
        if dims is not None:
            message.dims.SetInParent()
            message.dims.names.extend(dims)
        self._subclass(message, value, masked)

    def _mask(self, message, value, order, data_bytes):
        mask = np.ma.getmask(value)
        if mask is np.ma.nomask:
            return
        bools = np.frombuffer(mask.tobytes(order), np.bool_)
        encoding = self._encoding
        if encoding == "run-length" and data_bytes is not None and bools.size > data_bytes:
            encoding = "packed"
        self.buffers.append(encode_mask(bools, encoding))
        message.mask.encoding = ENCODINGS[encoding]
        message.mask.count = bools.size
        message.mask.buffer = len(self.buffers)

    def _masked(self, message, value):
        message.masked = True
        if np.ma.getmask(value) is not np.ma.nomask:
            message.hidden_dropped = self._drop
        if value._fill_value is not None:  # asking for fill_value would set it
            fill = np.asarray(value._fill_value)
            write_dtype(message.fill_value.dtype, fill.dtype, self.value)
            if fill.dtype.char in "OT":
                self.value(message.fill_value.object, _missing(fill.dtype, fill[()]))
            else:
                message.fill_value.data = fill.tobytes()
        message.hard_mask = bool(value.hardmask)

    def _subclass(self, message, value, masked):
        base = value.baseclass if masked else type(value)
        for known, number in _CLASSES:
            if issubclass(base, known):
                if masked:
                    message.data_subclass = number
                else:
                    message.subclass = number
        if isinstance(value, np.generic):
            message.subclass = d.SUBCLASS_SCALAR

    def bundle(self, message, value):
        with self._deeper(2):  # the bundle, its members
            self._bundle(message, value)

    def _bundle(self, message, value):
        kinds = {dict: f.BUNDLE_KIND_DICT, list: f.BUNDLE_KIND_LIST, tuple: f.BUNDLE_KIND_TUPLE}
        if type(value) not in kinds:
            raise MasqueradeError(f"{type(value).__name__} is no array, dict, list or tuple")
        message.kind = kinds[type(value)]
        items = value.items() if isinstance(value, dict) else ((str(i), one) for i, one in enumerate(value))
        names = set()
        for key, member in items:
            name = key if isinstance(key, str) else str(key)
            if name in names:
                raise MasqueradeError(f"two keys are called {name!r}")
            names.add(name)
            if is_array(member) or holds_arrays(member):
                entry = message.entries.add(name=name)
                if is_array(member):
                    self.member(entry.array, member)
                else:
                    self.bundle(entry.bundle, member)
        for key, member in items if isinstance(value, dict) else ((str(i), one) for i, one in enumerate(value)):
            name = key if isinstance(key, str) else str(key)
            if not is_array(member) and not holds_arrays(member):
                self.value(message.attributes.add(name=name).value, member)
        for key in value if isinstance(value, dict) else ():
            if not isinstance(key, str):
                self.value(message.keys.add(name=str(key)).value, key)

    def attributes(self, into, attributes):
        with self._deeper():
            for name, value in attributes.items():
                entry = into.add(name=name)
                self.value(entry.value, value)

    def value(self, message, value):
        with self._deeper():
            self._value(message, value)

    def _value(self, message, value):
        if value is None:
            message.none = True
        elif isinstance(value, bool):
            message.boolean = value
        elif is_array(value):
            self.array(message.array, value)
        elif isinstance(value, int):
            if -(2**63) <= value < 2**63:
                message.integer = value
            else:
                bits = (value if value >= 0 else ~value).bit_length() + 1
                message.big_integer = value.to_bytes(-(-bits // 8), "big", signed=True)
        elif isinstance(value, float):
            (message.float_bits,) = struct.unpack("<Q", struct.pack("<d", value))
        elif isinstance(value, str):
            try:
                message.text = value
            except UnicodeEncodeError as error:
                raise MasqueradeError("text with half a surrogate pair is no UTF-8") from error
        elif isinstance(value, bytes):
            message.binary = value
        elif isinstance(value, complex):
            message.complex.SetInParent()
            message.complex.real_bits, message.complex.imaginary_bits = struct.unpack(
                "<QQ", struct.pack("<dd", value.real, value.imag)
            )
        elif isinstance(value, (list, tuple)):
            into = message.list if isinstance(value, list) else message.tuple
            into.SetInParent()
            with self._deeper():
                for item in value:
                    self.value(into.items.add(), item)
        elif isinstance(value, dict):
            message.dict.SetInParent()
            with self._deeper(2):
                for key, item in value.items():
                    entry = message.dict.items.add()
                    self.value(entry.key, key)
                    self.value(entry.value, item)
        else:
            raise MasqueradeError(f"there is no place for a {type(value).__name__}")


def _filled(value):
    """value.filled(), which sets the fill value it asks for: not here."""
    fill = value._fill_value
    try:
        return value.filled()
    finally:
        value._fill_value = fill


def elements(data, order):
    """The elements of an object or StringDType array as values, in an order."""
    if data.dtype.char == "O":
        return data.ravel(order).tolist()
    return [_missing(data.dtype, item) for item in data.ravel(order)]


def _missing(dtype, item):
    """An element of an object or StringDType array; None for the latter's missing value."""
    return item if dtype.char == "O" or isinstance(item, str) else None
