"""Puts the parts that the generators wrote together: corpus/FOLDER/manifest.json, one entry a line.

usage: merge.py [FOLDER...]     Parts of a tag replace the entries of that tag; other tags' entries stay.
Files that no entry names are removed, so a case taken out of a generator leaves nothing behind.
"""
import glob
import json
import os
import sys

CORPUS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def files_of(entry):
    return [entry["file"]] + [buffer["file"] for buffer in entry.get("buffers", [])]


def merge(folder):
    path = os.path.join(CORPUS, folder, "manifest.json")
    entries = []
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            entries = json.load(file)["entries"]
    for part in sorted(glob.glob(os.path.join(CORPUS, folder, "*.part.json"))):
        tag = os.path.basename(part)[: -len(".part.json")]
        prefix = folder + "/" + tag + "/"
        with open(part, encoding="utf-8") as file:
            entries = [entry for entry in entries if not entry["file"].startswith(prefix)] + json.load(file)
        os.remove(part)
    entries.sort(key=lambda entry: entry["file"])
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"folder": "%s", "entries": [\n%s\n]}\n' % (folder, lines))
    named = {file for entry in entries for file in files_of(entry)}
    for root, _, names in os.walk(os.path.join(CORPUS, folder)):
        for name in names:
            relative = os.path.relpath(os.path.join(root, name), CORPUS).replace(os.sep, "/")
            if relative not in named and name != "manifest.json":
                os.remove(os.path.join(root, name))
                print("removed " + relative)
    print("%s: %d entries" % (folder, len(entries)))


if __name__ == "__main__":
    for folder in sys.argv[1:] or sorted(n for n in os.listdir(CORPUS) if n != "make" and
                                         os.path.isdir(os.path.join(CORPUS, n))):
        merge(folder)
