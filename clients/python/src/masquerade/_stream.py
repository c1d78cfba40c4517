"""Reading streams of blocks."""

import itertools
import math
from array import array as _numbers

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


_PIECE = 1 << 20


class Source:
    """Bytes of a binary file object, one after another. Nothing is taken on a claim."""

    def __init__(self, file):
        self._file, self.at = file, 0

    def upto(self, length):
        """So many bytes, or those that there are."""
        parts, left = [], length
        while left > 0:
            part = self._file.read(min(left, _PIECE))
            if not part:
                break
            parts.append(part)
            left -= len(part)
        raw = parts[0] if len(parts) == 1 else b"".join(parts)
        self.at += len(raw)
        return raw

    def seek(self, offset):
        self._file.seek(offset)
        self.at = offset

    def exactly(self, length):
        raw = self.upto(length)
        if len(raw) < length:
            raise MasqueradeError(f"{length} bytes are said to follow, there are {len(raw)} (at byte {self.at})")
        return raw

    def framed(self):
        """The next message, and where it begins; nothing at the end."""
        length = shift = 0
        while True:
            one = self.upto(1)
            if not one:
                if shift == 0:
                    return None, self.at
                raise MasqueradeError("the stream is cut off within the length of a message")
            length |= (one[0] & 127) << shift
            shift += 7
            if one[0] < 128:
                break
            if shift > 35:
                raise MasqueradeError(f"a message's length has too many bytes (at byte {self.at})")
        begin = self.at
        return self.exactly(length), begin


class Stream:
    """A file that is being read: envelope and headers at first."""

    def __init__(self, file):
        self.source = Source(file)
        if self.source.upto(len(MAGIC)) != MAGIC:
            raise MasqueradeError(r"no stream of blocks: it does not begin with \x89MQB\r\n\x1a\n")
        self.kind, self._first = None, True
        first, _, _ = self.message()
        if first is None or first.WhichOneof("kind") != "envelope":
            raise MasqueradeError("the first message is no envelope")
        self.envelope = envelope = first.envelope
        if envelope.magic != ENVELOPE_MAGIC:
            raise MasqueradeError("the envelope does not begin with its magic number")
        if envelope.version != VERSION:
            raise MasqueradeError(f"version {envelope.version} of streams; {VERSION} is known")
        if envelope.codec == b.CODEC_UNSPECIFIED or envelope.mask_encoding not in MASKS.values():
            raise MasqueradeError("the envelope lacks its codec or its encoding of masks")
        self._reader = _Content(envelope.buffers)
        self._said = self._reader.outline(envelope)
        if not envelope.HasField("headers") or envelope.headers != len(self._said) or len(envelope.block_shapes) != len(self._said):
            raise MasqueradeError(f"{envelope.headers} headers and {len(envelope.block_shapes)} shapes of blocks for {len(self._said)} arrays")
        self.arrays = [self._header(i) for i in range(len(self._said))]
        self.total = sum(array.count() for array in self.arrays)
        if envelope.HasField("blocks") and envelope.blocks != self.total:
            raise MasqueradeError(f"{envelope.blocks} blocks are announced, the arrays have {self.total}")

    def message(self):
        """The next message, its checksum, which is verified, and where it is: (begin, length). None at the end."""
        body, begin = self.source.framed()
        if body is None:
            return None, 0, (begin, 0)
        message, value = self.unsealed(body, begin)
        return message, value, (begin, len(body))

    def unsealed(self, body, begin):
        """A message and its checksum, which is verified before anything else is done with it."""
        value = 0
        if not self._first:
            value = self._verified(body, begin)
        check(body, b.StreamMessage.DESCRIPTOR)
        try:
            message = b.StreamMessage.FromString(body)
        except DecodeError as error:
            raise MasqueradeError(f"no message of this schema: {error}") from error
        if message.WhichOneof("kind") is None:
            raise MasqueradeError(f"a message is nothing at all (at byte {begin})")
        if self._first:  # its checksum is of the kind that it says itself
            self._first, self.kind = False, message.envelope.checksum or None
            self._verified(body, begin)
        if message.HasField("checksum") != (self.kind is not None):
            raise MasqueradeError(f"a checksum where the envelope names none, or none (at byte {begin})")
        return message, value

    def _verified(self, body, begin):
        if self.kind is None:
            return 0
        value = int.from_bytes(body[-4:], "little")
        if body[-5:-4] != b"\x7d" or checksum_of(self.kind, memoryview(body)[:-5]) != value:
            raise MasqueradeError(f"the checksum of a message is wrong (at byte {begin})")
        return value

    def value(self):
        """Reads all blocks, one after another, and gives what they make."""
        parts = [_Parts(self, array) for array in self.arrays]
        due = itertools.chain.from_iterable(self._due_of(i) for i in range(len(parts)))
        sums, offsets, sizes, growths = _numbers("I"), _numbers("Q"), _numbers("I"), []
        done, indexed = False, 0
        while True:
            message, value, place = self.message()
            if message is None:
                if not done:
                    raise MasqueradeError("the stream is cut off: there is no end")
                break
            which, complete = message.WhichOneof("kind"), len(sums) == self.total
            if which == "block" and not complete:
                self.check_block(message.block, len(sums), next(due))
                parts[message.block.array].take(message.block)
                sums.append(value)
                offsets.append(place[0])
                sizes.append(place[1])
            elif which == "growth" and (done or not indexed):  # before the other blocks, too: so they travel
                growths.append((message.growth.array, message.growth.length))
                due = itertools.chain(due, self._due_of(message.growth.array, *self.grow(message.growth)))
                done, indexed = False, 0
            elif which == "end" and not done:
                self._end(message.end, sums, indexed)
                done = True
            elif which == "index" and not done and not indexed and complete:
                index = message.index
                same = len(index.offsets) == len(offsets) and _numbers("Q", index.offsets) == offsets and _numbers("I", index.sizes) == sizes
                if not same or [(one.array, one.length) for one in index.growths] != growths:
                    raise MasqueradeError("the index tells of other blocks than there are")
                indexed = place[0]
            else:
                raise MasqueradeError(f"a message that is not due: {which}")
        self._reader.ready = [one.whole() for one in parts]
        return self._reader.content(self.envelope)

    def _due_of(self, number, shape=None, first=0):
        return ((number, *one) for one in self.arrays[number].plan(shape, first))

    def _header(self, number):
        message, _, _ = self.message()
        if message is None or message.WhichOneof("kind") != "header" or message.header.array != number:
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

    def check_block(self, block, index, due):
        """Holds a block to the plan."""
        if (block.index, block.array, block.plane, block.start, block.count) != (index, *due):
            raise MasqueradeError(f"block {index} is due, and block {block.index} comes, or differs from what is planned")
        if len(block.data) > block.length:
            raise MasqueradeError(f"block {index} is longer than uncompressed")
        array = self.arrays[block.array]
        unit = array.bools if block.plane == b.PLANE_MASK else array.dtype.itemsize
        need = None if array.objects and block.plane == b.PLANE_DATA else block.count * unit
        if block.plane == b.PLANE_MASK and self.envelope.mask_encoding == f.MASK_ENCODING_PACKED:
            need = -(-need // 8)
        if need is not None and block.length != need:
            raise MasqueradeError(f"block {block.index} has {block.length} bytes, not {need}")

    def uncompressed(self, block):
        return decompress(self.envelope.codec, block.data, block.length)

    def mask(self, block):
        """The bools of a block of a mask, a byte each."""
        count = block.count * self.arrays[block.array].bools
        return decode_mask(self.uncompressed(block), self.envelope.mask_encoding, count).tobytes()

    def grow(self, growth):
        """Makes an array longer; gives the shape of what was added, and its first element."""
        if growth.array >= len(self.arrays):
            raise MasqueradeError(f"array {growth.array} grows, which is not there")
        array = self.arrays[growth.array]
        if not array.shape or array.dtype.itemsize == 0:
            raise MasqueradeError("an array without axes or bytes grows")
        axis = len(array.shape) - 1 if array.fortran else 0
        if growth.length < array.shape[axis]:
            raise MasqueradeError(f"an array grows from {array.shape[axis]} to {growth.length}")
        first, added, grown = array.size, list(array.shape), list(array.shape)
        added[axis], grown[axis] = growth.length - array.shape[axis], growth.length
        if math.prod(n or 1 for n in grown) > 2**53 - 1:
            raise MasqueradeError(f"shape {grown} cannot be counted")
        array.shape = tuple(grown)
        self.total += array.count(tuple(added))
        return tuple(added), first

    def _end(self, end, sums, indexed):
        if len(sums) < self.total:
            raise MasqueradeError(f"blocks are missing: {len(sums)} to {self.total - 1}")
        self.check_end(end)
        if end.digest != digest_of(self.kind, sums):
            raise MasqueradeError("the digest of the blocks is wrong")
        if end.index not in (0, indexed):
            raise MasqueradeError(f"the end has the index at byte {end.index}")

    def check_end(self, end):
        if not all(end.HasField(name) for name in ("blocks", "index", "digest")) or end.blocks != self.total:
            raise MasqueradeError(f"the end tells of {end.blocks} blocks, the arrays have {self.total}")


class _Parts:
    """Data and mask of an array as they come, one block after another in memory, so that nothing is taken on a claim."""

    def __init__(self, stream, array):
        self._stream, self._array = stream, array
        self.data, self.mask, self.items = bytearray(), bytearray(), []

    def take(self, block):
        if block.plane == b.PLANE_MASK:
            self.mask += self._stream.mask(block)
        elif self._array.objects:
            self.items += _items(self._stream.uncompressed(block), block.count, self._array.dtype)
        else:
            self.data += self._stream.uncompressed(block)

    def whole(self):
        """The array and its mask, or None."""
        array = self._array
        order = "F" if array.fortran else "C"
        if array.objects:
            values = np.empty(array.size, array.dtype)
            for i, item in enumerate(self.items):
                values[i] = item
            whole = values.reshape(array.shape, order=order)
        else:
            whole = made(array.shape, array.dtype, self.data, order)
        return whole, made(array.shape, np.ma.make_mask_descr(array.dtype), self.mask, order) if array.masked else None


def made(shape, dtype, raw, order):
    return np.ndarray(shape, dtype, raw, order=order) if raw else np.empty(shape, dtype, order=order)


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
            mask = message.mask
            if mask.count or mask.encoding or mask.buffer:
                raise MasqueradeError("a mask of a stream is in the envelope")
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
