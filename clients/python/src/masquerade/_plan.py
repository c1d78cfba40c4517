"""Which blocks a stream has (BLOCKS.md, "Which blocks there are")."""

import math
import struct
from dataclasses import dataclass

import numpy as np

from ._bits import checksum as checksum_of
from ._errors import MasqueradeError
from .v1 import blocks_pb2 as b
from .v1 import file_pb2 as f

MAGIC = b"\x89MQB\r\n\x1a\n"
ENVELOPE_MAGIC = 0x3142514D
VERSION = 1
MASKS = {"packed": f.MASK_ENCODING_PACKED, "raw": f.MASK_ENCODING_RAW}
_LEAST, _USUAL, _MANY = 1 << 16, 1 << 20, 1024


@dataclass
class Array:
    """An array of a stream as it is now: with all growths."""

    dtype: np.dtype
    shape: tuple
    fortran: bool
    lengths: tuple
    masked: bool

    @property
    def bools(self):
        return np.ma.make_mask_descr(self.dtype).itemsize

    @property
    def objects(self):
        return self.dtype.char in "OT"

    @property
    def size(self):
        return math.prod(self.shape)

    def cut(self, shape):
        """How a part of the array is cut: (outer, rows, most, inner), as in BLOCKS.md. Raises MasqueradeError for blocks that are no runs of memory."""
        fast = list(range(len(shape)))[:: 1 if self.fortran else -1]
        at, inner = 0, 1
        while at < len(fast) - 1 and self.lengths[fast[at]] == max(1, shape[fast[at]]):
            inner *= shape[fast[at]]
            at += 1
        slower = fast[at + 1 :]
        rows, most = (shape[fast[at]], self.lengths[fast[at]]) if fast else (1, 1)
        if any(self.lengths[axis] != 1 for axis in slower) or most < 1 or (slower and most > max(1, rows)):
            raise MasqueradeError(f"blocks of shape {self.lengths} are no runs of memory of {shape}")
        return math.prod(shape[axis] for axis in slower), rows, most, inner

    @property
    def planes(self):
        """The planes that have blocks."""
        data = [b.PLANE_DATA] if self.dtype.itemsize > 0 else []
        return [*data, b.PLANE_MASK] if self.masked and self.bools > 0 else data

    def count(self, shape=None):
        """How many blocks a part of the array has, by arithmetic."""
        shape = self.shape if shape is None else shape
        outer, rows, most, inner = self.cut(shape)
        return outer * -(-rows // most) * len(self.planes) if outer * rows * inner else 0

    def block(self, number, shape=None, first=0):
        """(plane, start, count) of block `number` of a part of the array that begins at element `first`."""
        _, rows, most, inner = self.cut(self.shape if shape is None else shape)
        run, which = divmod(number, len(self.planes))
        outer, piece = divmod(run, -(-rows // most))
        row = piece * most
        return self.planes[which], first + (outer * rows + row) * inner, min(most, rows - row) * inner

    def plan(self, shape=None, first=0):
        """(plane, start, count) of each block; nothing is held for a block."""
        for number in range(self.count(shape)):
            yield self.block(number, shape, first)


def lengths_of(shape, fortran, itemsize, block_bytes):
    """The shape of blocks of an array whose writer is told nothing else."""
    size = block_bytes or _LEAST
    while block_bytes is None and size < _USUAL and math.prod(shape) * itemsize > _MANY * size:
        size *= 2
    most = max(1, size // max(1, itemsize))
    lengths, inner = [1] * len(shape), 1
    for i, axis in enumerate(list(range(len(shape)))[:: 1 if fortran else -1]):
        whole = max(1, shape[axis])
        if i == len(shape) - 1 or inner * whole > most:
            lengths[axis] = max(1, most // inner)
            break
        lengths[axis] = whole
        inner *= whole
    return tuple(lengths)


def digest_of(kind, sums):
    return 0 if kind is None else checksum_of(kind, struct.pack(f"<{len(sums)}I", *sums))
