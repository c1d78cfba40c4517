import {
  eachHeader,
  type Header,
  isBundleHeader,
  pythonRecipe,
  pythonString,
  type Recipe,
  type RecipeFile,
  resolveLimits,
} from "@masquerade/core";
import { readEnvelope } from "../stream/envelope-read.ts";
import { isObjects } from "../stream/outline.ts";
import { readLength } from "../stream/seal.ts";
import { type CodecName, STREAM_MAGIC } from "../stream/tables.ts";

const needs: Readonly<Record<CodecName, readonly string[]>> = {
  none: [],
  deflate: [],
  zstd: ["zstandard"],
  blosc: ["blosc"],
};
const imports: Readonly<Record<CodecName, string | undefined>> = {
  none: undefined,
  deflate: "import zlib",
  zstd: "import zstandard",
  blosc: "import blosc",
};
const decompress: Readonly<Record<CodecName, string>> = {
  none: "x",
  deflate: "zlib.decompress(x)",
  zstd: "zstandard.ZstdDecompressor().decompress(x)",
  blosc: "blosc.decompress(x)",
};

/** The codec of a file by its first bytes; "none" where they do not say. */
function codecOf(head: Uint8Array): CodecName {
  try {
    const found = readLength(head, STREAM_MAGIC.length, { bytes: head.length });
    if (found === undefined) return "none";
    return readEnvelope(head.subarray(found.start, found.start + found.length), resolveLimits({}), found.start).codec;
  } catch {
    return "none";
  }
}

const client = (path: string, several: boolean): Recipe =>
  pythonRecipe(
    ["masquerade"],
    ["import masquerade", "", `${several ? "arrays" : "array"} = masquerade.load(${pythonString(path)})`],
    ["masquerade is the package in clients/python."],
  );

/** Whether the lines below read an array: its elements have bytes, and a mask has one bool for each. */
const isPlain = ({ dtype, mask }: Header): boolean =>
  !isObjects(dtype) && dtype.itemsize > 0 && !(dtype.kind === "struct" && mask === "mask");

/** Lines of Python that read a file of blocks: with NumPy alone where that does, and with the client. */
export async function blocksRecipes({ header, path, head }: RecipeFile): Promise<readonly Recipe[]> {
  const arrays = [...eachHeader(header)];
  const several = isBundleHeader(header);
  if (!arrays.every(([, one]) => isPlain(one))) return [client(path, several)];
  const codec = codecOf(head);
  const of = (one: Header, n: number): string => {
    if (one.mask === "plain") return `data(${n})`;
    return one.mask === "nomask" ? `np.ma.MaskedArray(data(${n}))` : `np.ma.MaskedArray(data(${n}), mask(${n}))`;
  };
  const lines = several
    ? ["arrays = {", ...arrays.map(([name, one], n) => `    ${pythonString(name)}: ${of(one, n)},`), "}"]
    : arrays.map(([, one], n) => `array = ${of(one, n)}`);
  return [
    pythonRecipe(
      ["numpy", ...needs[codec]],
      [
        "import io",
        imports[codec],
        "import numpy as np",
        "",
        "def varint(b, i):",
        "    n = shift = 0",
        "    while True:",
        "        n |= (b[i] & 127) << shift",
        "        shift += 7",
        "        i += 1",
        "        if b[i - 1] < 128:",
        "            return n, i",
        "",
        "def fields(b):  # of a message: number and value",
        "    i = 0",
        "    while i < len(b):",
        "        tag, i = varint(b, i)",
        "        if tag & 7 == 0:",
        "            value, i = varint(b, i)",
        "        else:",
        "            size, i = varint(b, i) if tag & 7 == 2 else (8 if tag & 7 == 1 else 4, i)",
        "            value, i = b[i:i + size], i + size",
        "        yield tag >> 3, value",
        "",
        `b = open(${pythonString(path)}, "rb").read()`,
        "headers, planes, i = {}, {1: {}, 2: {}}, 8",
        "while i < len(b):  # messages after their lengths: headers (2) and blocks (3) of data (1) and mask (2)",
        "    size, i = varint(b, i)",
        "    [kind, body], i = next(fields(b[i:i + size])), i + size",
        "    part = dict(fields(body)) if kind in (2, 3) else {}",
        "    if kind == 2:",
        "        headers[part.get(1, 0)] = part[2]",
        "    elif kind == 3:",
        "        x = part[7]",
        `        x = x if len(x) == part[6] else ${decompress[codec]}`,
        "        planes[part[3]].setdefault(part.get(2, 0), []).append((x, part[5]))",
        "",
        "def data(n):  # header and data together are an .npy file",
        '    return np.load(io.BytesIO(headers[n] + b"".join(x for x, _ in planes[1].get(n, []))))',
        "",
        arrays.some(([, one]) => one.mask === "mask") ? maskLines : undefined,
        ...lines,
      ],
      [
        "Of a file that was appended to this reads what was there at first; the client in clients/python reads all of it.",
      ],
    ),
  ];
}

const maskLines = `def mask(n):  # bits, the first in the least significant
    flags = [np.unpackbits(np.frombuffer(x, "u1"), bitorder="little")[:m] if len(x) < m else np.frombuffer(x, "u1") for x, m in planes[2].get(n, [])]
    order = "F" if np.isfortran(data(n)) else "C"
    return np.concatenate([np.empty(0, "u1"), *flags]).astype(bool).reshape(data(n).shape, order=order)
`;
