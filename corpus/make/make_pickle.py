"""Writes corpus/pickle/npN with the NumPy that runs it."""
import array
import collections
import pickle

import numpy as np

import pickle_specials
import samples
from pickle_writing import ALL, FEW, PickleFolder, raw_mask

MASKS = ["nomask", "none", "some", "all"]
FILLS = ["unset", "set", "read", "reloaded"]


def masked(data, mask="some", fill="unset", protocol=2):
    """A masked array over `data`, in one of the mask states and one of the fill states."""
    if mask == "nomask":
        made = np.ma.MaskedArray(data)
    else:
        made = np.ma.MaskedArray(data, mask=raw_mask(data, {"none": 0, "some": 2, "all": 1}[mask]))
    if fill == "set":
        wanted = samples.sample(data.dtype, 5, "fill")[-1:]
        made.fill_value = wanted[0]
        if data.dtype.names or data.dtype.char in "gG":
            # The same in memory of our own, for NumPy leaves padding bytes to chance.
            made._fill_value = np.ndarray((), made.dtype, bytearray(wanted.tobytes()))
    elif fill == "read":
        made.fill_value
    elif fill == "reloaded":
        made = pickle.loads(pickle.dumps(made, protocol))
    return made


def dtypes(folder):
    cases = samples.simple_dtypes(every_unit=False) + [(code, np.dtype(code)) for code in samples.EMPTY_ITEMS]
    cases += [("struct-" + name, dtype) for name, dtype in
              samples.structured_dtypes() + samples.padded_dtypes() + samples.odd_layouts()]
    cases += [("struct-no-fields", np.dtype([])), ("struct-field-b", np.dtype([("b", "<f8"), ("c", "u1")])),
              ("struct-same-name", np.dtype([("value", "<f8"), ("in", [("value", "u1")])])),
              ("struct-metadata", np.dtype([("x", "<f8")], metadata={"unit": "K"})),
              ("metadata", np.dtype("<f8", metadata={"unit": "K", "n": 5}))]
    for name, dtype in cases:
        if name == "struct-no-fields":
            def data(dtype):
                return np.zeros((2, 3), dtype)
        else:
            def data(dtype, name=name):
                return samples.sample(dtype, 6, name).reshape(2, 3)
        for protocol in ALL:
            folder.fresh("dtype-" + name, "ndarray (2, 3), dtype " + name, protocol, dtype, data)
            folder.fresh("masked-dtype-" + name, "masked (2, 3), dtype " + name + ", some masked, fill value set", protocol,
                         dtype, lambda dtype: masked(data(dtype), "some", "set"))


SHAPES = [(), (1,), (5,), (0,), (300,), (2, 3), (0, 4), (3, 1), (2, 3, 4), (3, 0, 2), (2, 3, 1, 2, 2)]


def shapes(folder):
    for code in ("<f8", "u1", "U3"):
        for shape in SHAPES:
            for order in "CF":
                if order == "F" and len(shape) < 2 or code != "<f8" and shape in [(300,), (2, 3, 4)]:
                    continue

                def data(dtype, shape=shape, order=order, code=code):
                    count = int(np.prod(shape, dtype=int))
                    made = samples.sample(dtype, count, "shape").reshape(shape)
                    return made.copy(order=order)

                name = "%s-%s%s" % (samples.slug(code.strip("<")), "x".join(map(str, shape)) or "0d",
                                    "-fortran" if order == "F" else "")
                for protocol in FEW:
                    what = "%s %s of shape %s, order %s" % ("%s", code, shape, order)
                    folder.fresh("shape-" + name, what % "ndarray", protocol, np.dtype(code), data)
                    folder.fresh("masked-shape-" + name, what % "masked", protocol, np.dtype(code),
                                 lambda dtype: masked(data(dtype), "some", "unset"))


def same_bytes(folder):
    """One byte of data equal to one byte of mask: equal one-byte and empty bytes objects are one object in CPython."""
    for code, value, mask in (("u1", 1, True), ("u1", 0, False), ("?", True, True), ("i1", 5, False), ("S1", b"\x01", True)):
        for shape in ((), (1,)):
            for protocol in FEW:
                folder.fresh("masked-same-byte-%s-%s-%s" % (code.replace("?", "b1"), int(mask), len(shape)),
                             "one byte of data beside one byte of mask", protocol, np.dtype(code),
                             lambda dtype: np.ma.MaskedArray(np.full(shape, value, dtype), mask=np.full(shape, mask)))


def states(folder):
    """Every mask state with every fill state."""
    structs = dict(samples.structured_dtypes())
    cases = [("f8", np.dtype("<f8")), ("i2", np.dtype("<i2")), ("U7", np.dtype("U7")), ("be-f4", np.dtype(">f4")),
             ("nested", structs["nested"]), ("M8-D", np.dtype("M8[D]"))]
    for name, dtype in cases:
        for mask in MASKS:
            for fill in FILLS:
                for protocol in FEW:
                    folder.masked_state("state-%s-%s-%s" % (name, mask, fill),
                                        "masked %s: mask %s, fill value %s" % (name, mask, fill), protocol, dtype,
                                        lambda dtype: masked(samples.sample(dtype, 6, "state").reshape(2, 3), mask, fill,
                                                             protocol))
    for code in ("i1", "u1", "i8", "u8", "f4", "f2", "?", "c16", "S5", "V3", "f16", "m8[ns]"):
        for fill in ("read", "reloaded"):
            for protocol in (2, 5):
                folder.masked_state("default-fill-%s-%s" % (samples.slug(code).replace("?", "b1"), fill),
                                    "masked %s: the default fill value %s" % (code, fill), protocol, np.dtype(code),
                                    lambda dtype: masked(samples.sample(dtype, 4, "state"), "some", fill, protocol))
    for code in ("M8[25us]", "M8", "m8[7D]"):
        folder.masked_state("default-fill-%s-read" % samples.slug(code), "masked %s: the default fill value read" % code, 2,
                            np.dtype(code), lambda dtype: masked(samples.sample(dtype, 4, "state"), "some", "read"))


def sizes(folder):
    """Around and beyond the 64 KiB at which the pickler leaves the frame."""
    def data(dtype, count=70000):
        return (np.arange(count) % 251).astype(dtype)

    u1 = np.dtype("u1")
    for count in (65535, 65536, 70000):
        for protocol in (4, 5):
            folder.fresh("size-%d" % count, "%d bytes" % count, protocol, u1, lambda dtype: data(dtype, count))
    for protocol in (0, 2, 3):
        folder.fresh("size-70000", "70000 bytes", protocol, u1, data)
    for protocol in (4, 5):
        folder.fresh("masked-size-70000", "70000 bytes of data, 70000 of mask", protocol, u1,
                     lambda dtype: masked(data(dtype), "some", "set"))
    for protocol in (3, 5):
        folder.fresh("masked-size-70000-8", "71200 bytes of data, 8900 of mask", protocol, np.dtype("<f8"),
                     lambda dtype: masked(data(dtype, 8900), "some", "unset"))
    for protocol in (4, 5):
        folder.bundle("size-many", "40 arrays of 2000 bytes: several frames", protocol,
                      lambda text: [data("u1", 2000) for _ in range(40)])
    folder.bundle("size-long-key", "a key of 66,000 characters", 4,
                  lambda text: {text("k" * 66000): data("u1", 4), text("z"): data("u1", 5)})
    folder.one("size-texts", "an object array of 70 texts of 1,000 characters: several frames", 4,
               np.array(["%03d " % n * 250 for n in range(70)], dtype=object))


def layouts(folder):
    base = samples.sample("<i4", 24).reshape(4, 6)
    cube = np.arange(24, dtype="<i2").reshape(2, 3, 4)
    shared = np.dtype("S5")
    frozen = samples.sample("<f4", 6)
    frozen.flags.writeable = False
    frozen_fortran = np.asfortranarray(samples.sample("<f4", 6).reshape(2, 3))
    frozen_fortran.flags.writeable = False
    cases = [
        ("sliced", "a strided slice", base[::2, 1::2]), ("reversed", "negative strides", base[::-1, ::-1]),
        ("transposed", "a transpose", base.T), ("permuted", "axes (1, 0, 2) of contiguous memory", cube.transpose(1, 0, 2)),
        ("permuted-120", "axes (1, 2, 0) of contiguous memory", cube.transpose(1, 2, 0)),
        ("permuted-slice", "permuted axes of a slice", cube[:, ::2].transpose(2, 0, 1)),
        ("broadcast", "a broadcast array", np.broadcast_to(np.arange(3, dtype="<i2"), (4, 3))),
        ("readonly", "read-only", frozen), ("readonly-fortran", "read-only, Fortran", frozen_fortran),
        ("readonly-big", "read-only, 300 bytes", np.frombuffer(bytes(bytearray(range(150))) * 2, "u1")),
        ("shared-dtype", "two fields of one dtype object", np.zeros(2, [("p", shared), ("q", shared)])),
        ("masked-sliced", "a slice of a masked array", masked(base)[::2, 1::2]),
        ("masked-transposed", "a transpose of a masked array", masked(base).T),
        ("masked-permuted", "permuted axes of a masked array", masked(cube).transpose(1, 0, 2)),
        ("masked-other-order", "Fortran data beneath a C mask",
         np.ma.MaskedArray(np.asfortranarray(base), mask=raw_mask(base, 3))),
        ("masked-readonly", "a masked array over read-only data", masked(frozen)),
        ("masked-hard", "a hard mask, which the pickle forgets", np.ma.MaskedArray([1, 2, 3], mask=[0, 1, 0], hard_mask=True)),
    ]
    for name, what, value in cases:
        for protocol in ALL:
            folder.one("layout-" + name, what, protocol, value)


def out_of_band(folder):
    frozen = samples.sample("<f8", 6, "oob")
    frozen.flags.writeable = False
    cases = [
        ("array", "one array out of band", samples.sample("<f8", 6, "oob").reshape(2, 3)),
        ("readonly", "a read-only array out of band", frozen),
        ("fortran", "a Fortran array out of band", np.asfortranarray(samples.sample("<i4", 6, "oob").reshape(2, 3))),
        ("dict", "three arrays out of band", {"x": samples.sample("<f4", 3), "y": samples.sample("u1", 4), "z": frozen}),
        ("masked", "a masked array: its fill value alone is out of band", masked(samples.sample("<f8", 6, "oob"), "some", "set")),
        ("masked-unset", "a masked array without a fill value: nothing out of band", masked(samples.sample("<f8", 6, "oob"))),
        ("struct", "a structured array out of band", samples.sample(samples.structured_dtypes()[0][1], 3)),
        ("twice", "one array twice, out of band once", [frozen, frozen]),
    ]
    for name, what, value in cases:
        folder.out_of_band("oob-" + name, what, value)


CONTAINER_PROTOCOLS = {"dict": ALL, "nested": ALL, "attributes": ALL, "dict-masked": ALL, "long-list": (4,)}


def containers(folder):
    sample = samples.sample

    def make(text):
        """(name, what, value): arrays in containers whose texts are made by `text`."""
        f4, i2 = sample("<f4", 3), sample("<i2", 4)
        return [
            ("list", "a list of two arrays", [f4, i2]),
            ("tuple", "data and mask as a pair", (f4, np.array([True, False, True]))),
            ("dict", "a dict of two arrays", {text("temp"): f4, text("salt"): i2}),
            ("dict-masked", "masked and plain", {text("temp"): masked(sample("<f8", 6), "some", "set"), text("plain"): i2,
                                                  text("other"): masked(sample("<f8", 6), "all", "unset")}),
            ("nested", "nested", {text("group"): {text("x"): f4, text("deep"): [i2, (sample("?", 2),)]}, text("y"): sample("S5", 2)}),
            ("int-keys", "int keys", {0: f4, -5: i2, 10 ** 20: sample("u1", 1), 300: sample("u1", 2), 70000: sample("u1", 3)}),
            ("attributes", "attributes beside an array", {
                text("temp"): f4, text("units"): text("K"), text("count"): 5, text("none"): None, text("scale"): 0.25,
                text("flag"): True, text("levels"): [1, 2.5, text("three")], text("pair"): (1, 2), text("big"): 2 ** 70,
                text("raw"): b"\x00\xffz"}),
            ("structs", "two structured arrays", {text("p"): sample(np.dtype([("id", "<i4"), ("pos", "<f8")]), 2),
                                                  text("q"): sample(np.dtype([("when", "<M8[D]")]), 2)}),
            ("swapped", "big-endian twice", [sample(">f4", 2), sample(">f4", 2)]),
            ("one-tuple", "a tuple of one", (f4,)), ("four-tuple", "a tuple of four", (f4, i2, sample("?", 1), sample("u1", 1))),
            ("long-list", "1,002 arrays: more than one batch of APPENDS", [np.zeros(1, "u1") for _ in range(1002)]),
            ("empty-inside", "empty containers beside an array", {text("l"): [], text("d"): {}, text("t"): (), text("a"): f4}),
            ("unicode-keys", "keys beyond ASCII", {text(u"temp\u00e9rature"): f4, text(u"\U0001f30a"): i2, text(""): f4.copy(),
                                                   text("line\nfeed\\"): i2.copy()}),
            ("odd-keys", "keys an object must not take", {text("__proto__"): f4, text("constructor"): i2, text("0"): f4.copy()}),
        ]

    for index, (name, what, _) in enumerate(make(str)):
        for protocol in CONTAINER_PROTOCOLS.get(name, (2, 4, 5)):
            folder.bundle("container-" + name, what, protocol, lambda text: make(text)[index][2])
    array_twice, inner = sample("<f8", 3), [sample("u1", 2)]
    shared = [
        ("shared-array", "one array twice", [array_twice, array_twice], [[[0], [1]]]),
        ("shared-dict", "one array under two keys", {"x": array_twice, "y": {"z": array_twice}}, [[["x"], ["y", "z"]]]),
        ("shared-list", "one list twice", (inner, inner), [[[0], [1]]]),
        ("shared-masked", "one masked array twice", [masked(array_twice)] * 2, [[[0], [1]]]),
    ]
    for name, what, value, same in shared:
        for protocol in (2, 4, 5):
            folder.one("container-" + name, what, protocol, value, same=same)
    ordered = collections.OrderedDict([("z", sample("<f4", 2)), ("a", sample("<i2", 2))])
    others = [("ordered", "an OrderedDict", ordered),
              ("tuple-keys", "tuple, None, bool and float keys", {(1, "a"): array_twice, None: inner[0], True: array_twice.copy(),
                                                                  0.5: inner[0].copy()}),
              ("scalars", "NumPy scalars as attributes", {"x": array_twice, "n": np.float32(0.5), "when": np.datetime64("2020-02-29")}),
              ("dtype", "a dtype beside an array", {"x": array_twice, "dtype": np.dtype("<i4")}),
              ("masked-constant", "np.ma.masked beside an array", [array_twice, np.ma.masked])]
    others += [("array-" + ("UCS" if code == "u" else "upper-" + code if code.isupper() else code), "array.array " + code,
                {"a": array.array(code, "hi\u6e29" if code == "u" else [1, 2, 100])}) for code in "bBuhHiIlLqQfd"]
    for name, what, value in others:
        for protocol in ALL:
            folder.one("container-" + name, what, protocol, value)
    folder.several("several", "three pickles one after another", [sample("<f4", 2), masked(sample("<i2", 3)), {"x": sample("u1", 2)}])


def main():
    folder = PickleFolder()
    for part in (dtypes, shapes, same_bytes, states, sizes, layouts, out_of_band, containers):
        part(folder)
    pickle_specials.write(folder)
    folder.finish()
    folder.report()


if __name__ == "__main__":
    main()
