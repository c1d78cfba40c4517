"""Attributes of HDF5 files that have no type there, as JSON."""

from ._errors import MasqueradeError


def spell(value):
    """Plain values HDF5 has no type for, as JSON: what has no type there either is an object with one key, its type."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        unusual = value != value or value in (float("inf"), float("-inf")) or str(value) == "-0.0"
        return {"float": {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "-0.0": "-0"}[str(value)]} if unusual else value
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, complex):
        return {"complex": [spell(value.real), spell(value.imag)]}
    if isinstance(value, list):
        return [spell(one) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [spell(one) for one in value]}
    if isinstance(value, dict):
        return {"dict": [[spell(key), spell(one)] for key, one in value.items()]}
    raise MasqueradeError(f"a {type(value).__name__} within an attribute has no place in HDF5; write it to .pb")


def read(said):
    if isinstance(said, list):
        return [read(one) for one in said]
    if isinstance(said, int) and not isinstance(said, bool):
        return float(said)
    if not isinstance(said, dict):
        return said
    if len(said) == 1:
        ((tag, inner),) = said.items()
        if tag == "int":
            return int(inner)
        if tag == "float":
            return float(inner)
        if tag == "bytes":
            return bytes.fromhex(inner)
        if tag == "complex":
            return complex(*map(read, inner))
        if tag == "tuple":
            return tuple(map(read, inner))
        if tag == "dict":
            return {read(key): read(one) for key, one in inner}
    raise MasqueradeError("an attribute of a kind that is not read here")
