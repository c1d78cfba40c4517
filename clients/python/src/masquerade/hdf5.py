"""HDF5, with h5py: masks beside the data as in NeXus (t, t_mask) or in a group as in AnnData (t/values, t/mask); the format .h5."""

import io
import json

import numpy as np

from . import _h5json
from ._errors import MasqueradeError
from ._labelled import Labelled
from ._write import holds_arrays, is_array

_LAYOUTS = ("nexus", "values-mask")
_OWN = "masquerade_"
# Larger datasets than this are not made out of next to nothing: zeros deflate 1030:1.
_USUAL, _RATIO = 2**32, 1100


def _h5py():
    try:
        import h5py
    except ImportError as error:
        raise MasqueradeError("HDF5 needs h5py: pip install 'masquerade[hdf5]'") from error
    return h5py


def dumps(value, *, layout="nexus", **options):
    """The bytes of a file. layout: nexus, values-mask. Other options are h5py's for datasets (compression, chunks, shuffle, ...)."""
    if layout not in _LAYOUTS:
        raise MasqueradeError(f"layout is one of {', '.join(_LAYOUTS)}, not {layout!r}")
    out = io.BytesIO()
    with _h5py().File(out, "w") as file:
        file.attrs[_OWN + "hdf5"] = 1
        try:
            if is_array(value):
                file.attrs[_OWN + "single"] = "data"
                _write_array(file, "data", value, layout, options)
            elif isinstance(value, (dict, list, tuple)):
                _write_bundle(file, value, layout, options)
            else:
                raise MasqueradeError(f"{type(value).__name__} is no array, dict, list or tuple")
        except MasqueradeError:
            raise
        except (TypeError, ValueError, OSError, RecursionError) as error:
            raise MasqueradeError(f"HDF5 has no place for this: {error}") from error
    return out.getvalue()


def _write_bundle(group, value, layout, options):
    if type(value) is not dict:
        group.attrs[_OWN + "kind"] = type(value).__name__
    items = value.items() if isinstance(value, dict) else ((str(i), one) for i, one in enumerate(value))
    for name, one in items:
        if not isinstance(name, str) or not name or "/" in name or name in (".", "..") or "\0" in name:
            raise MasqueradeError(f"{name!r} is no name HDF5 has; write it to .pb")
        if is_array(one):
            _write_array(group, name, one, layout, options)
        elif holds_arrays(one):
            _write_bundle(group.create_group(name), one, layout, options)
        else:
            _write_attribute(group, name, one)


def _write_attribute(place, name, value):
    plain = isinstance(value, (bool, str, float, complex)) or (isinstance(value, int) and -(2**63) <= value < 2**63)
    tagged = isinstance(value, (list, tuple, dict, bytes, int)) or value is None
    number = isinstance(value, (np.ndarray, np.generic)) and type(value) is not np.ma.MaskedArray and value.dtype.kind in "biufcS"
    if tagged and not plain and not name.startswith(_OWN):
        place.attrs[name] = json.dumps(_h5json.spell(value), separators=(",", ":"), ensure_ascii=False)
        place.attrs[_OWN + "json"] = [*place.attrs.get(_OWN + "json", ()), name]
        return
    if name.startswith(_OWN) or not (plain or number):
        raise MasqueradeError(f"the attribute {name!r}: a {type(value).__name__} has no place in HDF5; write it to .pb")
    place.attrs[name] = value


def _write_array(group, name, value, layout, options):
    labelled = value if isinstance(value, Labelled) else Labelled(value)
    array = labelled.array
    masked = isinstance(array, np.ma.MaskedArray)
    if isinstance(array, np.generic) or type(array) not in (np.ndarray, np.ma.MaskedArray) or (masked and array.baseclass is not np.ndarray):
        raise MasqueradeError(f"{type(array).__name__} is no plain ndarray or MaskedArray; write it to .pb")
    mask = np.ma.getmask(array)
    place, mask_name = group, f"{name}_mask"
    if masked and layout == "values-mask":
        place = group.create_group(name)
        place.attrs[_OWN + "kind"] = "masked"
        name, mask_name = "values", "mask"
    if mask_name in place and mask is not np.ma.nomask or name in place:
        raise MasqueradeError(f"two arrays and masks are called {mask_name!r}, or {name!r}")
    fill = np.asarray(array._fill_value) if masked and array._fill_value is not None else None
    own = fill is not None and fill.dtype == array.dtype
    data = _dataset(place, name, np.asarray(array.data if masked else array), options, fill if own else None)
    if own:
        data.attrs.create("_FillValue", *_stored(fill))
    elif fill is not None:
        data.attrs[_OWN + "fill_value"] = fill[()]
        data.attrs[_OWN + "fill_dtype"] = fill.dtype.str
    if masked:
        data.attrs[_OWN + "mask"] = "(nomask)" if mask is np.ma.nomask else mask_name
        if array.hardmask:
            data.attrs[_OWN + "hard_mask"] = True
    if masked and mask is not np.ma.nomask:
        bools = _dataset(place, mask_name, np.asarray(mask), options, None)
        bools.attrs["flag_values"] = np.array([0, 1], "i1")
        bools.attrs["flag_meanings"] = "valid masked"
        bools.attrs[_OWN + "mask_of"] = name
    for key, one in labelled.attributes.items():
        _write_attribute(data, key, one)
    for axis, label in enumerate(labelled.dims or ()):
        data.dims[axis].label = label


def _stored(array):
    """An array as HDF5 has it, its shape and its HDF5 dtype: what h5py's create takes."""
    if array.dtype.kind in "mM":
        opaque = _h5py().opaque_dtype(array.dtype)
        return array.astype(opaque), array.shape, opaque
    if array.dtype.kind == "U":
        raw = np.char.encode(array, "utf8")
        if (np.char.decode(raw, "utf8") != array).any():
            raise MasqueradeError("text that is no UTF-8")
        text = _h5py().string_dtype("utf-8", max(1, array.dtype.itemsize))
        return raw.astype(text), array.shape, text
    if array.dtype.hasobject or array.dtype.kind == "T":
        raise MasqueradeError("arrays of objects have no place in HDF5 here; write them to .pb")
    if array.dtype.isalignedstruct or issubclass(array.dtype.type, np.record) or array.dtype.metadata:
        raise MasqueradeError("HDF5 has no place for a dtype's metadata, align=True or numpy.record; write it to .pb")
    if array.dtype.char == "G" and not array.dtype.isnative:
        raise MasqueradeError("h5py loses the byte order of complex long doubles; write them to .pb")
    if array.dtype.names and any(len(field) > 2 for field in array.dtype.fields.values()):
        raise MasqueradeError("fields of records have no titles in HDF5; write it to .pb")
    return array, array.shape, array.dtype


def _dataset(place, name, array, options, fill):
    data, shape, dtype = _stored(array)
    extra = {} if array.ndim == 0 or array.size == 0 else options
    if fill is not None and array.dtype.kind in "biufc":
        extra = {**extra, "fillvalue": fill[()]}
    out = place.create_dataset(name, shape, dtype, data=data, **extra)
    if array.flags.fnc:
        out.attrs[_OWN + "order"] = "F"
    if array.dtype.kind == "U":
        out.attrs[_OWN + "dtype"] = array.dtype.str
    return out


def loads(raw):
    """The value of a file's bytes. Links to other files are refused, never followed. Raises MasqueradeError."""
    h5py = _h5py()
    try:
        with h5py.File(io.BytesIO(bytes(raw)), "r") as file:
            single = file.attrs.get(_OWN + "single")
            if single is None:
                return _Reader(h5py).group(file, 0)
            return _Reader(h5py).member(file, str(single), 0)
    except MasqueradeError:
        raise
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, OverflowError, MemoryError) as error:
        raise MasqueradeError(f"no HDF5 of arrays: {str(error).splitlines()[0]}") from error


class _Reader:
    """Reads one file."""

    def __init__(self, h5py):
        self._h5py = h5py
        self._above = []

    def group(self, group, depth):
        names = [name for name in group if not self._is_mask(group, name)]
        members = {name: self.member(group, name, depth) for name in names if not self._is_scale(group, name)}
        attributes = self._attributes(group)
        if not attributes.keys().isdisjoint(members):
            raise MasqueradeError("an array and an attribute have one name")
        members |= attributes
        kind = group.attrs.get(_OWN + "kind", "dict")
        if kind not in ("list", "tuple"):
            return members
        if members.keys() != {str(i) for i in range(len(members))}:
            raise MasqueradeError("the items of a list are not called 0, 1, ...")
        items = [members[str(i)] for i in range(len(members))]
        return items if kind == "list" else tuple(items)

    def _thing(self, group, name):
        if not isinstance(group.get(name, getlink=True), self._h5py.HardLink):
            raise MasqueradeError(f"{name!r} is a link elsewhere, which is not followed")
        thing = group[name]
        if isinstance(thing, self._h5py.Dataset) and (thing.is_virtual or thing.external):
            raise MasqueradeError(f"the data of {name!r} are in another file")
        return thing

    def _is_scale(self, group, name):
        """A dimension scale that is only there to give an axis its name."""
        return _OWN + "scale" in self._thing(group, name).attrs

    def _is_mask(self, group, name):
        thing = self._thing(group, name)
        if not isinstance(thing, self._h5py.Dataset):
            return False
        said = thing.attrs.get(_OWN + "mask_of")
        of = str(said) if said is not None else name[:-5] if name.endswith(("_mask", ".mask")) else None
        return of is not None and of in group and self._mask_name(group, of) == name

    def _mask_name(self, group, name):
        """The name of a dataset's mask; None where there is none, "" for nomask."""
        thing = self._thing(group, name)
        if not isinstance(thing, self._h5py.Dataset):
            return None
        said = thing.attrs.get(_OWN + "mask")
        if said is not None:
            return "" if said == "(nomask)" else str(said)
        usual = (f"{name}_mask", f"{name}.mask")
        return next((one for one in usual if one in group and self._fits(self._thing(group, one), thing)), None)

    def _fits(self, mask, data):
        """Whether a dataset that somebody else wrote can be the mask of another."""
        return isinstance(mask, self._h5py.Dataset) and mask.shape == data.shape and mask.dtype.kind in "biu"

    def member(self, group, name, depth):
        if depth > 64:
            raise MasqueradeError("groups nested more than 64 deep")
        thing = self._thing(group, name)
        if isinstance(thing, self._h5py.Dataset):
            return self._array(group, name, self._mask_name(group, name))
        if not isinstance(thing, self._h5py.Group):
            raise MasqueradeError(f"{name!r} is no dataset and no group")
        if thing.id in self._above:
            raise MasqueradeError(f"the group {name!r} is within itself")
        if thing.attrs.get(_OWN + "kind") == "masked" or self._is_values_mask(thing):
            return self._array(thing, "values", "mask" if "mask" in thing else "")
        self._above.append(thing.id)
        value = self.group(thing, depth + 1)
        self._above.pop()
        return value

    def _is_values_mask(self, group):
        if set(group) != {"values", "mask"}:
            return False
        values, mask = self._thing(group, "values"), self._thing(group, "mask")
        return isinstance(values, self._h5py.Dataset) and self._fits(mask, values)

    def _array(self, group, name, mask_name):
        dataset = self._thing(group, name)
        data = self._data(dataset)
        attributes, dims = self._attributes(dataset), [label for label in dataset.attrs.get("DIMENSION_LABELS", ())]
        array = data
        if mask_name is not None:
            mask = np.ma.nomask
            if mask_name:
                mask = self._data(self._thing(group, mask_name))
                kind = np.ma.make_mask_descr(data.dtype)
                mask = mask if mask.dtype == kind or kind.names else mask != 0
                if mask.shape != data.shape or mask.dtype != kind:
                    raise MasqueradeError(f"{mask_name!r} is no mask of {name!r}")
            array = np.ma.MaskedArray(data, mask, hard_mask=bool(dataset.attrs.get(_OWN + "hard_mask", False)))
            fill = attributes.pop("_FillValue", None)
            if _OWN + "fill_value" in dataset.attrs:
                fill = np.asarray(dataset.attrs[_OWN + "fill_value"]).astype(str(dataset.attrs.get(_OWN + "fill_dtype", data.dtype.str)))
            if fill is not None:
                # With a dtype of its own, which the public setter would cast.
                array._fill_value = np.asarray(fill, data.dtype if data.dtype.kind in "U" else None).reshape(())
        if not attributes and not dims:
            return array
        return Labelled(array, attributes, tuple(dims) if dims else None)

    def _data(self, dataset):
        if dataset.shape is None:
            raise MasqueradeError(f"{dataset.name} has no dataspace")
        said = dataset.attrs.get(_OWN + "dtype")
        if dataset.nbytes > _USUAL and dataset.nbytes > _RATIO * dataset.id.get_storage_size():
            raise MasqueradeError(f"{dataset.name} has {dataset.nbytes} bytes, and {dataset.id.get_storage_size()} in the file")
        data = np.empty(dataset.shape, dataset.dtype)
        if data.size:
            dataset.read_direct(data) if data.ndim else data.__setitem__((), dataset[()])
        if said is not None and np.dtype(str(said)).kind == "U":
            data = np.char.decode(data, "utf8").astype(str(said))
        if data.dtype.hasobject:
            raise MasqueradeError(f"{dataset.name} is of objects or texts of varying width, which are not read here")
        if dataset.dtype.kind in "mMV" and dataset.dtype.metadata and dataset.dtype.names is None:
            data = data.astype(np.dtype(data.dtype.str))  # without h5py's note
        return np.asfortranarray(data) if dataset.attrs.get(_OWN + "order") == "F" else data

    def _attributes(self, place):
        found = {}
        texts = {str(name) for name in place.attrs.get(_OWN + "json", ())}
        for name, value in place.attrs.items():
            usual = name in ("DIMENSION_LABELS", "DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME", "encoding-type", "encoding-version")
            if usual or name.startswith(_OWN):
                continue
            if name in texts:
                found[name] = _h5json.read(json.loads(value))
            elif isinstance(value, np.generic) and name != "_FillValue" and value.dtype.char in "?ldqD":
                found[name] = value.item()
            elif isinstance(value, (str, np.generic)) or (isinstance(value, np.ndarray) and not value.dtype.hasobject):
                found[name] = value
            else:
                raise MasqueradeError(f"the attribute {name!r} is of a kind that is not read here")
        return found
