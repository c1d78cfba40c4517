"""Writes corpus/npy/npN and corpus/npz/npN with the NumPy that runs it."""
import io
import tempfile
import warnings

import numpy as np

import expect
import samples
from writing import Folder, tag

IDENTICAL = {"identical": True, "numpy": int(tag()[2:])}


def saved(array, version=None):
    """What np.save writes to a real file, or format.write_array for an explicit header version.

    A real file, because then padding bytes are the array's own (zero here); into a BytesIO they are left to chance.
    """
    with tempfile.TemporaryFile() as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # header versions 2.0 and 3.0 warn, metadata warns
        if version is None:
            np.save(out, array)
        else:
            np.lib.format.write_array(out, array, version=version)
        out.seek(0)
        return out.read()


def add_npy(folder, name, array, what, version=None, identical=True):
    data = saved(array, version)
    header = "%d.%d" % (data[6], data[7])
    more = dict(IDENTICAL) if identical else {}
    folder.add(name + ".npy", data, "npy", what, expect.describe(read(data, array)), headerVersion=header, **more)


def read(data, written):
    """What np.load returns, checked to be what was written; padding bytes are the file's (np.load leaves its own)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = np.lib.format.read_array(io.BytesIO(data), allow_pickle=True, max_header_size=10 ** 7)
    assert loaded.shape == written.shape, (loaded.shape, written.shape)
    if not written.dtype.hasobject:
        order = "F" if np.isfortran(loaded) else "C"
        raw = written.tobytes(order)
        assert data.endswith(raw), written.dtype
        if written.dtype.names is None:
            assert loaded.tobytes(order) == raw, written.dtype
        else:
            assert repr(loaded.tolist()) == repr(written.tolist()), written.dtype
            loaded = np.ndarray(loaded.shape, loaded.dtype, raw, order=order)
    return loaded


def every_dtype(folder):
    for name, dtype in samples.simple_dtypes():
        add_npy(folder, "dtype-" + name, samples.sample(dtype, 12).reshape(3, 4), "np.save of (3, 4), dtype " + dtype.str)
    for code in samples.EMPTY_ITEMS:
        add_npy(folder, "dtype-" + code, samples.sample(code, 3), "items of no bytes: three of " + code)
    for name, dtype in samples.structured_dtypes() + samples.padded_dtypes():
        array = samples.sample(dtype, 6)
        # A record dtype and titles are lost in the header's description, so np.load returns less than was saved.
        add_npy(folder, "struct-" + name, array, "structured: " + name, identical=name not in ("record",))
    add_npy(folder, "struct-no-fields", np.zeros(3, np.dtype([])), "a structured dtype without fields")
    add_npy(folder, "struct-2d", samples.sample(samples.structured_dtypes()[2][1], 6).reshape(2, 3), "nested, (2, 3)")
    add_npy(folder, "struct-fortran", np.asfortranarray(samples.sample(samples.structured_dtypes()[0][1], 6).reshape(2, 3)),
            "structured in Fortran order")
    add_npy(folder, "struct-0d", samples.sample(samples.structured_dtypes()[2][1], 1).reshape(()), "structured, 0-d")
    with_metadata = np.dtype("<f8", metadata={"unit": "K"})
    add_npy(folder, "metadata", np.arange(3.0).astype(with_metadata), "dtype metadata, which the header drops")


SHAPES = [(), (1,), (5,), (0,), (2, 3), (3, 1), (1, 3), (0, 4), (4, 0), (2, 3, 4), (3, 0, 2), (2, 1, 3, 2),
          (2, 3, 1, 2, 2), (1, 1, 1, 1, 1)]


def shape_name(shape):
    return "x".join(str(n) for n in shape) or "0d"


def shapes(folder):
    for code in ("<f8", ">i2", "U3", "b1"):
        for shape in SHAPES:
            count = int(np.prod(shape, dtype=int))
            array = samples.sample(code, count, "shape").reshape(shape)
            name = "shape-%s-%s" % (samples.slug(code.strip("<")), shape_name(shape))
            add_npy(folder, name, array, "%s of shape %s" % (code, shape))
            if len(shape) > 1:
                add_npy(folder, name + "-fortran", np.asfortranarray(array), "%s of shape %s, Fortran" % (code, shape))


def layouts(folder):
    base = samples.sample("<i4", 24).reshape(4, 6)
    add_npy(folder, "layout-sliced", base[::2, 1::2], "a strided slice, written C", identical=False)
    add_npy(folder, "layout-reversed", base[::-1, ::-1], "negative strides, written C", identical=False)
    add_npy(folder, "layout-transposed", base.T, "a transpose, which is Fortran", identical=False)
    add_npy(folder, "layout-permuted", base.reshape(2, 3, 4).transpose(1, 0, 2), "permuted axes, written C", identical=False)
    add_npy(folder, "layout-broadcast", np.broadcast_to(np.arange(3, dtype="<i2"), (4, 3)), "broadcast", identical=False)
    add_npy(folder, "layout-32d", np.arange(2.0).reshape((1,) * 31 + (2,)), "32 dimensions")
    if tag() == "np2":
        add_npy(folder, "layout-64d", np.arange(2.0).reshape((1,) * 63 + (2,)), "64 dimensions, NumPy 2's most")


def headers(folder):
    array = samples.sample("<f4", 6).reshape(2, 3)
    for version in ((1, 0), (2, 0), (3, 0)):
        add_npy(folder, "header-%d.%d" % version, array, "header version %d.%d asked for" % version, version,
                identical=False)
        add_npy(folder, "header-%d.%d-fortran" % version, np.asfortranarray(array),
                "header version %d.%d asked for, Fortran" % version, version, identical=False)
    add_npy(folder, "header-3.0-ascii-struct", samples.sample(samples.structured_dtypes()[0][1], 3),
            "version 3.0 with names that are ASCII", (3, 0), identical=False)
    long_names = np.dtype([("f%03d_" % i + "n" * 240, "u1") for i in range(264)])
    add_npy(folder, "header-over-65535", samples.sample(long_names, 1), "a header of more than 65535 bytes: version 2.0")
    wide = np.dtype([("field%03d" % i, "<i2") for i in range(500)])
    add_npy(folder, "header-over-10000", samples.sample(wide, 2), "a header beyond np.load's default limit of 10,000")
    for shape in ((10,), (12345, 0), (0, 10 ** 12), (0, 2 ** 61)):
        add_npy(folder, "header-dims-" + shape_name(shape), np.zeros(shape, "<u2"), "dimensions of many digits")


def sizes(folder):
    pattern = (np.arange(70000) % 251).astype("u1")
    add_npy(folder, "size-70000", pattern, "70,000 bytes")
    add_npy(folder, "size-big-fortran", np.asfortranarray((np.arange(9000) % 97 - 40).astype(">f8").reshape(90, 100)),
            "72,000 bytes, big-endian, Fortran")


def objects(folder):
    made = samples.sample("O", 18)
    add_npy(folder, "object", made, "plain objects: allow_pickle", identical=False)
    add_npy(folder, "object-fortran", np.asfortranarray(made.reshape(3, 6)), "plain objects, Fortran", identical=False)
    add_npy(folder, "object-0d", made[:1].reshape(()), "one None, 0-d", identical=False)
    add_npy(folder, "object-empty", made[:0], "no objects", identical=False)
    inner = np.empty(2, dtype=object)
    inner[0], inner[1] = np.arange(3, dtype="<i2"), np.float32(1.5)
    add_npy(folder, "object-arrays", inner, "an object array of an array and a NumPy scalar", identical=False)
    mixed = np.dtype([("k", "O"), ("n", "<i4")])
    add_npy(folder, "object-field", samples.sample(mixed, 4), "a structured dtype with an object field", identical=False)


def several(folder):
    """Several arrays one after another in one file, as np.save to an open file makes them."""
    parts = [samples.sample("<i4", 3), samples.sample("f8", 2).reshape(1, 2)]
    folder.add("several.npy", b"".join(saved(part) for part in parts), "npy", "two arrays one after the other in one file",
               expect.describe(parts[0]), several=[expect.describe(part) for part in parts])


def add_npz(folder, name, arrays, what, positional=(), compressed=False, convention=None, identical=True, **more):
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (np.savez_compressed if compressed else np.savez)(out, *positional, **arrays)
    data = out.getvalue()
    with np.load(io.BytesIO(data), allow_pickle=True) as loaded:
        value = {key: loaded[key] for key in loaded.files}
    if identical:
        more.update(IDENTICAL)
    if convention is not None:
        more["byConvention"] = expect.describe(convention)
    folder.add(name + ".npz", data, "npz", what, expect.describe(value), compressed=compressed, **more)


def both_npz(folder, name, arrays, what, **more):
    """savez and savez_compressed of the same; the compressed bytes hang on zlib, so only their content is promised."""
    add_npz(folder, name, arrays, what + ", np.savez", **more)
    more.update(identical=False)
    add_npz(folder, name + "-compressed", arrays, what + ", np.savez_compressed", compressed=True, **more)


def plain_npz(folder):
    sample = samples.sample
    both_npz(folder, "one", {"x": sample("f8", 6).reshape(2, 3)}, "one array")
    both_npz(folder, "several", {"x": sample("<i4", 4), "y": sample(">f4", 4), "when": sample("M8[ns]", 3)}, "three arrays")
    both_npz(folder, "positional", {}, "arr_0 and arr_1", positional=(sample("u1", 3), sample("U7", 12)))
    both_npz(folder, "positional-named", {"k": sample("?", 3)}, "arr_0 beside a name", positional=(sample("c8", 3),))
    both_npz(folder, "none", {}, "no arrays at all")
    both_npz(folder, "unicode", {u"temp\u00e9rature": sample("f4", 2), u"\u6e29\u5ea6": sample("f4", 2),
                                 u"\U0001f30a": sample("i1", 2), "with space": sample("i1", 1)}, "names beyond ASCII")
    both_npz(folder, "nested", {"group/x": sample("f4", 2), "group/sub/y": sample("i2", 2), "list/0": sample("u2", 1)},
             "names with slashes")
    both_npz(folder, "odd-names", {"__proto__": sample("i1", 1), "constructor": sample("i1", 1), "x.npy": sample("i1", 2),
                                   "0": sample("i1", 1), "": sample("i1", 2), "a..b": sample("i1", 1)}, "odd names")
    both_npz(folder, "orders", {"c": sample("f8", 6).reshape(2, 3), "f": np.asfortranarray(sample("f8", 6).reshape(2, 3)),
                                "zero": sample("f8", 0).reshape(0, 3), "scalar": sample("f8", 1).reshape(())},
             "C, Fortran, zero-size and 0-d")
    both_npz(folder, "structs", {name: sample(dtype, 4) for name, dtype in samples.structured_dtypes()[:9]}, "structured")
    both_npz(folder, "dtypes", {name: sample(dtype, 4) for name, dtype in samples.simple_dtypes()}, "every dtype")
    both_npz(folder, "objects", {"o": sample("O", 9), "n": sample("i4", 2)}, "an object array within", identical=False)
    both_npz(folder, "big", {"big": (np.arange(70000) % 251).astype("u1"), "small": sample("i4", 2)}, "70,000 bytes")
    both_npz(folder, "headers", {"v3": sample(dict(samples.structured_dtypes())["unicode"], 2)}, "a 3.0 header within")


def masked(code, count, masked_every, fill=None, shape=None, hard=False):
    data = samples.sample(code, count)
    mask = np.ma.nomask if masked_every is None else np.arange(count) % masked_every == 0 if masked_every else np.zeros(count, bool)
    array = np.ma.MaskedArray(data, mask=mask, hard_mask=hard)
    if fill is not None:
        array.fill_value = fill
    return array if shape is None else array.reshape(shape)


def members(array, key=None):
    """The members of one masked array by the corpus's convention; `key` None for the one unnamed array."""
    names = ("data", "mask", "fill_value") if key is None else (key, key + ".mask", key + ".fill_value")
    mask = np.array(False) if array.mask is np.ma.nomask else array.mask
    found = {names[0]: np.asarray(array.data), names[1]: np.asarray(mask)}
    if array._fill_value is not None:
        found[names[2]] = array._fill_value
    return found


def masked_npz(folder):
    """Masks as NPZ members: the library's own convention, here written by plain np.savez."""
    cases = [
        ("f8", masked("<f8", 6, 3, -999.0, (2, 3))), ("f8-unset", masked("<f8", 6, 3)), ("f8-nomask", masked("<f8", 4, None)),
        ("f8-nomask-fill", masked("<f8", 4, None, 7.0)), ("i2-none-masked", masked("<i2", 4, 0)),
        ("i8-all", masked("<i8", 4, 1, 2 ** 62 + 1)), ("u7", masked("U7", 6, 2, u"\U0001f30a")), ("s5", masked("S5", 6, 2)),
        ("b1", masked("?", 5, 2, True)), ("m8", masked("M8[s]", 5, 2)), ("be", masked(">f4", 6, 2, 1.5)),
        ("0d", masked("<f4", 1, 1, 2.0, ())), ("0d-unmasked", masked("<f4", 1, 0, None, ())),
        ("zero-size", masked("<f4", 0, 0, None, (0, 3))), ("fortran", masked("<i4", 6, 2, None).reshape(2, 3, order="F")),
    ]
    for name, array in cases:
        both_npz(folder, "masked-" + name, members(array), "one masked array: data, mask, fill_value", convention=array)
    both_npz(folder, "masked-plain-data", {"data": samples.sample("i4", 3)}, "data alone is a plain array",
             convention=samples.sample("i4", 3))
    nested = samples.structured_dtypes()[2][1]
    structured = np.ma.MaskedArray(samples.sample(nested, 3), mask=[(True, (False, True), [[True] * 3, [False] * 3]),
                                                                   (False, (False, False), [[False] * 3] * 2),
                                                                   (True, (True, True), [[True] * 3] * 2)])
    both_npz(folder, "masked-per-field", members(structured), "a mask per field", convention=structured)
    named = {"temp": masked("<f4", 6, 2, -1.0), "salt": masked("<i2", 4, None), "plain": samples.sample("u4", 3)}
    arrays = {}
    for key, value in named.items():
        arrays.update(members(value, key) if isinstance(value, np.ma.MaskedArray) else {key: value})
    both_npz(folder, "masked-named", arrays, "named masked arrays beside a plain one: K, K.mask, K.fill_value",
             convention=named)
    inner = {"in/temp": masked("<f8", 3, 2), "in/list/0": samples.sample("i2", 2)}
    both_npz(folder, "masked-nested", dict(members(inner["in/temp"], "in/temp"), **{"in/list/0": inner["in/list/0"]}),
             "nested names with a mask", convention={"in": {"temp": inner["in/temp"], "list": [inner["in/list/0"]]}})
    loose = masked("<f8", 4, 2)
    both_npz(folder, "masked-underscore", {"t": loose.data, "t_mask": loose.mask}, "the K_mask spelling others use",
             convention={"t": loose})
    both_npz(folder, "masked-mismatch", {"t": loose.data, "t.mask": np.array([True, False]), "u": loose.data,
                                         "u_mask": np.arange(4)},
             "stray mask names: another shape, another dtype; no masks", convention=None)


def main():
    npy = Folder("npy", tag(), "numpy")
    for part in (every_dtype, shapes, layouts, headers, sizes, objects, several):
        part(npy)
    npy.finish()
    npz = Folder("npz", tag(), "numpy")
    plain_npz(npz)
    masked_npz(npz)
    npz.finish()


if __name__ == "__main__":
    main()
