"""Holds JSON files to the schema, to strict JSON and to their arrays: check.py FOLDER. Prints {"numpy", "compared", "validated", "problems"}."""
import json
import os
import sys

import numpy as np

folder = sys.argv[1]
with open(os.path.join(folder, "cases.json"), encoding="utf-8") as f:
    cases = json.load(f)
problems = []
compared = 0
validator = None
try:
    from jsonschema import Draft202012Validator

    with open(cases["schema"], encoding="utf-8") as f:
        schema = json.load(f)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
except ImportError:
    pass


def no_constants(name):
    raise ValueError("not strict JSON: " + name)


def flat(nested, ndim):
    if ndim == 0:
        return [nested]
    return [leaf for one in nested for leaf in flat(one, ndim - 1)]


def masked_in(value, depth, records):
    if depth > 0:
        return any(masked_in(one, depth - 1, records) for one in value)
    if records and isinstance(value, dict):
        return any(masked_in(one, 0, True) for one in value.values())
    if records and isinstance(value, list):
        return any(masked_in(one, 0, True) for one in value)
    return value is None


def from_rows(head, lines, top=True):
    """The document that a header and the lines behind it stand for."""
    if top:
        assert head.pop("format") == "masked-array-rows"
        head = {"format": "masked-array", **head}
    if "bundle" in head:
        head["entries"] = {key: from_rows(one, lines, False) for key, one in head["entries"].items()}
        return head
    shape = head["shape"]
    records = not isinstance(head["dtype"], str)
    data = []
    hidden = []
    for _ in range(shape[0] if shape else 1):
        data.append(next(lines))
        if head.get("hidden") == "rows" and masked_in(data[-1], max(len(shape) - 1, 0), records):
            hidden += next(lines)["hidden"]
    head["data"] = data if shape else data[0]
    if head.pop("hidden", None) is not None and hidden:
        head["hidden"] = hidden
    return head


validated = 0
for name, case in cases["files"].items():
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            if name.endswith(".ndjson"):
                lines = (json.loads(line, parse_constant=no_constants) for line in f)
                document = from_rows(next(lines), lines)
                if next(lines, None) is not None:
                    problems.append(f"{name}: more lines than rows")
            else:
                document = json.loads(f.read(), parse_constant=no_constants)
        if validator is not None:
            validated += 1
            for error in validator.iter_errors(document):
                problems.append(f"{name}: {error.message[:200]}")
        if case is None:
            continue
        dtype = np.dtype(case["dtype"])
        want = np.frombuffer(bytes.fromhex(case["data"]), dtype=dtype)
        mask = bytes.fromhex(case["mask"])
        got = flat(document["data"], len(document["shape"]))
        if len(got) != len(want):
            problems.append(f"{name}: {len(got)} elements, expected {len(want)}")
            continue
        for i, (value, right) in enumerate(zip(got, want)):
            if (value is None) != bool(mask[i]):
                problems.append(f"{name}[{i}]: masked differs")
            elif value is not None:
                compared += 1
                if dtype.kind in "iu":
                    same = int(value) == int(right)
                elif dtype.kind == "f":
                    word = value.split("(")[0] if isinstance(value, str) else value
                    made = dtype.type(word)
                    same = made.tobytes() == right.tobytes() or (made != made and right != right)
                elif dtype.kind == "M":
                    same = isinstance(value, (dict, int)) or np.array(value, dtype=dtype).astype("i8") == right.astype("i8")
                elif dtype.kind == "b":
                    same = value == bool(right)
                elif dtype.kind == "S":
                    same = value.encode("latin-1") == right
                elif dtype.kind == "U":
                    same = isinstance(value, dict) or value == str(right)
                else:
                    same = True
                if not same:
                    problems.append(f"{name}[{i}]: {value!r}, expected {right!r}")
        if case.get("recipe") and name.endswith(".json"):
            place = {}
            exec(case["recipe"].replace("FILE", os.path.join(folder, name)), place)
            array = place["array"]
            if array.shape != tuple(document["shape"]):
                problems.append(f"{name}: the recipe gives shape {array.shape}")
            for i, (a, b) in enumerate(zip(np.ma.getmaskarray(array).ravel(), mask)):
                if bool(a) != bool(b):
                    problems.append(f"{name}: the recipe's mask differs at {i}")
            for a, b, m in zip(array.data.ravel(), want, mask):
                if not m and not (a == b or (a != a and b != b)):
                    problems.append(f"{name}: the recipe gives {a!r}, expected {b!r}")
    except Exception as error:  # every problem is reported, whatever it is
        problems.append(f"{name}: {type(error).__name__}: {error}")
print(json.dumps({"numpy": np.__version__, "compared": compared, "validated": validated, "problems": problems[:20]}))
