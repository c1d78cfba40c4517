// Protocol Buffers: a masked float64 array as one message. Python is upb and NumPy (clients/python, in .venvs/clients, which
// `npm run test:clients` makes); "protobufjs naive" is what people write first: repeated double and repeated bool.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { protobuf } from "@masquerade/adapter-protobuf";
import { dtypes, MaskedArray, NdArray } from "@masquerade/core";
import protobufjs from "protobufjs";

export const title = "Protocol Buffers, masked float64";

const codec = await protobuf.codec();
const root = fileURLToPath(new URL("../../", import.meta.url));

const Naive = protobufjs
  .parse(
    'syntax = "proto3"; message Naive { repeated uint32 shape = 1; repeated double data = 2; repeated bool mask = 3; }',
  )
  .root.lookupType("Naive");

/** Temperatures with noise, a third of them masked in runs, as land is. */
function field(count) {
  const data = new Float64Array(count);
  const mask = new Uint8Array(count);
  let seed = 1;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    data[i] = Math.round(1500 + 1000 * Math.sin(i / 5000) + seed / 2 ** 26) / 100;
    mask[i] = i % 3000 < 1000 ? 1 : 0;
  }
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape: [count], storage: data }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [count], storage: mask }),
  });
}

/** Where the protobuf runtime of Python is. */
function sitePackages() {
  const lib = join(root, ".venvs", "clients", "lib");
  if (!existsSync(lib)) throw new Error("there is no .venvs/clients; npm run test:clients makes it");
  return join(lib, readdirSync(lib)[0], "site-packages");
}

export async function rows({ count, python }) {
  const masked = field(count);
  const bytes = count * 8;
  const summed = codec.encode(masked);
  const bare = codec.encode(masked, { checksum: "none" });
  const naive = { shape: [count], data: masked.data.data, mask: Array.from(masked.mask.data, (m) => m === 1) };
  const naiveBytes = Naive.encode(naive).finish();
  await python.run(
    [
      `sys.path[:0] = ${JSON.stringify([join(root, "clients", "python", "src"), sitePackages()])}`,
      "from masquerade import protobuf as pb",
      `i = np.arange(${count})`,
      "ma = np.ma.MaskedArray(np.round(1500 + 1000 * np.sin(i / 5000)) / 100, i % 3000 < 1000)",
      "summed, bare = pb.dumps(ma), pb.dumps(ma, checksum='none')",
    ].join("\n"),
  );
  return [
    {
      work: "encode, CRC-32",
      bytes,
      ours: () => codec.encode(masked),
      peers: { "protobufjs naive": () => Naive.encode(naive).finish() },
      python: "b = pb.dumps(ma)",
      target: { NumPy: 2, "protobufjs naive": 3 },
    },
    {
      work: "encode, no checksum",
      bytes,
      ours: () => codec.encode(masked, { checksum: "none" }),
      peers: { "protobufjs naive": () => Naive.encode(naive).finish() },
      python: "b = pb.dumps(ma, checksum='none')",
      target: { NumPy: 2, "protobufjs naive": 3 },
    },
    {
      work: "decode, CRC-32",
      bytes,
      ours: () => codec.decode(summed),
      peers: { "protobufjs naive": () => Naive.decode(naiveBytes) },
      python: "r = pb.loads(summed)",
      target: { NumPy: 2, "protobufjs naive": 3 },
    },
    {
      work: "decode, no checksum (a view)",
      bytes,
      ours: () => codec.decode(bare),
      peers: { "protobufjs naive": () => Naive.decode(naiveBytes) },
      python: "r = pb.loads(bare)",
      target: { NumPy: 2, "protobufjs naive": 3 },
    },
  ];
}
