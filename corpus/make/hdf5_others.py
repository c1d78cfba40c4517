"""Tables by astropy, elements by anndata, MATLAB files by hdf5storage, and what else h5py can write; as their own readers return them."""
import os
import tempfile

import anndata
import h5py
import hdf5storage
import numpy as np
import pandas
from anndata.io import read_elem, write_elem
from astropy import units
from astropy.table import Column, MaskedColumn, Table

import astropy
import expect


def packed(folder, name, what, path, described, tool, versions):
    with open(path, "rb") as file:
        folder.add(name, file.read(), "hdf5", what, described, tool=tool, versions=dict(folder.versions, **versions))


def bare(records):
    """Records as `Table.as_array()` gives them, without the fill value NumPy made up for them."""
    if not isinstance(records, np.ma.MaskedArray):
        return records
    made = np.ma.MaskedArray(records.data, records.mask)
    made._fill_value = None
    return made


def by_astropy(folder, there):
    table = Table()
    table["a"] = MaskedColumn([1, 2, 3], mask=[0, 1, 0], dtype="i4", unit=units.m, fill_value=-5)
    table["b"] = Column([1.5, 2, 3])
    table["s"] = MaskedColumn(["é", "bc", ""], mask=[0, 0, 1])
    table["v"] = MaskedColumn(np.arange(6.0).reshape(3, 2), mask=[[0, 1], [0, 0], [1, 1]])
    table["f"] = MaskedColumn([True, False, True], mask=[1, 0, 0])
    table.meta["k"] = 5
    path = os.path.join(there, "astropy.h5")
    table.write(path, path="group/masked", serialize_meta=True)
    Table({"x": [1, 2], "y": ["a", "bü"]}).write(path, path="meta", append=True, serialize_meta=True)
    Table({"x": [1, 2], "y": [b"a", b"bb"]}).write(path, path="plain", append=True)
    read = {name: bare(Table.read(path, path=name).as_array()) for name in ["group/masked", "meta", "plain"]}
    described = expect.describe({"group": {"masked": read["group/masked"]}, "meta": read["meta"], "plain": read["plain"]})
    packed(folder, "astropy-tables.h5", "tables, one with masked columns", path, described, "astropy",
           {"astropy": astropy.__version__, "h5py": h5py.__version__})


def by_anndata(folder, there):
    path = os.path.join(there, "anndata.h5")
    elements = {
        "array": np.arange(6.0, dtype="f4").reshape(2, 3),
        "bools": pandas.array([True, None, False], dtype="boolean"),
        "ints": pandas.array([1, None, 3], dtype="Int16"),
        "texts": np.array(["a", "bé"]),
        "unsigned": pandas.array([None, 2 ** 63], dtype="UInt64"),
    }
    with h5py.File(path, "w") as file:
        for name, element in elements.items():
            write_elem(file, name, element)
    with h5py.File(path) as file:
        read = {name: as_array(read_elem(file[name])) for name in elements}
    packed(folder, "anndata-elements.h5", "elements, some nullable", path, expect.describe(read), "anndata",
           {"anndata": anndata.__version__, "pandas": pandas.__version__, "h5py": h5py.__version__})


def as_array(element):
    if isinstance(element, np.ndarray):
        return element.astype(np.dtypes.StringDType()) if element.dtype == object else element
    return np.ma.MaskedArray(element._data, element._mask)


def by_hdf5storage(folder, there):
    """No MATLAB wrote these: hdf5storage writes MATLAB 7.3 files that MATLAB reads."""
    path = os.path.join(there, "matlab.mat")
    values = {
        "bool": np.array([[True, False, True]]),
        "complex": np.array([[1 + 2j, 3], [4, 5 - 1j]]),
        "cube": np.arange(24.0).reshape(2, 3, 4),
        "empty": np.zeros((0, 3)),
        "matrix": np.arange(6.0).reshape(2, 3),
        "scalar": 3.5,
        "single": np.array([[1.5], [2.5]], "f4"),
    }
    for code in ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]:
        values[np.dtype(code).name] = np.array([[1, 2, np.iinfo(code).max]], code)
    texts = {"line": [["h", "é", "l", "𝄞"]], "lines": [["a", "b", "c"], ["d", "e", " "]]}
    written = dict(values, struct={"x": np.float32(2), "deep": {"y": np.int8([[1, 2]])}},
                   **{name: np.array(rows, "U1") for name, rows in texts.items()})
    hdf5storage.savemat(path, written, format="7.3", matlab_compatible=True, store_python_metadata=False,
                        structured_numpy_ndarray_as_struct=True, truncate_existing=True)
    read = hdf5storage.loadmat(path)
    # Rows of characters as texts, which is what scipy.io.loadmat makes of them in older MAT files.
    for name in texts:
        read[name] = np.array(["".join(row) for row in read[name].tolist()])
    struct = read["struct"][0]
    read["struct"] = {"deep": {"y": struct["deep"][0]["y"]}, "x": struct["x"]}
    packed(folder, "matlab-arrays.mat", "numbers, logicals, complex numbers, characters, a struct", path,
           expect.describe(dict(sorted(read.items()))), "hdf5storage (MATLAB-compatible, no MATLAB)",
           {"hdf5storage": hdf5storage.__version__, "h5py": h5py.__version__})


def low_level(file, name, kind, values, shape):
    untimed = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    untimed.set_obj_track_times(False)
    dataset = h5py.h5d.create(file.id, name.encode(), kind, h5py.h5s.create_simple(shape), untimed)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values, kind)


def by_h5py(folder, there):
    """Types h5py writes when asked to, and reads."""
    path = os.path.join(there, "types.h5")
    with h5py.File(path, "w") as file:
        for name, pad in [("nullterm", h5py.h5t.STR_NULLTERM), ("nullpad", h5py.h5t.STR_NULLPAD), ("spacepad", h5py.h5t.STR_SPACEPAD)]:
            kind = h5py.h5t.C_S1.copy()
            kind.set_size(5)
            kind.set_strpad(pad)
            low_level(file, name, kind, np.frombuffer(b"ab\0cdab   abcde", "S5").copy(), (3,))
            record = h5py.h5t.create(h5py.h5t.COMPOUND, 9)
            record.insert(b"s", 0, kind)
            record.insert(b"i", 5, h5py.h5t.STD_I32LE)
            low_level(file, "record_" + name, record, np.frombuffer(b"ab\0cd\1\0\0\0ab   \2\0\0\0", "V9").copy(), (2,))
        for name, kind, code in [("bits8", h5py.h5t.STD_B8LE, "u1"), ("bits16", h5py.h5t.STD_B16BE, ">u2"), ("bits64", h5py.h5t.STD_B64LE, "<u8")]:
            low_level(file, name, kind, np.array([1, 2, 255], code), (3,))
        for name, kind, code in [("complex64", h5py.h5t.COMPLEX_IEEE_F32LE, "<c8"), ("complex128", h5py.h5t.COMPLEX_IEEE_F64LE, "<c16"),
                                 ("complexbig", h5py.h5t.COMPLEX_IEEE_F64BE, ">c16")]:
            low_level(file, name, kind, np.array([1 + 2j, -0.5j, 3], code), (3,))
        colours = h5py.enum_dtype({"RED": 0, "GREEN": 1000, "BLUE": -1}, basetype="<i2")
        file.create_dataset("enum", data=np.array([0, 1000, -1], "<i2"), dtype=colours)
        file.create_dataset("texts", data=["a", "bé", ""], dtype=h5py.string_dtype())
        file["utf8"] = np.array(["é".encode(), b"ab"], h5py.string_dtype("utf-8", 3))
        file["nothing"] = h5py.Empty("f4")
        file["committed"] = np.dtype("<i4")
        file.create_dataset("of_committed", data=np.arange(3, dtype="<i4"), dtype=file["committed"])
    with h5py.File(path) as file:
        read = {name: node[()] for name, node in file.items() if isinstance(node, h5py.Dataset)}
        read["texts"] = file["texts"].astype("T")[()]
        # What h5py notes of HDF5's type in a dtype's metadata is no part of the array.
        read = {name: value.view(value.dtype.str) if getattr(value, "dtype", None) is not None and value.dtype.metadata else value
                for name, value in read.items()}
        read["nothing"] = None
    packed(folder, "h5py-types.h5", "strings of every padding, bit fields, native complex, enumerations, Empty", path,
           expect.describe(read), "h5py", {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version})


def write(folder):
    for make in [by_astropy, by_anndata, by_hdf5storage, by_h5py]:
        with tempfile.TemporaryDirectory() as there:
            make(folder, there)
