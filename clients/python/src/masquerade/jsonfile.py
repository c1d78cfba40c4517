"""Masked arrays as JSON that is valid, lossless and readable: the shape that adapter-json documents, the format .json."""

import json
import math

import numpy as np

from . import _text
from ._elements import Elements, flattened
from ._errors import MasqueradeError
from ._labelled import Labelled
from ._write import holds_arrays, is_array

_ARRAY = {"format", "version", "dtype", "shape", "order", "mask", "hard_mask", "fill_value", "fill_value_dtype", "dims", "attrs", "data", "hidden"}
_BUNDLE = {"format", "version", "bundle", "entries", "attrs", "keys"}


def dumps(value, *, hidden="keep", indent=None):
    """The bytes of a file. hidden: keep, drop (what is beneath the mask is left out)."""
    if hidden not in ("keep", "drop"):
        raise MasqueradeError(f"hidden is one of keep, drop, not {hidden!r}")
    spelled = _spell_any(value, hidden == "keep")
    if spelled is None:
        raise MasqueradeError(f"{type(value).__name__} is no array, dict, list or tuple of arrays")
    try:
        text = json.dumps({"format": "masked-array", "version": 1, **spelled}, ensure_ascii=False, allow_nan=False, indent=indent)
        return text.encode() + b"\n"
    except UnicodeEncodeError as error:
        raise MasqueradeError("text with half a surrogate pair is no UTF-8") from error


def _spell_any(value, keep):
    if is_array(value):
        return _spell_array(value, keep)
    return _spell_bundle(value, keep) if holds_arrays(value) or value == {} else None


def _spell_value(value):
    def tagged(inner):
        spelled = _spell_any(inner, True) if is_array(inner) or holds_arrays(inner) else None
        return None if spelled is None else {"$bundle" if "bundle" in spelled else "$array": spelled}

    return _text.spell_value(value, tagged)


def _spell_bundle(value, keep):
    items = {str(key): (key, one) for key, one in (value.items() if isinstance(value, dict) else enumerate(value))}
    if len(items) < len(value):
        raise MasqueradeError("two keys are called the same")
    arrays = {name: one for name, (_, one) in items.items() if is_array(one) or holds_arrays(one)}
    out = {"bundle": type(value).__name__, "entries": {name: _spell_any(one, keep) for name, one in arrays.items()}}
    attrs = {name: _spell_value(one) for name, (_, one) in items.items() if name not in arrays}
    keys = {name: _spell_value(key) for name, (key, _) in items.items() if isinstance(value, dict) and not isinstance(key, str)}
    return out | ({"attrs": attrs} if attrs else {}) | ({"keys": keys} if keys else {})


def _spell_array(value, keep):
    labelled = value if isinstance(value, Labelled) else Labelled(value)
    array = labelled.array
    masked = type(array) is np.ma.MaskedArray
    if not masked and type(array) is not np.ndarray or masked and array.baseclass is not np.ndarray:
        raise MasqueradeError(f"{type(array).__name__} is no plain ndarray or MaskedArray; write it to .pb")
    out = {"dtype": _spell_dtype(array.dtype), "shape": list(array.shape)}
    if array.flags.fnc:
        out["order"] = "F"
    mask = np.ma.getmask(array)
    if masked:
        out["mask"] = "nomask" if mask is np.ma.nomask else "nulls"
        if array.hardmask:
            out["hard_mask"] = True
        if array._fill_value is not None:  # asking for fill_value would set it
            fill = np.asarray(array._fill_value)
            if fill.dtype != array.dtype:
                out["fill_value_dtype"] = _spell_dtype(fill.dtype)
            out["fill_value"] = _spell_element(_native(fill), None, [])
    if labelled.dims is not None:
        out["dims"] = list(labelled.dims)
    if labelled.attributes:
        out["attrs"] = {name: _spell_value(one) for name, one in labelled.attributes.items()}
    data, beneath = _native(np.asarray(array.data if masked else array)), []
    flat = [_spell_element(data[i], None if mask is np.ma.nomask else mask[i], beneath) for i in np.ndindex(array.shape)]
    out["data"] = _nested(flat, array.shape)
    if beneath and keep:
        out["hidden"] = beneath
    return out


def _nested(flat, shape):
    if not shape:
        return flat[0]
    for n in reversed(shape[1:]):
        flat = [flat[i : i + n] for i in range(0, len(flat), n)] if n else [[]] * (len(flat) or math.prod(shape[:-1]))
    return flat[: shape[0]] if math.prod(shape) or shape[1:] else []


def _native(array):
    return _stored(array, array.dtype.newbyteorder("="))


def _spell_dtype(dtype):
    if dtype.hasobject or dtype.kind == "T" or dtype.char in "gG" or dtype.metadata:
        raise MasqueradeError(f"a dtype of {dtype} is not written to .json here; write it to .pb")
    if dtype.names is None:
        return dtype.str
    if dtype.isalignedstruct or issubclass(dtype.type, np.record):
        raise MasqueradeError("an aligned record, or one of numpy.record, is not written to .json here; write it to .pb")
    fields = []
    for name in dtype.names:
        inner, offset, *title = dtype.fields[name]
        base, shape = inner.subdtype or (inner, ())
        field = {"name": name, "dtype": _spell_dtype(base), "offset": offset}
        fields.append(field | ({"shape": list(shape)} if shape else {}) | ({"title": _spell_value(title[0])} if title else {}))
    return {"fields": fields, "itemsize": dtype.itemsize}


def _spell_element(item, mask, beneath):
    """An element, null where it is masked; what lies there is put into `beneath`."""
    item = np.asarray(item)
    if item.dtype.names is None:
        spelled = _text.spell(item, item.dtype)
        if mask is None or not mask:
            return spelled
        beneath.append(spelled)
        return None
    out = {}
    for name in item.dtype.names:
        part, bools = np.asarray(item[name]), None if mask is None else np.asarray(mask[name])
        flat = [_spell_element(part[i], None if bools is None else bools[i], beneath) for i in np.ndindex(part.shape)]
        out[name] = _nested(flat, part.shape)
    return out


def loads(raw):
    """The value of a file's bytes. Raises MasqueradeError."""
    try:
        said = json.loads(bytes(raw).decode(), object_pairs_hook=_once, parse_constant=_constant)
    except MasqueradeError:
        raise
    except (ValueError, RecursionError) as error:
        raise MasqueradeError(f"no JSON: {error}") from error
    if not isinstance(said, dict) or said.get("format") != "masked-array":
        raise MasqueradeError('no JSON of this format: it lacks "format": "masked-array"')
    if said.get("version") != 1:
        raise MasqueradeError(f"version {said.get('version')!r}; 1 is known")
    try:
        return _read_any(said)
    except MasqueradeError:
        raise
    except (ValueError, TypeError, OverflowError, AttributeError, KeyError, RecursionError, MemoryError) as error:
        raise MasqueradeError(f"no value NumPy could hold: {error}") from error


def _once(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise MasqueradeError("an object with a name twice")
    return found


def _constant(name):
    raise MasqueradeError(f"{name} is no JSON")


def _read_any(said):
    if not isinstance(said, dict):
        raise MasqueradeError("an array that is no object")
    return _read_bundle(said) if "bundle" in said else _read_array(said)


def _read_value(said):
    return _text.read_value(said, _read_any)


def _known(said, names):
    unknown = said.keys() - names
    if unknown:
        raise MasqueradeError(f"members that are not read here: {', '.join(sorted(unknown))}")


def _read_bundle(said):
    _known(said, _BUNDLE)
    keys = {name: _read_value(one) for name, one in said.get("keys", {}).items()}
    members = {name: _read_any(one) for name, one in said["entries"].items()}
    attrs = {name: _read_value(one) for name, one in said.get("attrs", {}).items()}
    members |= attrs
    if len(members) < len(said["entries"]) + len(attrs) or not keys.keys() <= members.keys():
        raise MasqueradeError("a name comes twice, or a key belongs to nothing")
    if said["bundle"] == "dict":
        return {keys.get(name, name): one for name, one in members.items()}
    if said["bundle"] not in ("list", "tuple") or members.keys() != {str(i) for i in range(len(members))}:
        raise MasqueradeError("a bundle that is no dict, list or tuple, or items that are not called 0, 1, ...")
    items = [members[str(i)] for i in range(len(members))]
    return items if said["bundle"] == "list" else tuple(items)


def _read_array(said):
    _known(said, _ARRAY)
    dtype, shape = _read_dtype(said["dtype"]), said["shape"]
    if not isinstance(shape, list) or any(type(n) is not int or n < 0 for n in shape):
        raise MasqueradeError(f"a shape of {shape!r}")
    flat = flattened(said["data"], shape)
    kind = np.ma.make_mask_descr(dtype)
    hidden = said.get("hidden")
    reader = Elements(None if hidden is None else iter(hidden))
    native = dtype.newbyteorder("=")
    raw = b"".join(reader.read(one, native) for one in flat)
    if hidden is not None and next(reader.hidden, reader) is not reader:
        raise MasqueradeError("more hidden values than masked elements")
    order = said.get("order", "C")
    mode = said.get("mask", "nulls" if any(reader.bools) or hidden is not None else None)
    if order not in ("C", "F") or mode not in ("nulls", "nomask", None) or (mode == "nomask" and any(reader.bools)):
        raise MasqueradeError("an order that is not C or F, or a mask that is not nulls or nomask")
    data = _stored(_shaped(raw, native, shape, order), dtype)
    array = data
    if mode is not None:
        mask = np.ma.nomask if mode == "nomask" else _shaped(bytes(reader.bools), kind, shape, order)
        array = np.ma.MaskedArray(data, mask, hard_mask=bool(said.get("hard_mask", False)))
        if "fill_value" in said:
            fill = _read_dtype(said["fill_value_dtype"]) if "fill_value_dtype" in said else dtype
            own = fill.newbyteorder("=")
            # With a dtype of its own, which the public setter would cast.
            array._fill_value = _stored(_shaped(Elements(None).read(said["fill_value"], own), own, (), "C"), fill)
    elif {"fill_value", "hard_mask"} & said.keys():
        raise MasqueradeError("a plain array with a fill value or a hard mask")
    if "attrs" not in said and "dims" not in said:
        return array
    dims = tuple(said["dims"]) if "dims" in said else None
    if dims is not None and len(dims) != len(shape):
        raise MasqueradeError(f"{len(dims)} names for {len(shape)} axes")
    return Labelled(array, {name: _read_value(one) for name, one in said.get("attrs", {}).items()}, dims)


def _shaped(raw, dtype, shape, order):
    if not raw:
        return np.empty(shape, dtype, order=order)
    # As opaque bytes, since NumPy copies records without their padding.
    return np.array(np.ndarray(shape, f"V{dtype.itemsize}", raw), order=order).view(dtype)


def _stored(native, dtype):
    """The same elements in the byte order of a dtype."""
    if native.dtype == dtype:
        return native
    if dtype.kind in "mM":
        order = native.dtype.str[0]
        return native.view(f"{order}i8").astype(f"{dtype.str[0]}i8", order="K").view(dtype)
    return native.astype(dtype, order="K")


def _read_dtype(said):
    if isinstance(said, list):
        parts = [(name, _read_dtype(inner), *(tuple(n) for n in shape)) for name, inner, *shape in said]
        dtype = np.dtype(parts)
    elif isinstance(said, dict):
        _known(said, {"fields", "itemsize"})
        spec = {"names": [], "formats": [], "offsets": [], "itemsize": said["itemsize"], "titles": []}
        for field in said["fields"]:
            _known(field, {"name", "dtype", "offset", "shape", "title"})
            base = _read_dtype(field["dtype"])
            spec["names"].append(field["name"])
            spec["formats"].append((base, tuple(field["shape"])) if "shape" in field else base)
            spec["offsets"].append(field["offset"])
            spec["titles"].append(_read_value(field.get("title")))
        if not any(title is not None for title in spec["titles"]):
            del spec["titles"]
        dtype = np.dtype(spec)
    else:
        dtype = np.dtype(said) if isinstance(said, str) else None
    if dtype is None or dtype.hasobject or dtype.char in "gGT":
        raise MasqueradeError(f"a dtype of {said!r} is not read from .json here")
    return dtype
