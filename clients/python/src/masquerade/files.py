"""load and save."""

import os

from . import blocks, hdf5, jsonfile, npz, protobuf
from ._errors import MasqueradeError

_FORMATS = {".pb": protobuf, ".binpb": protobuf, ".mqb": blocks, ".npz": npz, ".json": jsonfile, ".h5": hdf5, ".hdf5": hdf5}


def _format_of(path):
    extension = os.path.splitext(os.fspath(path))[1].lower()
    if extension not in _FORMATS:
        raise MasqueradeError(f"no format for {extension!r}; there are {', '.join(_FORMATS)}")
    return _FORMATS[extension]


def load(path):
    """Everything in a file: an ndarray, a MaskedArray, or a dict, list or tuple of them. Raises MasqueradeError."""
    chosen = _format_of(path)
    with open(path, "rb") as file:
        return blocks.load(file) if chosen is blocks else chosen.loads(file.read())


def save(path, value, *, overwrite=False, **options):
    """Writes a file, whole or not at all. Options are those of the format's dumps. Raises MasqueradeError, FileExistsError."""
    chosen = _format_of(path)
    raw = b"" if chosen is blocks else chosen.dumps(value, **options)
    if not overwrite and os.path.exists(path):
        raise FileExistsError(f"{os.fspath(path)} exists; overwrite=True replaces it")
    temporary = f"{os.fspath(path)}.{os.getpid()}.part"
    try:
        with open(temporary, "wb") as file:
            if chosen is blocks:
                blocks.dump(value, file, **options)
            else:
                file.write(raw)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


loads = protobuf.loads
dumps = protobuf.dumps
