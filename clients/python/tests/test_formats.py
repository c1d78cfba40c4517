"""JSON and HDF5: every vector they hold, what TypeScript makes of them, what is refused.

MASQUERADE_FORMATS: a folder that clients/formats.mjs wrote; MASQUERADE_FORMATS_FROM: the folder it read.
"""

import io
import json
import os
import unittest
from pathlib import Path

import h5py
import numpy as np
from cases import cases
from same import difference
from write_formats import FORMATS

import masquerade
from masquerade import hdf5, jsonfile

CASES = cases()
TO, FROM = os.environ.get("MASQUERADE_FORMATS"), os.environ.get("MASQUERADE_FORMATS_FROM")
LONG = {f"dtype-{side}-{name}" for side in ("le", "be") for name in ("longdouble", "clongdouble")}
ALWAYS = {
    "dtype-object", "object-fill", "object-mask-runs", "dtype-string", "dtype-string-missing", "matrix", "recarray", "chararray", "numpy-scalar",
    "struct-aligned", "struct-record", "metadata",
}  # fmt: skip
TITLES = {"struct-nested", "struct-mask-raw", "struct-mask-run-length"}
REFUSED = {
    ".json": ALWAYS | LONG,
    ".h5": ALWAYS | TITLES | {"dict", "struct-units", "dtype-be-clongdouble", "dtype-le-timedelta-generic", "dtype-be-timedelta-generic", "datetime-generic"},
}


def _vector_test(name, extension, options):
    module, suffix = (jsonfile, ".json") if extension == ".json" else (hdf5, ".h5")

    def test(self):
        value = CASES[name][0]
        if name in REFUSED[suffix]:
            with self.assertRaises(masquerade.MasqueradeError):
                module.dumps(value, **options)
            return
        self.assertIsNone(difference(value, module.loads(module.dumps(value, **options))))
        if TO:
            file = f"{name}{extension}"
            self.assertIsNone(difference(value, masquerade.load(Path(TO) / f"{file}.pb")), "what TypeScript read")
            self.assertIsNone(difference(value, masquerade.load(Path(TO) / file)), "what TypeScript wrote")

    return test


class Vectors(unittest.TestCase):
    """One test for each vector and format; see below."""

    def test_index(self):
        if FROM:
            index = json.loads((Path(FROM) / "index.json").read_text())
            expected = [f"{name}{end}" for name in CASES for end, _ in FORMATS if name not in REFUSED["." + end.rsplit(".", 1)[1]]]
            self.assertEqual([one["file"] for one in index], expected)


for _name in CASES:
    for _extension, _options in FORMATS:
        setattr(Vectors, f"test_{_name}{_extension}".replace("-", "_").replace(".", "_"), _vector_test(_name, _extension, _options))


class Json(unittest.TestCase):
    def test_other_spellings(self):
        def read(**said):
            return jsonfile.loads(json.dumps({"format": "masked-array", "version": 1, **said}).encode())

        self.assertIsNone(difference(np.arange(3, dtype="<i4"), read(dtype="<i4", shape=[3], data=[0, 1, 2])))
        expected = np.ma.MaskedArray(np.array([1.5, 0.0]), [False, True])
        self.assertIsNone(difference(expected, read(dtype="<f8", shape=[2], data=[1.5, None])))
        records = read(dtype=[["a", "<i2"], ["b", "<f4", [2]]], shape=[1], data=[{"a": 1, "b": [None, 2]}], hidden=[7])
        self.assertEqual((records["a"].tolist(), records["b"].mask.tolist(), records.data["b"].tolist()), ([1], [[True, False]], [[7.0, 2.0]]))
        whole = read(dtype=[["a", "<i2"]], shape=[2], data=[None, {"a": 3}])
        self.assertEqual(whole.mask.tolist(), [(True,), (False,)])

    def test_attributes_of_every_kind(self):
        nan = np.array(0x7FF800000000BEEF, "u8").view("f8").item()
        attributes = {"none": None, "int": 2**70, "float": 2.0, "nan": nan, "bytes": b"\0\xff", "complex": 1 - 0j, "tuple": (1, [2.5]), "dict": {1: "x", "$y": True}}
        value = masquerade.Labelled(np.arange(2), attributes | {"array": np.ma.MaskedArray([1], [1])}, ("x",))
        self.assertIsNone(difference(value, jsonfile.loads(jsonfile.dumps(value))))

    def test_refused(self):
        good = {"format": "masked-array", "version": 1, "dtype": "<i2", "shape": [2], "data": [1, None]}
        self.assertEqual(jsonfile.loads(json.dumps(good).encode()).mask.tolist(), [False, True])
        for change in (
            {"version": 2}, {"format": "x"}, {"shape": [3]}, {"shape": [-1]}, {"shape": 2}, {"data": [1, 40000]}, {"data": [1, 1.5]}, {"data": [1, True]},
            {"data": [1, "0x10"]}, {"data": 1}, {"hidden": []}, {"hidden": [1, 2]}, {"mask": "nomask"}, {"mask": "x"}, {"order": "A"}, {"dtype": "|O"},
            {"dtype": "x"}, {"dims": ["a", "b"]}, {"extra": 1}, {"fill_value": "x"}, {"dtype": "<M8[s]", "data": ["2020", None]},
            {"dtype": "|S1", "data": ["ab", None]}, {"attrs": {"a": {"$code": "x"}}}, {"attrs": {"a": {"$dict": [[1, 2], [1, 3]]}}},
        ):  # fmt: skip
            with self.subTest(change), self.assertRaises(masquerade.MasqueradeError):
                jsonfile.loads(json.dumps(good | change).encode())
        for raw in (b"", b"[" * 100000, b'{"format": "masked-array", "format": "masked-array"}', b"\xff", b'{"a": NaN}', b"[1, 2]"):
            with self.subTest(raw[:30]), self.assertRaises(masquerade.MasqueradeError):
                jsonfile.loads(raw)


class Hdf5(unittest.TestCase):
    def file(self, write):
        out = io.BytesIO()
        with h5py.File(out, "w") as file:
            write(file)
        return out.getvalue()

    def test_attributes_of_every_kind(self):
        attributes = {"text": "ä", "int": 7, "big": 2**70, "float": 2.5, "bool": True, "none": None, "list": [1, 2.0, "x"], "tuple": (None, -0.0), "bytes": b"\0\xff", "dict": {"a": [1]}, "complex": 1 - 2j, "array": np.arange(3, dtype="<i2")}  # fmt: skip
        value = masquerade.Labelled(np.ma.MaskedArray([1.5, 2.5], [0, 1], fill_value=-9.0), attributes, ("x",))
        self.assertIsNone(difference(value, hdf5.loads(hdf5.dumps(value))))

    def test_what_others_wrote(self):
        def write(file):
            for end in ("_mask", ".mask"):
                file[f"t{end}a"] = [1.5, 2.5]
                file[f"t{end}a{end}"] = np.array([0, 1], "u1")
            file["nullable/values"], file["nullable/mask"] = [1, 2], [False, True]
            file["plain"] = np.arange(4.0)
            file["plain_mask"] = np.zeros(3, bool)  # of another shape: no mask of it
            file["plain"].attrs["units"] = "K"

        read = hdf5.loads(self.file(write))
        self.assertEqual(set(read), {"t_maska", "t.maska", "nullable", "plain", "plain_mask"})
        self.assertEqual([read[name].mask.tolist() for name in ("t_maska", "t.maska", "nullable")], [[False, True]] * 3)
        self.assertEqual(read["plain"].attributes, {"units": "K"})

    def test_options_of_datasets(self):
        value = np.ma.MaskedArray(np.zeros((100, 100)), np.eye(100, dtype=bool))
        small = hdf5.dumps(value, compression="gzip", shuffle=True)
        self.assertLess(len(small), 12000)
        self.assertIsNone(difference(value, hdf5.loads(small)))

    def test_nothing_elsewhere_is_read(self):
        def external(file):
            file["a"] = h5py.ExternalLink("/etc/passwd", "/x")

        def soft(file):
            file["a"] = h5py.SoftLink("/b")
            file["b"] = [1]

        def storage(file):
            file.create_dataset("a", (4,), "u1", external=[("/etc/passwd", 0, 4)])

        def virtual(file):
            layout = h5py.VirtualLayout((4,), "u1")
            layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4,))
            file.create_virtual_dataset("a", layout)

        def cycle(file):
            file.create_group("a")["b"] = file["/"]

        for write in (external, soft, storage, virtual, cycle):
            with self.subTest(write.__name__), self.assertRaises(masquerade.MasqueradeError):
                hdf5.loads(self.file(write))

    def test_refused(self):
        raw = hdf5.dumps(np.arange(100))
        for length in (0, 1, 100, len(raw) // 2, len(raw) - 1):
            with self.assertRaises(masquerade.MasqueradeError):
                hdf5.loads(raw[:length])
        for value, options in (({"a/b": np.arange(2)}, {}), ({"a": np.arange(2)}, {"layout": "cf"}), ({"a": np.ma.MaskedArray([1], [1]), "a_mask": np.arange(2)}, {})):
            with self.assertRaises(masquerade.MasqueradeError):
                hdf5.dumps(value, **options)


if __name__ == "__main__":
    unittest.main()
