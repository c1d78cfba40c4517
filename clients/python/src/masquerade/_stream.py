"""Reading streams of blocks."""

import math

import numpy as np
from google.protobuf.message import DecodeError

from . import _npy
from ._bits import checksum as checksum_of
from ._bits import decode_mask
from ._codecs import decompress
from ._dtypes import read_dtype
from ._errors import MasqueradeError
from ._plan import ENVELOPE_MAGIC, MAGIC, MASKS, VERSION, Array, digest_of
from ._read import Reader
from ._wire import check
from .v1 import blocks_pb2 as b
from .v1 import file_pb2 as f


class Stream:
    """A file that is being read."""

    def __init__(self, raw):
        self._raw, self._at = raw, len(MAGIC)
        self._kind = None
        self._blocks = {}
        first, _ = self._message()
        if first.WhichOneof("kind") != "envelope":
            raise MasqueradeError("the first message is no envelope")
        self.envelope = envelope = first.envelope
        if envelope.magic != ENVELOPE_MAGIC or envelope.version != VERSION:
            raise MasqueradeError(f"version {envelope.version} of streams; {VERSION} is known")
        if envelope.codec == b.CODEC_UNSPECIFIED or envelope.mask_encoding not in MASKS.values():
            raise MasqueradeError("the envelope lacks its codec or its encoding of masks")
        self._reader = _Content(envelope.buffers)
        self._said = self._reader.outline(envelope)
        if not envelope.HasField("headers") or envelope.headers != len(self._said) or len(envelope.block_shapes) != len(self._said):
            raise MasqueradeError(f"{envelope.headers} headers and {len(envelope.block_shapes)} shapes of blocks for {len(self._said)} arrays")

    def _message(self):
        """The next message and its checksum, which is verified; nothing at the end of the file."""
        raw, at = self._raw, self._at
        length = shift = 0
        while True:
            if at >= len(raw):
                raise MasqueradeError("the stream is cut off: there is no end")
            byte = raw[at]
            at += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
            if shift > 35:
                raise MasqueradeError(f"a message's length has too many bytes (at byte {at})")
        if length > len(raw) - at:
            raise MasqueradeError(f"{length} bytes are said to follow, there are {len(raw) - at} (at byte {at})")
        body = raw[at : at + length]
        begin, self._at = at, at + length
        self._last = begin, length
        check(body, b.StreamMessage.DESCRIPTOR)
        try:
            message = b.StreamMessage.FromString(body)
        except DecodeError as error:
            raise MasqueradeError(f"no message of this schema: {error}") from error
        which = message.WhichOneof("kind")
        if which is None:
            raise MasqueradeError(f"a message is nothing at all (at byte {begin})")
        if which == "envelope":
            self._kind = message.envelope.checksum or None
        if self._kind is None:
            if message.HasField("checksum"):
                raise MasqueradeError(f"a checksum where the envelope names none (at byte {begin})")
            return message, 0
        value = message.checksum
        sealed = body[-5:-4] == b"\x7d" and int.from_bytes(body[-4:], "little") == value
        if not message.HasField("checksum") or not sealed or checksum_of(self._kind, body[:-5]) != value:
            raise MasqueradeError(f"the checksum of a message is wrong (at byte {begin})")
        return message, value

    def value(self):
        arrays = [self._header(i) for i in range(len(self._said))]
        plan = [(i, *one) for i, array in enumerate(arrays) for one in array.plan(limit=len(self._raw))]
        if self.envelope.HasField("blocks") and self.envelope.blocks != len(plan):
            raise MasqueradeError(f"{self.envelope.blocks} blocks are announced, the arrays have {len(plan)}")
        found, sums, places, done, indexed = [], [], [], False, False
        while not done or self._at < len(self._raw):
            message, value = self._message()
            which = message.WhichOneof("kind")
            if which == "block" and len(found) < len(plan):
                self._due(message.block, len(found), plan[len(found)])
                found.append(message.block)
                sums.append(value)
                places.append(self._last)
            elif which == "growth" and len(found) == len(plan) and (done or not indexed):
                plan += self._grow(arrays, message.growth)
                done = indexed = False
            elif which == "end" and not done:
                self._end(message.end, plan, sums)
                done = True
            elif which == "index" and not done and not indexed and len(found) == len(plan):
                if list(zip(message.index.offsets, message.index.sizes)) != places:
                    raise MasqueradeError("the index tells of other blocks than there are")
                indexed = True
            else:
                raise MasqueradeError(f"a message that is not due: {which}")
        self._reader.ready = [self._whole(i, array, found) for i, array in enumerate(arrays)]
        return self._reader.content(self.envelope)

    def _header(self, number):
        message, _ = self._message()
        if message.WhichOneof("kind") != "header" or message.header.array != number:
            raise MasqueradeError(f"header {number} is due, and something else comes")
        descr, shape, fortran = _npy.read(message.header.npy)
        said = self._said[number]
        if said.HasField("dtype"):
            dtype = read_dtype(said.dtype, self._reader.value, self._reader.named)
            if _npy.dtype_of(_npy.descr_of(dtype)) != _npy.dtype_of(descr):
                raise MasqueradeError("an NPY header has another dtype than the envelope says")
        else:
            dtype = _npy.dtype_of(descr)
        if dtype.hasobject and dtype.char not in "OT":
            raise MasqueradeError("records of objects are not defined")
        if dtype.itemsize == 0 and dtype.kind in "SU":
            raise MasqueradeError("texts of no characters, which NumPy makes only of other arrays")
        lengths = tuple(self.envelope.block_shapes[number].lengths)
        if len(lengths) != len(shape) or math.prod(n or 1 for n in shape) > 2**53 - 1:
            raise MasqueradeError(f"shape {shape} cannot be counted, or has blocks of {len(lengths)} axes")
        array = Array(dtype, shape, fortran, lengths, said.HasField("mask"))
        return array

    @staticmethod
    def _due(block, index, due):
        if (block.index, block.array, block.plane, block.start, block.count) != (index, *due):
            raise MasqueradeError(f"block {index} is due, and block {block.index} comes, or differs from what is planned")
        if len(block.data) > block.length:
            raise MasqueradeError(f"block {index} is longer than uncompressed")

    def _grow(self, arrays, growth):
        if growth.array >= len(arrays):
            raise MasqueradeError(f"array {growth.array} grows, which is not there")
        array = arrays[growth.array]
        if not array.shape or array.dtype.itemsize == 0:
            raise MasqueradeError("an array without axes or bytes grows")
        axis = len(array.shape) - 1 if array.fortran else 0
        if growth.length < array.shape[axis]:
            raise MasqueradeError(f"an array grows from {array.shape[axis]} to {growth.length}")
        added = list(array.shape)
        added[axis] = growth.length - array.shape[axis]
        first = array.size
        grown = list(array.shape)
        grown[axis] = growth.length
        blocks = [(growth.array, *one) for one in array.plan(tuple(added), first, len(self._raw))]
        array.shape = tuple(grown)
        return blocks

    def _end(self, end, plan, sums):
        if len(sums) < len(plan):
            raise MasqueradeError(f"blocks are missing: {len(sums)} to {len(plan) - 1}")
        if not end.HasField("blocks") or end.blocks != len(plan):
            raise MasqueradeError(f"the end tells of {end.blocks} blocks, the arrays have {len(plan)}")
        if not end.HasField("digest") or end.digest != digest_of(self._kind, sums):
            raise MasqueradeError("the digest of the blocks is wrong")

    def _whole(self, number, array, blocks):
        """Data and mask of an array."""
        order = "F" if array.fortran else "C"
        # Blocks come one after another in memory, so nothing is taken on a claim.
        data, mask, items = bytearray(), bytearray(), []
        for block in blocks:
            if block.array != number:
                continue
            unit = array.bools if block.plane == b.PLANE_MASK else array.dtype.itemsize
            need = None if array.objects and block.plane == b.PLANE_DATA else block.count * unit
            if block.plane == b.PLANE_MASK and self.envelope.mask_encoding == f.MASK_ENCODING_PACKED:
                need = -(-need // 8)
            if need is not None and block.length != need:
                raise MasqueradeError(f"block {block.index} has {block.length} bytes, not {need}")
            raw = decompress(self.envelope.codec, block.data, block.length)
            if block.plane == b.PLANE_MASK:
                mask += decode_mask(raw, self.envelope.mask_encoding, block.count * unit).tobytes()
            elif array.objects:
                items += _items(raw, block.count, array.dtype)
            else:
                data += raw
        if array.objects:
            values = np.empty(array.size, array.dtype)
            for i, item in enumerate(items):
                values[i] = item
            whole = values.reshape(array.shape, order=order)
        else:
            whole = np.ndarray(array.shape, array.dtype, data, order=order) if data else np.empty(array.shape, array.dtype, order=order)
        if not array.masked:
            return whole, None
        kind = np.ma.make_mask_descr(array.dtype)
        return whole, np.ndarray(array.shape, kind, mask, order=order) if mask else np.empty(array.shape, kind, order=order)


def _items(raw, count, dtype):
    check(raw, b.Objects.DESCRIPTOR)
    try:
        message = b.Objects.FromString(raw)
    except DecodeError as error:
        raise MasqueradeError(f"no message of this schema: {error}") from error
    if len(message.items) != count:
        raise MasqueradeError(f"a block of {count} objects has {len(message.items)}")
    reader = Reader(message.buffers)
    items = [reader.element(one, dtype) for one in message.items]
    reader.finish()
    return items


class _Content(Reader):
    """Makes the value of an envelope's content, whose arrays are ready."""

    ready = ()

    def outline(self, envelope):
        """The messages of the stream's arrays, in order."""
        which = envelope.WhichOneof("content")
        if which is None:
            raise MasqueradeError("the envelope has no content")
        found, left = [], [envelope]
        while left:
            one = left.pop()
            which = one.WhichOneof("content" if one is envelope else "member")
            if which == "array":
                found.append(one.array)
            elif which == "bundle":
                left += reversed(one.bundle.entries)
        for message in found:
            if message.shape or message.order or message.objects or message.data_buffer:
                raise MasqueradeError("an array of a stream has its shape, order or data in the envelope")
        return found

    def content(self, envelope):
        self._next = iter(self.ready)
        value = self.member(envelope.array) if envelope.WhichOneof("content") == "array" else self.bundle(envelope.bundle)
        self.finish()
        return value

    def member(self, message):
        data, mask = next(self._next)
        return self._assembled(message, data, lambda: mask)
