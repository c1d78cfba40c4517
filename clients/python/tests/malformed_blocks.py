"""Streams of blocks that every client must refuse, made byte by byte: what malformed.py is to messages."""

import zlib

from malformed import NONE, dtype, fixed32, fixed64, msg, num, raw, varint

MAGIC = b"\x89MQB\r\n\x1a\n"
DATA, MASK = 1, 2
I1 = "'|i1'"


def npy(descr=I1, shape="(4,)", fortran="False", more="", end=b""):
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, {more}}}".encode()
    text += b" " * (63 - (10 + len(text)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + end


def sealed(body, wrong=0):
    return body + b"\x7d" + (zlib.crc32(body) ^ wrong).to_bytes(4, "little")


def framed(message):
    return varint(len(message)) + message


def shapes(*lengths):
    return [msg(8, raw(1, b"".join(map(varint, one)))) for one in lengths]


ARRAY = msg(9, num(4, 1), msg(5))


def envelope(*content, magic=fixed32(1, 0x3142514D), version=num(2, 1), headers=num(3, 1), blocks=num(4, 4), codec=num(5, 1), kind=num(6, 1), mask=num(7, 2), shape=None, more=b""):
    return msg(1, magic, version, headers, blocks, codec, kind, mask, *(shapes([2]) if shape is None else shape), *(content or (ARRAY,)), more)


def header(npy_bytes=None, number=b""):
    return msg(2, number, raw(2, npy() if npy_bytes is None else npy_bytes))


def block(index, plane=None, start=None, count=2, length=None, data=None, array=b""):
    """A block of the usual stream: four int8 with a mask, two elements a block."""
    plane = (DATA, MASK)[index % 2] if plane is None else plane
    start = index // 2 * 2 if start is None else start
    data = (bytes([7 + start, 8 + start]) if plane == DATA else b"\x01") if data is None else data
    length = len(data) if length is None else length
    parts = [num(1, index) if index else b"", array, num(3, plane), num(4, start) if start else b"", num(5, count), num(6, length)]
    return msg(3, *parts, raw(7, data) if data else b"")


def end(blocks, index, digest):
    return msg(6, fixed64(1, blocks), fixed64(2, index), fixed32(3, digest))


USUAL = [envelope(), header(), block(0), block(1), block(2), block(3)]


class Stream:
    """Messages as a file: sealed, indexed and ended, unless that is what is wrong."""

    def __init__(self, messages=USUAL, seal=sealed):
        self.seal, self.out, self.sums, self.places, self.bounds = seal, MAGIC, b"", [], [len(MAGIC)]
        for body in messages:
            self.put(body)

    def put(self, body, wrong=0, message=None):
        message = (self.seal(body, wrong) if self.seal is sealed else self.seal(body)) if message is None else message
        at = len(self.out) + len(varint(len(message)))
        self.out += framed(message)
        self.bounds.append(len(self.out))
        if body[0] == 0x1A:
            self.sums += zlib.crc32(body).to_bytes(4, "little")
            self.places.append((at, len(message)))
        return self

    def finish(self, places=None, index_by=0, blocks=0, digest=0, wrong_index=0, wrong_end=0, more=b""):
        places = self.places if places is None else places
        body = msg(5, raw(1, b"".join(at.to_bytes(8, "little") for at, _ in places)), raw(2, b"".join(size.to_bytes(4, "little") for _, size in places)), more)
        at = len(self.out) + len(varint(len(body) + 5))
        self.put(body, wrong_index)
        self.put(end(len(self.places) + blocks, at + index_by, zlib.crc32(self.sums) ^ digest), wrong_end)
        return self.out


def stream(*messages, **how):
    return Stream(messages).finish(**how)


def changed(number, message):
    """The usual stream with another message in a place, everything else as it should be."""
    return stream(*[message if i == number else one for i, one in enumerate(USUAL)])


def wrong_sum(number):
    made = Stream([])
    for i, body in enumerate(USUAL):
        made.put(body, 1 if i == number else 0)
    return made.finish()


def one_array(npy_bytes, *blocks, content=msg(9), shape=((4,),), codec=1):
    """A plain array in a stream of its own."""
    head = envelope(content, blocks=num(4, len(blocks)), shape=shapes(*shape), codec=num(5, codec))
    return stream(head, header(npy_bytes), *blocks)


def deflated(data, length=1000):
    whole = one_block(data, length)
    return one_array(npy(shape="(1000,)"), whole, shape=((1000,),), codec=2)


def one_block(data, length, count=1000):
    return block(0, DATA, 0, count, length, data)


def objects(*items, kind="'|O'", content=msg(9), count=2):
    data = b"".join(msg(1, one) for one in items)
    return one_array(npy(kind, "(2,)"), block(0, DATA, 0, count, len(data), data), content=content, shape=((2,),))


def truncations():
    whole = Stream()
    good = whole.finish()
    names = ["magic", "envelope", "header", "block-0", "block-1", "block-2", "block-3", "index"]
    found = {f"cut-after-{name}": (good[:at], f"nothing after {name.replace('-', ' ')}") for name, at in zip(names, whole.bounds)}
    for name, before in zip([*names[1:], "end"], whole.bounds):
        found[f"cut-length-{name}"] = (good[: before + 1], f"nothing after the first byte of the length of {name.replace('-', ' ')}")
        found[f"cut-within-{name}"] = (good[: before + 7], f"nothing after some bytes of {name.replace('-', ' ')}")
    return found


def malformed_blocks():
    usual = Stream()
    places = usual.places
    good = Stream().finish()
    shifted = [(at + 1, size) for at, size in places]
    grow = lambda array, length: msg(4, num(1, array) if array else b"", num(2, length))  # noqa: E731
    text = msg(9, dtype(24, 16))
    none_named = envelope(kind=b"")
    two = "'<i2'"
    return {
        **truncations(),
        "cut-last-byte": (good[:-1], "the last byte missing"),
        "empty": (b"", "no bytes at all"),
        "magic": (b"\x88" + good[1:], "another magic"),
        "magic-text": (good.replace(b"\r\n", b"\n", 1), "line ends that were changed on the way"),
        "bytes-after-end": (good + b"\0", "a byte after the end"),
        "end-twice": (good + framed(sealed(end(4, 0, zlib.crc32(usual.sums)))), "a second end"),
        **{f"checksum-{name}": (wrong_sum(i), f"a wrong checksum of {name.replace('-', ' ')}") for i, name in enumerate(("envelope", "header", "data", "mask"))},
        "checksum-index": (Stream().finish(wrong_index=1), "a wrong checksum of the index"),
        "checksum-end": (Stream().finish(wrong_end=1), "a wrong checksum of the end"),
        "checksum-missing": (Stream(USUAL[:3]).put(USUAL[3], message=USUAL[3]).put(USUAL[4]).put(USUAL[5]).finish(), "a block without a checksum"),
        "checksum-not-last": (Stream(USUAL[:3]).put(USUAL[3], message=fixed32(15, zlib.crc32(b"")) + USUAL[3]).put(USUAL[4]).put(USUAL[5]).finish(), "a checksum before what it is of"),
        "checksum-unasked": (Stream([none_named, *USUAL[1:]]).finish(), "checksums where the envelope names none"),
        "checksum-kind": (stream(envelope(kind=num(6, 9)), *USUAL[1:]), "a checksum of a kind nobody knows"),
        "data-bit": (good.replace(b"\x3a\x02\x07\x08", b"\x3a\x02\x07\x09"), "a bit changed in the data"),
        "digest": (Stream().finish(digest=1), "a wrong digest"),
        "index-offsets": (Stream().finish(places=shifted), "an index whose offsets are one too large"),
        "index-sizes": (Stream().finish(places=[(at, size - 1) for at, size in places]), "an index whose sizes are one too small"),
        "index-swapped": (Stream().finish(places=[places[1], places[0], *places[2:]]), "an index with two blocks exchanged"),
        "index-short": (Stream().finish(places=places[:3]), "an index of three of four blocks"),
        "index-long": (Stream().finish(places=[*places, places[3]]), "an index of five of four blocks"),
        "index-huge": (Stream().finish(places=[(2**62, 2**31)] * 4), "an index of places beyond the file"),
        "index-uneven": (Stream().put(msg(5, raw(1, bytes(32)), raw(2, bytes(15)))).put(end(4, 0, zlib.crc32(usual.sums))).out, "sizes in an index that are no whole numbers"),
        "index-elsewhere": (Stream().finish(index_by=1), "an end that has the index one byte later"),
        "index-beyond": (Stream().finish(index_by=2**40), "an end that has the index beyond the file"),
        "index-growth": (Stream().finish(more=msg(3, num(1, 5), num(2, 9))), "an index with a growth that is not there"),
        "end-blocks": (Stream().finish(blocks=1), "an end that tells of a block more"),
        "end-huge": (Stream().finish(blocks=2**60), "an end that tells of 2^60 blocks"),
        "end-no-digest": (Stream().put(msg(6, fixed64(1, 4), fixed64(2, 0))).out, "an end without a digest"),
        "length-huge": (good[:8] + b"\xff\xff\xff\xff\x07" + good[9:], "a message of 2^31 - 1 bytes"),
        "length-2-31": (good[:8] + b"\x80\x80\x80\x80\x08" + good[9:], "a message of 2^31 bytes"),
        "length-long": (good[:8] + b"\x80" * 6 + b"\x01" + good[9:], "a length of seven bytes"),
        "length-zero": (Stream(USUAL[:3]).out + b"\0" + good[len(Stream(USUAL[:3]).out) :], "a message without bytes"),
        "message-nothing": (stream(*USUAL[:3], num(100, 1), *USUAL[3:]), "a message that is nothing"),
        "message-two": (stream(*USUAL[:3], USUAL[3] + USUAL[4], USUAL[5]), "a message that is two blocks"),
        "message-unknown": (stream(*USUAL[:3], msg(14), *USUAL[3:]), "a message nobody knows"),
        "message-request": (stream(*USUAL[:3], msg(7, num(1, 1)), *USUAL[3:]), "a request within a file"),
        "envelope-none": (stream(*USUAL[1:]), "no envelope"),
        "envelope-twice": (stream(USUAL[0], *USUAL), "two envelopes"),
        "envelope-magic": (changed(0, envelope(magic=fixed32(1, 0x3242514D))), "an envelope of another magic number"),
        "envelope-version": (changed(0, envelope(version=num(2, 2))), "version 2 of streams"),
        "envelope-no-version": (changed(0, envelope(version=b"")), "no version of streams"),
        "envelope-codec": (changed(0, envelope(codec=num(5, 9))), "a codec nobody knows"),
        "envelope-no-codec": (changed(0, envelope(codec=b"")), "no codec"),
        "envelope-mask-runs": (changed(0, envelope(mask=num(7, 3))), "masks of runs, which streams have not"),
        "envelope-no-mask": (changed(0, envelope(mask=b"")), "no encoding of masks"),
        "envelope-headers": (changed(0, envelope(headers=num(3, 2))), "two headers announced for one array"),
        "envelope-no-headers": (changed(0, envelope(headers=b"")), "no number of headers"),
        "envelope-blocks": (changed(0, envelope(blocks=num(4, 5))), "five blocks announced where there are four"),
        "envelope-no-shapes": (changed(0, envelope(shape=[])), "no shape of blocks"),
        "envelope-shape-axes": (changed(0, envelope(shape=shapes([2, 1]))), "blocks of two axes of an array of one"),
        "envelope-shape-zero": (changed(0, envelope(shape=shapes([0]))), "blocks of no elements"),
        "envelope-shape-huge": (changed(0, envelope(shape=shapes([2**63]))), "blocks of 2^63 elements"),
        "envelope-no-content": (stream(envelope(b""), *USUAL[1:]), "no content"),
        "envelope-two-contents": (changed(0, envelope(ARRAY, msg(10, num(1, 1)))), "an array and a bundle"),
        "envelope-array-shape": (changed(0, envelope(msg(9, raw(2, b"\x04"), num(4, 1), msg(5)))), "a shape in the envelope"),
        "envelope-array-order": (changed(0, envelope(msg(9, num(3, 1), num(4, 1), msg(5)))), "an order in the envelope"),
        "envelope-array-buffer": (changed(0, envelope(msg(9, num(4, 1), msg(5), num(14, 1)), more=msg(11, raw(2, b"\1\2\3\4")))), "data in the envelope"),
        "envelope-mask-count": (changed(0, envelope(msg(9, num(4, 1), msg(5, num(2, 4))))), "a mask that is counted in the envelope"),
        "envelope-mask-plain": (changed(0, envelope(msg(9, msg(5)))), "a mask of an array that is not masked"),
        "envelope-buffer-unused": (changed(0, envelope(more=msg(11, raw(2, b"\1")))), "a buffer that nothing uses"),
        "envelope-unknown": (changed(0, envelope(more=num(12, 1))), "a field of the envelope nobody knows"),
        "shape-no-run": (one_array(npy(shape="(2, 2)"), *[block(i, DATA, 2 * i) for i in (0, 1)], shape=((2, 1),)), "blocks that are no runs of memory"),
        "header-none": (stream(USUAL[0], *USUAL[2:]), "no NPY header"),
        "header-twice": (stream(*USUAL[:2], USUAL[1], *USUAL[2:]), "two NPY headers for one array"),
        "header-number": (changed(1, header(number=num(1, 1))), "an NPY header of array 1 where there is array 0"),
        "header-magic": (changed(1, header(b"\x94" + npy()[1:])), "an NPY header of another magic"),
        "header-version": (changed(1, header(npy()[:6] + b"\x04" + npy()[7:])), "an NPY header of version 4"),
        "header-cut": (changed(1, header(npy()[:-1])), "an NPY header that is cut off"),
        "header-tail": (changed(1, header(npy(end=b"\7"))), "a byte after an NPY header"),
        "header-length": (changed(1, header(npy()[:8] + b"\xff\xff" + npy()[10:])), "an NPY header that claims 65,535 bytes"),
        "header-call": (changed(1, header(npy(shape="(len('four'),)"))), "an NPY header that calls a function"),
        "header-text": (changed(1, header(npy(descr="'|i1"))), "an NPY header with an open text"),
        "header-key": (changed(1, header(npy(more="'x': 1, "))), "an NPY header with a fourth key"),
        "header-key-missing": (changed(1, header(npy().replace(b"'shape': (4,), ", b"               "))), "an NPY header without a shape"),
        "header-order": (changed(1, header(npy(fortran="2"))), "an NPY header in order 2"),
        "header-shape-negative": (changed(1, header(npy(shape="(-4,)"))), "a negative length"),
        "header-shape-float": (changed(1, header(npy(shape="(4.0,)"))), "a length that is no integer"),
        "header-shape-list": (changed(1, header(npy(shape="[4]"))), "a shape that is a list"),
        "header-shape-huge": (changed(1, header(npy(shape="(1000000000000,)"))), "10^12 elements of which four are there"),
        "header-shape-product": (changed(1, header(npy(shape="(9007199254740991, 9007199254740991, 0)"))), "a shape that cannot be counted"),
        "header-dtype": (changed(1, header(npy(descr="'|i3'"))), "a dtype that is none"),
        "header-dtype-list": (changed(1, header(npy(descr="[('a',)]"))), "a field without a dtype"),
        "header-field-twice": (one_array(npy(descr="[('a', '|i1'), ('a', '|i1')]", shape="(2,)"), block(0, DATA, 0, 2, 4, b"\1\2\3\4"), shape=((2,),)), "two fields of one name"),
        "header-record-of-objects": (one_array(npy(descr="[('a', '|O')]", shape="(1,)"), block(0, DATA, 0, 1, 8, bytes(8)), shape=((1,),)), "a record of objects"),
        "header-other-dtype": (one_array(npy(descr=two, shape="(2,)"), block(0, DATA, 0, 2, 2, b"\1\2"), content=msg(9, dtype(2, 1)), shape=((2,),)), "an NPY header of another dtype than the envelope's"),
        "block-missing": (stream(*USUAL[:4], USUAL[5]), "block 2 missing"),
        "block-last-missing": (stream(*USUAL[:5]), "the last block missing"),
        "block-twice": (stream(*USUAL[:3], USUAL[2], *USUAL[3:]), "a block twice"),
        "block-beyond": (stream(*USUAL, block(4)), "a fifth block of four"),
        "block-huge": (changed(2, block(2**52, DATA, 0)), "block 2^52"),
        "block-array": (changed(2, block(0, array=num(2, 1))), "a block of an array that is not there"),
        "block-plane": (changed(2, block(0, plane=MASK)), "a block of the wrong plane"),
        "block-no-plane": (changed(2, block(0).replace(num(3, 1), b"", 1).replace(b"\x1a\x0a", b"\x1a\x08")), "a block of no plane"),
        "block-start": (changed(4, block(2, start=1)), "a block that starts too early"),
        "block-count": (changed(2, block(0, count=3)), "a block that counts an element more"),
        "block-length": (changed(2, block(0, length=3)), "a block that says it is longer than it is"),
        "block-length-huge": (changed(2, block(0, length=2**52)), "a block that claims 2^52 bytes"),
        "block-short": (changed(2, block(0, length=2, data=b"\7")), "a block with a byte less"),
        "block-long": (changed(2, block(0, length=2, data=b"\7\x08\x09")), "a block with a byte more"),
        "block-empty": (changed(2, block(0, length=2, data=b"")), "a block without data"),
        "block-unknown": (changed(2, block(0)[:1] + varint(block(0)[1] + 2) + block(0)[2:] + num(8, 1)), "a field of a block nobody knows"),
        "mask-bits": (changed(3, block(1, data=b"\x05")), "bits after the last bool of a mask"),
        "mask-raw": (stream(envelope(mask=num(7, 1)), header(), block(0), block(1, data=b"\1\2"), block(2), block(3, data=b"\1\0")), "a bool of 2"),
        "deflate-damaged": (deflated(b"\x78\x9c" + b"\xff" * 20), "deflated data that are damaged"),
        "deflate-cut": (deflated(zlib.compress(bytes(1000))[:-5]), "deflated data that are cut off"),
        "deflate-checksum": (deflated(zlib.compress(bytes(1000))[:-1] + b"\x55"), "deflated data with a wrong Adler-32"),
        "deflate-short": (deflated(zlib.compress(bytes(999))), "deflated data of a byte less"),
        "deflate-long": (deflated(zlib.compress(bytes(1001))), "deflated data of a byte more"),
        "deflate-bomb": (deflated(zlib.compress(bytes(10**6))[:990]), "deflated data of a million bytes in a block of a thousand"),
        "deflate-tail": (deflated(zlib.compress(bytes(1000)) + b"\0"), "a byte after deflated data"),
        "objects-few": (objects(NONE), "one object where two should be"),
        "objects-many": (objects(NONE, NONE, NONE), "three objects where two should be"),
        "objects-nothing": (objects(NONE, b""), "an object that is nothing"),
        "objects-text": (objects(NONE, fixed64(3, 1), content=text), "a number in an array of text"),
        "growth-shorter": (stream(*USUAL, grow(0, 3)), "an array that grows to a shorter length"),
        "growth-array": (stream(*USUAL, grow(1, 5)), "an array that grows and is not there"),
        "growth-huge": (stream(*USUAL, grow(0, 2**53 - 1)), "an array that grows to 2^53 - 1 elements"),
        "growth-scalar": (stream(envelope(msg(9), blocks=num(4, 1), shape=shapes([])), header(npy(shape="()")), block(0, DATA, 0, 1, 1, b"\7"), grow(0, 2)), "an array of no axes that grows"),
    }  # fmt: skip
