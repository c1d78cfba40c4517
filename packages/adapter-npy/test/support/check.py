"""Loads files with NumPy and compares them, bit for bit, with what cases.json says they hold. Prints what differs as JSON."""
import ast
import base64
import json
import os
import sys

import numpy as np


def same(got, want):
    """Bit for bit, padding bytes of records aside (NumPy leaves those to chance)."""
    if got.dtype.names is not None:
        return all(same(got[name], want[name]) for name in got.dtype.names)
    return got.tobytes() == want.tobytes()


def check(got, case):
    if not isinstance(got, np.ndarray):
        return "a %s was loaded" % type(got).__name__
    dtype = np.lib.format.descr_to_dtype(ast.literal_eval(case["descr"]))
    shape = tuple(case["shape"])
    if got.dtype != dtype:
        return "dtype %r, not %r" % (got.dtype, dtype)
    if got.shape != shape:
        return "shape %r, not %r" % (got.shape, shape)
    if np.isfortran(got) != case["fortran"]:
        return "memory order"
    want = np.ndarray(shape, dtype, base64.b64decode(case["data"]) if np.prod(shape) else None)
    return None if same(got, want) else "the elements differ"


def by_recipe(path, recipe, case):
    """Runs the few lines of Python that the format advertises."""
    names = {}
    exec(recipe.replace("FILE", path), names)
    array = names["array"]
    found = [check(np.asarray(array.data), case["data"])]
    if case["mask"] is None:
        found.append(None if array.mask is np.ma.nomask or not array.mask.any() else "a mask")
    else:
        found.append(check(np.asarray(np.ma.getmaskarray(array)), dict(case["mask"], fortran=np.isfortran(np.ma.getmaskarray(array)))))
    return next((one for one in found if one), None)


def main(folder):
    with open(os.path.join(folder, "cases.json")) as file:
        cases = json.load(file)
    problems, compared = [], 0
    for name, case in cases.items():
        path = os.path.join(folder, name)
        try:
            loaded = np.load(path)
            if "members" in case:
                if list(loaded.files) != [member["key"] for member in case["members"]]:
                    problems.append("%s: members %r" % (name, loaded.files))
                pairs = [(member["key"], loaded[member["key"]], member) for member in case["members"]]
            else:
                pairs = [("", loaded, case), ("mapped", np.load(path, mmap_mode="r") if np.prod(case["shape"]) else loaded, case)]
            for key, got, want in pairs:
                compared += 1
                problem = check(np.asarray(got), want)
                if problem:
                    problems.append("%s %s: %s" % (name, key, problem))
            if "recipe" in case:
                compared += 1
                problem = by_recipe(path, case["recipe"], case["masked"])
                if problem:
                    problems.append("%s by the recipe: %s" % (name, problem))
        except Exception as error:  # every failure is a finding
            problems.append("%s: %s: %s" % (name, type(error).__name__, error))
    json.dump({"numpy": np.__version__, "compared": compared, "problems": problems}, sys.stdout)


main(sys.argv[1])
