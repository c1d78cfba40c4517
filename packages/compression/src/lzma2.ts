import type { ByteOutput } from "./byte-output.ts";
import { LzmaDecoder, LzmaFailure } from "./lzma-decoder.ts";

/**
 * Decodes the LZMA2 chunks from `start` on into `out`; returns the position behind the last. Throws LzmaFailure. Source: the chunk format as
 * XZ Embedded's decoder describes it.
 */
export function unlzma2(input: Uint8Array, start: number, dictionary: number, out: ByteOutput): number {
  const decoder = new LzmaDecoder(input, out, dictionary);
  let at = start;
  /** What a chunk must still bring: the window begun, the state set, the properties given. */
  let fresh = true;
  let withoutState = true;
  let withoutProperties = true;
  const need = (count: number): void => {
    if (count > input.length - at) throw new LzmaFailure("truncated", input.length);
  };
  const u16 = (): number => {
    need(2);
    at += 2;
    return ((input[at - 2] as number) << 8) | (input[at - 1] as number);
  };
  for (;;) {
    need(1);
    const control = input[at++] as number;
    if (control === 0) return at;
    if (control === 1 || control >= 0xe0) {
      fresh = false;
      decoder.window = out.length;
      if (control === 1) withoutState = withoutProperties = true;
    } else if (fresh) throw new LzmaFailure("corrupt", at - 1);
    if (control < 0x80) {
      if (control > 2) throw new LzmaFailure("corrupt", at - 1);
      const size = u16() + 1;
      need(size);
      out.append(input.subarray(at, at + size));
      at += size;
      continue;
    }
    const size = ((control & 0x1f) << 16) + u16() + 1;
    const packed = u16() + 1;
    if (control >= 0xc0) {
      need(1);
      if (!decoder.properties(input[at++] as number, 4)) throw new LzmaFailure("corrupt", at - 1);
      withoutProperties = withoutState = false;
      decoder.resetState();
    } else if (control >= 0xa0) {
      if (withoutProperties) throw new LzmaFailure("corrupt", at - 1);
      withoutState = false;
      decoder.resetState();
    }
    if (withoutState) throw new LzmaFailure("corrupt", at - 1);
    need(packed);
    decoder.start(at, at + packed);
    decoder.decode(out.length + size, false);
    if (decoder.at !== at + packed || !decoder.finished) throw new LzmaFailure("corrupt", decoder.at);
    at += packed;
  }
}
