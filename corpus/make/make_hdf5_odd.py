"""Writes corpus/hdf5/odd: what h5py, netCDF4 and hdf5storage can write and few do. References, sequences, records with texts, files of other sizes and drivers."""
import os
import shutil
import subprocess
import sys
import tempfile

import h5py
import hdf5storage
import netCDF4
import numpy as np

import expect
import hdf5_netcdf
from writing import Folder

VERSIONS = {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "hdf5storage": hdf5storage.__version__, "netCDF4": netCDF4.__version__}
TEXT = np.dtypes.StringDType()


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def pointers(path):
    """References, as the names of what they lead to; sequences, as h5py gives them; records with texts, as records of `U`."""
    with h5py.File(path, "w") as file:
        file["group/x"] = np.arange(3.0)
        file["y"] = np.int16(5)
        file.create_dataset("references", data=np.array([file["group"].ref, file["y"].ref, h5py.Reference()], h5py.ref_dtype))
        file["y"].attrs["one"] = file["group/x"].ref
        file["y"].attrs["several"] = np.array([file["y"].ref, file["group"].ref], h5py.ref_dtype)
        ragged = file.create_dataset("ragged", (2, 2), h5py.vlen_dtype("<i4"), chunks=(1, 2), compression="gzip")
        ragged[0, 0], ragged[1, 1] = [1, 2, 3], [-4]
        points = np.dtype([("a", ">i2"), ("b", "<f4", (2,))])
        ragged = file.create_dataset("points", (3,), h5py.vlen_dtype(points))
        ragged[1] = np.array([(1, [2, 3]), (4, [5, 6])], points)
        inner = np.dtype([("unit", h5py.string_dtype()), ("at", "<f8")])
        record = np.dtype([("id", "<i4"), ("name", h5py.string_dtype()), ("in", inner), ("tags", h5py.string_dtype(), (2,)), ("to", h5py.ref_dtype)])
        table = file.create_dataset("table", (3,), record, chunks=(2,))
        table[0] = (1, "é", ("K", 2.5), ["a", "bc"], file["y"].ref)
        table[2] = (3, "longer", ("", 1.5), ["", "日本"], h5py.Reference())
    with h5py.File(path) as file:
        name = lambda one: file[one].name if one else ""
        shown = {"group": {"x": file["group/x"][()]}, "y": np.array(file["y"][()])}
        shown["references"] = np.array([name(one) for one in file["references"]], TEXT)
        for key in ["ragged", "points"]:
            found = file[key][()]
            shown[key] = np.empty(found.shape, object)
            for at in np.ndindex(found.shape):
                shown[key][at] = found[at]
        rows = [(i, n.decode(), (u.decode(), at), [t.decode() for t in tags], name(to)) for i, n, (u, at), tags, to in file["table"][()].tolist()]
        longest = lambda texts: "<U%d" % max(1, *map(len, texts))
        shown["table"] = np.array(rows, [("id", "<i4"), ("name", longest([r[1] for r in rows])),
                                         ("in", [("unit", longest([r[2][0] for r in rows])), ("at", "<f8")]),
                                         ("tags", longest([t for r in rows for t in r[3]]), (2,)), ("to", longest([r[4] for r in rows]))])
    return dict(sorted(shown.items()))


def small_sizes(path):
    """Addresses and lengths of four bytes."""
    plan = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    plan.set_sizes(4, 4)
    with h5py.File(h5py.h5f.create(path.encode(), h5py.h5f.ACC_TRUNC, plan)) as file:
        for i in range(40):
            file["many/k%02d" % i] = i
        file.create_dataset("chunks", data=np.arange(100.0).reshape(10, 10), chunks=(3, 4), compression="gzip")
        file["texts"] = ["a", "é", "longer than a word"]
        file["texts"].attrs["text"] = "of varying length"
        file.create_dataset("ragged", (2,), h5py.vlen_dtype("<i4"))[1] = [1, 2]
    with h5py.File(path) as file:
        ragged = np.empty(2, object)
        ragged[:] = list(file["ragged"][()])
        many = {key: np.array(file["many"][key][()]) for key in sorted(file["many"])}
        return {"chunks": file["chunks"][()], "many": many, "ragged": ragged, "texts": file["texts"].asstr()[()].astype(TEXT)}


def integers(path):
    """Integers that do not take all bits of their bytes, as they are and through the n-bit filter; h5py's bool in four bytes."""
    kinds = {"unsigned": (h5py.h5t.STD_U16LE, 12, 0), "signed": (h5py.h5t.STD_I32LE, 17, 3), "big": (h5py.h5t.STD_I64BE, 40, 4)}
    with h5py.File(path, "w") as file:
        for name, (base, precision, offset) in kinds.items():
            kind = base.copy()
            kind.set_precision(precision)
            kind.set_offset(offset)
            values = np.array([0, 1, 2 ** (precision - 1) - 1, 77] + ([] if name == "unsigned" else [-1, -(2 ** (precision - 1))]))
            for how in ["", "_nbit"]:
                plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                if how:
                    plan.set_chunk((4,))
                    plan.set_filter(h5py.h5z.FILTER_NBIT)
                made = h5py.h5d.create(file.id, (name + how).encode(), kind, h5py.h5s.create_simple(values.shape), plan)
                made.write(h5py.h5s.ALL, h5py.h5s.ALL, values)
        flags = h5py.enum_dtype({"FALSE": 0, "TRUE": 1}, basetype="<i4")
        file.create_dataset("flags", data=np.array([1, 0, 1], "<i4"), dtype=flags)
    with h5py.File(path) as file:
        return {name: file[name][()] for name in sorted(file)}


def cells(path):
    """Cells and an array of structs, written by hdf5storage as MATLAB does; lists of what they hold, row by row."""
    inner = np.array([[np.arange(3.0), np.str_("text")]], object)
    outer = np.empty((2, 2), object)
    outer[0, 0], outer[0, 1], outer[1, 0], outer[1, 1] = 1.5, np.str_("b"), inner, np.zeros((0, 0))
    structs = np.array([[(np.int8(1), np.str_("x")), (np.int8(2), np.str_("yz"))]], [("n", "O"), ("s", "O")])
    options = hdf5storage.Options(store_python_metadata=False, matlab_compatible=True)
    hdf5storage.write({"outer": outer, "structs": structs, "plain": np.eye(2)}, filename=path, options=options)
    text = lambda one: np.array([one])
    shown = [np.array([[0.0, 1, 2]]), text("text")]
    return {"outer": [[np.array([[1.5]]), text("b")], [shown, np.zeros((0, 0))]], "plain": np.asfortranarray(np.eye(2)),
            "structs": {"n": [np.int8([[1]]), np.int8([[2]])], "s": [text("x"), text("yz")]}}


def objects(path):
    """As MATLAB stores its string arrays: numbers that mean nothing without what `#subsystem#` holds."""
    with h5py.File(path, "w") as file:
        made = file.create_dataset("words", data=np.array([[0xDD000000, 2, 1, 1, 1, 1]], "u4"))
        made.attrs["MATLAB_class"], made.attrs["MATLAB_object_decode"] = np.bytes_("string"), np.int32(3)
        file.create_dataset("x", data=np.arange(3.0).reshape(3, 1)).attrs["MATLAB_class"] = np.bytes_("double")


def records(path):
    """netCDF: variables that were written less far than their dimensions go, characters that are missing, records with texts."""
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("t", None)
        file.createDimension("s", None)
        file.createDimension("x", 3)
        variable = lambda group, *args, **kwargs: group.createVariable(*args, **kwargs)
        variable(file, "t", "f8", ("t",))[:] = [1, 2, 3, 4]
        variable(file, "long", "f4", ("t", "x"))[0:5] = 1
        variable(file, "short", "i2", ("t",), fill_value=-7)[0:2] = [1, -7]
        variable(file, "never", "u1", ("t", "x"), fill_value=9)
        variable(file, "both", "f4", ("t", "s"), zlib=True)[0:6, 0:3] = 2  # netCDF4-python gives memory never written where both axes are short
        packed = variable(file, "packed", "i2", ("s",), fill_value=-1)
        packed.scale_factor = 0.5
        packed[0:1] = [4]
        inner = file.createGroup("inner")
        variable(inner, "late", "i4", ("t",))[0:6] = 3
        letters = variable(file, "letters", "S1", ("x",), fill_value=b"X")
        letters[:] = np.array([b"a", b"X", b"z"])
        kind = np.dtype([("a", "f4"), ("b", "i2", (2,)), ("name", "S4")])
        pairs = variable(file, "pairs", file.createCompoundType(kind, "pair"), ("x",))
        pairs[:] = np.array([(1, (2, 3), b"x"), (4, (5, 6), b"long"), (7, (8, 9), b"")], kind)
        ragged = variable(file, "ragged", file.createVLType(np.int32, "run"), ("x",))
        for i, run in enumerate([[1, 2], [], [3]]):
            ragged[i] = np.array(run, "i4")
    with netCDF4.Dataset(path) as file:
        return hdf5_netcdf.seen(file)


def growing(path):
    """Copied while its writer, in SWMR mode, had it open."""
    file = h5py.File(path + ".open", "w", libver="latest")
    rows = file.create_dataset("rows", (0, 3), "<f4", maxshape=(None, 3), chunks=(4, 3))
    file.swmr_mode = True
    for i in range(30):
        rows.resize((i + 1, 3))
        rows[i] = i
        rows.flush()
    shutil.copy(path + ".open", path)
    shown = {"rows": rows[()]}
    file.close()
    return shown


def not_closed(path):
    program = "import h5py, os; f = h5py.File(%r, 'w', libver='latest'); f['x'] = range(999); f.flush(); f['y'] = range(999); os._exit(0)"
    subprocess.run([sys.executable, "-c", program % path], check=True)


def regions(path):
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(3)
        file.create_dataset("regions", data=np.array([file["x"].regionref[:2]], h5py.regionref_dtype))


def family(path):
    part = os.path.join(os.path.dirname(path), "part%d.h5")
    with h5py.File(part, "w", driver="family", memb_size=2048) as file:
        file["x"] = np.arange(500)
    shutil.move(part % 0, path)


def split(path):
    whole = os.path.join(os.path.dirname(path), "parts")
    with h5py.File(whole, "w", driver="split", libver="latest") as file:
        file["x"] = np.arange(500)
    shutil.move(whole + "-m.h5", path)


def main():
    folder = Folder("hdf5", "odd", "h5py", VERSIONS)
    for name, what, fill in [("pointers", "references, sequences of varying length, records with texts", pointers),
                             ("small-sizes", "addresses and lengths of four bytes", small_sizes),
                             ("integers", "integers of fewer bits than their bytes have, bools of four bytes", integers),
                             ("cells", "MATLAB's cells and arrays of structs", cells),
                             ("records", "netCDF variables shorter than their dimensions, missing characters, texts in records", records),
                             ("growing", "copied while it was written (SWMR)", growing)]:
        with tempfile.TemporaryDirectory() as there:
            path = os.path.join(there, "x.h5")
            shown = expect.describe(fill(path))
            folder.add(name + (".nc" if fill is records else ".h5"), bytes_of(path), "hdf5", what, shown)
    for name, fill, code in [("not-closed", not_closed, "FORMAT_MALFORMED"), ("family", family, "CAPABILITY_MISSING"),
                             ("split", split, "CAPABILITY_MISSING"), ("regions", regions, "CAPABILITY_MISSING"),
                             ("matlab-object", objects, "CAPABILITY_MISSING")]:
        with tempfile.TemporaryDirectory() as there:
            path = os.path.join(there, "x.h5")
            fill(path)
            folder.add("refused-" + name + ".h5", bytes_of(path), "hdf5", name, {"refused": code})
    folder.finish()


main()
