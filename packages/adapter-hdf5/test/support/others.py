"""Files of other tools that grow, made and looked at for append-others.interop.test.ts: `make FOLDER`, `look FOLDER`."""
import ctypes
import json
import os
import sys

import h5py
import netCDF4
import numpy as np
import tables

folder = sys.argv[2]
at = lambda name: os.path.join(folder, name)
text = h5py.string_dtype()


def h5py_file(name, **options):
    with h5py.File(at(name), "w", **options) as f:
        f.attrs["title"] = "theirs"
        f.create_dataset("plain", data=np.arange(12.0).reshape(4, 3), maxshape=(None, 3), chunks=(3, 2))
        f.create_dataset("single", data=np.arange(5, dtype="i4"), maxshape=(8,), chunks=(8,), compression="gzip")
        f.create_dataset("fixed", data=np.arange(10, dtype=">i2"), maxshape=(40,), chunks=(3,), shuffle=True)
        f.create_dataset("both", data=np.arange(30, dtype="u1").reshape(5, 6), maxshape=(None, None), chunks=(2, 2), fletcher32=True)
        f.create_dataset("sparse", shape=(6, 2), dtype="f4", maxshape=(None, 2), chunks=(2, 2), fillvalue=7)
        f["sparse"][5] = 1
        f.create_dataset("long", data=np.arange(5000, dtype="i8"), maxshape=(None,), chunks=(1,))
        f.create_dataset("texts", data=["a", "bé", ""], dtype=text, maxshape=(None,))
        record = np.zeros(3, [("a", "<i4"), ("b", "<f8"), ("c", "S3")])
        record["a"] = [1, 2, 3]
        f.create_dataset("records", data=record, maxshape=(None,))
        f.create_dataset("flags", data=[True, False], maxshape=(None,))
        f.create_dataset("complex", data=[1 + 2j], maxshape=(None,))
        f.create_dataset("m", data=np.arange(4.0), maxshape=(None,))
        f.create_dataset("m_mask", data=[False, True, False, False], maxshape=(None,))
        n = f.create_group("nullable")
        n.create_dataset("values", data=np.arange(3), maxshape=(None,))
        n.create_dataset("mask", data=[True, False, False], maxshape=(None,))
        g = f.create_group("deep/er")
        g["t"] = f["plain"]
        g["soft"] = h5py.SoftLink("/plain")
        g.create_dataset("time", data=np.arange(4.0), maxshape=(None,)).make_scale("time")
        g.create_dataset("sst", data=np.arange(8.0).reshape(4, 2), maxshape=(None, 2))
        g["sst"].dims[0].attach_scale(g["time"])
        for i in range(12):
            g["sst"].attrs["a%d" % i] = i
            g["time"].attrs["b%d" % i] = "x" * i
        f.create_dataset("kept", data=np.arange(6), compression="gzip")


def make():
    h5py_file("earliest.h5", libver="earliest")
    h5py_file("userblock.h5", userblock_size=1024)
    h5py_file("latest.h5", libver="latest")
    h5py_file("tracked.h5", libver=("v110", "v110"), track_order=True)
    with tables.open_file(at("tables.h5"), "w") as f:
        f.create_earray("/", "e", obj=np.arange(6, dtype=">f8").reshape(3, 2))
        f.create_earray("/", "z", obj=np.arange(6, dtype="i4"), filters=tables.Filters(5, "zlib", shuffle=True, fletcher32=True))
        f.create_table("/", "t", obj=np.array([(1, 2.5), (2, 3.5)], [("a", "i4"), ("b", "f8")]))
        f.create_array("/", "fixed", np.arange(3))
        f.create_table("/", "indexed", obj=np.array([(1,), (2,)], [("a", "i4")])).cols.a.create_index()
    with netCDF4.Dataset(at("nc.nc"), "w") as f:
        f.createDimension("time", None)
        for name in ["step", "p", "q"]:
            f.createDimension(name, None)
        f.createDimension("x", 2)
        t = f.createVariable("time", "f8", ("time",))
        t.units = "days since 2000-01-01"
        v = f.createVariable("v", "i2", ("time", "x"), fill_value=-5, zlib=True, fletcher32=True)
        d = f.createVariable("d", "f4", ("time",))
        s = f.createVariable("s", "f8", ("step", "x"))
        p = f.createVariable("packed", "i2", ("p",))
        p.scale_factor = 0.5
        r = f.createVariable("ranged", "f8", ("q",))
        r.valid_min = 0.0
        t[:] = [0, 1, 2]
        v[:] = np.ma.masked_equal([[1, 2], [3, -5], [5, 6]], -5)
        d[:] = [1, 2, 3]
        s[:] = np.ones((2, 2))
        for i in range(12):
            v.setncattr("a%d" % i, i)


def odd():
    """Files that are added to in part, or not at all."""

    def content(f):
        f.create_dataset("t", data=np.arange(400.0), chunks=(10,), maxshape=(None,))
        for i in range(600):
            f[f"g/m{i}"] = i

    references = {
        "root": lambda f: f.ref,
        "group": lambda f: f["g"].ref,
        "dataset": lambda f: f["t"].ref,
        "region": lambda f: f["t"].regionref[:3],
        "other": lambda f: f["g/m1"].ref,
    }
    for name, to in references.items():
        with h5py.File(at(f"{name}-value.h5"), "w") as f:
            content(f)
            f["r"] = to(f)
        with h5py.File(at(f"{name}-attribute.h5"), "w", libver="latest") as f:
            content(f)
            f["g/m2"].attrs["r"] = to(f)
    with h5py.File(at("sequences.h5"), "w") as f:
        content(f)
        f.create_dataset("v", (1,), dtype=h5py.vlen_dtype(h5py.ref_dtype))[0] = np.array([f["t"].ref], dtype=h5py.ref_dtype)
    for name, options in {"page": {"fs_strategy": "page"}, "free": {"fs_strategy": "fsm", "fs_persist": True}, "aggregate": {"fs_strategy": "aggregate"}}.items():
        with h5py.File(at(f"{name}.h5"), "w", **options) as f:
            content(f)
    with h5py.File(at("compressed.h5"), "w") as f:
        f.create_dataset("lzf", data=np.arange(400.0), maxshape=(None,), chunks=(150,), compression="lzf", shuffle=True, fletcher32=True)
        f.create_dataset("scaled", data=np.arange(100, dtype="i4"), maxshape=(None,), chunks=(64,), scaleoffset=0)
        f.create_dataset("ascii", data=["a"], maxshape=(None,), dtype=h5py.string_dtype("ascii"))
    # A superblock of version 1: nodes of chunk indices have another size. h5py has no call for it.
    index = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    with open("/proc/self/maps") as maps:
        library = next(line.split()[-1] for line in maps if "h5py" in line and "/libhdf5-" in line)
    h5 = ctypes.CDLL(library)
    h5.H5Pset_istore_k.argtypes = [ctypes.c_int64, ctypes.c_uint]
    assert h5.H5Pset_istore_k(index.id, 8) >= 0
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_EARLIEST, h5py.h5f.LIBVER_LATEST)
    with h5py.File(h5py.h5f.create(at("index.h5").encode(), fcpl=index, fapl=access)) as f:
        content(f)
    sizes = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    sizes.set_sizes(4, 4)
    with h5py.File(h5py.h5f.create(at("sizes.h5").encode(), fcpl=sizes)) as f:
        content(f)


def odd_look(*names):
    """Members, rows and what is right of files that were added to; h5py goes on where we ended."""
    out = {}
    for name in names:
        with h5py.File(at(name), "r+") as f:
            t = f["t"]
            n = len(t)
            sound = (t[()] == np.arange(n)).all() and all(f[f"g/m{i}"][()] == i for i in range(600))
            t.resize((n + 300,))
            t[n:] = np.arange(n, n + 300)
            del f["g/m9"]
            for i in range(9):
                f[f"g/n{i}"] = i
        with h5py.File(at(name)) as f:
            sound = sound and (f["t"][()] == np.arange(n + 300)).all() and len(f["g"]) in (608, 609)
            out[name] = [n, len(f["g"]) - 608, "new" in f, bool(sound)]
    print(json.dumps(out))


def compressed_look():
    with h5py.File(at("compressed.h5"), "r+") as f:
        out = []
        for name in ["lzf", "scaled"]:
            d = f[name]
            n = len(d)
            d.resize((n + 70,))
            d[n:] = np.arange(n, n + 70)
            masks = sorted({d.id.get_chunk_info(i).filter_mask for i in range(d.id.get_num_chunks())})
            out.append([n, bool((d[()] == np.arange(n + 70)).all()), masks])
    print(json.dumps(out))


def plain(value):
    value = np.ma.filled(value.astype(object), None) if isinstance(value, np.ma.MaskedArray) else np.asarray(value)
    if value.dtype.names:
        return [[plain(x) for x in row.tolist()] for row in value]
    return json.loads(json.dumps(value.tolist(), default=lambda x: x.decode() if isinstance(x, bytes) else str(x)))


def h5py_look(name):
    with h5py.File(at(name)) as f:
        out = {}
        for key in ["plain", "single", "fixed", "both", "sparse", "texts", "records", "flags", "complex", "m", "m_mask", "nullable/values", "nullable/mask"]:
            out[key] = plain(f[key][()])
        out["long"] = [len(f["long"]), bool((f["long"][()] == np.arange(len(f["long"]))).all())]
        g = f["deep/er"]
        out["same"] = [g["t"] == f["plain"], g["soft"] == f["plain"], g.get("soft", getlink=True).path]
        out["scale"] = [g["sst"].dims[0][0].name, [[f[r].name, int(i)] for r, i in g["time"].attrs["REFERENCE_LIST"]]]
        out["sst"] = [g["sst"].shape, g["time"][()].tolist(), g["sst"][()].tolist(), int(g["sst"].attrs["a11"]), g["time"].attrs["b11"]]
        out["about"] = [f.attrs["title"], f["kept"][()].tolist(), f["plain"].maxshape == (None, 3), str(f["fixed"].dtype)]
        return out


def look():
    out = {name: h5py_look(name) for name in ["earliest.h5", "userblock.h5", "latest.h5", "tracked.h5"]}
    with tables.open_file(at("tables.h5")) as f:
        t = f.root.t
        out["tables.h5"] = [f.root.e[:].tolist(), str(f.root.e.atom.dtype), f.root.z[:].tolist(), int(t.nrows), t[:].tolist(), [r["b"] for r in t.where("a > 1")]]
    with netCDF4.Dataset(at("nc.nc")) as f:
        out["nc.nc"] = [
            {k: [len(d), d.isunlimited()] for k, d in f.dimensions.items()},
            {k: plain(f[k][:]) for k in ["time", "v", "d", "s"]},
            f["v"].dimensions, f["v"].a11.item(), f["time"].units,
        ]
    print(json.dumps(out, default=str))


def more():
    """The tools add to what was added."""
    for name in ["earliest.h5", "userblock.h5", "latest.h5", "tracked.h5"]:
        with h5py.File(at(name), "r+") as f:
            for key in ["plain", "both", "sparse", "m", "m_mask", "long"]:
                d = f[key]
                d.resize(len(d) + 1, axis=0)
                d[-1] = len(d) - 1 if key == "long" else 1
            f["texts"].resize((7,))
            f["texts"][6] = "h5py"
            del f["flags"]
            f["flags"] = 1
            f["deep/er/sst"].dims[0].attach_scale(f["deep/er/time"])
    with tables.open_file(at("tables.h5"), "a") as f:
        f.root.e.append(np.full((1, 2), 9.0))
        f.root.t.append([(9, 9.5)])
    with netCDF4.Dataset(at("nc.nc"), "a") as f:
        n = len(f.dimensions["time"])
        f["time"][n], f["v"][n], f["d"][n] = 9, [9, 9], 9
        f.createVariable("later", "i4", ("time",))[:] = np.arange(n + 1)


{"make": make, "look": look, "more": more, "odd": odd, "odd_look": odd_look, "compressed_look": compressed_look}[sys.argv[1]](*sys.argv[3:])
print("null") if "look" not in sys.argv[1] else None
