"""A peer of plain Python: takes a stream of blocks over ZeroMQ, checks it, and sends it back with all numbers doubled."""
import io
import struct
import sys
import zlib

import numpy as np
import zmq


def varint(b, i):
    n = shift = 0
    while True:
        n |= (b[i] & 127) << shift
        shift += 7
        i += 1
        if b[i - 1] < 128:
            return n, i


def put(n):
    out = b""
    while n > 127:
        out += bytes([n % 128 | 128])
        n //= 128
    return out + bytes([n])


def fields(b):
    i = 0
    while i < len(b):
        tag, i = varint(b, i)
        if tag & 7 == 0:
            value, i = varint(b, i)
        else:
            size, i = varint(b, i) if tag & 7 == 2 else (8 if tag & 7 == 1 else 4, i)
            value, i = b[i : i + size], i + size
        yield tag >> 3, value


def sealed(body):
    return body + b"\x7d" + struct.pack("<I", zlib.crc32(body))


def digest(sums):
    return zlib.crc32(b"".join(struct.pack("<I", one) for one in sums))


socket = zmq.Context().socket(zmq.PAIR)
socket.setsockopt(zmq.RCVTIMEO, 30000)
socket.setsockopt(zmq.LINGER, 30000)
socket.connect(sys.argv[1])

socket.send(b"\x3a\x02\x08\x01")  # request: version 1, everything
head, blocks, sums, header = [], [], [], b""
while True:
    kind = None
    for part in socket.recv_multipart():
        body, seal = part[:-5], part[-5:]
        assert seal == b"\x7d" + struct.pack("<I", zlib.crc32(body)), "checksum"
        kind, value = next(fields(body))
        if kind in (1, 2):
            head.append(part)
            header = dict(fields(value)).get(2) if kind == 2 else header
        elif kind == 3:
            blocks.append(dict(fields(value)))
            sums.append(zlib.crc32(body))
    if kind == 6:
        end = dict(fields(value))
        break
assert struct.unpack("<Q", end[1])[0] == len(blocks)
assert struct.unpack("<I", end[3])[0] == digest(sums), "digest"
socket.send(b"\x42\x0e\x09" + end[1] + b"\x15" + end[3])  # receipt
assert socket.recv() == b"", "goodbye"

data = np.load(io.BytesIO(header + b"".join(one[7] for one in blocks if one[3] == 1)))
bits = [np.unpackbits(np.frombuffer(one[7], "u1"), bitorder="little")[: one[5]] for one in blocks if one[3] == 2]
mask = np.concatenate(bits).astype(bool).reshape(data.shape)
total = np.ma.MaskedArray(data, mask).sum()
print(data.dtype, data.shape, int(mask.sum()), float(total), flush=True)

back = zmq.Context.instance().socket(zmq.PAIR)
back.setsockopt(zmq.RCVTIMEO, 30000)
back.setsockopt(zmq.LINGER, 30000)
back.connect(sys.argv[2])
assert next(fields(back.recv()))[0] == 7, "request"
again = []
for part in head:
    back.send(part)
for one in blocks:
    if one[3] == 1:
        one[7] = (np.frombuffer(one[7], data.dtype) * 2).tobytes()
    inner = b"".join(
        put(n << 3) + put(one[n]) if n < 7 else put(n << 3 | 2) + put(len(one[n])) + one[n] for n in sorted(one)
    )
    body = b"\x1a" + put(len(inner)) + inner
    again.append(zlib.crc32(body))
    back.send_multipart([sealed(body)])
inner = b"\x09" + end[1] + b"\x11" + bytes(8) + b"\x1d" + struct.pack("<I", digest(again))
back.send(sealed(b"\x32" + put(len(inner)) + inner))
assert next(fields(back.recv()))[0] == 8, "receipt"
