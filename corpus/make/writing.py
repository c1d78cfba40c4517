"""Writes the files of one run and remembers what the manifest must say of them."""
import hashlib
import json
import os
import platform
import sys

import numpy as np

CORPUS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Folder(object):
    """The files one NumPy writes into `corpus/NAME/TAG/` (TAG may be empty), and their part of the manifest."""

    def __init__(self, name, tag, tool, versions=None):
        self.name, self.tag, self.tool = name, tag, tool
        self.versions = {"numpy": np.__version__, "python": platform.python_version()}
        self.versions.update(versions or {})
        self.entries = []
        self.seen = set()

    def path(self, filename):
        path = os.path.join(CORPUS, self.name, self.tag, filename)
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            os.makedirs(folder)
        return path

    def write(self, filename, data):
        if filename in self.seen:
            raise ValueError("two files would be called " + filename)
        self.seen.add(filename)
        with open(self.path(filename), "wb") as file:
            file.write(data)
        return "/".join(part for part in (self.name, self.tag, filename) if part), hashlib.sha256(data).hexdigest()

    def add(self, filename, data, format, what, expect, **more):
        file, digest = self.write(filename, data)
        entry = {"file": file, "format": format, "tool": self.tool, "versions": self.versions, "sha256": digest,
                 "what": what, "expect": expect}
        entry.update(more)
        self.entries.append(entry)
        return entry

    def finish(self):
        """Writes the part of the manifest that is this folder's; `merge.py` puts the parts together."""
        part = os.path.join(CORPUS, self.name, (self.tag or "all") + ".part.json")
        with open(part, "w") as file:
            json.dump(self.entries, file)
        sys.stdout.write("%s/%s: %d files\n" % (self.name, self.tag, len(self.entries)))


def tag():
    """Which of the two NumPys this is: np1 or np2."""
    return "np" + np.__version__.split(".")[0]
