import {
  type AnyArray,
  type Bundle,
  type ByteSource,
  difference,
  equals,
  type Limits,
  type Loss,
  type OpenFile,
  type Progress,
  pieceRanges,
  sameShape,
} from "@masquerade/core";
import { VerifyError } from "./failure.ts";
import type { Verified } from "./fidelity.ts";
import { registry } from "./registry.ts";

interface Written {
  readonly format: string;
  readonly losses: readonly Loss[];
  readonly limits: Partial<Limits>;
  readonly read: Record<string, unknown>;
}

/** Reads back what was written and compares it with the value it was made of, as far as the losses allow. Throws VerifyError. */
export async function verifyValue(value: AnyArray | Bundle, source: ByteSource, written: Written): Promise<Verified> {
  const { format, limits, read } = written;
  const back = await registry.load(source, { ...read, format, limits } as object);
  return judge(value, back, written.losses);
}

/** The same for a file that was streamed: both are read by blocks. */
export async function verifyFile(
  file: OpenFile,
  source: ByteSource,
  written: Written,
  onProgress?: Progress,
): Promise<Verified> {
  const { format, limits, losses, read } = written;
  await using back = await registry.open(source, { ...read, format, limits } as object);
  if (losses.some((one) => one.grade === "content")) return "read";
  if (back.names.join("\n") !== file.names.join("\n") && !(back.names.length === 1 && file.names.length === 1))
    throw new VerifyError("the names of the arrays differ");
  let verdict: Verified = "identical";
  const sizes = file.names.map((name) => file.array(name).header.shape.reduce((n, dim) => n * dim, 1));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  for (const [i, name] of file.names.entries()) {
    const [ours, theirs] = [file.array(name), back.array(back.names[i])];
    const { order, shape, dtype } = ours.header;
    if (!sameShape(shape, theirs.header.shape)) throw new VerifyError(`"${name}" has another shape than it had`);
    if (shape.includes(0) && judge(await ours.read(), await theirs.read(), losses) === "equal") verdict = "equal";
    for (const { selection } of pieceRanges(shape, order, dtype.itemsize)) {
      const [value, other] = [await ours.read(selection), await theirs.read(selection)];
      if (judge(value, other, losses) === "equal") verdict = "equal";
      done += value.size;
      onProgress?.(done, total);
    }
  }
  return verdict;
}

function judge(value: AnyArray | Bundle, back: AnyArray | Bundle, losses: readonly Loss[]): Verified {
  const where = difference(value, back);
  if (where === undefined) return "identical";
  if (losses.length === 0) throw new VerifyError(`the file read back is not what was written: ${where}`);
  if (losses.some((one) => one.grade === "content")) return "read";
  const hidden = !losses.some((one) => one.id === "hidden-values");
  if (!equals(value, back, { hidden, equalNaN: true }))
    throw new VerifyError(`the file read back has other values: ${where}`);
  return "equal";
}
