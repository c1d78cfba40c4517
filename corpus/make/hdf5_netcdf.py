"""netCDF-4 files by netCDF4-python and xarray; what they hold is what netCDF4-python's own `variable[...]` returns."""
import os
import tempfile
import warnings

import netCDF4
import numpy as np
import xarray

import expect

VERSIONS = {"netCDF4": netCDF4.__version__, "netcdf-c": netCDF4.__netcdf4libversion__, "hdf5": netCDF4.__hdf5libversion__}
INTEGERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]
FLOATS = ["f4", "f8"]


def seen(group):
    """A group as the reader shows it: its variables, then its groups. Texts are objects there, StringDType here."""
    found = {}
    for name, variable in group.variables.items():
        value = variable[...]
        if isinstance(value, np.ndarray) and value.dtype == object and all(isinstance(one, str) for one in value.flat):
            value = value.astype(np.dtypes.StringDType())
        elif isinstance(value, str):
            value = np.array(value, np.dtypes.StringDType())
        found[name] = value
    for name, inner in group.groups.items():
        found[name] = seen(inner)
    return dict(sorted(found.items()))


def add(folder, name, what, write, tool="netCDF4-python", versions=VERSIONS, path_written=False):
    with tempfile.TemporaryDirectory() as there, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = os.path.join(there, "x.nc")
        if path_written:
            write(path)
        else:
            with netCDF4.Dataset(path, "w") as file:
                write(file)
        with netCDF4.Dataset(path) as file:
            described = expect.describe(seen(file))
        with open(path, "rb") as file:
            data = file.read()
    folder.add(name, data, "hdf5", what, described, tool=tool, versions=dict(folder.versions, **versions))


def variable(file, name, dtype, values, fill_value=None, dims=("x",), **attrs):
    """A variable whose elements are stored as they are given."""
    made = file.createVariable(name, dtype, dims, fill_value=fill_value, endian=attrs.pop("endian", "native"))
    made.set_auto_maskandscale(False)
    made.setncatts(attrs)
    made[...] = np.asarray(values).astype(made.dtype)
    return made


def masks(file):
    """Every rule by which elements are missing, for every type of number."""
    file.createDimension("x", 6)
    for code in INTEGERS + FLOATS:
        kind = np.dtype(code).type
        default = np.array(netCDF4.default_fillvals[code], code)
        values = np.array([1, 5, 6, 7, 9, 0], code)
        values[5] = default
        variable(file, code + "_default", code, values)
        variable(file, code + "_nofill", code, values, fill_value=False)
        variable(file, code + "_fill", code, values, fill_value=7)
        variable(file, code + "_unused", code, values[:6] * 0 + 3, fill_value=7)
        variable(file, code + "_missing", code, values, missing_value=kind(5))
        variable(file, code + "_vector", code, values, missing_value=np.array([6, 5], code))
        variable(file, code + "_both", code, values, fill_value=7, missing_value=kind(5))
        variable(file, code + "_other", code, values, missing_value=np.int64(5), fill_value=7)
        variable(file, code + "_unfit", code, values, missing_value=5.5 if code in INTEGERS else 0.1, valid_max="9")
        variable(file, code + "_range", code, values, valid_range=np.array([5, 7], code))
        variable(file, code + "_min", code, values, valid_min=kind(6))
        variable(file, code + "_max", code, values, valid_max=kind(6), fill_value=1)
        variable(file, code + "_triple", code, values, valid_range=np.array([5, 6, 7], code), valid_min=kind(6))
        variable(file, code + "_big", code, values, endian="big", fill_value=7)
    for code in FLOATS:
        values = np.array([1, np.nan, -0.0, 7, np.inf, 9], code)
        variable(file, code + "_nan", code, values, fill_value=np.nan)
        variable(file, code + "_nanmissing", code, values, missing_value=np.array([7, np.nan], code))
        variable(file, code + "_nanabsent", code, np.arange(6), fill_value=np.nan)
        variable(file, code + "_wide", code, values, missing_value=np.float64(np.float32(0.1)), valid_min=np.int8(0))


def unsigned(file):
    file.createDimension("x", 4)
    for code in ["i1", "i2", "i4", "i8"]:
        values = np.array([1, -1, -2, np.iinfo(code).min], code)
        for name, says in [("true", "true"), ("True", "True"), ("yes", "yes"), ("number", np.int8(1))]:
            variable(file, code + "_" + name, code, values, _Unsigned=says)
        variable(file, code + "_fill", code, values, fill_value=-1, _Unsigned="true")
        variable(file, code + "_missing", code, values, missing_value=np.array([-2, 1], code), _Unsigned="true")
        # Without a fill value of its own netCDF4-python cannot mask i1 here: its default, -127, is no uint8.
        fill = np.iinfo(code).max
        variable(file, code + "_range", code, values, fill_value=fill, valid_range=np.array([1, -2], code), _Unsigned="true")
        variable(file, code + "_scale", code, values, fill_value=-1, _Unsigned="true", scale_factor=0.5)
    variable(file, "u1_true", "u1", [1, 2, 3, 255], _Unsigned="true")


def scaled(file):
    file.createDimension("x", 4)
    scalings = {
        "f4": {"scale_factor": np.float32(0.1), "add_offset": np.float32(3)},
        "f8": {"scale_factor": 0.1, "add_offset": 3.0},
        "factor": {"scale_factor": np.float32(0.1)},
        "offset": {"add_offset": 273.15},
        "one": {"scale_factor": np.float32(1), "add_offset": np.float32(0)},
        "ones": {"scale_factor": 1.0},
        "zero": {"add_offset": 0.0},
        "ints": {"scale_factor": np.int16(2), "add_offset": np.int32(5)},
        "mixed": {"scale_factor": np.float32(2), "add_offset": 1.0},
        "text": {"scale_factor": "none"},
        "vector": {"scale_factor": np.array([1.0, 2.0])},
    }
    for code in INTEGERS + FLOATS:
        values = np.array([1, 7, 100, 3], code)
        for name, attrs in scalings.items():
            variable(file, code + "_" + name, code, values, fill_value=7, **attrs)
    variable(file, "plain", "i2", [1, 2, 3, 4], scale_factor=0.5)
    variable(file, "big", "i2", [1, 2, 3, 7], endian="big", fill_value=7, scale_factor=np.float32(0.5))
    variable(file, "ranged", "i2", [1, 2, 3, 7], scale_factor=0.5, valid_range=np.array([2, 3], "i2"))


def texts(file):
    file.createDimension("x", 2)
    file.createDimension("n", 4)
    characters = file.createVariable("characters", "S1", ("x", "n"))
    characters[:] = np.array([[b"a", b"b", b"", b""], [b"\xff", b"c", b"", b"d"]])
    full = file.createVariable("full", "S1", ("x",))
    full[:] = np.array([b"a", b"b"])
    for name, encoding in [("utf8", "utf-8"), ("ascii", "ascii"), ("latin", "latin-1"), ("raw", "bytes")]:
        made = file.createVariable(name, "S1", ("x", "n"))
        made._Encoding = encoding
        made.set_auto_chartostring(False)
        raw = {"utf8": "éa", "latin": "ÿab"}.get(name, "ab").encode({"latin": "latin-1"}.get(name, "utf-8"))
        made[:] = np.array([list(raw.ljust(4, b"\0")), list(b"wxyz")], "u1").view("S1")
    strings = file.createVariable("strings", str, ("x",))
    strings[0], strings[1] = "héllo", ""
    one = file.createVariable("one", str, ())
    one[...] = "a text"


def groups(file):
    """Dimensions, unlimited ones, coordinates, groups in groups, enumerations and records."""
    file.title = "a title"
    file.createDimension("time", None)
    file.createDimension("lat", 2)
    file.createDimension("lon", 3)
    file.createDimension("n", 2)
    variable(file, "lat", "f4", [10, 20], dims=("lat",), units="degrees_north")
    variable(file, "lon", "f8", [1, 2, 3], dims=("lon",))
    names = file.createVariable("n", "S1", ("n", "lat"))
    names[:] = np.array([[b"a", b"b"], [b"c", b"d"]])
    t = file.createVariable("t", "f4", ("time", "lat", "lon"), zlib=True, shuffle=True, fletcher32=True, fill_value=-1)
    t[0:2] = np.ma.masked_equal(np.arange(12, dtype="f4").reshape(2, 2, 3), 5)
    inner = file.createGroup("inner")
    inner.createDimension("z", 2)
    variable(inner, "z", "i4", [1, 2], dims=("z",))
    deep = inner.createGroup("deep")
    variable(deep, "lat", "i2", [1, 2], dims=("lat",))
    variable(deep, "scalar", "u8", 7, dims=())
    kinds = file.createEnumType(np.uint8, "kinds", {"land": 1, "sea": 2, "none": 0})
    kind = file.createVariable("kind", kinds, ("lon",), fill_value=0)
    kind[:] = [1, 0, 2]
    pair = file.createCompoundType(np.dtype([("x", "f8"), ("y", "i2")]), "pair_type")
    pairs = file.createVariable("pairs", pair, ("lat",))
    pairs[:] = np.array([(1.5, 2), (3.5, 4)], pair.dtype)


def by_xarray(path):
    t = np.array([[1.25, np.nan, 3], [4, 5, np.nan]])
    made = xarray.Dataset(
        {
            "t": (("y", "x"), t, {"units": "K"}),
            "count": (("y", "x"), np.array([[1, 2, 3], [4, 5, 6]], "i8")),
            "flag": (("x",), np.array([True, False, True])),
            "name": (("x",), np.array(["a", "bé", ""], object)),
        },
        coords={"x": [10.0, 20, 30], "time": (("y",), np.array(["2020-01-01", "2020-01-03"], "M8[ns]"))},
        attrs={"history": "made"},
    )
    encoding = {
        "t": {"dtype": "i2", "scale_factor": 0.25, "add_offset": 1.0, "_FillValue": -999},
        "count": {"zlib": True, "_FillValue": np.int64(-1)},
    }
    made.to_netcdf(path, encoding=encoding, engine="netcdf4")


def write(folder):
    add(folder, "netcdf-masks.nc", "every rule by which netCDF4-python masks", masks)
    add(folder, "netcdf-unsigned.nc", "_Unsigned", unsigned)
    add(folder, "netcdf-scaled.nc", "scale_factor and add_offset", scaled)
    add(folder, "netcdf-texts.nc", "characters, with and without _Encoding, and texts", texts)
    add(folder, "netcdf-groups.nc", "dimensions, groups, an enumeration, records, compressed chunks", groups)
    versions = dict(VERSIONS, xarray=xarray.__version__)
    add(folder, "netcdf-xarray.nc", "a dataset of xarray, packed and masked", by_xarray, "xarray", versions, True)
