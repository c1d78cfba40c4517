"""Messages as values."""

import math
import struct

import numpy as np

from ._bits import checksum, decode_mask
from ._dtypes import has_objects, read_dtype
from ._errors import MasqueradeError
from ._labelled import Labelled
from .v1 import dtype_pb2 as d
from .v1 import file_pb2 as f

_VIEWS = {d.SUBCLASS_MATRIX: np.matrix, d.SUBCLASS_RECARRAY: np.recarray, d.SUBCLASS_CHARARRAY: np.char.chararray}
_MOST_DIMS = 64
_MOST_ELEMENTS = 2**31 - 1
_MOST_DIGITS = 4300


class Reader:
    """Makes values of messages, taking each buffer once."""

    def __init__(self, buffers):
        self._buffers = buffers
        self._left = set(range(1, len(buffers) + 1))

    def finish(self):
        if self._left:
            raise MasqueradeError(f"no array uses buffer {min(self._left)}")

    def _take(self, index):
        if index not in self._left:
            raise MasqueradeError(f"buffer {index} is not there, or used twice")
        self._left.remove(index)
        buffer = self._buffers[index - 1]
        if buffer.padding.strip(b"\0"):
            raise MasqueradeError("padding is not zero")
        if buffer.HasField("checksum") and (not buffer.checksum.kind or not buffer.checksum.HasField("value")):
            raise MasqueradeError("a checksum lacks its kind or its value")
        if buffer.HasField("checksum") and checksum(buffer.checksum.kind, buffer.data) != buffer.checksum.value:
            raise MasqueradeError(f"the checksum of buffer {index} is wrong")
        return buffer.data

    def _dtype(self, message, what):
        if not message.HasField("dtype"):
            raise MasqueradeError(f"{what} has no dtype")
        return read_dtype(message.dtype, self.value, self.named)

    def named(self, attributes):
        """A dict of messages Attribute."""
        found = {}
        for one in attributes:
            if one.name in found:
                raise MasqueradeError(f"the attribute {one.name!r} comes twice")
            if not one.HasField("value"):
                raise MasqueradeError(f"the attribute {one.name!r} has no value")
            found[one.name] = self.value(one.value)
        return found

    def array(self, message):
        dtype = self._dtype(message, "an array")
        order = {d.ORDER_C: "C", d.ORDER_F: "F"}.get(message.order)
        if order is None:
            raise MasqueradeError(f"unknown order {message.order}")
        data = self._data(message, dtype, order)
        return self._assembled(message, data, lambda: self._mask(message, data, order))

    # An array of a bundle, or by itself; streams of blocks have them elsewhere.
    member = array

    def _assembled(self, message, data, mask):
        if not message.masked:
            extras = message.hard_mask, message.hidden_dropped, message.data_subclass
            if message.HasField("mask") or message.HasField("fill_value") or any(extras):
                raise MasqueradeError("an array that is not masked has a mask, a fill value or a hard mask")
            array = self._viewed(data, message.subclass)
        else:
            array = self._masked(message, data, mask)
        if not message.attributes and not message.HasField("dims"):
            return array
        dims = tuple(message.dims.names) if message.HasField("dims") else None
        if dims is not None and len(dims) != data.ndim:
            raise MasqueradeError(f"{len(dims)} names for {data.ndim} axes")
        return Labelled(array, self.named(message.attributes), dims)

    def _data(self, message, dtype, order):
        shape = tuple(message.shape)
        if len(shape) > _MOST_DIMS:
            raise MasqueradeError(f"{len(shape)} dimensions; there are at most {_MOST_DIMS}")
        size = math.prod(shape)
        if math.prod(n or 1 for n in shape) > 2**53 - 1 or (dtype.itemsize == 0 and size > _MOST_ELEMENTS):
            raise MasqueradeError(f"shape {shape} cannot be counted")
        if dtype.char in "OT":
            if message.data_buffer:
                raise MasqueradeError("an array of objects has a data buffer")
            if len(message.objects) != size:
                raise MasqueradeError(f"{size} elements, but {len(message.objects)} objects")
            flat = np.empty(size, dtype)
            for i, one in enumerate(message.objects):
                flat[i] = self.element(one, dtype)
            return flat.reshape(shape, order=order)
        if has_objects(dtype):
            raise MasqueradeError("records of objects are not defined")
        if dtype.itemsize == 0 and dtype.kind in "SU":
            raise MasqueradeError(f"{size} texts of no characters, which NumPy makes only of other arrays")
        if message.objects:
            raise MasqueradeError("an array of bytes has objects")
        raw = self._take(message.data_buffer)
        if len(raw) != size * dtype.itemsize:
            raise MasqueradeError(f"shape {shape} of {dtype} takes {size * dtype.itemsize} bytes, there are {len(raw)}")
        if not raw:
            return np.empty(shape, dtype, order=order)
        return np.ndarray(shape, dtype, bytearray(raw), order=order)

    def element(self, message, dtype):
        """An element of an object or StringDType array."""
        item = self.value(message)
        if dtype.char == "O" or isinstance(item, str):
            return item
        if item is not None or not hasattr(dtype, "na_object"):
            raise MasqueradeError("an element of a StringDType array is no text")
        return dtype.na_object

    def _viewed(self, data, subclass):
        if subclass == d.SUBCLASS_SCALAR:
            return data[()]
        if subclass in _VIEWS:
            return data.view(_VIEWS[subclass])
        if subclass != d.SUBCLASS_UNSPECIFIED:
            raise MasqueradeError(f"arrays of subclass {subclass} are not read here")
        return data

    def _mask(self, message, data, order):
        dtype = np.ma.make_mask_descr(data.dtype)
        count = data.size * dtype.itemsize
        if message.mask.count != count:
            raise MasqueradeError(f"a mask of {message.mask.count} bools where there are {count}")
        runs = message.mask.encoding == f.MASK_ENCODING_RUN_LENGTH
        if runs and not has_objects(data.dtype) and count > data.size * data.dtype.itemsize:
            raise MasqueradeError("a run-length mask of more bools than the array has bytes of data")
        bools = decode_mask(self._take(message.mask.buffer), message.mask.encoding, count)
        if count == 0:
            return np.empty(data.shape, dtype, order=order)
        return np.ndarray(data.shape, dtype, bytearray(bools.tobytes()), order=order)

    def _masked(self, message, data, read_mask):
        if message.subclass != d.SUBCLASS_UNSPECIFIED:
            raise MasqueradeError(f"masked arrays of subclass {message.subclass} are not read here")
        if message.hidden_dropped and not message.HasField("mask"):
            raise MasqueradeError("values are hidden without a mask")
        mask = read_mask() if message.HasField("mask") else np.ma.nomask
        array = np.ma.MaskedArray(self._viewed(data, message.data_subclass), mask, hard_mask=message.hard_mask)
        if message.HasField("fill_value"):
            fill = message.fill_value
            dtype = self._dtype(fill, "a fill value")
            if fill.HasField("object") != (dtype.char in "OT"):
                raise MasqueradeError("a fill value is an object where it should be bytes, or bytes where it should be an object")
            # With a dtype of its own, which the public setter would cast.
            array._fill_value = np.empty((), dtype)
            if fill.HasField("object"):
                array._fill_value[()] = self.element(fill.object, dtype)
            else:
                if len(fill.data) != dtype.itemsize:
                    raise MasqueradeError(f"a fill value of {dtype.itemsize} bytes has {len(fill.data)}")
                array._fill_value = np.ndarray((), dtype, bytearray(fill.data))
        return array

    def bundle(self, message):
        members = {}
        for entry in message.entries:
            which = entry.WhichOneof("member")
            if which is None or entry.name in members:
                raise MasqueradeError(f"the member {entry.name!r} is nothing at all, or comes twice")
            members[entry.name] = self.member(entry.array) if which == "array" else self.bundle(entry.bundle)
        attributes = self.named(message.attributes)
        keys = self.named(message.keys)
        if not attributes.keys().isdisjoint(members) or not keys.keys() <= attributes.keys() | members.keys():
            raise MasqueradeError("a name comes twice, or a key belongs to nothing")
        members |= attributes
        if message.kind == f.BUNDLE_KIND_DICT:
            return self._dict((keys.get(name, name), value) for name, value in members.items())
        if message.kind not in (f.BUNDLE_KIND_LIST, f.BUNDLE_KIND_TUPLE):
            raise MasqueradeError(f"unknown kind {message.kind} of a bundle")
        if set(members) != {str(i) for i in range(len(members))}:
            raise MasqueradeError("the items of a list are not called 0, 1, ...")
        items = [members[str(i)] for i in range(len(members))]
        return items if message.kind == f.BUNDLE_KIND_LIST else tuple(items)

    def _dict(self, items):
        found = {}
        for key, value in items:
            if key in found:
                raise MasqueradeError(f"a dict has the key {key!r} twice")
            found[key] = value
        return found

    def value(self, message):
        kind = message.WhichOneof("kind")
        if kind in ("boolean", "integer", "text", "binary"):
            return getattr(message, kind)
        if kind == "none":
            if not message.none:
                raise MasqueradeError("a value is not None and nothing else")
            return None
        if kind == "big_integer":
            if len(message.big_integer) > _MOST_DIGITS * 0.416 + 8:
                raise MasqueradeError(f"an integer of more than {_MOST_DIGITS} digits")
            integer = int.from_bytes(message.big_integer, "big", signed=True)
            if -(2**63) <= integer < 2**63:
                raise MasqueradeError("a big integer is a small one")
            return integer
        if kind == "float_bits":
            return struct.unpack("<d", struct.pack("<Q", message.float_bits))[0]
        if kind == "complex":
            both = message.complex.real_bits, message.complex.imaginary_bits
            return complex(*struct.unpack("<dd", struct.pack("<QQ", *both)))
        if kind in ("list", "tuple"):
            items = [self.value(one) for one in getattr(message, kind).items]
            return items if kind == "list" else tuple(items)
        if kind == "dict":
            if not all(one.HasField("key") and one.HasField("value") for one in message.dict.items):
                raise MasqueradeError("an item of a dict lacks its key or its value")
            return self._dict((self.value(one.key), self.value(one.value)) for one in message.dict.items)
        if kind == "array":
            return self.array(message.array)
        if kind == "bundle":
            return self.bundle(message.bundle)
        raise MasqueradeError("a value is nothing at all")
