"""Masked arrays in NPZ: data, mask and fill_value as members that np.load reads."""

import io
import zipfile

import numpy as np

from ._errors import MasqueradeError


def dumps(value, *, compress=False):
    """One array without a name, or a flat dict of them. Raises MasqueradeError for what needs notes of its own."""
    if isinstance(value, dict):
        members = {}
        for name, array in value.items():
            if not isinstance(name, str) or not isinstance(array, np.ndarray) or "/" in name or name == "data":
                raise MasqueradeError(f"{name!r}: a flat dict of arrays is written to .npz; others to .pb")
            members |= _members(array, name, f"{name}.mask", f"{name}.fill_value")
        if len(members) < sum(3 if isinstance(a, np.ma.MaskedArray) and a._fill_value is not None else 1 for a in value.values()):
            raise MasqueradeError("names of arrays and of masks are the same")
    elif isinstance(value, np.ndarray):
        members = _members(value, "data", "mask", "fill_value")
    else:
        raise MasqueradeError(f"{type(value).__name__} is no array and no flat dict of arrays; write it to .pb")
    out = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(out, **members)
    return out.getvalue()


def _members(array, data, mask, fill):
    if not isinstance(array, np.ma.MaskedArray):
        if array.dtype.hasobject:
            raise MasqueradeError("an array of objects would be a pickle; write it to .pb")
        return {data: np.asarray(array)}
    if array.hardmask:
        raise MasqueradeError("a hard mask needs notes of its own; write it to .pb")
    if array.dtype.hasobject:
        raise MasqueradeError("an array of objects would be a pickle; write it to .pb")
    found = {data: np.asarray(array.data), mask: np.asarray(np.ma.getmask(array))}
    if array.ndim == 0 and np.ma.getmask(array) is np.ma.nomask:
        raise MasqueradeError("a 0-d array without a mask needs notes of its own; write it to .pb")
    if array._fill_value is not None:  # asking for fill_value would set it
        found[fill] = np.asarray(array._fill_value)
    return found


def loads(raw):
    """One array, or a flat dict of arrays. Raises MasqueradeError."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if archive.comment:
                raise MasqueradeError("an archive with notes (nesting, hard masks, names of axes); load it as .pb")
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            members = {name: file[name] for name in file.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        if isinstance(error, MasqueradeError):
            raise
        raise MasqueradeError(f"no NPZ of plain arrays: {error}") from error
    if "data" in members and set(members) <= {"data", "mask", "fill_value"}:
        return _array(members, "data", "mask", "fill_value")
    taken = {f"{name}{end}" for name in members for end in (".mask", ".fill_value") if f"{name}.mask" in members}
    return {
        name: _array(members, name, f"{name}.mask", f"{name}.fill_value") for name in members if name not in taken
    }


def _array(members, data, mask, fill):
    array = members[data]
    if mask not in members:
        return array
    given = members[mask]
    if given.shape == () and array.shape != () and given.dtype == bool and not given:
        given = np.ma.nomask
    elif given.shape != array.shape or given.dtype != np.ma.make_mask_descr(array.dtype):
        raise MasqueradeError(f"{mask!r} is no mask of {data!r}")
    masked = np.ma.MaskedArray(array, given)
    if fill in members:
        masked._fill_value = members[fill]  # with a dtype of its own, which the public setter would cast
    return masked
