"""Random access to files of blocks, by their index."""

import io

import numpy as np

from ._errors import MasqueradeError
from ._stream import Stream, made
from .v1 import blocks_pb2 as b


class BlockFile:
    """A file whose blocks are read when they are asked for; each is verified then."""

    def __init__(self, file):
        file.seek(0, io.SEEK_END)
        self._size = file.tell()
        file.seek(0)
        self._stream = stream = Stream(file)
        self._body = stream.source.at
        # Of each array what was there at first, then what was added: (first block, its shape, its first element).
        self._segments, first = [], 0
        for array in stream.arrays:
            self._segments.append([(first, array.shape, 0)])
            first += array.count()
        if not self._by_index():
            raise MasqueradeError("the file has no index: load() reads it from the beginning")

    @property
    def shapes(self):
        """The shapes of the file's arrays, in order, as they are with all growths."""
        return [array.shape for array in self._stream.arrays]

    @property
    def dtypes(self):
        return [array.dtype for array in self._stream.arrays]

    def _at(self, offset, size):
        if offset < self._body or offset + size > self._size:
            raise MasqueradeError(f"{size} bytes at byte {offset}, which is outside the file's blocks")
        self._stream.source.seek(offset)
        message, _ = self._stream.unsealed(self._stream.source.exactly(size), offset)
        return message

    def _by_index(self):
        tail = 26 if self._stream.kind is None else 31
        at = self._size - tail
        if at < self._body:
            raise MasqueradeError("the stream is cut off: there is no end")
        self._stream.source.seek(at)
        last, _, (begin, size) = self._stream.message()
        if last.WhichOneof("kind") != "end" or begin + size != self._size:
            raise MasqueradeError("the stream does not end with an end: writing it was interrupted")
        if last.end.index == 0:
            return False
        if not self._body <= last.end.index < at:
            raise MasqueradeError(f"the end has the index at byte {last.end.index}")
        index = self._at(last.end.index, at - last.end.index)
        if index.WhichOneof("kind") != "index":
            raise MasqueradeError("the index is not where the end has it")
        for growth in index.index.growths:
            before = self._stream.total
            added, first = self._stream.grow(growth)
            self._segments[growth.array].append((before, added, first))
        self._stream.check_end(last.end)
        self._offsets, self._sizes = np.array(index.index.offsets, np.uint64), np.array(index.index.sizes, np.uint32)
        if not len(self._offsets) == len(self._sizes) == self._stream.total:
            raise MasqueradeError(f"the index has {len(self._offsets)} blocks, the arrays have {self._stream.total}")
        return True

    def _blocks(self, number, begin, end):
        """The blocks in which elements of an array lie, in memory order, verified."""
        array = self._stream.arrays[number]
        planes = len(array.planes)
        for first, shape, start in self._segments[number]:
            count = array.count(shape)
            if count == 0:
                continue
            _, rows, most, inner = array.cut(shape)
            row = max(0, begin - start) // inner
            for within in range((row // rows * -(-rows // most) + row % rows // most) * planes, count):
                plane, at, elements = array.block(within, shape, start)
                if at >= end:
                    return
                index = first + within
                message = self._at(int(self._offsets[index]), int(self._sizes[index]))
                if message.WhichOneof("kind") != "block":
                    raise MasqueradeError(f"the index has block {index} where none is")
                self._stream.check_block(message.block, index, (number, plane, at, elements))
                yield message.block

    def read(self, start=0, stop=None, array=0):
        """Part of an array along its slowest axis (the first in C order, the last in Fortran order): a plain or a masked array.

        Only the blocks it lies in are read. Fill values and attributes are those of load(). Raises MasqueradeError.
        """
        if not 0 <= array < len(self._stream.arrays):
            raise MasqueradeError(f"array {array} of {len(self._stream.arrays)}")
        one = self._stream.arrays[array]
        if one.objects or not one.shape:
            raise MasqueradeError("arrays of objects and those of no axes are read whole: load()")
        axis = len(one.shape) - 1 if one.fortran else 0
        start, stop, _ = slice(start, stop).indices(one.shape[axis])
        shape = list(one.shape)
        shape[axis] = max(0, stop - start)
        row = one.size // one.shape[axis] if one.shape[axis] else 0
        begin, end = start * row, max(start, stop) * row
        data, mask = bytearray(), bytearray()
        for block in self._blocks(array, begin, end):
            skip, keep = max(0, begin - block.start), min(end, block.start + block.count) - block.start
            if block.plane == b.PLANE_MASK:
                mask += self._stream.mask(block)[skip * one.bools : keep * one.bools]
            else:
                data += self._stream.uncompressed(block)[skip * one.dtype.itemsize : keep * one.dtype.itemsize]
        order = "F" if one.fortran else "C"
        values = made(tuple(shape), one.dtype, data, order)
        if not one.masked:
            return values
        return np.ma.MaskedArray(values, made(tuple(shape), np.ma.make_mask_descr(one.dtype), mask, order))
