"""Streams of blocks: the vectors, what TypeScript makes of them, damage. MASQUERADE_BLOCKS: a folder that clients/blocks.mjs wrote."""

import json
import os
import unittest
from pathlib import Path

import numpy as np
from cases import cases
from same import difference

import masquerade
from masquerade import _plan, _stream, blocks
from masquerade.v1 import blocks_pb2

HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parents[2] / "packages" / "adapter-protobuf" / "proto" / "golden" / "masked-f8.mqb"
BLOCKS = os.environ.get("MASQUERADE_BLOCKS")
CASES = cases()


def options_of(name):
    options = dict(CASES[name][1])
    if options.get("mask") == "run-length":
        del options["mask"]
    return options


class Vectors(unittest.TestCase):
    def test_golden(self):
        array = np.ma.MaskedArray([1.0, 2.0, 3.0], [False, True, False])
        self.assertEqual(blocks.dumps(array), GOLDEN.read_bytes())
        self.assertIsNone(difference(array, blocks.loads(GOLDEN.read_bytes())))

    def test_what_typescript_compressed(self):
        if BLOCKS:
            index = json.loads((Path(BLOCKS) / "codecs.json").read_text())
            self.assertGreater(len(index), 15)
            for one in index:
                with self.subTest(one["file"]):
                    read = blocks.loads((Path(BLOCKS) / one["file"]).read_bytes())
                    self.assertIsNone(difference(CASES[one["name"]][0], read))

    def test_every_codec_and_size_of_block(self):
        array = np.ma.MaskedArray(np.arange(6000, dtype="<i4").reshape(20, 300) // 7, np.arange(6000).reshape(20, 300) % 5 == 0)
        for codec in ("none", "deflate", "zstd"):
            for block_bytes in (600, 4096, None):
                for value in (array, np.asfortranarray(array.data), array.T):
                    raw = blocks.dumps(value, codec=codec, block_bytes=block_bytes)
                    self.assertIsNone(difference(value, blocks.loads(raw)))


def _vector_test(name):
    def test(self):
        value = CASES[name][0]
        raw = blocks.dumps(value, **options_of(name))
        read = blocks.loads(raw)
        if options_of(name).get("hidden") == "drop":
            self.assertTrue((read.data[read.mask] == 1e20).all())
        else:
            self.assertIsNone(difference(value, read))
            self.assertEqual(blocks.dumps(read, **options_of(name)), raw)
        if BLOCKS:
            self.assertEqual((Path(BLOCKS) / f"{name}.mqb").read_bytes(), raw)

    return test


for _name in CASES:
    setattr(Vectors, "test_" + _name.replace("-", "_"), _vector_test(_name))


class Growth(unittest.TestCase):
    def test_a_file_that_was_appended_to(self):
        """As a second session of writing leaves it: two rows, then one more."""
        rows = np.arange(6, dtype="<i2").reshape(3, 2)
        raw = blocks.dumps(rows[:2], block_bytes=4)
        out = blocks._Out(1)
        out.parts, out.at = [raw], len(raw)
        stream = _stream.Stream(raw)
        while stream._at < len(raw):
            message, value = stream._message()
            if message.WhichOneof("kind") == "block":
                out.sums.append(value)
                out.offsets.append(stream._last[0])
                out.sizes.append(stream._last[1])
        growth = blocks_pb2.StreamMessage(growth=blocks_pb2.Growth(array=0, length=3))
        out.message(growth.SerializeToString())
        block = blocks_pb2.Block(index=2, array=0, plane=blocks_pb2.PLANE_DATA, start=4, count=2, length=4, data=rows[2].tobytes())
        out.block(blocks_pb2.StreamMessage(block=block).SerializeToString())
        grown = out.finish()
        self.assertIsNone(difference(rows, blocks.loads(grown)))
        with self.assertRaisesRegex(masquerade.MasqueradeError, "follow"):
            blocks.loads(grown[: len(raw) + 5])


class Refused(unittest.TestCase):
    def setUp(self):
        self.array = np.ma.MaskedArray(np.arange(9.0), np.arange(9) % 2)
        self.raw = blocks.dumps(self.array, block_bytes=24, checksum="crc32")

    def refuse(self, raw, words=""):
        with self.assertRaisesRegex(masquerade.MasqueradeError, words):
            blocks.loads(raw)

    def test_every_truncation(self):
        for length in range(len(self.raw)):
            self.refuse(self.raw[:length])
        self.refuse(self.raw + b"\0")

    def test_every_flipped_bit(self):
        for at in range(len(self.raw)):
            mutant = bytearray(self.raw)
            mutant[at] ^= 1 << at % 8
            self.refuse(bytes(mutant))

    def messages(self):
        found, at = [], 8
        while at < len(self.raw):
            length, start = self.raw[at], at + 1
            if length > 127:
                length, start = length & 127 | self.raw[at + 1] << 7, at + 2
            found.append(self.raw[at : start + length])
            at = start + length
        return found

    def test_messages_that_are_missing_or_not_due(self):
        messages = self.messages()
        self.assertEqual(b"".join([blocks.MAGIC, *messages]), self.raw)
        for i in range(len(messages)):
            without = messages[:i] + messages[i + 1 :]
            if i != len(messages) - 2:  # the index is optional
                self.refuse(b"".join([blocks.MAGIC, *without]))
            twice = messages[: i + 1] + messages[i:]
            self.refuse(b"".join([blocks.MAGIC, *twice]))
        swapped = [*messages[:2], messages[3], messages[2], *messages[4:]]
        self.refuse(b"".join([blocks.MAGIC, *swapped]), "is due")

    def test_claims_cost_nothing(self):
        array = _plan.Array(np.dtype("f8"), (2**40,), False, (1,), False)
        with self.assertRaisesRegex(masquerade.MasqueradeError, "more blocks"):
            list(array.plan(limit=1000))
        for lengths in ((1, 2), (2, 1), (3, 4)):
            with self.assertRaisesRegex(masquerade.MasqueradeError, "no runs"):
                list(_plan.Array(np.dtype("f8"), (4, 3), lengths == (1, 2), lengths, False).plan())

    def test_options(self):
        for options in ({"codec": "lzma"}, {"mask": "run-length"}, {"checksum": "md5"}):
            with self.assertRaisesRegex(masquerade.MasqueradeError, "is one of"):
                blocks.dumps(self.array, **options)


if __name__ == "__main__":
    unittest.main()
