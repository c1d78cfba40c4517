// What we write, loaded by NumPy 1 and 2: one process per version for all of it.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { npy, npz } from "@masquerade/adapter-npy";
import { coveringSet } from "@masquerade/conformance";
import {
  type AnyArray,
  Bundle,
  type ByteSink,
  dtypes,
  fromBytes,
  describe as headerOf,
  isBundle,
  isMaskedArray,
  MaskedArray,
  memorySink,
  NdArray,
  nomask,
} from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const npyCodec = await npy.codec();
const npzCodec = await npz.codec();

function plain(array: NdArray): object {
  return {
    descr: formatLiteral(descrOf(array.dtype)),
    shape: array.shape,
    fortran: array.order === "F",
    data: Buffer.from(array.toBytes("C")).toString("base64"),
  };
}

const absent = new NdArray<"bool">({ dtype: dtypes.simple("bool"), shape: [], storage: new Uint8Array(1) }) as NdArray;

/** The members our documentation promises for a value. */
function members(value: AnyArray | Bundle, path = ""): object[] {
  if (isBundle(value))
    return [...value.entries].flatMap(([name, one]) => members(one, path === "" ? name : `${path}/${name}`));
  const key = path === "" ? "data" : path;
  if (!isMaskedArray(value)) return [{ key, ...plain(value) }];
  const [mask, fill] = path === "" ? ["mask", "fill_value"] : [`${path}.mask`, `${path}.fill_value`];
  const out: object[] = [
    { key, ...plain(value.data) },
    { key: mask, ...plain(value.mask === nomask ? absent : (value.mask as NdArray)) },
  ];
  if (value.fillValue !== undefined) out.push({ key: fill, ...plain(value.fillValue) });
  return out;
}

/** A sink that cannot go back, as a pipe cannot. */
function stream(): { readonly sink: ByteSink; bytes(): Uint8Array } {
  const { write, commit, abort, bytes, ...rest } = memorySink();
  let position = 0;
  void rest;
  const sink: ByteSink = {
    get position() {
      return position;
    },
    async write(part) {
      await write(part);
      position += part.length;
    },
    commit,
    abort,
  };
  return { sink, bytes };
}

async function streamed(value: AnyArray | Bundle, options: object, sink: ByteSink): Promise<void> {
  const source = await npzCodec.open?.(fromBytes(npzCodec.encode(value)));
  const writer = await npzCodec.create?.(sink, headerOf(value), options);
  if (source === undefined || writer === undefined) throw new Error("npz opens and creates");
  for (const name of source.names)
    for (const plane of source.array(name).header.mask === "mask" ? (["data", "mask"] as const) : (["data"] as const))
      for await (const block of source.array(name).blocks({ maxBytes: 40, plane }))
        await writer.write({ ...block, array: name });
  await writer.finish();
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "masquerade-npy-"));
  const cases: Record<string, object> = {};
  const put = async (name: string, bytes: Uint8Array, case_: object): Promise<void> => {
    cases[name] = case_;
    await writeFile(join(folder, name), bytes);
  };
  const kinds = npy.capabilities.kinds;
  let i = 0;
  for (const { array } of coveringSet(kinds, 11)) {
    const data = isMaskedArray(array) ? array.data : array;
    await put(`${i}.npy`, npyCodec.encode(data), plain(data));
    const recipe =
      isMaskedArray(array) && array.dtype.kind !== "struct" && array.fillValue?.dtype.kind !== "int64"
        ? {
            recipe: npz.recipe,
            masked: { data: plain(array.data), mask: array.mask === nomask ? null : plain(array.mask as NdArray) },
          }
        : {};
    await put(`${i}.npz`, npzCodec.encode(array, { compress: i % 2 === 1 }), { members: members(array), ...recipe });
    i++;
  }
  const some = [...coveringSet(["float64", "int64", "str", "struct", "bool"], 3)].map(
    (sample, n) => [`a${n}`, sample.array] as const,
  );
  const bundle = new Bundle({
    entries: [
      ...some,
      ["température", some[0]?.[1] as AnyArray],
      ["group", new Bundle({ kind: "tuple", entries: [["0", some[1]?.[1] as AnyArray]] })],
    ],
  });
  await put("bundle.npz", npzCodec.encode(bundle), { members: members(bundle) });
  for (const compress of [false, true]) {
    const patched = memorySink();
    await streamed(bundle, { compress }, patched);
    await put(`patched-${compress}.npz`, patched.bytes(), { members: members(bundle) });
    const { sink, bytes } = stream();
    await streamed(bundle, { compress }, sink);
    await put(`stream-${compress}.npz`, bytes(), { members: members(bundle) });
  }
  const extremes = new MaskedArray({
    data: new NdArray({
      dtype: dtypes.simple("int64"),
      shape: [3],
      storage: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n),
    }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [3], storage: Uint8Array.of(1, 0, 1) }),
  });
  await put("extremes.npz", npzCodec.encode(extremes), { members: members(extremes) });
  await writeFile(join(folder, "cases.json"), JSON.stringify(cases));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.each([
  ["MASQUERADE_PY1", "1."],
  ["MASQUERADE_PY2", "2."],
])("%s", (variable, version) => {
  test("loads what we write, bit for bit", async () => {
    const python = process.env[variable];
    if (python === undefined) throw new Error(`${variable} must name a Python with NumPy ${version}x`);
    const script = new URL("support/check.py", import.meta.url).pathname;
    const { stdout } = await run(python, ["-W", "ignore", script, folder], { maxBuffer: 1 << 26 });
    const report = JSON.parse(stdout) as { numpy: string; compared: number; problems: string[] };
    expect(report.problems).toEqual([]);
    expect(report.numpy.startsWith(version)).toBe(true);
    expect(report.compared).toBeGreaterThan(2000);
  });
});
