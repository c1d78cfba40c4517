"""The README's own code."""

import os
import re
import tempfile
import unittest
from pathlib import Path

import numpy as np
from same import difference

import masquerade

README = Path(__file__).resolve().parents[1] / "README.md"


class Readme(unittest.TestCase):
    def test_runs(self):
        (code,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.M | re.S)
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                names = {}
                exec(compile(code, "README.md", "exec"), names)
                self.assertIsNone(difference(names["sst"], names["same"]))
                for extension in ("pb", "mqb", "npz", "json", "h5"):
                    self.assertIsNone(difference(names["sst"], masquerade.load(f"sst.{extension}")), extension)
                import h5py

                with h5py.File("sst.h5") as file:
                    self.assertEqual(file["data_mask"][()].tolist(), [[False, True], [False, False]])
                with np.load("sst.npz") as file:
                    self.assertEqual(sorted(file.files), ["data", "fill_value", "mask"])
            finally:
                os.chdir(before)


if __name__ == "__main__":
    unittest.main()
