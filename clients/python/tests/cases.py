"""The values of the shared vectors, by name: made here, anew each time, from nothing but NumPy."""

import numpy as np


def _bits(dtype, count, seed):
    """Elements of special and random bits: NaNs with payloads, infinities, -0, extremes."""
    raw = bytearray(np.random.RandomState(seed).bytes(count * dtype.itemsize))
    edges = {
        2: (0x8000, 1, 0x7C01, 0xFE00),
        4: (0x80000000, 1, 0x7F800001, 0xFFC12345),
        8: (0x8000000000000000, 1, 0x7FF0000000000001, 0xFFF8DEAD0000BEEF),
    }.get(dtype.itemsize // (2 if dtype.kind == "c" else 1), ())
    for i, edge in enumerate(edges[:count]):
        width = dtype.itemsize // (2 if dtype.kind == "c" else 1)
        order = "big" if dtype.byteorder == ">" else "little"
        raw[i * width : (i + 1) * width] = edge.to_bytes(width, order)
    return np.ndarray((count,), dtype, raw)


def _mask(shape, seed):
    return np.random.RandomState(seed).rand(*shape) < 0.4


def _masked(data, seed, fill=None, **options):
    array = np.ma.MaskedArray(data, _mask(data.shape, seed), **options)
    if fill is not None:
        array._fill_value = fill
    return array


def _extended(dtype):
    values = np.array([1, -2, 3.5, np.inf, 1e300, 0], np.longdouble) * np.array(1, np.longdouble) / 3
    raw = np.zeros(6 * dtype.itemsize, np.uint8)
    array = np.ndarray((6,), dtype, raw)
    array[:] = values
    # The bytes after the ten that count are left to chance by NumPy: here they are zero.
    unit = dtype.itemsize // (2 if dtype.kind == "c" else 1)
    lanes = raw.reshape(-1, unit)
    pad = slice(0, unit - 10) if dtype.byteorder == ">" else slice(10, unit)
    lanes[:, pad] = 0
    return array.reshape(2, 3)


def cases():
    """name: (value, options of dumps, whether it is written to NPZ too)."""
    found = {}
    simple = ["?", "i1", "u1"] + [o + c for o in "<>" for c in ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")]
    for i, code in enumerate(simple):
        dtype = np.dtype(code)
        data = _bits(dtype, 12, i).reshape(3, 4) if code != "?" else (np.arange(12) % 5 < 2).reshape(3, 4)
        found["dtype-" + code.replace("?", "bool").replace("<", "le-").replace(">", "be-")] = (_masked(data, i), {}, True)
    for order in "<>":
        for name, code in (("longdouble", "g"), ("clongdouble", "G")):
            dtype = np.dtype(code).newbyteorder(order)
            found[f"dtype-{'le' if order == '<' else 'be'}-{name}"] = (_masked(_extended(dtype), 3), {}, True)
        side = "le" if order == "<" else "be"
        text = np.array(["", "ä€", "𝄞 x", "plain"], order + "U5")
        found[f"dtype-{side}-str"] = (_masked(text, 4), {}, True)
        for unit in ("D", "25us", "ns", "Y", "as"):
            times = np.array([0, -1, 2**40, -(2**63)], order + "i8")
            found[f"dtype-{side}-datetime-{unit}"] = (_masked(times.view(f"{order}M8[{unit}]"), 5), {}, True)
        found[f"dtype-{side}-timedelta-s"] = (_masked(np.array([1, -5, 7], order + "i8").view(order + "m8[s]"), 6), {}, True)
        found[f"dtype-{side}-timedelta-generic"] = (_masked(np.array([1, 2], order + "i8").view(order + "m8"), 7), {}, True)
    found["dtype-bytes"] = (_masked(np.array([b"", b"a\0b", b"\xff\xfe"], "S4"), 8), {}, True)
    found["dtype-void"] = (_masked(np.frombuffer(bytes(range(15)), "V5").copy(), 9), {}, True)
    found |= _structured()
    found |= _states()
    found |= _values()
    return found


def _structured():
    found = {}
    nested = np.dtype([("pos", [("x", ">f4"), ("y", "<i2")]), ("m", "<i2", (2, 2)), (("Titel", "é"), "S2")])
    records = np.frombuffer(np.random.RandomState(1).bytes(5 * nested.itemsize), nested).copy()
    mask = np.frombuffer((np.random.RandomState(2).rand(5 * np.ma.make_mask_descr(nested).itemsize) < 0.5).tobytes(), np.ma.make_mask_descr(nested))
    found["struct-nested"] = (np.ma.MaskedArray(records, mask.copy()), {}, True)
    for encoding in ("raw", "run-length"):
        found[f"struct-mask-{encoding}"] = (np.ma.MaskedArray(records.copy(), mask.copy()), {"mask": encoding}, True)
    units = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as")
    fields = [(f"{kind}_{unit}", f"<{kind}8[{unit}]") for kind in "Mm" for unit in units]
    times = np.arange(2 * len(fields), dtype="<i8").view(np.dtype(fields))
    found["struct-units"] = (np.ma.MaskedArray(times, np.ma.make_mask_none(times.shape, times.dtype)), {}, True)
    found["struct-units"][0].mask["M_fs"] = True
    padded = np.dtype({"names": ["a", "b"], "formats": ["u1", "<f8"], "offsets": [1, 8], "itemsize": 24})
    raw = np.zeros(4 * 24, np.uint8)
    array = np.ndarray((4,), padded, raw)
    array["a"], array["b"] = range(4), np.arange(4) / 7
    found["struct-padded"] = (array, {}, False)  # np.save leaves the padding to chance
    aligned = np.dtype([("a", "u1"), ("b", "<f8")], align=True)
    array = np.ndarray((2,), aligned, np.zeros(32, np.uint8))
    array["b"] = 2.5
    masked = np.ma.MaskedArray(array, [(True, False), (False, True)])
    # NumPy has given it a fill value, with chance bytes in its padding.
    masked._fill_value = np.ndarray((), aligned, np.zeros(16, np.uint8))
    found["struct-aligned"] = (masked, {}, False)
    found["struct-record"] = (np.zeros(3, np.dtype((np.record, [("k", "<i4")]))), {}, False)
    return found


def _states():
    data = np.arange(24, dtype="<f8").reshape(2, 3, 4) / 8
    masked = _masked(data, 11)
    found = {
        "plain": (data, {}, True),
        "fortran": (_masked(np.asfortranarray(data), 12), {}, True),
        "fortran-plain": (np.asfortranarray(data), {"checksum": "crc32c"}, True),
        "nomask": (np.ma.MaskedArray(data), {}, True),
        "all-false": (np.ma.MaskedArray(data, np.zeros(data.shape, bool)), {}, True),
        "hard": (np.ma.MaskedArray(data, _mask(data.shape, 13), hard_mask=True), {}, False),
        "fill": (_masked(data, 14, np.array(-9.5)), {}, True),
        "fill-nan-payload": (_masked(data, 14, np.frombuffer(bytes.fromhex("efbe0000addef8ff"), "<f8").reshape(())), {}, True),
        "fill-other-dtype": (_masked(np.arange(6, dtype="i1"), 15, np.array(999999)), {}, True),
        "mask-raw": (masked, {"mask": "raw"}, True),
        "mask-runs": (masked, {"mask": "run-length"}, True),
        "mask-runs-long": (np.ma.MaskedArray(np.zeros(1000, "i1"), np.arange(1000) // 300 % 2 == 0), {"mask": "run-length"}, True),
        "hidden-dropped": (masked, {"hidden": "drop"}, True),
        "checksum-crc32c": (masked, {"checksum": "crc32c"}, True),
        "checksum-none": (masked, {"checksum": "none"}, True),
        "empty": (np.ma.MaskedArray(np.empty((0, 3), "<i4"), np.empty((0, 3), bool)), {}, True),
        "scalar-0d": (np.ma.MaskedArray(np.array(2.5), True), {}, True),
        "long": (np.arange(5000, dtype="<i8"), {}, True),
    }  # fmt: skip
    return found


def _values():
    import masquerade

    objects = np.empty(12, object)
    objects[:] = [None, 7, 2.5, "text", True, 2**70, -(2**63) - 1, ["a", 1, None], (1, "b"), b"\0\xff", 1 - 2j, {"k": 1}]
    found = {
        "dtype-object": (np.ma.MaskedArray(objects.reshape(3, 4), _mask((3, 4), 16)), {}, False),
        "object-fill": (_masked(objects[:4].copy(), 17, np.array("?", object)), {}, False),
        "dict": ({"t": np.ma.MaskedArray([1.5, 2.5], [0, 1]), "inner": {"n": np.arange(3, dtype="<u2")}, "title": "sst", 3: [1, "x"]}, {}, False),
        "list": ([np.arange(2, dtype="<i4"), "between", (np.array([True]),)], {}, False),
        "flat-dict": ({"a": np.arange(2, dtype="<i4"), "b": np.ma.MaskedArray([1.0, 2.0], [1, 0])}, {}, True),
        "labelled": (
            masquerade.Labelled(np.zeros((2, 3), "<f4"), {"units": "K", "valid": [0, 2**64], "grid": np.arange(3, dtype="<i2")}, ("time", "x")),
            {},
            False,
        ),
        "matrix": (np.matrix([[1, 2], [3, 4]], "<i4"), {}, False),
        "numpy-scalar": (np.float32(1.5), {}, False),
        "datetime-generic": (np.array([1, -(2**63)], ">i8").view(">M8"), {}, True),
        "recarray": (np.array([(1, 2.5)], [("a", "<i4"), ("b", "<f8")]).view(np.recarray), {}, False),
        "chararray": (np.array(["ab", "c"], "S3").view(np.char.chararray), {}, False),
        "metadata": (np.zeros(2, np.dtype("<f4", metadata={"units": "K", "grid": np.arange(2, dtype="<i2")})), {}, False),
        "object-mask-runs": (np.ma.MaskedArray(objects[:5].copy(), [0, 1, 1, 0, 1]), {"mask": "run-length"}, False),
    }  # fmt: skip
    if hasattr(np.dtypes, "StringDType"):
        texts = np.array(["", "ä", "𝄞\n", "long " * 20], np.dtypes.StringDType())
        found["dtype-string"] = (np.ma.MaskedArray(texts, [0, 1, 0, 0]), {}, False)
        missing = np.array(["a", None, "c"], np.dtypes.StringDType(na_object=None))
        found["dtype-string-missing"] = (missing, {}, False)
    return found
