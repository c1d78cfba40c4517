"""The client against the vectors as others download them: the set is made, and each file that the client reads holds what its manifest says.

The description of what was read is made by the corpus's own expect.py, which made those of the manifest from what was written.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

import masquerade

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "corpus" / "make"))

import expect  # noqa: E402


def plain(described):
    """A description with its bytes unpacked, so that how they were packed does not matter."""
    if isinstance(described, list):
        return [plain(one) for one in described]
    if not isinstance(described, dict):
        return described
    found = {}
    for key, value in described.items():
        if key in ("dataZ", "maskZ"):
            found[key[:-1]] = zlib.decompress(base64.b64decode(value))
        elif key in ("data", "mask") and isinstance(value, str):
            found[key] = base64.b64decode(value)
        else:
            found[key] = plain(value)
    return found


class VectorSet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.set = Path(cls.folder.name) / "vectors"
        subprocess.run(["node", str(ROOT / "scripts" / "vectors.mjs"), str(cls.set)], check=True, stdout=subprocess.DEVNULL)
        cls.manifest = json.loads((cls.set / "manifest.json").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_files(self):
        self.assertEqual(self.manifest["name"], "masquerade-vectors")
        for entry in self.manifest["entries"]:
            raw = (self.set / entry["file"]).read_bytes()
            self.assertEqual(hashlib.sha256(raw).hexdigest(), entry["sha256"], entry["file"])

    def test_what_the_client_reads(self):
        read = 0
        for entry in self.manifest["entries"]:
            if entry["file"].split("/")[0] != "clients":
                continue
            with self.subTest(entry["file"]):
                value = masquerade.load(str(self.set / entry["file"]))
                self.assertEqual(plain(expect.describe(value)), plain(entry["expect"]))
                read += 1
        self.assertGreater(read, 130)


if __name__ == "__main__":
    unittest.main()
