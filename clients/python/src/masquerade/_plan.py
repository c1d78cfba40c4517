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

    def runs(self, shape=None, first=0, limit=math.inf):
        """(start, count) of each run of memory of a part of the array."""
        shape = self.shape if shape is None else shape
        fast = list(range(len(shape)))[:: 1 if self.fortran else -1]
        at, inner = 0, 1
        while at < len(fast) - 1 and self.lengths[fast[at]] == max(1, shape[fast[at]]):
            inner *= shape[fast[at]]
            at += 1
        slower = fast[at + 1 :]
        rows, most = (shape[fast[at]], self.lengths[fast[at]]) if fast else (1, 1)
        if any(self.lengths[axis] != 1 for axis in slower) or most < 1 or (slower and most > max(1, rows)):
            raise MasqueradeError(f"blocks of shape {self.lengths} are no runs of memory of {shape}")
        if math.prod(shape) == 0:
            return
        # Every run takes a block, and every block some bytes: what cannot be there is not counted out.
        if math.prod(shape[axis] for axis in slower) * -(-rows // most) > limit:
            raise MasqueradeError(f"more blocks than there is room for: shape {shape} in blocks of {self.lengths}")
        for outer in range(math.prod(shape[axis] for axis in slower)):
            for row in range(0, rows, most):
                yield first + (outer * rows + row) * inner, min(most, rows - row) * inner

    def plan(self, shape=None, first=0, limit=math.inf):
        """(plane, start, count) of each block."""
        if self.dtype.itemsize == 0 and not self.masked:
            return
        for start, count in self.runs(shape, first, limit):
            if self.dtype.itemsize > 0:
                yield b.PLANE_DATA, start, count
            if self.masked:
                yield b.PLANE_MASK, start, count


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
