"""Files that every client must refuse, and unusual ones that every client must read, made byte by byte. usage: malformed.py DIR

DIR/malformed, DIR/unusual and DIR/blocks/malformed get the files, and an index.json that says of each what is wrong, or what is unusual.
"""

import json
import sys
import zlib
from pathlib import Path


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def num(field, value):
    return varint(field * 8) + varint(value)


def raw(field, data):
    return varint(field * 8 + 2) + varint(len(data)) + data


def msg(field, *parts):
    return raw(field, b"".join(parts))


def fixed32(field, value):
    return varint(field * 8 + 5) + value.to_bytes(4, "little")


def fixed64(field, value):
    return varint(field * 8 + 1) + value.to_bytes(8, "little")


def text(field, value):
    return raw(field, value.encode())


MAGIC = fixed32(1, 0x3151534D)
VERSION = num(2, 1)


def file(*parts):
    return b"".join([MAGIC, VERSION, *parts])


def dtype(kind, itemsize, order=0, *more, field=1):
    return msg(field, num(1, kind), num(2, order) if order else b"", num(3, itemsize), *more)


def sum_of(data, kind=1):
    return msg(3, num(1, kind), fixed32(2, zlib.crc32(data)))


def buffer(data, *more):
    return msg(5, raw(2, data), *more)


INT8 = dtype(2, 1)
DATA = buffer(b"\x07\x09")
NONE = num(1, 1)


def array(*parts, field=3, kind=INT8, shape=b"\x02", index=1):
    """An array of two int8, as it should be but for what is given."""
    return msg(field, kind, raw(2, shape), num(3, 1), *parts, num(14, index) if index else b"")


def masked(*parts, encoding=2, count=2, bits=b"\x01", before=b"", **more):
    mask = msg(5, num(1, encoding), num(2, count), num(3, 2))
    return [array(num(4, 1), mask, *parts, **more), before or DATA, buffer(bits)]


def attribute(name, *value, field=9):
    return msg(field, text(1, name), msg(2, *value))


def with_value(*value):
    return file(array(attribute("a", *value)), DATA)


def with_dtype(*message, size=1):
    return file(msg(3, msg(1, *message), raw(2, b"\x01"), num(3, 1), num(14, 1)), buffer(bytes(size)))


def record(*fields, itemsize=4, more=()):
    parts = [msg(7, *one) for one in fields]
    return with_dtype(num(1, 22), num(3, itemsize), *parts, *more, size=itemsize)


def lists(levels):
    """None within `levels` lists: an array, its attribute, its value, and two messages for each list."""
    value = NONE
    for _ in range(levels):
        value = msg(9, msg(1, value))
    return with_value(value)


def records(levels):
    kind = num(1, 2) + num(3, 1)
    for _ in range(levels):
        kind = num(1, 22) + num(3, 1) + msg(7, text(1, "f"), msg(3, kind))
    return with_dtype(kind)


def bundle(*parts, kind=1):
    return msg(4, num(1, kind) if kind else b"", *parts)


def entry(name, *member):
    return msg(2, text(1, name), *member)


def malformed():
    good = file(array(), DATA)
    i8, inner = num(1, 2), array(field=2)
    f4 = dtype(11, 4, 1, field=3)
    runs = {"encoding": 3}
    return {
        "empty": (b"", "no bytes at all"),
        "magic": (b"\x0dMSQ2" + good[5:], "another magic number"),
        "magic-twice": (file(MAGIC, array(), DATA), "the magic number twice"),
        "version-none": (MAGIC + array() + DATA, "no version"),
        "version-2": (MAGIC + num(2, 2) + array() + DATA, "version 2"),
        "version-twice": (file(VERSION, array(), DATA), "the version twice"),
        "content-none": (file(), "no content"),
        "content-two": (file(array(), bundle(), DATA), "an array and a bundle"),
        "content-twice": (file(array(), array(), DATA), "two arrays"),
        "truncated": (good[:-1], "the last byte is missing"),
        "truncated-array": (file(array()[:-1]), "the array is cut off"),
        "length-past-end": (file(array(), b"\x2a\x7f\x12\x02\x07\x09"), "a buffer longer than the file"),
        "length-past-parent": (file(array(), b"\x2a\x04\x12\x7f\x07\x09"), "data longer than its buffer"),
        "length-eats-sibling": (file(array(), b"\x2a\x04\x12\x04\x07\x09", DATA), "data that reach into the next buffer"),
        "length-huge": (file(array(), b"\x2a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "a length of 2^63 - 1"),
        "length-2-31": (file(array(), b"\x2a\x80\x80\x80\x80\x08" + bytes(8)), "a length of 2^31"),
        "varint-long": (MAGIC + b"\x10\x81" + b"\x80" * 9 + b"\0" + array() + DATA, "a number of eleven bytes"),
        "varint-cut": (file(array()) + b"\x2a\x80", "a number cut off"),
        "field-zero": (file(array(), DATA, b"\x00\x00"), "field number 0"),
        "field-huge": (file(array(), DATA, varint(2**29 * 8) + b"\x00"), "field number 2^29"),
        "unknown-file": (file(array(), DATA, num(6, 1)), "an unknown critical field of the file"),
        "unknown-array": (file(array(num(99, 1)), DATA), "an unknown critical field of an array"),
        "unknown-dtype": (with_dtype(i8, num(3, 1), num(14, 1)), "an unknown critical field of a dtype"),
        "unknown-value": (with_value(NONE, num(14, 1)), "an unknown critical field of a value"),
        "unknown-checksum": (file(array(), buffer(b"\x07\x09", msg(3, num(1, 1), fixed32(2, zlib.crc32(b"\x07\x09")), num(3, 1)))), "an unknown critical field of a checksum"),
        "group": (file(array(), DATA, varint(100 * 8 + 3) + varint(100 * 8 + 4)), "a group"),
        "wire-array": (file(fixed64(3, 1)), "an array that is eight bytes"),
        "wire-order": (file(msg(3, INT8, raw(2, b"\x02"), fixed32(3, 1), num(14, 1)), DATA), "an order of four bytes"),
        "wire-data": (file(array(), msg(5, num(2, 7))), "data that are a number"),
        "wire-annotation": (file(array(), DATA, varint(100 * 8 + 7)), "an annotation of wire type 7"),
        "twice-dtype": (file(array(INT8), DATA), "a dtype twice"),
        "twice-order": (file(array(num(3, 1)), DATA), "an order twice"),
        "twice-kind": (with_dtype(i8, i8, num(3, 1)), "a kind twice"),
        "twice-data": (file(array(), buffer(b"\x01\x02", raw(2, b"\x07\x09"))), "a buffer's data twice"),
        "twice-name": (file(bundle(msg(2, text(1, "a"), text(1, "b"), inner)), DATA), "the name of a member twice"),
        "enum-kind": (with_dtype(num(1, 77), num(3, 1)), "an unknown kind"),
        "enum-kind-0": (with_dtype(num(3, 1)), "no kind"),
        "enum-kind-64": (with_dtype(num(1, 2**32 + 2), num(3, 1)), "a kind of 33 bits whose lower 32 are one"),
        "enum-order": (file(msg(3, INT8, raw(2, b"\x02"), num(3, 3), num(14, 1)), DATA), "an unknown order"),
        "enum-order-0": (file(msg(3, INT8, raw(2, b"\x02"), num(14, 1)), DATA), "no order"),
        "enum-byte-order": (with_dtype(num(1, 4), num(2, 3), num(3, 4), size=4), "an unknown byte order"),
        "enum-encoding": (file(*masked(encoding=4)), "an unknown encoding of a mask"),
        "enum-encoding-0": (file(*masked(encoding=0)), "no encoding of a mask"),
        "enum-checksum": (file(array(), buffer(b"\x07\x09", msg(3, num(1, 9), fixed32(2, 1)))), "an unknown kind of checksum"),
        "enum-bundle": (file(bundle(kind=9)), "an unknown kind of bundle"),
        "enum-bundle-0": (file(bundle(kind=0)), "no kind of bundle"),
        "enum-subclass": (file(array(num(11, 99)), DATA), "an unknown subclass"),
        "enum-unit": (with_dtype(num(1, 20), num(2, 1), num(3, 8), num(4, 15), num(5, 1), size=8), "an unknown unit of time"),
        "enum-layout": (with_dtype(num(1, 13), num(2, 1), num(3, 16), num(6, 9), size=16), "an unknown layout of long doubles"),
        "bool-2": (file(array(num(4, 2)), DATA), "a bool of 2"),
        "utf8": (file(array(msg(9, raw(1, b"\xff"), msg(2, NONE))), DATA), "a name that is no UTF-8"),
        "utf8-surrogate": (with_value(raw(6, b"\xed\xa0\x80")), "a text with half a surrogate pair"),
        "depth-lists": (lists(49), "lists 49 deep: 101 messages"),
        "depth-lists-1000": (lists(1000), "lists 1000 deep"),
        "depth-records": (records(50), "records 50 deep: 102 messages"),
        "buffer-missing": (file(array()), "a buffer that is not there"),
        "buffer-0": (file(array(index=0), DATA), "an array without a buffer"),
        "buffer-large": (file(array(index=2**32 - 1), DATA), "buffer 2^32 - 1"),
        "buffer-wide": (file(msg(3, INT8, raw(2, b"\x02"), num(3, 1), num(14, 2**32 + 1)), DATA), "a buffer's number of 33 bits whose lower 32 are one"),
        "buffer-twice": (file(bundle(entry("a", inner), entry("b", inner)), DATA), "a buffer used twice"),
        "buffer-unused": (file(array(), DATA, DATA), "a buffer nobody uses"),
        "padding": (file(array(), msg(5, raw(1, b"\0\x01"), raw(2, b"\x07\x09"))), "padding that is not zero"),
        "checksum": (file(array(), buffer(b"\x07\x08", sum_of(b"\x07\x09"))), "a wrong CRC-32"),
        "checksum-crc32c": (file(array(), buffer(b"\x07\x09", msg(3, num(1, 2), fixed32(2, 1)))), "a wrong CRC-32C"),
        "checksum-no-value": (file(array(), buffer(b"\x07\x09", msg(3, num(1, 1)))), "a checksum without its value"),
        "checksum-no-kind": (file(array(), buffer(b"\x07\x09", msg(3, fixed32(2, 1)))), "a checksum without its kind"),
        "dtype-none": (file(msg(3, raw(2, b"\x02"), num(3, 1), num(14, 1)), DATA), "an array without a dtype"),
        "data-short": (file(array(shape=b"\x03"), DATA), "fewer bytes than the shape takes"),
        "data-long": (file(array(shape=b"\x01"), DATA), "more bytes than the shape takes"),
        "shape-overflow": (file(array(shape=varint(2**32) * 2), buffer(b"")), "a shape whose product is 0 modulo 2^64"),
        "shape-overflow-zero": (file(array(shape=varint(2**40) * 2 + b"\0"), buffer(b"")), "a shape whose product passes 2^63 before it is 0"),
        "shape-negative": (file(array(shape=varint(2**64 - 1) + varint(2**64 - 2)), DATA), "a shape of (-1, -2)"),
        "shape-long": (file(array(shape=b"\x01" * 65), buffer(b"\x07")), "65 dimensions"),
        "itemsize-0": (file(msg(3, dtype(17, 0), raw(2, varint(2**40)), num(3, 1), num(14, 1)), buffer(b"")), "2^40 elements of no bytes"),
        "mask-plain": (file(array(msg(5, num(1, 2), num(2, 2), num(3, 2))), DATA, buffer(b"\0")), "a mask on an array that is not masked"),
        "fill-plain": (file(array(msg(6, INT8, raw(2, b"\x01"))), DATA), "a fill value on an array that is not masked"),
        "hard-plain": (file(array(num(7, 1)), DATA), "a hard mask on an array that is not masked"),
        "data-subclass-plain": (file(array(num(12, 1)), DATA), "a class of data in an array that is not masked"),
        "dropped-nomask": (file(array(num(4, 1), num(8, 1)), DATA), "hidden values without a mask"),
        "mask-count": (file(*masked(count=3)), "a mask of another count"),
        "mask-packed-short": (file(*masked(bits=b"")), "a packed mask without its byte"),
        "mask-packed-bits": (file(*masked(bits=b"\x04")), "bits set after the last bool"),
        "mask-raw-2": (file(*masked(encoding=1, bits=b"\0\x02")), "a raw bool of 2"),
        "mask-raw-short": (file(*masked(encoding=1, bits=b"\0")), "a raw mask of one byte for two bools"),
        "mask-runs-short": (file(*masked(bits=b"\x01", **runs)), "runs that end early"),
        "mask-runs-long": (file(*masked(bits=b"\x01\x02", **runs)), "runs longer than the mask"),
        "mask-runs-zero": (file(*masked(bits=b"\x01\0\x01", **runs)), "a run of none"),
        "mask-runs-cut": (file(*masked(bits=b"\x01\x81", **runs)), "a run's length cut off"),
        "mask-runs-huge": (file(*masked(bits=b"\x01" + b"\xff" * 9 + b"\x01", **runs)), "a run of 2^64 - 1"),
        "mask-runs-bomb": (file(*masked(count=2**30, bits=varint(2**30), kind=dtype(17, 0), shape=varint(2**30), before=msg(5), **runs)), "2^30 masked elements of no bytes in one run"),
        "fill-short": (file(array(num(4, 1), msg(6, dtype(4, 4, 1), raw(2, b"\x01"))), DATA), "a fill value of one byte of four"),
        "fill-no-dtype": (file(array(num(4, 1), msg(6, raw(2, b"\x01"))), DATA), "a fill value without a dtype"),
        "fill-object": (file(array(num(4, 1), msg(6, INT8, msg(3, NONE))), DATA), "a fill value of int8 that is an object"),
        "dims-count": (file(array(msg(10, text(1, "x"), text(1, "y"))), DATA), "two names for one axis"),
        "itemsize": (with_dtype(i8, num(3, 2), size=2), "an int8 of two bytes"),
        "byte-order-missing": (with_dtype(num(1, 4), num(3, 4), size=4), "an int32 without a byte order"),
        "byte-order-extra": (with_dtype(i8, num(2, 1), num(3, 1)), "an int8 with a byte order"),
        "str-itemsize": (with_dtype(num(1, 18), num(2, 1), num(3, 6), size=6), "text of a character and a half"),
        "unit-missing": (with_dtype(num(1, 20), num(2, 1), num(3, 8), size=8), "a datetime without a unit"),
        "unit-extra": (with_dtype(i8, num(3, 1), num(4, 8)), "an int8 with a unit of time"),
        "multiple-missing": (with_dtype(num(1, 20), num(2, 1), num(3, 8), num(4, 8), size=8), "a datetime of 0 seconds"),
        "multiple-wide": (with_dtype(num(1, 20), num(2, 1), num(3, 8), num(4, 8), num(5, 2**31), size=8), "a datetime of 2^31 seconds"),
        "multiple-33-bits": (with_dtype(num(1, 20), num(2, 1), num(3, 8), num(4, 8), num(5, 2**32 + 1), size=8), "a datetime of 2^32 + 1 seconds"),
        "multiple-generic": (with_dtype(num(1, 20), num(2, 1), num(3, 8), num(4, 1), num(5, 2), size=8), "a datetime of two of no unit"),
        "layout-missing": (with_dtype(num(1, 13), num(2, 1), num(3, 16), size=16), "a long double without a layout"),
        "layout-size": (with_dtype(num(1, 13), num(2, 1), num(3, 10), num(6, 1), size=10), "an x87 long double of 10 bytes"),
        "fields-extra": (with_dtype(i8, num(3, 1), msg(7, text(1, "a"), dtype(2, 1, field=3))), "an int8 with fields"),
        "string-extra": (with_dtype(i8, num(3, 1), num(11, 1)), "an int8 that does not coerce"),
        "field-past-end": (record((text(1, "a"), f4, num(4, 1))), "a field past the end of its record"),
        "field-overflow": (record((text(1, "a"), f4, num(4, 2**53 - 1))), "a field at 2^53 - 1"),
        "field-shape": (record((text(1, "a"), f4, raw(5, varint(2**32) * 2))), "a field whose shape overflows"),
        "field-twice": (record((text(1, "a"), f4), (text(1, "a"), f4, num(4, 4)), itemsize=8), "two fields of one name"),
        "field-no-dtype": (record((text(1, "a"),)), "a field without a dtype"),
        "aligned-to-0": (record((text(1, "a"), f4), more=(num(8, 1),)), "a record aligned to nothing"),
        "record-of-objects": (record((text(1, "a"), dtype(23, 8, field=3)), itemsize=8), "a record of objects"),
        "object-buffer": (file(msg(3, dtype(23, 8), num(3, 1), msg(13, NONE), num(14, 1)), buffer(bytes(8))), "objects with a buffer"),
        "object-count": (file(msg(3, dtype(23, 8), raw(2, b"\x02"), num(3, 1), msg(13, NONE))), "one object where two should be"),
        "object-extra": (file(array(msg(13, NONE)), DATA), "bytes with objects"),
        "string-number": (file(msg(3, dtype(24, 16), num(3, 1), msg(13, fixed64(3, 1)))), "a number in an array of text"),
        "string-missing": (file(msg(3, dtype(24, 16), num(3, 1), msg(13, NONE))), "a missing text where there is no value for it"),
        "value-nothing": (with_value(), "a value that is nothing"),
        "value-two": (with_value(NONE, num(2, 1)), "a value that is two things"),
        "value-none-false": (with_value(num(1, 0)), "a value that is not None and nothing else"),
        "big-small": (with_value(raw(4, b"\x07")), "a big integer that is small"),
        "big-long": (with_value(raw(4, b"\x00" + b"\x80" + bytes(9))[:-1]), "a big integer cut short"),
        "attribute-twice": (file(array(attribute("a", NONE), attribute("a", NONE)), DATA), "an attribute twice"),
        "attribute-no-value": (file(array(msg(9, text(1, "a"))), DATA), "an attribute without a value"),
        "dict-key-twice": (with_value(msg(11, *[msg(1, msg(1, text(6, "k")), msg(2, NONE))] * 2)), "a key of a dict twice"),
        "dict-no-key": (with_value(msg(11, msg(1, msg(2, NONE)))), "an item of a dict without a key"),
        "member-twice": (file(bundle(entry("a", inner), entry("a", array(field=2, index=2))), DATA, DATA), "a member twice"),
        "member-nothing": (file(bundle(entry("a"))), "a member that is nothing"),
        "member-two": (file(bundle(entry("a", inner, msg(3, num(1, 1)))), DATA), "a member that is two things"),
        "list-names": (file(bundle(entry("1", inner), kind=2), DATA), "a list whose only item is called 1"),
        "list-name-zero": (file(bundle(entry("00", inner), kind=2), DATA), "a list whose only item is called 00"),
        "key-nothing": (file(bundle(entry("a", inner), attribute("b", NONE, field=4)), DATA), "a key that belongs to nothing"),
    }  # fmt: skip


def unusual():
    late = msg(3, num(14, 1), num(3, 1), num(2, 1), num(2, 2), INT8)
    return {
        "fields-in-any-order": (MAGIC + DATA + late + VERSION, "buffers first, the version last, a shape that is not packed"),
        "annotations": (file(array(raw(100, b"\x01\x02"), num(2**20, 5), fixed32(101, 1), fixed64(102, 1)), msg(5, raw(2, b"\x07\x09"), num(200, 1)), num(100, 1)), "annotations nobody knows"),
        "padding-of-any-length": (file(array(), msg(5, raw(1, bytes(200)), raw(2, b"\x07\x09"))), "more padding than needed"),
        "varint-padded": (file(array(), b"\x2a\x84\x80\x00\x12\x02\x07\x09"), "a length in more bytes than it needs"),
        "defaults-written": (file(array(num(4, 0), num(7, 0), num(11, 0)), DATA), "fields at their default"),
        "deepest-lists": (lists(48), "lists 48 deep: 99 messages"),
        "deepest-records": (records(49), "records 49 deep: 100 messages"),
        "empty-bundle": (file(bundle()), "a dict of nothing"),
    }  # fmt: skip


def main(target):
    from malformed_blocks import malformed_blocks  # made of the functions here

    for folder, suffix, files in (("malformed", "pb", malformed()), ("unusual", "pb", unusual()), ("blocks/malformed", "mqb", malformed_blocks())):
        into = Path(target) / folder
        into.mkdir(parents=True, exist_ok=True)
        for name, (data, _) in files.items():
            (into / f"{name}.{suffix}").write_bytes(data)
        index = [json.dumps({"name": name, "what": what}) for name, (_, what) in files.items()]
        (into / "index.json").write_text("[\n" + ",\n".join(f"  {one}" for one in index) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1])
