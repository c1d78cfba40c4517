"""Streams of blocks, as BLOCKS.md beside the schema has them: the format .mqb."""

import io
from array import array as _numbers
from contextlib import contextmanager

import numpy as np

from . import _npy
from ._bits import CHECKSUMS, encode_mask, varint
from ._bits import checksum as checksum_of
from ._codecs import CODECS, compress
from ._dtypes import write_dtype
from ._errors import MasqueradeError
from ._plan import ENVELOPE_MAGIC, MAGIC, MASKS, VERSION, Array, digest_of, lengths_of
from ._random import BlockFile
from ._stream import Stream
from ._write import Writer, elements, is_array
from .protobuf import framed
from .v1 import blocks_pb2 as b
from .v1 import file_pb2 as f

_MOST = 2**31 - 1


class _Outliner(Writer):
    """Writes what an envelope says of arrays, and keeps their values."""

    def __init__(self, hidden, block_bytes):
        super().__init__("packed", hidden)
        self.values, self.arrays = [], []
        self._block_bytes = block_bytes

    def member(self, message, value):
        with self._deeper():
            whole, value, attributes, dims = self.parts(value)
            data = np.asarray(whole.data if isinstance(whole, np.ma.MaskedArray) else whole)
            masked = isinstance(value, np.ma.MaskedArray) and np.ma.getmask(value) is not np.ma.nomask
            itemsize = {"O": 8, "T": 16}.get(data.dtype.char, data.dtype.itemsize)
            lengths = lengths_of(data.shape, data.flags.fnc, itemsize, self._block_bytes)
            self.arrays.append(Array(data.dtype, data.shape, data.flags.fnc, lengths, masked))
            self.values.append((data, np.ma.getmask(value) if masked else None))
            message.SetInParent()  # all may be left out
            if not _header_says_all(data.dtype):
                write_dtype(message.dtype, data.dtype, self.value)
            if masked:
                message.mask.SetInParent()
            self.said(message, value, attributes, dims)


def _spelled(dtype):
    writer, message = Writer("raw", "keep"), f.DType()
    write_dtype(message, dtype, writer.value)
    return message.SerializeToString(deterministic=True), writer.buffers


def _header_says_all(dtype):
    return dtype.kind != "T" and _spelled(_npy.dtype_of(_npy.descr_of(dtype))) == _spelled(dtype)


def dumps(value, **options):
    """The bytes of a file. Options are those of dump."""
    out = io.BytesIO()
    dump(value, out, **options)
    return out.getvalue()


def dump(value, file, *, codec="none", level=None, block_bytes=None, mask="packed", hidden="keep", checksum="crc32"):
    """Writes a file to a binary file object, one block after another. codec: none, deflate, zstd. mask: packed, raw. hidden, checksum: as for .pb."""
    for name, given, choices in (
        ("codec", codec, ("none", "deflate", "zstd")),
        ("mask", mask, MASKS),
        ("hidden", hidden, ("keep", "drop")),
        ("checksum", checksum, CHECKSUMS),
    ):
        if given not in choices:
            raise MasqueradeError(f"{name} is one of {', '.join(choices)}, not {given!r}")
    kind = CHECKSUMS[checksum]
    outliner = _Outliner(hidden, block_bytes)
    envelope = b.Envelope(magic=ENVELOPE_MAGIC, version=VERSION, codec=CODECS[codec], mask_encoding=MASKS[mask])
    try:
        if is_array(value):
            outliner.member(envelope.array, value)
        else:
            outliner.bundle(envelope.bundle, value)
    except RecursionError as error:
        raise MasqueradeError("values nested so deeply that Python itself gives up, or in themselves") from error
    envelope.headers, envelope.blocks = len(outliner.arrays), sum(array.count() for array in outliner.arrays)
    if kind is not None:
        envelope.checksum = kind
    for array in outliner.arrays:
        envelope.block_shapes.add(lengths=array.lengths)
    out = _Out(kind, file)
    body = _with_buffers(envelope.SerializeToString(deterministic=True), outliner.buffers, 11)
    out.message(b"\x0a" + varint(len(body)) + body)
    for i, array in enumerate(outliner.arrays):
        header = b.NpyHeader(array=i, npy=_npy.write(array.dtype, array.shape, array.fortran))
        out.message(b.StreamMessage(header=header).SerializeToString(deterministic=True))
    for i, (array, (data, bools)) in enumerate(zip(outliner.arrays, outliner.values)):
        order = "F" if array.fortran else "C"
        flat = elements(data, order) if array.objects else _bytes_of(data, order)
        bits = _bytes_of(bools, order).view(np.bool_) if array.masked else None
        for plane, start, count in array.plan():
            if plane == b.PLANE_MASK:
                raw = encode_mask(bits[start * array.bools : (start + count) * array.bools], mask)
            elif array.objects:
                raw = _objects(flat[start : start + count])
            else:
                raw = flat[start * array.dtype.itemsize : (start + count) * array.dtype.itemsize].tobytes()
            packed = compress(codec, raw, level)
            block = b.Block(index=len(out.sums), array=i, plane=plane, start=start, count=count, length=len(raw))
            block.data = packed if len(packed) < len(raw) else raw
            out.block(b.StreamMessage(block=block).SerializeToString(deterministic=True))
    out.finish()


def _bytes_of(array, order):
    """An array's bytes in this order: over its memory where that is in it, else copied."""
    if array.flags.c_contiguous if order == "C" else array.flags.f_contiguous:
        flat = array.reshape(-1, order=order)
        if flat.size and not flat.dtype.hasobject and flat.dtype.itemsize:
            return flat.view(np.ndarray).view(np.uint8)
    return np.frombuffer(array.tobytes(order), np.uint8)


def _with_buffers(body, buffers, field):
    for data in buffers:
        body = b"".join([body, *framed(data, len(body), f.CHECKSUM_KIND_CRC32, field)])
    return body


def _objects(values):
    writer, message = Writer("packed", "keep"), b.Objects()
    for value in values:
        writer.value(message.items.add(), value)
    return _with_buffers(message.SerializeToString(deterministic=True), writer.buffers, 2)


class _Out:
    """A file that is being written."""

    def __init__(self, kind, file, at=0):
        self.at, self.kind, self.file = at, kind, file
        self.sums, self.offsets, self.sizes = _numbers("I"), _numbers("Q"), _numbers("I")
        if at == 0:
            self._put(MAGIC)

    def _put(self, raw):
        self.file.write(raw)
        self.at += len(raw)

    def message(self, raw):
        """Writes a message: gives its checksum, and where it begins."""
        value = 0 if self.kind is None else checksum_of(self.kind, raw)
        if self.kind is not None:
            raw += b"\x7d" + value.to_bytes(4, "little")
        if len(raw) > _MOST:
            raise MasqueradeError(f"a message of {len(raw)} bytes; write smaller blocks (block_bytes)")
        self._put(varint(len(raw)))
        begin = self.at
        self._put(raw)
        return value, begin

    def block(self, raw):
        value, begin = self.message(raw)
        self.sums.append(value)
        self.offsets.append(begin)
        self.sizes.append(self.at - begin)

    def finish(self, *growths):
        index = b.StreamMessage()
        index.index.SetInParent()
        index.index.offsets.extend(self.offsets)
        index.index.sizes.extend(self.sizes)
        index.index.growths.extend(growths)
        _, at = self.message(index.SerializeToString(deterministic=True))
        digest = digest_of(self.kind, self.sums)
        end = b.StreamMessage(end=b.End(blocks=len(self.sums), index=at, digest=digest))
        self.message(end.SerializeToString(deterministic=True))


def loads(raw):
    """The value of a file's bytes. Raises MasqueradeError."""
    return load(io.BytesIO(raw))


def load(file):
    """The value of a binary file object, which is read to its end, one block after another: a pipe or a socket's file will do. Raises MasqueradeError."""
    with _refusing():
        return Stream(file).value()


def open(file):  # noqa: A001
    """A BlockFile over a binary file object that can seek: envelope and headers are read, blocks when they are asked for. Raises MasqueradeError."""
    with _refusing():
        return BlockFile(file)


@contextmanager
def _refusing():
    try:
        yield
    except MasqueradeError:
        raise
    except (ValueError, TypeError, OverflowError, MemoryError) as error:  # NumPy's refusals of what the file says
        raise MasqueradeError(f"no value NumPy could hold: {error}") from error
