"""HDF5 files by PyTables; what they hold is what PyTables' own `read()` returns, as arrays."""
import os
import tempfile

import numpy as np
import tables

import expect
import samples

VERSIONS = {"pytables": tables.__version__, "hdf5": tables.hdf5_version}


class Row(tables.IsDescription):
    flag = tables.BoolCol()
    flags = tables.BoolCol(shape=(2,))
    small = tables.Int8Col()
    half = tables.Float16Col()
    number = tables.Float64Col(shape=(2, 2))
    text = tables.StringCol(5)
    complex = tables.ComplexCol(itemsize=16)
    seconds = tables.Time32Col()
    exactly = tables.Time64Col()
    colour = tables.EnumCol(["red", "green"], "red", base="uint8")

    class inner(tables.IsDescription):
        x = tables.UInt16Col()
        when = tables.Time64Col(shape=(2,))


def arrays(file):
    for name, dtype in samples.simple_dtypes():
        native = dtype.newbyteorder("=") == dtype
        if dtype.kind in "biufcS" and dtype.itemsize > 0 and native and dtype.char not in "gG":
            file.create_array("/", name, samples.sample(dtype, 6).reshape(2, 3), track_times=False)
    file.create_array("/", "nul", np.array([b"a\0b", b"xyz"]), "NUL within", track_times=False)
    file.create_array("/", "scalar", np.array(3.5), track_times=False)
    file.create_array("/", "big", np.arange(3, dtype=">i4"), track_times=False)
    file.set_node_attr("/big", "units", "m")
    file.set_node_attr("/big", "number", np.float32(3))


def chunked(file):
    filters = tables.Filters(complevel=5, complib="zlib", shuffle=True, fletcher32=True)
    data = np.arange(60, dtype="i4").reshape(6, 10)
    file.create_carray("/", "carray", obj=data, filters=filters, chunkshape=(4, 3), track_times=False)
    earray = file.create_earray("/", "earray", tables.Float32Atom(), (0, 3), filters=filters, track_times=False)
    for k in range(3):
        earray.append(np.full((2, 3), k, "f4"))
    bools = file.create_earray("/", "bools", tables.BoolAtom(), (0,), track_times=False)
    bools.append(np.array([True, False, True]))
    for name, atom, values in [("time64", tables.Time64Atom(), [1.5, 0.25, -3.125, 1e9 + 0.5]),
                               ("time32", tables.Time32Atom(), [1, 2, -3, 2 ** 31 - 1])]:
        file.create_carray("/", name, atom, (4,), track_times=False)[:] = np.array(values)
    enum = file.create_carray("/", "enum", tables.EnumAtom(["a", "b"], "b", "int16"), (3,), track_times=False)
    enum[:] = np.array([1, 0, 1], "i2")
    table = file.create_table("/group", "table", Row, "a table", createparents=True, filters=filters, track_times=False)
    row = table.row
    for i in range(5):
        row["flag"], row["flags"], row["small"], row["half"] = i % 2, [True, i > 2], i - 3, i / 4
        row["number"], row["text"], row["complex"] = [[i, 1], [2, 3]], b"ab%d" % i, i - 1j
        row["seconds"], row["exactly"], row["colour"] = i + 5, i + 1.25, i % 2
        row["inner/x"], row["inner/when"] = i, [0.5, i]
        row.append()
    table.flush()
    file.create_table("/", "empty", {"x": tables.Int32Col()}, track_times=False)


def seen(group):
    found = {}
    for name, node in group._v_children.items():
        if isinstance(node, tables.Group):
            found[name] = seen(node)
            continue
        value = node.read()
        found[name] = np.asarray(value)
    return dict(sorted(found.items()))


def write(folder):
    for name, what, fill in [("arrays", "Array of every atom", arrays),
                             ("chunked", "CArray, EArray, Table, times, an enumeration", chunked)]:
        with tempfile.TemporaryDirectory() as there:
            path = os.path.join(there, "x.h5")
            with tables.open_file(path, "w", title="made by PyTables") as file:
                fill(file)
            with tables.open_file(path) as file:
                described = expect.describe(seen(file.root))
            with open(path, "rb") as file:
                data = file.read()
        folder.add("pytables-%s.h5" % name, data, "hdf5", what, described,
                   tool="PyTables", versions=dict(folder.versions, **VERSIONS))
