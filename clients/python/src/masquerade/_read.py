"""Messages as values."""

import struct

import numpy as np
from google.protobuf.unknown_fields import UnknownFieldSet

from ._bits import checksum, decode_mask
from ._dtypes import has_objects, read_dtype
from ._errors import MasqueradeError
from ._labelled import Labelled
from .v1 import dtype_pb2 as d
from .v1 import file_pb2 as f

_VIEWS = {d.SUBCLASS_MATRIX: np.matrix, d.SUBCLASS_RECARRAY: np.recarray, d.SUBCLASS_CHARARRAY: np.char.chararray}
_ANNOTATIONS = 100


def known(message):
    """Refuses critical fields nobody knows."""
    for field in UnknownFieldSet(message):
        if field.field_number < _ANNOTATIONS:
            name = message.DESCRIPTOR.name
            raise MasqueradeError(f"unknown field {field.field_number} in {name}: a newer version wrote it")


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
        known(buffer)
        if buffer.padding.strip(b"\0"):
            raise MasqueradeError("padding is not zero")
        if buffer.HasField("checksum") and checksum(buffer.checksum.kind, buffer.data) != buffer.checksum.value:
            raise MasqueradeError(f"the checksum of buffer {index} is wrong")
        return buffer.data

    def array(self, message):
        known(message)
        dtype = read_dtype(message.dtype, self.value, known)
        order = {d.ORDER_C: "C", d.ORDER_F: "F"}.get(message.order)
        if order is None:
            raise MasqueradeError(f"unknown order {message.order}")
        data = self._data(message, dtype, order)
        if not message.masked:
            if message.HasField("mask") or message.HasField("fill_value") or message.hard_mask:
                raise MasqueradeError("an array that is not masked has a mask or a fill value")
            array = self._viewed(data, message.subclass)
        else:
            array = self._masked(message, data, order)
        if not message.attributes and not message.HasField("dims"):
            return array
        dims = tuple(message.dims.names) if message.HasField("dims") else None
        if dims is not None and len(dims) != data.ndim:
            raise MasqueradeError(f"{len(dims)} names for {data.ndim} axes")
        return Labelled(array, {one.name: self.value(one.value) for one in message.attributes}, dims)

    def _data(self, message, dtype, order):
        shape = tuple(message.shape)
        size = 1
        for n in shape:
            size *= n
        if dtype.char in "OT":
            if len(message.objects) != size:
                raise MasqueradeError(f"{size} elements, but {len(message.objects)} objects")
            flat = np.empty(size, dtype)
            for i, one in enumerate(message.objects):
                item = self.value(one)
                flat[i] = dtype.na_object if dtype.char == "T" and item is None else item
            return flat.reshape(shape, order=order)
        if has_objects(dtype):
            raise MasqueradeError("records of objects are not defined")
        raw = self._take(message.data_buffer)
        if len(raw) != size * dtype.itemsize:
            raise MasqueradeError(f"shape {shape} of {dtype} takes {size * dtype.itemsize} bytes, there are {len(raw)}")
        if not raw:
            return np.empty(shape, dtype, order=order)
        return np.ndarray(shape, dtype, bytearray(raw), order=order)

    def _viewed(self, data, subclass):
        if subclass == d.SUBCLASS_SCALAR:
            return data[()]
        if subclass in _VIEWS:
            return data.view(_VIEWS[subclass])
        if subclass != d.SUBCLASS_UNSPECIFIED:
            raise MasqueradeError(f"arrays of subclass {subclass} are not read here")
        return data

    def _masked(self, message, data, order):
        if message.subclass != d.SUBCLASS_UNSPECIFIED:
            raise MasqueradeError(f"masked arrays of subclass {message.subclass} are not read here")
        mask = np.ma.nomask
        if message.HasField("mask"):
            known(message.mask)
            dtype = np.ma.make_mask_descr(data.dtype)
            count = data.size * dtype.itemsize
            if message.mask.count != count:
                raise MasqueradeError(f"a mask of {message.mask.count} bools where there are {count}")
            runs = message.mask.encoding == f.MASK_ENCODING_RUN_LENGTH
            if runs and not has_objects(data.dtype) and count > data.nbytes:
                raise MasqueradeError("a run-length mask of more bools than the array has bytes of data")
            bools = decode_mask(self._take(message.mask.buffer), message.mask.encoding, count)
            if count == 0:
                mask = np.empty(data.shape, dtype, order=order)
            else:
                mask = np.ndarray(data.shape, dtype, bytearray(bools.tobytes()), order=order)
        array = np.ma.MaskedArray(self._viewed(data, message.data_subclass), mask, hard_mask=message.hard_mask)
        if message.HasField("fill_value"):
            fill = message.fill_value
            known(fill)
            dtype = read_dtype(fill.dtype, self.value, known)
            # With a dtype of its own, which the public setter would cast.
            array._fill_value = np.empty((), dtype)
            if fill.HasField("object"):
                item = self.value(fill.object)
                array._fill_value[()] = dtype.na_object if dtype.char == "T" and item is None else item
            else:
                if len(fill.data) != dtype.itemsize:
                    raise MasqueradeError(f"a fill value of {dtype.itemsize} bytes has {len(fill.data)}")
                array._fill_value = np.ndarray((), dtype, bytearray(fill.data))
        return array

    def bundle(self, message):
        known(message)
        keys = {one.name: self.value(one.value) for one in message.keys}
        members = {}
        for entry in message.entries:
            known(entry)
            which = entry.WhichOneof("member")
            if which is None or entry.name in members:
                raise MasqueradeError(f"the member {entry.name!r} is nothing at all, or comes twice")
            members[entry.name] = self.array(entry.array) if which == "array" else self.bundle(entry.bundle)
        for one in message.attributes:
            if one.name in members:
                raise MasqueradeError(f"{one.name!r} comes twice")
            members[one.name] = self.value(one.value)
        if message.kind == f.BUNDLE_KIND_DICT:
            return {keys.get(name, name): value for name, value in members.items()}
        if message.kind not in (f.BUNDLE_KIND_LIST, f.BUNDLE_KIND_TUPLE):
            raise MasqueradeError(f"unknown kind {message.kind} of a bundle")
        if set(members) != {str(i) for i in range(len(members))}:
            raise MasqueradeError("the items of a list are not called 0, 1, ...")
        items = [members[str(i)] for i in range(len(members))]
        return items if message.kind == f.BUNDLE_KIND_LIST else tuple(items)

    def value(self, message):
        known(message)
        kind = message.WhichOneof("kind")
        if kind in ("boolean", "integer", "text", "binary"):
            return getattr(message, kind)
        if kind == "none":
            return None
        if kind == "big_integer":
            return int.from_bytes(message.big_integer, "big", signed=True)
        if kind == "float_bits":
            return struct.unpack("<d", struct.pack("<Q", message.float_bits))[0]
        if kind == "complex":
            both = message.complex.real_bits, message.complex.imaginary_bits
            return complex(*struct.unpack("<dd", struct.pack("<QQ", *both)))
        if kind in ("list", "tuple"):
            items = [self.value(one) for one in getattr(message, kind).items]
            return items if kind == "list" else tuple(items)
        if kind == "dict":
            return {self.value(one.key): self.value(one.value) for one in message.dict.items}
        if kind == "array":
            return self.array(message.array)
        if kind == "bundle":
            return self.bundle(message.bundle)
        raise MasqueradeError("a value is nothing at all")
