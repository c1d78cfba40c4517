// Streams of blocks: a masked float64 array in blocks with a checksum each. NumPy has no such format: what people use for the same purpose is
// np.savez and np.savez_compressed, and bare bytes through a socket. "numcodecs alone" compresses the same
// blocks of data: no mask, no checksum, nothing put together.
import { blocks } from "@masquerade/adapter-protobuf";
import { dtypes, MaskedArray, NdArray } from "@masquerade/core";
import { blockSource, memoryStore, receiveBlocks, sendBlocks } from "@masquerade/transport";
import { connectTcp, listenTcp } from "@masquerade/transport/node";
import Blosc from "numcodecs/blosc";
import Zstd from "numcodecs/zstd";

export const title = "Streams of blocks, masked float64";

/** Bytes of a block of an array of this size. */
const BLOCK = 65_536;
const codec = await blocks.codec();
const zstd = Zstd.fromConfig({ id: "zstd", level: 3 });
const blosc = Blosc.fromConfig({ id: "blosc", clevel: 5, cname: "lz4", shuffle: 2, blocksize: 0 });

/** Temperatures in hundredths, a third of them masked in runs, as land is. */
function field(count) {
  const data = new Float64Array(count);
  const mask = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    data[i] = Math.round(1500 + 1000 * Math.sin(i / 5000)) / 100;
    mask[i] = i % 3000 < 1000 ? 1 : 0;
  }
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape: [count], storage: data }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [count], storage: mask }),
  });
}

/** From one socket of this process to another, confirmed. */
async function transfer(masked) {
  const listener = await listenTcp({ port: 0 });
  const sending = listener.accept().then((channel) => sendBlocks(channel, blockSource(masked)));
  const store = memoryStore();
  await receiveBlocks(await connectTcp({ port: listener.port }), store);
  const value = await store.value();
  await sending;
  await listener.close();
  return value;
}

const overSocket = [
  "def wire():",
  "    a, b = socket.socketpair()",
  "    def write():",
  "        a.sendall(memoryview(ma.data).cast('B')); a.sendall(memoryview(ma.mask).cast('B'))",
  "    t = threading.Thread(target=write); t.start()",
  "    out = np.empty(ma.shape), np.empty(ma.shape, bool)",
  "    for one in out:",
  "        rest = memoryview(one).cast('B')",
  "        while len(rest): rest = rest[b.recv_into(rest):]",
  "    t.join(); a.close(); b.close()",
  "    return np.ma.MaskedArray(*out)",
];

export async function rows({ count, python }) {
  const masked = field(count);
  const raw = new Uint8Array(masked.data.data.buffer);
  const bytes = count * 8;
  const files = {};
  for (const name of ["none", "deflate", "zstd", "blosc"]) files[name] = await codec.encode(masked, { codec: name });
  const pieces = [];
  for (let at = 0; at < raw.length; at += BLOCK) pieces.push(raw.subarray(at, at + BLOCK));
  const each = async (list, work) => {
    const out = [];
    for (const one of list) out.push(await work(one));
    return out;
  };
  const whole = {
    zstd: await each(pieces, (one) => zstd.encode(one)),
    blosc: await each(pieces, (one) => blosc.encode(one)),
  };
  await python.run(
    [
      "import io, socket, threading",
      `i = np.arange(${count})`,
      "ma = np.ma.MaskedArray(np.round(1500 + 1000 * np.sin(i / 5000)) / 100, i % 3000 < 1000)",
      "def put(f):",
      "    b = io.BytesIO(); f(b, data=ma.data, mask=ma.mask); return b.getvalue()",
      "def get(b):",
      "    f = np.load(io.BytesIO(b)); return np.ma.MaskedArray(f['data'], f['mask'])",
      "plain, deflated = put(np.savez), put(np.savez_compressed)",
      ...overSocket,
    ].join("\n"),
  );
  const ratio = (name) => `${((100 * files[name].length) / files.none.length).toFixed(0)} % of its size`;
  return [
    { work: "encode", bytes, ours: () => codec.encode(masked), python: "b = put(np.savez)", target: { NumPy: 1 } },
    {
      work: "decode, CRC-32 (views)",
      bytes,
      ours: () => codec.decode(files.none),
      python: "x = get(plain)",
      target: { NumPy: 1 },
    },
    {
      work: "decode, CRC-32 + sum",
      bytes,
      ours: async () => (await codec.decode(files.none)).sum(),
      python: "x = get(plain).sum()",
      target: { NumPy: 1 },
    },
    {
      work: `encode, deflate (${ratio("deflate")})`,
      bytes,
      ours: () => codec.encode(masked, { codec: "deflate" }),
      python: "b = put(np.savez_compressed)",
      target: { NumPy: 1 },
    },
    {
      work: "decode, deflate",
      bytes,
      ours: () => codec.decode(files.deflate),
      python: "x = get(deflated)",
      target: { NumPy: 1 },
    },
    {
      work: `encode, zstd (${ratio("zstd")})`,
      bytes,
      ours: () => codec.encode(masked, { codec: "zstd" }),
      peers: { "numcodecs alone": () => each(pieces, (one) => zstd.encode(one)) },
      target: { "numcodecs alone": 0.8 },
    },
    {
      work: "decode, zstd",
      bytes,
      ours: () => codec.decode(files.zstd),
      peers: { "numcodecs alone": () => each(whole.zstd, (one) => zstd.decode(one)) },
      target: { "numcodecs alone": 0.8 },
    },
    {
      work: `encode, blosc (${ratio("blosc")})`,
      bytes,
      ours: () => codec.encode(masked, { codec: "blosc" }),
      peers: { "numcodecs alone": () => each(pieces, (one) => blosc.encode(one)) },
      target: { "numcodecs alone": 0.8 },
    },
    {
      work: "decode, blosc",
      bytes,
      ours: () => codec.decode(files.blosc),
      peers: { "numcodecs alone": () => each(whole.blosc, (one) => blosc.decode(one)) },
      target: { "numcodecs alone": 0.8 },
    },
    { work: "TCP, confirmed", bytes, ours: () => transfer(masked), python: "x = wire()", target: { NumPy: 0.2 } },
  ];
}
