"""Writes corpus/hdf5 with h5py, netCDF4-python, xarray, PyTables, astropy, anndata and hdf5storage: what their own readers return is what each
file is said to hold."""
import os
import tempfile

import h5py
import numpy as np

import expect
import hdf5_netcdf
import hdf5_others
import hdf5_pytables
import samples
from writing import Folder

VERSIONS = {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version}
LIBVERS = {"earliest": ("earliest", "v108"), "v110": ("v110", "v110"), "latest": ("latest", "latest")}


def written(write, **options):
    """The bytes of a file that `write` fills."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.h5")
        with h5py.File(path, "w", **options) as file:
            write(file)
        with open(path, "rb") as file:
            return file.read()


def add(folder, name, what, write, expected, **options):
    data = written(write, **options)
    folder.add(name + ".h5", data, "hdf5", what, expect.describe(expected))


def every_dtype(folder):
    arrays = {}
    for name, dtype in samples.simple_dtypes():
        if dtype.kind in "US" and dtype.itemsize == 0:
            continue
        array = samples.sample(dtype, 12).reshape(3, 4)
        if dtype.kind in "biufcSV" and dtype.str != ">c32":  # h5py writes >c32 without its byte order
            arrays[name] = array
    for libver, bounds in LIBVERS.items():
        def write(file):
            for name, array in arrays.items():
                file.create_dataset(name, data=array)
        add(folder, "dtypes-" + libver, "every dtype h5py takes, libver " + libver, write, dict(sorted(arrays.items())), libver=bounds)

    def filtered(file):
        for name, array in arrays.items():
            file.create_dataset(name, data=array, chunks=(2, 3), compression="gzip", shuffle=True, fletcher32=True)
    add(folder, "dtypes-filtered", "chunks, gzip, shuffle and Fletcher-32", filtered, dict(sorted(arrays.items())))


def opaque_times(folder):
    times = np.array(["2020-01-01", "NaT", "1969-12-31T23:59:59.5"], "M8[us]")
    def write(file):
        file.create_dataset("t", data=times.astype(h5py.opaque_dtype(times.dtype)))
    add(folder, "datetime", "datetime64 as h5py's opaque type", write, {"t": times})


def structured(folder):
    dtype = np.dtype([("id", "<i4"), ("x", "<f8", (2,)), ("name", "S5"), ("inner", [("a", "i1"), ("b", "?")])])
    records = np.zeros(3, dtype)
    records["id"] = [1, 2, 3]
    records["x"] = [[1, 2], [3, 4], [5, 6]]
    records["name"] = [b"a", b"bcd", b"ef"]
    records["inner"]["b"] = [True, False, True]
    def write(file):
        file["r"] = records
    add(folder, "structured", "a compound with array, string, nested and bool members", write, {"r": records})


def nested(folder):
    inner = {"x": np.arange(4, dtype="i2"), "y": np.float32([1.5, -0.0])}
    def write(file):
        group = file.create_group("group/deeper")
        for name, array in inner.items():
            group[name] = array
        file["scalar"] = np.float64(2.5)
        file["empty"] = np.zeros((0, 3), "i4")
        file["link"] = h5py.SoftLink("/group/deeper/x")
    add(folder, "groups", "groups, a scalar, an empty dataset, a soft link", write,
        {"empty": np.zeros((0, 3), "i4"), "group": {"deeper": inner}, "link": inner["x"], "scalar": np.array(2.5)})


def many(folder):
    arrays = {"a%03d" % i: np.array([i], "i4") for i in range(100)}
    for libver, bounds in LIBVERS.items():
        def write(file):
            for name, array in arrays.items():
                file[name] = array
        add(folder, "many-" + libver, "a hundred members, stored densely where the library does so", write, arrays, libver=bounds)


def chunked(folder):
    array = np.arange(60 * 40, dtype="<i4").reshape(60, 40)
    for libver, bounds in LIBVERS.items():
        def write(file):
            file.create_dataset("fixed", data=array, chunks=(7, 9))
            file.create_dataset("one", data=array, chunks=(60, 40))
            file.create_dataset("extensible", data=array, chunks=(7, 9), maxshape=(None, 40))
            file.create_dataset("tree", data=array, chunks=(7, 9), maxshape=(None, None))
            sparse = file.create_dataset("sparse", (60, 40), "<i4", chunks=(7, 9), fillvalue=-5)
            sparse[8, 8] = 3
        sparse = np.full((60, 40), -5, "<i4")
        sparse[8, 8] = 3
        add(folder, "chunks-" + libver, "every index of chunks the library chooses", write,
            {"extensible": array, "fixed": array, "one": array, "sparse": sparse, "tree": array}, libver=bounds)


def library(folder):
    """Filters that HDF5's library alone undoes: szip, nbit, scale-offset; both byte orders, and chunks that do not fit the shape."""
    numbers = np.arange(5 * 7, dtype="<i4").reshape(5, 7) * 3 - 20
    arrays = {"nbit": numbers, "scaleoffset": numbers, "szip": numbers.astype(">i4")}
    def write(file):
        file.create_dataset("scaleoffset", data=numbers, chunks=(3, 4), scaleoffset=0)
        file.create_dataset("szip", data=arrays["szip"], chunks=(3, 4), compression="szip", compression_opts=("nn", 4))
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((3, 4))
        plist.set_filter(h5py.h5z.FILTER_NBIT, 0, ())
        space = h5py.h5s.create_simple(numbers.shape)
        dataset = h5py.h5d.create(file.id, b"nbit", h5py.h5t.STD_I32LE, space, plist)
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, numbers)
    add(folder, "filters-library", "szip, nbit and scale-offset", write, arrays)


def indexed(folder):
    """Every index of chunks: single, implicit, fixed array (paged too), extensible array, both B-trees; sparse, shrunk, behind a user block."""
    small = np.arange(30 * 11, dtype="<i2").reshape(30, 11)
    sparse = np.full((40, 30), -3, "<i2")
    sparse[20:23, 10:12] = 1
    line = np.full(9000, 7, "<i2")
    line[4:8] = 1
    line[-3:] = 2
    arrays = {
        "btree2": small, "compact": small[:3, :4].copy(), "extensible": small, "fixed": small, "grown": line, "implicit": small,
        "paged": np.arange(60 * 40, dtype="<i2").reshape(60, 40), "shrunk": small[:11].copy(), "single": small, "sparse": sparse,
    }
    def write(file):
        file.create_dataset("single", data=small, chunks=small.shape, compression="gzip")
        file.create_dataset("fixed", data=small, chunks=(7, 3), maxshape=(40, 20), fletcher32=True)
        file.create_dataset("paged", data=arrays["paged"], chunks=(1, 1))
        file.create_dataset("extensible", data=small, chunks=(7, 3), maxshape=(30, None), compression="gzip", shuffle=True)
        grown = file.create_dataset("grown", shape=line.shape, dtype=line.dtype, chunks=(2,), maxshape=(None,), fillvalue=7)
        grown[4:8] = 1
        grown[-3:] = 2
        file.create_dataset("btree2", data=small, chunks=(7, 3), maxshape=(None, None), compression="gzip")
        part = file.create_dataset("sparse", shape=sparse.shape, dtype=sparse.dtype, chunks=(7, 4), maxshape=(None, 30), fillvalue=-3)
        part[20:23, 10:12] = 1
        shrunk = file.create_dataset("shrunk", data=small, chunks=(7, 3), maxshape=(None, None))
        shrunk.resize((11, 11))
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((7, 4))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        within = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        within.set_layout(h5py.h5d.COMPACT)
        for name, plist in [("implicit", early), ("compact", within)]:
            data = np.ascontiguousarray(arrays[name])
            dataset = h5py.h5d.create(file.id, name.encode(), h5py.h5t.STD_I16LE, h5py.h5s.create_simple(data.shape), plist)
            dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, data)
    for libver, bounds in LIBVERS.items():
        add(folder, "indices-" + libver, "every index of chunks, libver " + libver, write, arrays, libver=bounds)
    add(folder, "indices-userblock", "behind a user block", write, arrays, userblock_size=1024)


def masks(folder):
    data = np.array([[1.5, 2, 3], [4, 5, 6]])
    mask = np.array([[0, 1, 0], [0, 0, 1]], bool)
    masked = np.ma.MaskedArray(data, mask)
    def nexus(file):
        file["t"], file["t_mask"] = data, mask.astype("i1")
    add(folder, "mask-nexus", "NeXus: t and t_mask, 0 is good", nexus, {"t": masked})
    def astropy(file):
        file["t"], file["t.mask"] = data, mask
    add(folder, "mask-astropy", "astropy: t and t.mask", astropy, {"t": masked})
    def anndata(file):
        group = file.create_group("t")
        group.attrs["encoding-type"], group.attrs["encoding-version"] = "nullable-integer", "0.1.0"
        group["values"], group["mask"] = np.array([1, 2, 3]), np.array([False, True, False])
    data2 = np.ma.MaskedArray(np.array([1, 2, 3]), [False, True, False])
    folder.add("mask-anndata.h5", written(anndata), "hdf5", "AnnData: a group of values and mask", expect.describe({"t": data2}))


def refused(folder):
    """Files that reach outside themselves: each with the error they must give."""
    def external(file):
        file["x"] = h5py.ExternalLink("other.h5", "/data")
    def storage(file):
        file.create_dataset("x", (4,), "i4", external=[("/etc/hostname", 0, h5py.h5f.UNLIMITED)])
    def virtual(file):
        layout = h5py.VirtualLayout((4,), "i4")
        layout[:] = h5py.VirtualSource("other.h5", "data", shape=(4,))
        file.create_virtual_dataset("x", layout)
    def cycle(file):
        group = file.create_group("a/b")
        group["up"] = file["a"]
    def loop(file):
        file["x"] = h5py.SoftLink("/y")
        file["y"] = h5py.SoftLink("/x")
    for name, write, code in [("external-link", external, "UNSAFE_LINK"), ("external-storage", storage, "UNSAFE_LINK"),
                              ("virtual", virtual, "UNSAFE_LINK"), ("soft-loop", loop, "FORMAT_MALFORMED")]:
        folder.add("refused-" + name + ".h5", written(write), "hdf5", name, {"refused": code})
    folder.add("hard-cycle.h5", written(cycle), "hdf5", "a group that holds a group above it", expect.describe({"a": {"b": {}}}))


def main():
    folder = Folder("hdf5", "", "h5py", VERSIONS)
    every_dtype(folder)
    opaque_times(folder)
    structured(folder)
    nested(folder)
    many(folder)
    chunked(folder)
    library(folder)
    indexed(folder)
    masks(folder)
    refused(folder)
    for others in [hdf5_netcdf, hdf5_pytables, hdf5_others]:
        others.write(folder)
    folder.finish()


main()
