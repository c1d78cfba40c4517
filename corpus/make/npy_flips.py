"""Writes corpus/npy/flips.json: what np.load makes of small NPY files with one bit of the header flipped.

For each sample the file itself and, for each bit NumPy accepts when flipped (bit 0 is the lowest of byte 0), the array
it returns. Bits that are not listed raise. Padding is spaces, so only the bits before it and the newline tell anything
new; all are tried.
"""
import base64
import io
import json
import os
import warnings

import numpy as np

from writing import CORPUS

SAMPLES = [
    ("<i2 (2, 3)", np.arange(6, dtype="<i2").reshape(2, 3), (1, 0)),
    ("Fortran >f4", np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3)), (1, 0)),
    ("structured", np.array([(1, 2.5), (3, -4.0)], dtype=[("ab", "<u2"), ("c", "<f4")]), (1, 0)),
    ("version 2.0, 0-d U2", np.array(u"\u00e9x"), (2, 0)),
    ("version 3.0, bool", np.array([True, False]), (3, 0)),
]


def saved(array, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def loaded(data):
    """The array, or None when NumPy refuses: any exception is a refusal."""
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception:
        return None
    return array if isinstance(array, np.ndarray) else None


def describe(array):
    descr = repr(np.lib.format.dtype_to_descr(array.dtype))
    return {"descr": descr, "shape": list(array.shape), "fortran": bool(np.isfortran(array)),
            "data": base64.b64encode(array.tobytes()).decode("ascii")}


def main():
    warnings.simplefilter("ignore")
    samples = []
    for name, array, version in SAMPLES:
        data = saved(array, version)
        header = len(data) - array.nbytes
        accepted = {}
        for bit in range(header * 8):
            flipped = bytearray(data)
            flipped[bit >> 3] ^= 1 << (bit & 7)
            array = loaded(bytes(flipped))
            if array is not None:
                accepted[str(bit)] = describe(array)
        samples.append({"what": name, "file": base64.b64encode(data).decode("ascii"), "header": header, "accepted": accepted})
    with open(os.path.join(CORPUS, "npy", "flips.json"), "w") as file:
        json.dump({"numpy": np.__version__, "samples": samples}, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
