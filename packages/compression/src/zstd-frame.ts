import { FormatError } from "@masquerade/core";
import type { Where } from "./inflate.ts";

/**
 * One Zstandard frame whose header states the content size, and nothing after it (RFC 8878, 3.1.1): what decoders allocate is what the header
 * says. Throws FormatError where that is not `size`, or the frame's blocks do not reach exactly to the end.
 */
export function checkZstdFrame(data: Uint8Array, { size, ...where }: Where & { readonly size: number }): void {
  if (data.length < 6 || data[0] !== 0x28 || data[1] !== 0xb5 || data[2] !== 0x2f || data[3] !== 0xfd)
    throw wrong("is none", where);
  const descriptor = data[4] as number;
  if ((descriptor & 3) !== 0) throw wrong("needs a dictionary", where);
  if ((descriptor & 8) !== 0) throw wrong("has a reserved bit set", where);
  const single = (descriptor & 32) !== 0;
  const flag = descriptor >> 6;
  const bytes = flag === 0 ? (single ? 1 : 0) : 2 ** flag;
  const start = single ? 5 : 6;
  if (bytes === 0) throw wrong("does not state its content size", where);
  if (data.length < start + bytes) throw wrong("ends within its header", where);
  let stated = flag === 1 ? 256 : 0;
  for (let i = 0; i < bytes; i++) stated += (data[start + i] as number) * 256 ** i;
  if (stated !== size) throw wrong(`states ${stated} bytes, where there are to be ${size}`, where);
  checkBlocks(data, start + bytes, (descriptor & 4) !== 0, where);
}

function checkBlocks(data: Uint8Array, first: number, checked: boolean, where: Where): void {
  for (let next = first; ; ) {
    if (data.length < next + 3) throw wrong("is cut off", where);
    const head = (data[next] as number) + (data[next + 1] as number) * 256 + (data[next + 2] as number) * 65_536;
    const type = (head >> 1) & 3;
    if (type === 3) throw wrong("has a block of the reserved type", where);
    next += 3 + (type === 1 ? 1 : head >> 3);
    if ((head & 1) === 0) continue;
    if (next + (checked ? 4 : 0) !== data.length) throw wrong("does not end where its bytes do", where);
    return;
  }
}

const wrong = (why: string, { format, offset }: Where): FormatError =>
  new FormatError("FORMAT_MALFORMED", format, `a zstd frame ${why}`, { offset });
