"""Writes corpus/hdf5/plugins: files through filters that are plugins of HDF5, h5py's own lzf and those of hdf5plugin.

A program of its own: PyTables has a Blosc as well, and in one process only one of them works.
"""
import os
import tempfile

import h5py
import hdf5plugin
import numpy as np

import expect
from writing import Folder

VERSIONS = {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "hdf5plugin": hdf5plugin.version}
GRID = (np.arange(40 * 30) % 700).astype("<f4").reshape(40, 30)
# 77 elements of chunks of 20: no multiple of what is shuffled together.
LINE = np.random.default_rng(5).integers(0, 9, 77).astype("<i2")
FILTERS = {
    "bitshuffle": hdf5plugin.Bitshuffle(cname="none"),
    "bitshuffle_lz4": hdf5plugin.Bitshuffle(cname="lz4"),
    "bitshuffle_zstd": hdf5plugin.Bitshuffle(cname="zstd"),
    "blosc_bits": hdf5plugin.Blosc(cname="lz4", shuffle=hdf5plugin.Blosc.BITSHUFFLE),
    "blosc_blosclz": hdf5plugin.Blosc(cname="blosclz"),
    "blosc_lz4": hdf5plugin.Blosc(cname="lz4", shuffle=hdf5plugin.Blosc.NOSHUFFLE),
    "blosc_zlib": hdf5plugin.Blosc(cname="zlib"),
    "blosc_zstd": hdf5plugin.Blosc(cname="zstd"),
    "bzip2": hdf5plugin.BZip2(),
    "lz4": hdf5plugin.LZ4(),
    "lz4_blocks": hdf5plugin.LZ4(nbytes=512),
    "zstd": hdf5plugin.Zstd(),
}


def lzf(file):
    file.create_dataset("grid", data=GRID, compression="lzf", chunks=(7, 30))
    file.create_dataset("all", data=GRID.astype(">i4"), compression="lzf", shuffle=True, fletcher32=True, chunks=(7, 9))
    file.create_dataset("runs", data=np.zeros(5000, "u1"), compression="lzf")
    file.create_dataset("noise", data=LINE, compression="lzf", chunks=(20,))
    file.create_dataset("texts", data=np.array([b"the quick brown fox", b"the quick red fox"] * 40, "S20"), compression="lzf")


def plugins(file):
    for name, options in FILTERS.items():
        file.create_dataset(name + "_grid", data=GRID, chunks=(17, 30), **options)
        file.create_dataset(name + "_line", data=LINE, chunks=(20,), shuffle=True, fletcher32=True, **options)
    twice = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    twice.set_chunk((17, 30))
    twice.set_deflate(9)
    twice.set_deflate(1)
    made = h5py.h5d.create(file.id, b"deflated_twice", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple(GRID.shape), twice)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, GRID)


def zfp(file):
    file.create_dataset("x", data=GRID, chunks=(17, 30), **hdf5plugin.Zfp(reversible=True))


def main():
    folder = Folder("hdf5", "plugins", "h5py", VERSIONS)
    for name, what, fill in [("filters-lzf.h5", "h5py's lzf", lzf), ("filters.h5", "filters of hdf5plugin", plugins),
                             ("refused-filter.h5", "a filter that is not read", zfp)]:
        with tempfile.TemporaryDirectory() as there:
            path = os.path.join(there, "x.h5")
            with h5py.File(path, "w") as file:
                fill(file)
            with h5py.File(path) as file:
                # Without h5py's note that texts are ASCII.
                seen = expect.describe({key: file[key][()].view(file[key].dtype.str) for key in sorted(file)})
            with open(path, "rb") as file:
                data = file.read()
        folder.add(name, data, "hdf5", what, {"refused": "CAPABILITY_MISSING"} if name.startswith("refused") else seen)
    folder.finish()


main()
