"""Streams of blocks: the vectors, what TypeScript makes of them, damage. MASQUERADE_BLOCKS: a folder that clients/blocks.mjs wrote."""

import io
import json
import os
import tempfile
import tracemalloc
import unittest
from pathlib import Path
from unittest import mock

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


class Pipe(io.RawIOBase):
    """Bytes that come in small pieces, once. Counts what is held at most."""

    def __init__(self, raw):
        self._left = memoryview(raw)

    def readable(self):
        return True

    def readinto(self, into):
        count = min(len(into), 1000, len(self._left))
        into[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


class Streaming(unittest.TestCase):
    def test_from_a_pipe_and_into_one(self):
        array = np.ma.MaskedArray(np.arange(20_000.0).reshape(200, 100), np.arange(20_000).reshape(200, 100) % 3 == 0)
        for value in (array, array.T, {"a": array.data, "b": [array[:3], np.array(["x", None], object)]}):
            written = []
            blocks.dump(value, mock.Mock(write=lambda raw: written.append(bytes(raw))), block_bytes=2000)
            self.assertGreater(len(written), 20)
            self.assertLess(max(map(len, written)), 6000)
            raw = b"".join(written)
            self.assertEqual(raw, blocks.dumps(value, block_bytes=2000))
            self.assertIsNone(difference(value, blocks.load(Pipe(raw))))

    def test_one_block_at_a_time(self):
        array = np.zeros(4 << 20)
        path = Path(self.enterContext(tempfile.TemporaryDirectory())) / "zeros.mqb"
        tracemalloc.start()
        with open(path, "wb") as file:
            blocks.dump(array, file)
        written = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        with open(path, "rb") as file:
            self.assertEqual(blocks.load(file).nbytes, array.nbytes)
        read = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertLess(written, 4 << 20)
        self.assertLess(read, 1.5 * array.nbytes)

    def test_parts_by_the_index(self):
        array = np.ma.MaskedArray(np.arange(6000, dtype="<i4").reshape(300, 20), np.arange(6000).reshape(300, 20) % 7 == 0)
        for codec in ("none", "deflate"):
            for value in (array, array.T, array.data, {"a": array.data[:10], "b": array}):
                file = io.BytesIO(blocks.dumps(value, codec=codec, block_bytes=900))
                reading = blocks.open(file)
                number = len(reading.shapes) - 1
                whole = value["b"] if isinstance(value, dict) else value
                for start, stop in ((0, 300), (17, 18), (250, None), (5, 5), (-3, None), (299, 1000)):
                    part = reading.read(start, stop, array=number)
                    expected = whole[:, slice(start, stop)] if reading.shapes[number] == (20, 300) else whole[slice(start, stop)]
                    self.assertIsNone(difference(np.asarray(expected.data), np.asarray(part.data)))
                    np.testing.assert_array_equal(np.ma.getmaskarray(part), np.ma.getmaskarray(expected))

    def test_few_bytes_are_read_for_a_part(self):
        file = io.BytesIO(blocks.dumps(np.arange(100_000.0)))
        reading = blocks.open(file)
        read = []
        counting = mock.Mock(seek=file.seek, read=lambda n: read.append(n) or file.read(n))
        with mock.patch.object(reading._stream.source, "_file", counting):
            np.testing.assert_array_equal(reading.read(50_000, 50_002), [50_000, 50_001])
        self.assertLess(sum(read), 70_000)

    def test_damage_is_found_where_it_is_read(self):
        raw = bytearray(blocks.dumps(np.arange(30_000.0)))
        raw[len(raw) // 2] ^= 1
        reading = blocks.open(io.BytesIO(raw))
        np.testing.assert_array_equal(reading.read(0, 10), np.arange(10.0))
        with self.assertRaisesRegex(masquerade.MasqueradeError, "checksum"):
            reading.read()
        with self.assertRaisesRegex(masquerade.MasqueradeError, "is read whole|are read whole"):
            blocks.open(io.BytesIO(blocks.dumps(np.array([None], object)))).read()


class Growth(unittest.TestCase):
    def test_a_file_that_was_appended_to(self):
        """As a second session of writing leaves it: two rows, then one more."""
        rows = np.arange(6, dtype="<i2").reshape(3, 2)
        file = io.BytesIO(blocks.dumps(rows[:2], block_bytes=4))
        raw = file.getvalue()
        out = blocks._Out(1, file, len(raw))
        stream = _stream.Stream(file)
        while True:
            message, value, (begin, size) = stream.message()
            if message is None:
                break
            if message.WhichOneof("kind") == "block":
                out.sums.append(value)
                out.offsets.append(begin)
                out.sizes.append(size)
        growth = blocks_pb2.StreamMessage(growth=blocks_pb2.Growth(array=0, length=3))
        out.message(growth.SerializeToString())
        block = blocks_pb2.Block(index=2, array=0, plane=blocks_pb2.PLANE_DATA, start=4, count=2, length=4, data=rows[2].tobytes())
        out.block(blocks_pb2.StreamMessage(block=block).SerializeToString())
        out.finish(blocks_pb2.Growth(array=0, length=3))
        grown = file.getvalue()
        opened = blocks.open(file)
        self.assertEqual(opened.shapes, [(3, 2)])
        for start, stop in ((0, 3), (2, 3), (1, 3), (0, 1), (1, 1)):
            np.testing.assert_array_equal(opened.read(start, stop), rows[start:stop])
        self.assertIsNone(difference(rows, blocks.loads(grown)))
        with self.assertRaisesRegex(masquerade.MasqueradeError, "cut off|follow"):
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

    def test_every_malformed_file(self):
        folder = HERE.parents[1] / "vectors" / "blocks" / "malformed"
        index = json.loads((folder / "index.json").read_text())
        self.assertGreater(len(index), 140)
        for one in index:
            with self.subTest(one["name"]):
                self.refuse((folder / f"{one['name']}.mqb").read_bytes())

    def test_claims_cost_nothing(self):
        # Blocks are counted by arithmetic, and made when they are due.
        self.assertEqual(_plan.Array(np.dtype("f8"), (2**40,), False, (1,), False).count(), 2**40)
        for lengths in ((1, 2), (2, 1), (3, 4)):
            with self.assertRaisesRegex(masquerade.MasqueradeError, "no runs"):
                list(_plan.Array(np.dtype("f8"), (4, 3), lengths == (1, 2), lengths, False).plan())

    def test_options(self):
        for options in ({"codec": "lzma"}, {"mask": "run-length"}, {"checksum": "md5"}):
            with self.assertRaisesRegex(masquerade.MasqueradeError, "is one of"):
                blocks.dumps(self.array, **options)


if __name__ == "__main__":
    unittest.main()
