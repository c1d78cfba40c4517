"""Masks as buffers hold them, and checksums."""

import zlib

import numpy as np

from ._errors import MasqueradeError
from .v1 import file_pb2 as f

ENCODINGS = {
    "raw": f.MASK_ENCODING_RAW,
    "packed": f.MASK_ENCODING_PACKED,
    "run-length": f.MASK_ENCODING_RUN_LENGTH,
}
CHECKSUMS = {"crc32": f.CHECKSUM_KIND_CRC32, "crc32c": f.CHECKSUM_KIND_CRC32C, "none": None}


def encode_mask(bools, encoding):
    """The bytes of a flat array of bool."""
    if encoding == "raw":
        return bools.tobytes()
    if encoding == "packed":
        return np.packbits(bools, bitorder="little").tobytes()
    if bools.size == 0:
        return b""
    turns = np.flatnonzero(bools[1:] != bools[:-1]) + 1
    lengths = np.diff(np.concatenate(([0], turns, [bools.size]))).tolist()
    if bools[0]:
        lengths.insert(0, 0)
    return b"".join(map(varint, lengths))


def decode_mask(raw, encoding, count):
    """A flat array of bool. Raises MasqueradeError unless the bytes hold exactly `count` of them."""
    found = np.frombuffer(raw, np.uint8)
    if encoding == f.MASK_ENCODING_RAW:
        if found.size != count or (found > 1).any():
            raise MasqueradeError(f"a raw mask of {found.size} bytes for {count} bools, or bytes other than 0 and 1")
        return found.astype(bool)
    if encoding == f.MASK_ENCODING_PACKED:
        bits = np.unpackbits(found, bitorder="little")
        if found.size != -(-count // 8) or bits[count:].any():
            raise MasqueradeError(f"a packed mask of {found.size} bytes for {count} bools, or bits after the last one")
        return bits[:count].astype(bool)
    if encoding != f.MASK_ENCODING_RUN_LENGTH:
        raise MasqueradeError(f"unknown encoding {encoding} of a mask")
    lengths = list(_varints(raw))
    if sum(lengths) != count or 0 in lengths[1:]:
        raise MasqueradeError(f"runs of {sum(lengths)} bools where there are {count}, or a run of none")
    return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _varints(raw):
    value = shift = 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
        elif shift > 56:
            raise MasqueradeError("a run is too long")
    if shift:
        raise MasqueradeError("a run is cut off")


def checksum(kind, data):
    """CRC-32 or CRC-32C (by google_crc32c where that is installed; slow without)."""
    if kind == f.CHECKSUM_KIND_CRC32:
        return zlib.crc32(data)
    if kind == f.CHECKSUM_KIND_CRC32C:
        return _crc32c(data)
    raise MasqueradeError(f"unknown kind {kind} of checksum")


def _table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


_TABLE = _table()


def _crc32c(data):
    try:
        import google_crc32c
    except ImportError:
        value = 0xFFFFFFFF
        for byte in bytes(data):
            value = _TABLE[(value ^ byte) & 255] ^ value >> 8
        return value ^ 0xFFFFFFFF
    return google_crc32c.value(bytes(data))
