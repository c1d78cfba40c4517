import { arrayFromBytes, type DType, dtypes, FormatError, type NdArray, sizeOf, zeros } from "@masquerade/core";

/** Which elements have a bit set; a view of them where they are bools already. */
export function nonzero(raw: Uint8Array, itemsize: number, shape: readonly number[]): NdArray<"bool"> {
  if (itemsize === 1 && raw.length === sizeOf(shape) && areBools(raw))
    return arrayFromBytes(raw, dtypes.simple("bool"), shape);
  const out = zeros("bool", shape);
  const bits = out.storage;
  if (itemsize === 1) for (let i = 0; i < bits.length; i++) bits[i] = (raw[i] ?? 0) === 0 ? 0 : 1;
  else
    for (let i = 0, at = 0; i < bits.length; i++) for (let k = 0; k < itemsize; k++) if (raw[at++] !== 0) bits[i] = 1;
  return out;
}

/** Whether all bytes are 0 or 1. */
function areBools(raw: Uint8Array): boolean {
  const lead = Math.min(raw.length, -raw.byteOffset & 3);
  const words = new Uint32Array(raw.buffer, raw.byteOffset + lead, (raw.length - lead) >> 2);
  let seen = 0;
  for (let i = 0; i < lead; i++) seen |= raw[i] as number;
  for (const word of words) seen |= word;
  for (let i = lead + 4 * words.length; i < raw.length; i++) seen |= raw[i] as number;
  return (seen & 0xfefefefe) === 0;
}

/** Texts from UTF-8 elements of `size` bytes, NUL padded. Throws FormatError for what is no UTF-8. */
export function utf8Texts(raw: Uint8Array, size: number): string[] {
  const out: string[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let start = 0; start + size <= raw.length; start += size) {
    let end = start + size;
    while (end > start && raw[end - 1] === 0) end--;
    try {
      out.push(decoder.decode(raw.subarray(start, end)));
    } catch (cause) {
      throw new FormatError("FORMAT_MALFORMED", "hdf5", `text ${out.length} is not UTF-8`, { cause });
    }
  }
  return out;
}

/** Code points from UTF-8 elements of `size` bytes, NUL padded. Throws FormatError for what is no UTF-8 or too long for the dtype. */
export function textArray(raw: Uint8Array, size: number, dtype: DType<"str">, shape: readonly number[]): NdArray {
  const length = dtype.itemsize / 4;
  const out = zeros(dtype, shape) as NdArray<"str">;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let i = 0; i < sizeOf(shape); i++) {
    let end = (i + 1) * size;
    while (end > i * size && raw[end - 1] === 0) end--;
    let text: string;
    try {
      text = decoder.decode(raw.subarray(i * size, end));
    } catch (cause) {
      throw new FormatError("FORMAT_MALFORMED", "hdf5", `element ${i} of a text array is not UTF-8`, { cause });
    }
    let k = 0;
    for (const character of text) {
      if (k >= length)
        throw new FormatError("FORMAT_MALFORMED", "hdf5", `element ${i} of a text array is longer than its dtype`);
      out.storage[i * length + k++] = character.codePointAt(0) as number;
    }
  }
  return out as unknown as NdArray;
}
