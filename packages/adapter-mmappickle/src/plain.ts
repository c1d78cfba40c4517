import { type ByteSource, dtypes, FormatError, isNdArray, type Limits, NdArray } from "@masquerade/core";
import { type Allow, assembleGlobals, numpyGlobals, readPickle } from "@masquerade/numpy-pickle";
import { decodePickleAt, type EmulatorTable } from "@masquerade/pickle";
import { FORMAT } from "./forms.ts";

/** Every name a plain entry may use: NumPy's and Python's few, and the caller's own. */
export function plainGlobals(allow: Allow | undefined): EmulatorTable {
  return allow === undefined ? numpyGlobals : assembleGlobals([numpyGlobals], allow);
}

const STOP = 0x2e;

export interface PlainOptions {
  readonly limits: Limits;
  readonly allow?: Allow | undefined;
  readonly copy?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const endsEarly = (offset: number): FormatError =>
  new FormatError("FORMAT_MALFORMED", FORMAT, "a value ends before its entry does", { offset });

/** The value of a plain entry (a pickle without PROTO and STOP) whose bytes are here; `base` is their place in the file. */
export function decodePlain(value: Uint8Array, base: number, options: PlainOptions): unknown {
  const bytes = new Uint8Array(value.length + 1);
  bytes.set(value);
  bytes[value.length] = STOP;
  const { limits, copy } = options;
  const read = decodePickleAt(bytes, 0, { globals: plainGlobals(options.allow), format: FORMAT, limits, base, copy });
  if (read.end !== bytes.length) throw endsEarly(base + read.end - 1);
  return read.value;
}

/** The same from a source; the data of large arrays stay there. */
export async function readPlain(
  source: ByteSource,
  from: number,
  to: number,
  { limits, allow, signal }: PlainOptions,
): Promise<unknown> {
  const stopped: ByteSource = {
    size: to + 1,
    async read(offset, length, aborting) {
      if (offset + length <= to) return await source.read(offset, length, aborting);
      const out = new Uint8Array(length);
      out.set(await source.read(offset, length - 1, aborting));
      out[length - 1] = STOP;
      return out;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const { value, end } = await readPickle(stopped, from, {
    format: FORMAT,
    globals: plainGlobals(allow),
    limits,
    signal,
  });
  if (end !== to + 1) throw endsEarly(end - 1);
  return value;
}

/** A fill value as its entry has it: a 0-d array, or Python's float, int or bool for float64, int64 and bool. */
export function fillFromPlain(value: unknown, offset: number): NdArray {
  const shape: readonly number[] = [];
  if (isNdArray(value) && value.shape.length === 0) return value;
  if (typeof value === "number")
    return new NdArray({
      dtype: dtypes.simple("float64"),
      shape,
      storage: Float64Array.of(value),
    }) as unknown as NdArray;
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value)
    return new NdArray({
      dtype: dtypes.simple("int64"),
      shape,
      storage: BigInt64Array.of(value),
    }) as unknown as NdArray;
  if (typeof value === "boolean")
    return new NdArray({
      dtype: dtypes.simple("bool"),
      shape,
      storage: Uint8Array.of(value ? 1 : 0),
    }) as unknown as NdArray;
  throw new FormatError("FORMAT_MALFORMED", FORMAT, "a fill value that is no scalar", { offset });
}
