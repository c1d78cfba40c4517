"""The client against the shared vectors, what the TypeScript library made of them, and files that are damaged.

MASQUERADE_VECTORS: the folder of the vectors. MASQUERADE_BACK: a folder of files that TypeScript read and wrote again.
"""

import copy
import json
import os
import random
import tempfile
import unittest
from pathlib import Path

import numpy as np
from cases import cases
from same import difference

import masquerade
from masquerade import npz, protobuf
from masquerade.v1 import file_pb2

HERE = Path(__file__).resolve().parent
VECTORS = Path(os.environ.get("MASQUERADE_VECTORS", HERE.parents[1] / "vectors"))
BACK = os.environ.get("MASQUERADE_BACK")
CASES = cases()


def expected(name):
    """The value of a case as reading gives it."""
    value, options, _ = CASES[name]
    if options.get("hidden") != "drop":
        return value
    fill = value._fill_value
    dropped = np.ma.MaskedArray(value.filled(), value.mask)
    dropped._fill_value = value._fill_value = fill  # which filled() has set
    return dropped


class Vectors(unittest.TestCase):
    """One test for each vector; see below."""

    def test_index(self):
        index = json.loads((VECTORS / "index.json").read_text())
        self.assertEqual([one["name"] for one in index], list(CASES))


def _vector_test(name):
    def test(self):
        value, options, in_npz = CASES[name]
        raw = (VECTORS / f"{name}.pb").read_bytes()
        before = copy.deepcopy(getattr(value, "_fill_value", None))
        self.assertEqual(protobuf.dumps(value, **options), raw)
        self.assertEqual(getattr(value, "_fill_value", None) is None, before is None, "writing set the fill value")
        read = protobuf.loads(raw)
        self.assertIsNone(difference(expected(name), read))
        self.assertEqual(protobuf.dumps(read, **options), raw)
        if in_npz:
            archive = (VECTORS / f"{name}.npz").read_bytes()
            self.assertIsNone(difference(value, npz.loads(archive)))
        if BACK:
            back = (Path(BACK) / f"{name}.pb").read_bytes()
            self.assertEqual(back, raw)
            self.assertIsNone(difference(expected(name), protobuf.loads(back)))

    return test


for _name in CASES:
    setattr(Vectors, "test_" + _name.replace("-", "_"), _vector_test(_name))


class Files(unittest.TestCase):
    def test_written_whole_and_never_over_another(self):
        array = np.ma.MaskedArray([1.5, 2.5], [0, 1], fill_value=-1)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a.pb", "a.binpb", "a.npz"):
                path = Path(folder) / name
                masquerade.save(path, array)
                self.assertIsNone(difference(array, masquerade.load(path)))
                with self.assertRaises(FileExistsError):
                    masquerade.save(path, array)
                masquerade.save(path, np.arange(3), overwrite=True)
                self.assertEqual(masquerade.load(path).tolist(), [0, 1, 2])
            self.assertEqual(len(os.listdir(folder)), 3)
            with self.assertRaisesRegex(masquerade.MasqueradeError, "no format"):
                masquerade.save(Path(folder) / "a.csv", array)

    def test_results_can_be_written_to(self):
        read = masquerade.loads(masquerade.dumps(np.ma.MaskedArray([1, 2], [0, 1])))
        read[0] = 5
        self.assertEqual(read.data.tolist(), [5, 2])


class Refused(unittest.TestCase):
    def refuse(self, words, write):
        with self.assertRaisesRegex(masquerade.MasqueradeError, words):
            write()

    def test_what_has_no_place(self):
        self.refuse("no place for a object", lambda: masquerade.dumps({"a": np.arange(2), "b": object()}))
        self.refuse("records with fields of objects", lambda: masquerade.dumps(np.zeros(1, [("o", "O")])))
        self.refuse("surrogate", lambda: masquerade.dumps({"a": np.arange(2), "b": "\ud800"}))
        self.refuse("is one of", lambda: masquerade.dumps(np.arange(2), mask="zip"))
        self.refuse("two keys", lambda: masquerade.dumps({"1": np.arange(2), 1: np.arange(2)}))
        self.refuse("hard mask", lambda: npz.dumps(CASES["hard"][0]))

    def test_malformed(self):
        for one in json.loads((VECTORS / "malformed" / "index.json").read_text()):
            with self.subTest(one["what"]), self.assertRaises(masquerade.MasqueradeError):
                masquerade.load(VECTORS / "malformed" / f"{one['name']}.pb")

    def test_unusual(self):
        for one in json.loads((VECTORS / "unusual" / "index.json").read_text()):
            with self.subTest(one["what"]):
                masquerade.load(VECTORS / "unusual" / f"{one['name']}.pb")

    def test_every_truncation(self):
        raw = (VECTORS / "mask-runs.pb").read_bytes()
        for length in range(len(raw)):
            with self.assertRaises(masquerade.MasqueradeError, msg=f"cut at {length}"):
                masquerade.loads(raw[:length])

    def test_every_flipped_bit_of_the_data(self):
        raw = (VECTORS / "checksum-crc32c.pb").read_bytes()
        file = file_pb2.File.FromString(raw)
        start = raw.index(file.buffers[0].data)
        for at in range(start, start + len(file.buffers[0].data)):
            mutant = bytearray(raw)
            mutant[at] ^= 1 << at % 8
            self.refuse("checksum", lambda mutant=mutant: masquerade.loads(bytes(mutant)))

    def test_mutants_fail_in_one_way_or_are_values(self):
        rnd = random.Random(5)
        for name in ("struct-nested", "dtype-object", "labelled", "dict", "mask-runs", "dtype-le-datetime-25us"):
            raw = (VECTORS / f"{name}.pb").read_bytes()
            for _ in range(300):
                mutant = bytearray(raw)
                for _ in range(rnd.randint(1, 3)):
                    mutant[rnd.randrange(len(mutant))] = rnd.randrange(256)
                try:
                    masquerade.loads(bytes(mutant))
                except masquerade.MasqueradeError:
                    pass

    def test_what_a_newer_version_wrote(self):
        file = file_pb2.File.FromString((VECTORS / "plain.pb").read_bytes())
        critical = file.SerializeToString() + b"\xb0\x01\x05"  # field 22
        self.refuse("unknown field 22", lambda: masquerade.loads(critical))
        annotation = file.SerializeToString() + b"\xb0\x06\x05"  # field 102
        self.assertIsNone(difference(CASES["plain"][0], masquerade.loads(annotation)))
        file.version = 2
        self.refuse("version 2", lambda: masquerade.loads(file.SerializeToString()))

    def test_depth(self):
        def nested(depth):
            value = None
            for _ in range(depth):
                value = [value]
            return masquerade.Labelled(np.arange(1), {"deep": value})

        for depth in (47, 48):
            self.assertIsNone(difference(nested(depth), masquerade.loads(masquerade.dumps(nested(depth)))))
        for depth in (49, 60, 5000):
            self.refuse("nested so deeply", lambda depth=depth: masquerade.dumps(nested(depth)))
        cyclic = []
        cyclic.append(cyclic)
        self.refuse("nested so deeply", lambda: masquerade.dumps({"a": np.arange(1), "b": cyclic}))
        self.refuse("nested so deeply", lambda: masquerade.dumps([np.arange(1), masquerade.Labelled(np.arange(1), {"a": cyclic})]))


if __name__ == "__main__":
    unittest.main()
