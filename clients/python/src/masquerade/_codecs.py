"""How the data of blocks are compressed."""

import zlib

from ._errors import MasqueradeError
from .v1 import blocks_pb2 as b

CODECS = {"none": b.CODEC_NONE, "deflate": b.CODEC_DEFLATE, "zstd": b.CODEC_ZSTD, "blosc": b.CODEC_BLOSC}


def _needed(module, extra):
    try:
        return __import__(module)
    except ImportError as error:
        raise MasqueradeError(f"this needs {module}: pip install 'masquerade[{extra}]'") from error


def compress(codec, raw, level):
    """The bytes of a block, compressed. Raises MasqueradeError where a library is missing."""
    if codec == "deflate":
        return zlib.compress(raw, 6 if level is None else level)
    if codec == "zstd":
        zstandard = _needed("zstandard", "zstd")
        return zstandard.ZstdCompressor(level=3 if level is None else level, write_content_size=True).compress(raw)
    return raw


def decompress(codec, data, length):
    """Exactly `length` bytes. Raises MasqueradeError."""
    if len(data) == length:
        return data
    if codec == b.CODEC_DEFLATE:
        return _inflate(data, length)
    if codec == b.CODEC_ZSTD:
        zstandard = _needed("zstandard", "zstd")
        try:
            if zstandard.get_frame_parameters(data).content_size != length:
                raise MasqueradeError("a Zstandard frame of another size than the block's")
            found = zstandard.ZstdDecompressor().decompress(data, max_output_size=length, read_across_frames=False, allow_extra_data=False)
        except zstandard.ZstdError as error:
            raise MasqueradeError(f"a damaged Zstandard frame: {error}") from error
    elif codec == b.CODEC_BLOSC:
        sizes = [int.from_bytes(data[at : at + 4], "little") for at in (4, 12)]
        if len(data) < 16 or sizes != [length, len(data)]:
            raise MasqueradeError("a Blosc buffer of other sizes than the block's")
        try:
            found = bytes(_needed("numcodecs", "blosc").blosc.decompress(data))
        except RuntimeError as error:
            raise MasqueradeError(f"a damaged Blosc buffer: {error}") from error
    else:
        raise MasqueradeError(f"a block of {length} bytes has {len(data)}")
    if len(found) != length:
        raise MasqueradeError(f"a block of {length} bytes has {len(found)}")
    return found


def _inflate(data, length):
    machine = zlib.decompressobj()
    try:
        found = machine.decompress(data, length + 1)
    except zlib.error as error:
        raise MasqueradeError(f"a damaged zlib stream: {error}") from error
    if len(found) != length or not machine.eof or machine.unused_data:
        raise MasqueradeError(f"a zlib stream that is not one of {length} bytes")
    return found
