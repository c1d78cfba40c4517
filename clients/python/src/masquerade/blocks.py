"""Streams of blocks, as BLOCKS.md beside the schema has them: the format .mqb."""

import numpy as np

from . import _npy
from ._bits import CHECKSUMS, encode_mask, varint
from ._bits import checksum as checksum_of
from ._codecs import CODECS, compress
from ._dtypes import write_dtype
from ._errors import MasqueradeError
from ._plan import ENVELOPE_MAGIC, MAGIC, MASKS, VERSION, Array, digest_of, lengths_of
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


def dumps(value, *, codec="none", level=None, block_bytes=None, mask="packed", hidden="keep", checksum="crc32"):
    """The bytes of a file. codec: none, deflate, zstd. mask: packed, raw. hidden, checksum: as for .pb."""
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
    plans = [list(array.plan()) for array in outliner.arrays]
    envelope.headers, envelope.blocks = len(plans), sum(map(len, plans))
    if kind is not None:
        envelope.checksum = kind
    for array in outliner.arrays:
        envelope.block_shapes.add(lengths=array.lengths)
    out = _Out(kind)
    body = _with_buffers(envelope.SerializeToString(deterministic=True), outliner.buffers, 11)
    out.message(b"\x0a" + varint(len(body)) + body)
    for i, array in enumerate(outliner.arrays):
        header = b.NpyHeader(array=i, npy=_npy.write(array.dtype, array.shape, array.fortran))
        out.message(b.StreamMessage(header=header).SerializeToString(deterministic=True))
    for i, (array, (data, bools)) in enumerate(zip(outliner.arrays, outliner.values)):
        order = "F" if array.fortran else "C"
        flat = elements(data, order) if array.objects else data.tobytes(order)
        bits = np.frombuffer(bools.tobytes(order), np.bool_) if array.masked else None
        for plane, start, count in plans[i]:
            if plane == b.PLANE_MASK:
                raw = encode_mask(bits[start * array.bools : (start + count) * array.bools], mask)
            elif array.objects:
                raw = _objects(flat[start : start + count])
            else:
                raw = flat[start * array.dtype.itemsize : (start + count) * array.dtype.itemsize]
            packed = compress(codec, raw, level)
            block = b.Block(index=len(out.sums), array=i, plane=plane, start=start, count=count, length=len(raw))
            block.data = packed if len(packed) < len(raw) else raw
            out.block(b.StreamMessage(block=block).SerializeToString(deterministic=True))
    return out.finish()


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

    def __init__(self, kind):
        self.parts, self.at, self.kind = [MAGIC], len(MAGIC), kind
        self.sums, self.offsets, self.sizes = [], [], []

    def message(self, raw):
        """Writes a message: gives its checksum, and where it begins."""
        value = 0 if self.kind is None else checksum_of(self.kind, raw)
        if self.kind is not None:
            raw += b"\x7d" + value.to_bytes(4, "little")
        if len(raw) > _MOST:
            raise MasqueradeError(f"a message of {len(raw)} bytes; write smaller blocks (block_bytes)")
        head = varint(len(raw))
        self.parts += [head, raw]
        begin = self.at + len(head)
        self.at = begin + len(raw)
        return value, begin

    def block(self, raw):
        value, begin = self.message(raw)
        self.sums.append(value)
        self.offsets.append(begin)
        self.sizes.append(self.at - begin)

    def finish(self):
        index = b.StreamMessage()
        index.index.SetInParent()
        index.index.offsets.extend(self.offsets)
        index.index.sizes.extend(self.sizes)
        _, at = self.message(index.SerializeToString(deterministic=True))
        digest = digest_of(self.kind, self.sums)
        end = b.StreamMessage(end=b.End(blocks=len(self.sums), index=at, digest=digest))
        self.message(end.SerializeToString(deterministic=True))
        return b"".join(self.parts)


def loads(raw):
    """The value of a file's bytes. Raises MasqueradeError."""
    raw = bytes(raw)
    if not raw.startswith(MAGIC):
        raise MasqueradeError(r"no stream of blocks: it does not begin with \x89MQB\r\n\x1a\n")
    try:
        return Stream(raw).value()
    except MasqueradeError:
        raise
    except (ValueError, TypeError, OverflowError, MemoryError) as error:  # NumPy's refusals of what the file says
        raise MasqueradeError(f"no value NumPy could hold: {error}") from error
