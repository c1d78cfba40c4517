"""Checks the corpus: the hashes, the schema, and that the NumPy that runs this reads each file as its entry says.

usage: verify.py [FOLDER...]     exit code 1 if anything is amiss. Nothing from files marked `refused` is loaded.
"""
import array
import base64
import collections
import hashlib
import io
import json
import os
import pickle
import sys
import warnings
import zlib

import joblib
import numpy as np

import expect
from merge import FOLDERS, files_of
from pickle_writing import first_foreign
from writing import CORPUS

MAJOR = int(np.__version__.split(".")[0])


# True while a joblib file is checked: joblib loads matrices and memmaps as plain arrays, and newer ones make big-endian
# arrays native that older ones left alone.
JOBLIB = False


class Wrong(Exception):
    pass


def demand(condition, what):
    if not condition:
        raise Wrong(what)


def without_python2(described):
    """Python 2's texts as the real reader gives them when it is told `encoding="latin1"`."""
    if isinstance(described, dict):
        if set(described) == {"str2"}:
            return expect.describe_text(base64.b64decode(described["str2"]).decode("latin-1"))
        return {key: without_python2(value) for key, value in described.items()}
    if isinstance(described, list):
        return [without_python2(value) for value in described]
    return described


def unpacked(described, key):
    if key + "Z" in described:
        return zlib.decompress(base64.b64decode(described[key + "Z"]))
    return base64.b64decode(described[key])


def not_aligned(dtype):
    """NumPy 2 does not see the aligned flag in what NumPy 1 pickled (it wrote it as a negative number)."""
    if isinstance(dtype, dict):
        return {key: not_aligned(value) for key, value in dtype.items() if key != "aligned"}
    return [not_aligned(item) for item in dtype] if isinstance(dtype, list) else dtype


def check_array(described, loaded):
    found = expect.describe(loaded)
    demand(found["kind"] == "ndarray", "a %s rather than an array" % type(loaded).__name__)
    for key in ("shape", "typecode", "order"):
        demand(found.get(key) == described.get(key), "%s %s rather than %s" % (key, found.get(key), described.get(key)))
    if not JOBLIB:
        demand(found.get("subclass") == described.get("subclass"), "subclass %s" % found.get("subclass"))
    here, there = not_aligned(found["dtype"]), not_aligned(described["dtype"])
    as_written = here == there
    demand(as_written or here == not_aligned(described.get("numpyLoads")) or
           (JOBLIB and np.dtype(found["dtype"]).newbyteorder() == np.dtype(described["dtype"])), "dtype %s" % found["dtype"])
    if "items" in described:
        demand(found.get("items") == described["items"], "items")
        return
    data, here = unpacked(described, "data"), unpacked(found, "data")
    if isinstance(loaded, array.array) or loaded.dtype.names is None:
        if not as_written and found["dtype"] != described["dtype"]:
            data = np.frombuffer(data, described["dtype"]).byteswap().tobytes()
        demand(here == data, "data")
    elif loaded.dtype.names:
        written = np.ndarray(loaded.shape, loaded.dtype, data)
        demand(repr(written.tolist()) == repr(loaded.tolist()), "records")


def old_dtype(described):
    """A NumPy dtype from its description: strings, and packed fields."""
    if isinstance(described, str):
        return np.dtype(described)
    fields = [(field["name"], old_dtype(field["dtype"]), tuple(field.get("shape", []))) for field in described["fields"]]
    return np.dtype(fields)


def check_masked(described, loaded):
    demand(isinstance(loaded, np.ma.MaskedArray), "not a masked array")
    subclass = None if type(loaded) is np.ma.MaskedArray else type(loaded).__name__
    demand(subclass == described.get("subclass"), "subclass %s" % subclass)
    found = expect.describe_masked(loaded, True)
    data = {key: value for key, value in described["data"].items() if key != "subclass"}
    check_array(data, np.ndarray.view(loaded, np.ndarray))
    demand(found["data"].get("subclass") == described["data"].get("subclass"), "subclass of the data")
    mask = unpacked(described, "mask") if described.get("mask", "") is not None else b"\0" * len(unpacked(found, "mask"))
    demand(unpacked(found, "mask") == mask, "mask")
    wanted = described.get("numpyLoadsFill", described["fillValue"])
    if wanted is not None and subclass != "MaskedConstant":
        fill = np.asarray(loaded._fill_value)
        if loaded.dtype.names and not_aligned(expect.describe_dtype(fill.dtype)) != not_aligned(wanted["dtype"]):
            # A fill value of another byte order, which old NumPys wrote and left so; newer ones cast it on loading.
            fill = fill.astype(old_dtype(wanted["dtype"]))
        check_array(wanted, fill)


def check(described, loaded):
    kind = described["kind"]
    if kind == "ndarray":
        check_array(described, loaded)
    elif kind == "masked":
        check_masked(described, loaded)
    elif kind == "dict":
        demand(isinstance(loaded, dict) and len(loaded) == len(described["items"]), "not the dict")
        demand((described.get("subclass") == "OrderedDict") == isinstance(loaded, collections.OrderedDict), "kind of dict")
        for (name, item), (key, value) in zip(described["items"], loaded.items()):
            demand(expect.describe_plain(key) == name, "key %r" % (key,))
            check(item, value)
    elif kind in ("list", "tuple"):
        demand(type(loaded).__name__ == kind and len(loaded) == len(described["items"]), "not the " + kind)
        for item, value in zip(described["items"], loaded):
            check(item, value)
    else:
        demand(not_aligned(expect.describe(loaded)) == not_aligned(described), "another " + kind)


def reach(value, path):
    for step in path:
        value = value[step]
    return value


def load(entry, data):
    path = os.path.join(CORPUS, entry["file"])
    if entry["format"] == "npy":
        with io.BytesIO(data) as stream:
            read = np.lib.format.read_array
            return [read(stream, allow_pickle=True, max_header_size=10 ** 7) for _ in entry.get("several", [0])]
    if entry["format"] == "npz":
        with np.load(path, allow_pickle=True, max_header_size=10 ** 7) as members:
            return [{name: members[name] for name in members.files}]
    if entry["format"] == "joblib":
        return [joblib.load(path)]
    buffers = [bytearray(content(buffer)) if not buffer["readonly"] else content(buffer) for buffer in entry.get("buffers", [])]
    stream = io.BytesIO(data)
    options = {"encoding": "latin1"} if entry.get("python2") else {}
    return [pickle.load(stream, buffers=iter(buffers), **options) for _ in entry.get("several", [0])]


def content(named):
    with open(os.path.join(CORPUS, named["file"]), "rb") as file:
        data = file.read()
    demand(hashlib.sha256(data).hexdigest() == named["sha256"], "sha256")
    return data


def verify(entry):
    """None if all is well, else why the file could not be tried."""
    global JOBLIB
    JOBLIB = entry["format"] == "joblib"
    data = content(entry)
    if entry["format"] == "hdf5":
        return "described by what h5py held when it was written"
    if entry["format"] == "ecsv":
        return "described by what astropy read when it was written"
    if "refused" in entry["expect"]:
        if "assembled" not in entry["what"]:
            demand(first_foreign(data) == entry["expect"]["refused"], "another foreign name first")
        return None
    if entry["format"] == "mmappickle":
        return "described when it was written: only old NumPys read such arrays"
    try:
        values = load(entry, data)
    except Exception as error:
        if int(entry["versions"]["numpy"].split(".")[0]) > MAJOR:
            return "written by a newer NumPy: %s" % type(error).__name__
        if "numpy.core.memmap" in str(error):
            return "NumPy 2 has no numpy.core.memmap, where NumPy before 1.14 had its memmap"
        if JOBLIB and "__builtin__" in str(error):
            return "joblib 1.6 cannot read bytes in the object arrays of joblib before 1.5"
        demand("numpyFails" in entry, "%s: %s" % (type(error).__name__, error))
        return "a file that NumPy cannot read"
    wanted = [entry["expect"].get("noArray", entry["expect"])]
    for described, loaded in zip(entry.get("several", wanted), values):
        check(without_python2(described) if entry.get("python2") else described, loaded)
    for first, second in entry.get("same", []):
        demand(reach(values[0], first) is reach(values[0], second), "not one object")
    return None


def schema():
    try:
        import jsonschema
    except ImportError:
        return None
    with open(os.path.join(CORPUS, "manifest.schema.json"), encoding="utf-8") as file:
        return jsonschema.Draft202012Validator(json.load(file))


def main(folders):
    validator, wrong = schema(), 0
    for folder in folders:
        with open(os.path.join(CORPUS, folder, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        untried = collections.Counter()
        for error in validator.iter_errors(manifest) if validator else []:
            wrong += 1
            print("%s: schema: %s" % (folder, error.message[:200]))
        for entry in manifest["entries"]:
            try:
                reason = verify(entry)
                untried.update([reason] if reason else [])
            except Wrong as error:
                wrong += 1
                print("%s: %s" % (entry["file"], error))
        named = {file for entry in manifest["entries"] for file in files_of(entry)}
        there = {os.path.relpath(os.path.join(root, name), CORPUS).replace(os.sep, "/")
                 for root, _, names in os.walk(os.path.join(CORPUS, folder)) for name in names} - {folder + "/manifest.json"}
        for file in sorted(named ^ there):
            wrong += 1
            print("%s: %s" % (file, "not in the manifest" if file in there else "not there"))
        print("%s: %d entries with NumPy %s%s" % (folder, len(manifest["entries"]), np.__version__,
                                                  "".join("; %d untried: %s" % (n, why) for why, n in sorted(untried.items()))))
    print("%d wrong" % wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main(sys.argv[1:] or FOLDERS))
