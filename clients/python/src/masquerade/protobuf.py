"""One message masquerade.v1.File: the format .pb."""

from google.protobuf.message import DecodeError

from ._bits import CHECKSUMS, ENCODINGS, varint
from ._bits import checksum as checksum_of
from ._errors import MasqueradeError
from ._read import Reader
from ._wire import check
from ._write import Writer, is_array
from .v1 import file_pb2 as f

_MAGIC = 0x3151534D
_VERSION = 1
_MOST = 2**31 - 1
_ALIGNMENT = 64


def dumps(value, *, mask="packed", hidden="keep", checksum="crc32"):
    """The bytes of a file. mask: packed, raw, run-length. hidden: keep, drop. checksum: crc32, crc32c, none."""
    for name, given, choices in (
        ("mask", mask, ENCODINGS),
        ("hidden", hidden, ("keep", "drop")),
        ("checksum", checksum, CHECKSUMS),
    ):
        if given not in choices:
            raise MasqueradeError(f"{name} is one of {', '.join(choices)}, not {given!r}")
    writer = Writer(mask, hidden)
    file = f.File(magic=_MAGIC, version=_VERSION)
    try:
        if is_array(value):
            writer.array(file.array, value)
        else:
            writer.bundle(file.bundle, value)
    except RecursionError as error:
        raise MasqueradeError("values nested so deeply that Python itself gives up, or in themselves") from error
    parts = [file.SerializeToString(deterministic=True)]
    size = len(parts[0])
    for data in writer.buffers:
        parts += framed(data, size, CHECKSUMS[checksum])
        size += sum(map(len, parts[-3:]))
    if size > _MOST:
        raise MasqueradeError(f"a message of {size} bytes is more than {_MOST}, where protobuf ends")
    return b"".join(parts)


def framed(data, at, kind, field=5):
    """A message Buffer in a field, which begins at byte `at`: what is before the data, the data, what is after."""
    after = b""
    if kind is not None:
        sum_ = f.Checksum(kind=kind, value=checksum_of(kind, data)).SerializeToString(deterministic=True)
        after = b"\x1a" + varint(len(sum_)) + sum_
    head = b"\x12" + varint(len(data)) if data else b""
    for zeros in range(2 * _ALIGNMENT):
        padding = b"\x0a" + varint(zeros) + bytes(zeros) if zeros else b""
        length = len(padding) + len(head) + len(data) + len(after)
        before = bytes([field * 8 + 2]) + varint(length) + padding + head
        if not data or (at + len(before)) % _ALIGNMENT == 0:
            break
    return [before, data, after]


def loads(raw):
    """The value of a file's bytes: an array, or a dict, list or tuple of arrays. Raises MasqueradeError."""
    if raw[:5] != b"\x0dMSQ1":
        raise MasqueradeError("the file does not begin with File.magic, 0d 4d 53 51 31")
    raw = bytes(raw)
    check(raw, f.File.DESCRIPTOR)
    try:
        file = f.File.FromString(raw)
    except DecodeError as error:
        raise MasqueradeError(f"no message of this schema: {error}") from error
    if file.magic != _MAGIC or file.version != _VERSION:
        raise MasqueradeError(f"version {file.version} of the schema; {_VERSION} is known")
    try:
        return _content(file)
    except MasqueradeError:
        raise
    except (ValueError, TypeError, OverflowError, MemoryError) as error:  # NumPy's refusals of what the file says
        raise MasqueradeError(f"no value NumPy could hold: {error}") from error


def _content(file):
    reader = Reader(file.buffers)
    content = file.WhichOneof("content")
    if content is None:
        raise MasqueradeError("the file has no content")
    value = reader.array(file.array) if content == "array" else reader.bundle(file.bundle)
    reader.finish()
    return value
