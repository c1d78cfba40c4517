"""Elements and plain values as JSON, one by one."""

import base64
import re

import numpy as np

from ._errors import MasqueradeError

_SAFE = 2**53 - 1
_NAN = {2: 0x7E00, 4: 0x7FC00000, 8: 0x7FF8000000000000}
_BITS = re.compile(r"NaN\(0x([0-9a-f]{1,16})\)")
_DIGITS = re.compile(r"-?\d{1,4300}")


def spell_float(bits, width):
    """A float of `width` bytes, given as its bits: the shortest number that reads back the same, or text."""
    value = np.array(bits, f"u{width}").view(f"f{width}")[()]
    if np.isnan(value):
        return "NaN" if bits == _NAN[width] else f"NaN(0x{bits:0{2 * width}x})"
    if np.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(np.format_float_scientific(value, unique=True)) if width < 8 else float(value)


def read_float(said, width):
    """The bits of a float of `width` bytes."""
    if isinstance(said, str):
        unusual = _BITS.fullmatch(said)
        if unusual:
            bits = int(unusual[1], 16)
            if bits >= 256**width or not np.isnan(np.array(bits, f"u{width}").view(f"f{width}")[()]):
                raise MasqueradeError(f"{said} is no NaN of {width} bytes")
            return bits
        said = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.get(said)
    if isinstance(said, bool) or not isinstance(said, (int, float)):
        raise MasqueradeError("a float that is no number")
    if said != said:
        return _NAN[width]
    return int(np.array(said, f"f{width}").view(f"u{width}")[()])


def spell_integer(value):
    return value if -_SAFE <= value <= _SAFE else str(value)


def read_integer(said):
    if isinstance(said, str) and _DIGITS.fullmatch(said):
        said = int(said)
    if isinstance(said, float) and said.is_integer():
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int):
        raise MasqueradeError("an integer that is none")
    return said


def spell(item, dtype):
    """An element as JSON. `item` is a 0-d array of a dtype in native byte order."""
    kind, width = dtype.kind, dtype.itemsize
    if kind == "b":
        byte = int(item.view("u1")[()])
        return bool(byte) if byte < 2 else byte
    if kind in "iu":
        return spell_integer(int(item))
    if kind == "f":
        return spell_float(int(item.view(f"u{width}")[()]), width)
    if kind == "c":
        return [spell_float(int(bits), width // 2) for bits in item.reshape(1).view(f"u{width // 2}")]
    if kind == "S":
        return item.tobytes().rstrip(b"\0").decode("latin1")
    if kind == "U":
        points = item.reshape(1).view("u4").tolist()
        while points and points[-1] == 0:
            points.pop()
        if any(point > 0x10FFFF or 0xD800 <= point < 0xE000 for point in points):
            return {"points": points}
        return "".join(map(chr, points))
    if kind == "V":
        return item.tobytes().hex()
    count = int(item.view("i8")[()])
    if np.isnat(item):
        return "NaT"
    if kind == "m":
        return spell_integer(count)
    if np.datetime_data(dtype)[0] == "generic":
        return {"count": spell_integer(count)}
    text = str(np.datetime_as_string(item[()]))
    return text if re.match(r"\d{4}(?!\d)", text) else {"count": spell_integer(count)}


def read(said, dtype):
    """The bytes of an element of a dtype in native byte order. Raises MasqueradeError."""
    kind, width = dtype.kind, dtype.itemsize
    if kind == "b":
        return bytes([read_integer(said) if not isinstance(said, bool) else said])
    if kind in "iu":
        return np.array(read_integer(said), dtype).tobytes()
    if kind == "f":
        return np.array(read_float(said, width), f"u{width}").tobytes()
    if kind == "c":
        if not isinstance(said, list) or len(said) != 2:
            raise MasqueradeError("a complex number that is no list of two")
        return np.array([read_float(part, width // 2) for part in said], f"u{width // 2}").tobytes()
    if kind == "S" and isinstance(said, str):
        return _fits(said.encode("latin1"), width)
    if kind == "U":
        points = said.get("points") if isinstance(said, dict) else [ord(one) for one in said]
        return _fits(np.array([read_integer(point) for point in points], "u4").tobytes(), width)
    if kind == "V" and isinstance(said, str) and len(said) == 2 * width:
        return bytes.fromhex(said)
    if kind in "mM":
        return _time(said, dtype).tobytes()
    raise MasqueradeError(f"an element that is no {dtype}")


def _fits(raw, width):
    if len(raw) > width:
        raise MasqueradeError(f"a text of {len(raw)} bytes where there is room for {width}")
    return raw.ljust(width, b"\0")


def _time(said, dtype):
    if said == "NaT":
        return np.array(-(2**63), "i8")
    if dtype.kind == "m":
        return np.array(read_integer(said), "i8")
    if isinstance(said, dict):
        return np.array(read_integer(said.get("count")), "i8")
    if not isinstance(said, str) or not re.fullmatch(r"[-+]?\d{4,}[-0-9T:.]*", said):
        raise MasqueradeError("a time that is none")
    # Twice through text, since NumPy rounds to a coarser unit without a word.
    found = np.array(said, dtype)
    if str(np.datetime_as_string(found[()])) != said:
        raise MasqueradeError(f"{said} is no time of {dtype}")
    return found


def spell_value(value, spell_array):
    """A plain value as JSON. spell_array(value) takes arrays and bundles, and gives None for others."""
    if value is None or isinstance(value, (bool, str)):
        return value
    array = spell_array(value)
    if array is not None:
        return array
    if isinstance(value, int):
        return value if -_SAFE <= value <= _SAFE else {"$int": str(value)}
    if isinstance(value, float):
        bits = int(np.array(value).view("u8")[()])
        spelled = spell_float(bits, 8)
        return spelled if isinstance(spelled, float) else {"$float": spelled}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, complex):
        parts = np.array([value]).view("u8").tolist()
        return {"$complex": [spell_float(part, 8) for part in parts]}
    if isinstance(value, list):
        return [spell_value(item, spell_array) for item in value]
    if isinstance(value, tuple):
        return {"$tuple": [spell_value(item, spell_array) for item in value]}
    if isinstance(value, dict):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: spell_value(item, spell_array) for key, item in value.items()}
        return {"$dict": [[spell_value(key, spell_array), spell_value(item, spell_array)] for key, item in value.items()]}
    raise MasqueradeError(f"there is no place for a {type(value).__name__}")


def read_value(said, read_array):
    """A plain value of JSON. read_array(said) takes arrays and bundles."""
    if isinstance(said, list):
        return [read_value(item, read_array) for item in said]
    if not isinstance(said, dict):
        return said
    if len(said) != 1 or not next(iter(said)).startswith("$"):
        return {key: read_value(item, read_array) for key, item in said.items()}
    ((tag, inner),) = said.items()
    if tag == "$none":
        return None
    if tag == "$int" and isinstance(inner, str):
        return read_integer(inner)
    if tag == "$float":
        return float(np.array(read_float(inner, 8), "u8").view("f8")[()])
    if tag == "$bytes" and isinstance(inner, str):
        return base64.b64decode(inner, validate=True)
    if tag == "$complex" and isinstance(inner, list) and len(inner) == 2:
        return complex(np.array([read_float(part, 8) for part in inner], "u8").view("c16")[0])
    if tag == "$tuple" and isinstance(inner, list):
        return tuple(read_value(item, read_array) for item in inner)
    if tag == "$dict" and isinstance(inner, list) and all(isinstance(item, list) and len(item) == 2 for item in inner):
        found = {}
        for key, item in inner:
            key = read_value(key, read_array)
            if key in found:
                raise MasqueradeError(f"a dict has the key {key!r} twice")
            found[key] = read_value(item, read_array)
        return found
    if tag in ("$array", "$bundle") and isinstance(inner, dict):
        return read_array(inner)
    raise MasqueradeError(f"a value with the unknown tag {tag}")
