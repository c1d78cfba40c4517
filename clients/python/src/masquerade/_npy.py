"""The header of an NPY file, as numpy.save writes it."""

import ast
import struct

import numpy as np

from ._errors import MasqueradeError

_MOST = 1 << 20
_DIGITS = 21  # of an axis that may grow


# Where NumPy has it: without, it warns of metadata, which the envelope of a stream keeps.
_drop_metadata = getattr(np.lib.format, "drop_metadata", lambda dtype: dtype)


def descr_of(dtype):
    """What a header says of a dtype: '|O' for texts of varying width, '|V..' where NumPy has no words."""
    if dtype.kind == "T":
        return "|O"
    try:
        return np.lib.format.dtype_to_descr(_drop_metadata(dtype))
    except ValueError:  # fields that overlap
        return f"|V{dtype.itemsize}"


def dtype_of(descr):
    """The dtype that a header's descr stands for. Raises MasqueradeError."""
    try:
        return np.lib.format.descr_to_dtype(descr)
    except (TypeError, ValueError, RecursionError, SyntaxError) as error:
        raise MasqueradeError(f"an NPY header with no dtype of NumPy's: {error}") from error


def write(dtype, shape, fortran):
    """The bytes before the data."""
    said = {"descr": descr_of(dtype), "fortran_order": fortran, "shape": tuple(shape)}
    text = "{" + "".join(f"'{key}': {value!r}, " for key, value in said.items()) + "}"
    if shape:
        text += " " * (_DIGITS - len(repr(shape[-1 if fortran else 0])))
    for version, pack, encoding in ((1, "<H", "latin1"), (2, "<I", "latin1"), (3, "<I", "utf8")):
        try:
            header = text.encode(encoding)
        except UnicodeEncodeError:
            continue
        before = 8 + struct.calcsize(pack)
        padding = 64 - (before + len(header) + 1) % 64
        length = len(header) + padding + 1
        if version == 1 and length > 0xFFFF:
            continue
        return b"\x93NUMPY" + bytes((version, 0)) + struct.pack(pack, length) + header + b" " * padding + b"\n"
    raise MasqueradeError("names of fields that are no text")


def read(raw):
    """(descr, shape, fortran) of the bytes before the data, and nothing after them. Raises MasqueradeError."""
    version = raw[6] if raw[:6] == b"\x93NUMPY" and len(raw) >= 12 else 0
    if version not in (1, 2, 3) or raw[7] != 0:
        raise MasqueradeError("no header of NPY 1.0, 2.0 or 3.0")
    pack = "<H" if version == 1 else "<I"
    start = 8 + struct.calcsize(pack)
    (length,) = struct.unpack_from(pack, raw, 8)
    if length > _MOST or start + length != len(raw):
        raise MasqueradeError(f"an NPY header of {length} bytes, of which {len(raw) - start} are there")
    try:
        said = ast.literal_eval(raw[start:].decode("utf8" if version == 3 else "latin1").strip())
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise MasqueradeError("an NPY header that is no literal of Python") from error
    if not isinstance(said, dict) or said.keys() != {"descr", "fortran_order", "shape"}:
        raise MasqueradeError("an NPY header has descr, fortran_order and shape, and nothing else")
    shape, fortran = said["shape"], said["fortran_order"]
    if not isinstance(shape, tuple) or any(type(n) is not int or n < 0 for n in shape) or not isinstance(fortran, bool):
        raise MasqueradeError(f"an NPY header with shape {shape!r}, fortran_order {fortran!r}")
    return said["descr"], shape, fortran
