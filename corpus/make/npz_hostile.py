"""Writes corpus/npz/hostile/*.npz and hostile.json: archives that are damaged or mean harm, made with zipfile and then altered.

`code` is the error each must end in; `keys` are the names of those that are strange but sound.
"""
import io
import json
import os
import struct
import zipfile
import zlib

import numpy as np

from writing import CORPUS

FOLDER = os.path.join(CORPUS, "npz", "hostile")
cases = []


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


A = npy(np.arange(3, dtype="<i4"))
B = npy(np.arange(4, dtype="<f8"))


def archive(members, method=zipfile.ZIP_STORED, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = method
            file.writestr(info, data)
        file.comment = comment
    return bytearray(out.getvalue())


def put(name, data, why, code=None, keys=None):
    with open(os.path.join(FOLDER, name + ".npz"), "wb") as file:
        file.write(bytes(data))
    case = {"file": "npz/hostile/%s.npz" % name, "why": why}
    case.update({"code": code} if code else {"keys": keys})
    cases.append(case)


def central(data, index=0):
    """Offset of a record of the directory."""
    at = -1
    for _ in range(index + 1):
        at = data.index(b"PK\x01\x02", at + 1)
    return at


def end(data):
    return data.rindex(b"PK\x05\x06")


def altered(data, *changes):
    """`changes`: (offset, struct format, value)."""
    data = bytearray(data)
    for at, code, value in changes:
        struct.pack_into(code, data, at, value)
    return data


def raw_deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def one_member(name, packed, size, crc, method=8):
    """An archive of one member whose two headers say the same, whatever the truth."""
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, method, 0, 0x21, crc, len(packed), size, len(name), 0) + name
    record = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, method, 0, 0x21, crc, len(packed), size, len(name),
                         0, 0, 0, 0, 0, 0) + name
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(record), len(head) + len(packed), 0)
    return bytearray(head + packed + record + tail)


def damaged(two, deflated):
    c0, c1 = central(two), central(two, 1)
    put("crc-data", altered(two, (0xa4, "<B", 0x41)), "a byte of a member was changed", "FORMAT_CHECKSUM")
    put("crc-both", altered(two, (14, "<L", 1), (c0 + 16, "<L", 1)), "both headers carry a wrong CRC", "FORMAT_CHECKSUM")
    put("crc-deflated", altered(deflated, (14, "<L", 1), (central(deflated) + 16, "<L", 1)), "a wrong CRC of deflated data",
        "FORMAT_CHECKSUM")
    put("crc-local", altered(two, (14, "<L", 1)), "the local header has another CRC", "FORMAT_MALFORMED")
    put("size-local", altered(two, (22, "<L", 5)), "the local header has another size", "FORMAT_MALFORMED")
    put("size-central", altered(two, (c0 + 24, "<L", 5)), "a stored member whose two sizes differ", "FORMAT_MALFORMED")
    put("size-both", altered(two, (18, "<L", len(A) - 4), (22, "<L", len(A) - 4), (c0 + 20, "<L", len(A) - 4),
                             (c0 + 24, "<L", len(A) - 4)), "a member shorter than its array", "FORMAT_TRUNCATED")
    put("name-local", altered(two, (30, "<B", 0x7a)), "another name in the local header", "FORMAT_MALFORMED")
    put("method-local", altered(two, (8, "<H", 8)), "another method in the local header", "FORMAT_MALFORMED")
    put("method-12", archive([("a.npy", A)], zipfile.ZIP_BZIP2), "compressed with bzip2", "FORMAT_MALFORMED")
    put("encrypted", altered(two, (6, "<H", 1), (c0 + 8, "<H", 1)), "marked as encrypted", "FORMAT_MALFORMED")
    put("offset-beyond", altered(two, (c0 + 42, "<L", 2 ** 31)), "a member beyond the end of the file", "FORMAT_MALFORMED")
    put("offset-inside", altered(two, (c1 + 42, "<L", 40)), "a member that begins amid another", "FORMAT_MALFORMED")
    put("disk", altered(two, (end(two) + 4, "<H", 1)), "the second disk of several", "FORMAT_MALFORMED")
    put("count-more", altered(two, (end(two) + 8, "<H", 9), (end(two) + 10, "<H", 9)), "nine members announced, two there",
        "FORMAT_MALFORMED")
    put("count-less", altered(two, (end(two) + 8, "<H", 1), (end(two) + 10, "<H", 1)), "one member announced, two there",
        "FORMAT_MALFORMED")
    put("directory-offset", altered(two, (end(two) + 16, "<L", 0)), "the directory is not where the end says", "FORMAT_MALFORMED")
    put("prepended", b"#!/bin/sh\n" + two, "something stands before the first member", "FORMAT_MALFORMED")
    put("appended", two + b"tail", "something follows the comment", "FORMAT_TRUNCATED")
    put("cut", two[:-30], "the end is missing", "FORMAT_TRUNCATED")
    put("empty", b"", "no bytes at all", "FORMAT_TRUNCATED")


def overlapping():
    """Two directory records for one and the same member's bytes: the second's local header lies inside the first's data."""
    inner = archive([("b.npy", B)])
    inner_local = bytes(inner[: central(inner)])
    outer = archive([("a.npy", inner_local)])
    c = central(outer)
    start = 30 + len("a.npy")
    record = bytearray(inner[central(inner): end(inner)])
    struct.pack_into("<L", record, 42, start)
    data = bytes(outer[:c]) + bytes(outer[c: end(outer)]) + bytes(record)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(data) - c, c, 0)
    put("overlap", data + tail, "one member lies within another", "FORMAT_MALFORMED")


def lying():
    bomb = A + b"\0" * (16 << 20)
    put("bomb", archive([("a.npy", bomb)], zipfile.ZIP_DEFLATED), "16 MB of zeros behind an array of 12 bytes",
        "FORMAT_MALFORMED")
    packed = raw_deflate(A)
    crc = zlib.crc32(A)
    put("inflates-more", one_member(b"a.npy", raw_deflate(A + b"more"), len(A), crc), "more data than the size says",
        "FORMAT_MALFORMED")
    put("inflates-less", one_member(b"a.npy", raw_deflate(A[:-1]), len(A), crc), "less data than the size says",
        "FORMAT_MALFORMED")
    put("inflate-cut", one_member(b"a.npy", packed[:-3], len(A), crc), "the compressed data end early", "FORMAT_TRUNCATED")
    put("inflate-tail", one_member(b"a.npy", packed + b"xx", len(A), crc), "bytes after the compressed data", "FORMAT_MALFORMED")
    put("inflate-noise", one_member(b"a.npy", b"\xff" * 40, len(A), crc), "no deflate stream at all", "FORMAT_MALFORMED")
    put("claims-4g", one_member(b"a.npy", packed, 0xfffffffe, crc), "a few bytes that claim to hold 4 GB", "FORMAT_MALFORMED")
    huge = A.replace(b"(3,), }" + b" " * 12, b"(1099511627776,), }", 1)
    assert len(huge) == len(A)
    put("claims-4t", archive([("a.npy", huge)]), "a shape of 4 TB over 12 bytes", "FORMAT_TRUNCATED")
    put("no-npy", archive([("a.npy", b"hello, this is no array")]), "a member that is no NPY file", "FORMAT_MALFORMED")
    put("trailing-in-member", archive([("a.npy", A + b"tail")]), "bytes after the array in a member", "FORMAT_MALFORMED")
    zip64 = archive([("a.npy", A)])
    put("zip64-missing", altered(zip64, (central(zip64) + 24, "<L", 0xffffffff)), "a 64-bit size announced and missing",
        "FORMAT_MALFORMED")


def names(two):
    put("twice", altered(two, (two.index(b"b.npy"), "<B", 0x61), (two.index(b"b.npy", two.index(b"b.npy") + 1), "<B", 0x61)),
        "two members of one name", "FORMAT_MALFORMED")
    put("nul", altered(two, (30, "<B", 0), (two.index(b"a.npy", 31), "<B", 0)), "a NUL in a name", "FORMAT_MALFORMED")
    utf8 = archive([("é.npy", A)])
    bad = bytes(utf8).replace("é".encode(), b"\xc3\x28")
    put("not-utf8", bad, "marked as UTF-8 and is not", "FORMAT_MALFORMED")
    odd = ["../x", "/etc/passwd", "C:\\x", "__proto__", "constructor", "a//b", "x/", ".", " "]
    put("odd-names", archive([(name + ".npy", A) for name in odd]), "names are keys and never paths", keys=odd)
    put("cp437", bytes(archive([("x.npy", A)])).replace(b"x.npy", b"\x84.npy"), "a name in code page 437", keys=["ä"])


def comments(two):
    for name, text, code in [
        ("comment-json", '{"masquerade":1,"root"', "FORMAT_MALFORMED"),
        ("comment-root", '{"masquerade":1,"root":"set"}', "FORMAT_MALFORMED"),
        ("comment-version", '{"masquerade":2,"root":"dict"}', "FORMAT_VERSION"),
        ("comment-unknown", '{"masquerade":1,"root":"dict","later":[]}', "FORMAT_VERSION"),
        ("comment-masked", '{"masquerade":1,"root":"dict","masked":["a"]}', "FORMAT_MALFORMED"),
        ("comment-names", '{"masquerade":1,"root":"dict","masked":{"a":1}}', "FORMAT_MALFORMED"),
        ("comment-array", '{"masquerade":1,"root":"array"}', "FORMAT_MALFORMED"),
        ("comment-list", '{"masquerade":1,"root":"list"}', "FORMAT_MALFORMED"),
        ("comment-dims", '{"masquerade":1,"root":"dict","dims":{"a":["x","y"]}}', "FORMAT_MALFORMED"),
        ("comment-proto", '{"masquerade":1,"root":"dict","__proto__":{"root":"array"}}', "FORMAT_VERSION"),
    ]:
        put(name, archive([("a.npy", A), ("b.npy", B)], comment=text.encode()), "a comment that does not fit: " + text, code)
    put("comment-other", archive([("a.npy", A)], comment=b"made by hand"), "somebody else's comment", keys=["a"])
    nested = archive([("a.npy", A)])
    fake = bytes(nested[end(nested):])
    put("comment-end", archive([("a.npy", A), ("b.npy", B)], comment=fake), "the comment is an end record of its own",
        "FORMAT_MALFORMED")


def main():
    if not os.path.isdir(FOLDER):
        os.makedirs(FOLDER)
    two = archive([("a.npy", A), ("b.npy", B)])
    damaged(two, archive([("a.npy", A), ("b.npy", B)], zipfile.ZIP_DEFLATED))
    overlapping()
    lying()
    names(two)
    comments(two)
    with open(os.path.join(FOLDER, "hostile.json"), "w") as file:
        json.dump(cases, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
