"""Arrays of elements as JSON has them."""

import math

from . import _text
from ._errors import MasqueradeError


def flattened(data, shape):
    flat = [data]
    for n in shape:
        if not all(isinstance(one, list) and len(one) == n for one in flat):
            raise MasqueradeError(f"lists that are not nested as shape {tuple(shape)} says")
        flat = [item for one in flat for item in one]
    return flat


class Elements:
    """Reads elements: bytes, and the bools of their mask."""

    def __init__(self, hidden):
        self.hidden, self.bools = hidden, bytearray()

    def read(self, said, dtype):
        if dtype.names is not None:
            return self._record(said, dtype)
        self.bools.append(said is None)
        if said is None:
            if self.hidden is None:
                return bytes(dtype.itemsize)
            said = next(self.hidden, None)
            if said is None:
                raise MasqueradeError("fewer hidden values than masked elements")
        return _text.read(said, dtype)

    def _record(self, said, dtype):
        if said is None:
            said = dict.fromkeys(dtype.names)
        if not isinstance(said, dict) or said.keys() != set(dtype.names):
            raise MasqueradeError("a record that is no object of its fields")
        out = bytearray(dtype.itemsize)
        for name in dtype.names:
            inner, offset = dtype.fields[name][:2]
            base, shape = inner.subdtype or (inner, ())
            flat = [None] * math.prod(shape) if said[name] is None else flattened(said[name], shape)
            raw = b"".join(self.read(one, base) for one in flat)
            out[offset : offset + len(raw)] = raw
        return bytes(out)
