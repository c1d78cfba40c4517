"""Puts the parts that the generators wrote together: corpus/FOLDER/manifest.json, one entry a line.

usage: merge.py [FOLDER...]     Parts of a tag replace the entries of that tag; other tags' entries stay.
Files of a tag just written that its entries no longer name are removed, so a case taken out of a generator leaves
nothing behind. Only the folders below are touched, and in them only those tags' directories.
"""
import glob
import json
import os
import sys

CORPUS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def files_of(entry):
    return [entry["file"]] + [buffer["file"] for buffer in entry.get("buffers", [])]


FOLDERS = ["cloudpickle", "demo", "dill", "ecsv", "hdf5", "joblib", "mmappickle", "npy", "npz", "pickle"]
FIRST = ["file", "format", "tool", "versions", "sha256", "what"]


def place(key):
    return (FIRST.index(key) if key in FIRST else len(FIRST), key)


def merge(folder):
    path = os.path.join(CORPUS, folder, "manifest.json")
    entries, written = [], []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            entries = json.load(file)["entries"]
    for part in sorted(glob.glob(os.path.join(CORPUS, folder, "*.part.json"))):
        tag = os.path.basename(part)[: -len(".part.json")]
        prefix = folder + "/" + ("" if tag == "all" else tag + "/")
        with open(part, encoding="utf-8") as file:
            entries = [entry for entry in entries if not entry["file"].startswith(prefix)] + json.load(file)
        os.remove(part)
        written.append("" if tag == "all" else tag)
    entries.sort(key=lambda entry: entry["file"])
    entries = [{key: entry[key] for key in sorted(entry, key=place)} for entry in entries]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"folder": "%s", "entries": [\n%s\n]}\n' % (folder, lines))
    named = {file for entry in entries for file in files_of(entry)}
    removed = 0
    for root in [os.path.join(CORPUS, folder, tag) for tag in written]:
        for name in os.listdir(root):
            relative = os.path.relpath(os.path.join(root, name), CORPUS).replace(os.sep, "/")
            if relative not in named and name != "manifest.json":
                os.remove(os.path.join(root, name))
                removed += 1
    print("%s: %d entries%s" % (folder, len(entries), ", %d files removed" % removed if removed else ""))


if __name__ == "__main__":
    for folder in sys.argv[1:] or FOLDERS:
        if folder not in FOLDERS:
            sys.exit("merge.py: %s is not a folder of the generators: %s" % (folder, ", ".join(FOLDERS)))
        merge(folder)
