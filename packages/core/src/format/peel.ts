import { isMasqueradeError, UnknownFormatError } from "../errors.ts";
import type { AnyFormat } from "./format.ts";
import { byExtension, settle, sniffAll } from "./identify.ts";
import type { Limits } from "./limits.ts";
import { HEAD_BYTES } from "./read-whole.ts";
import type { Stranger } from "./stranger.ts";
import type { Wrapper } from "./wrapper.ts";

/** Layers of compression around one file. */
const MOST_LAYERS = 4;

export interface Peeled {
  readonly format: AnyFormat;
  readonly bytes: Uint8Array;
  /** Wrappers taken off, the outermost first. */
  readonly wrappers: readonly Wrapper[];
}

/** Whether the bytes look compressed rather than like any format: a format that is sure goes before a wrapper. */
export function wrapperOf(
  formats: readonly AnyFormat[],
  wrappers: readonly Wrapper[],
  head: Uint8Array,
): Wrapper | undefined {
  if (sniffAll(formats, head).yes.length > 0) return undefined;
  const first = head.subarray(0, HEAD_BYTES);
  return wrappers.find((wrapper) => {
    try {
      return wrapper.sniff(first);
    } catch {
      return false;
    }
  });
}

/** `sst.npy.gz` without what names the wrapper. */
function withoutWrapper(name: string | undefined, wrapper: Wrapper): string | undefined {
  if (name === undefined || byExtension([wrapper], name).length === 0) return name;
  return name.slice(0, name.lastIndexOf("."));
}

/**
 * Takes outer compression off, layer by layer, and recognises what is inside. `fixed` is a format the caller named: then layers are
 * taken off only as long as that format does not recognise the bytes. Throws what {@link settle} and the wrappers throw.
 */
export async function peel(
  formats: readonly AnyFormat[],
  wrappers: readonly Wrapper[],
  bytes: Uint8Array,
  name: string | undefined,
  options: {
    readonly limits: Limits;
    readonly signal?: AbortSignal | undefined;
    readonly fixed?: AnyFormat | undefined;
    readonly strangers?: readonly Stranger[] | undefined;
  },
): Promise<Peeled> {
  const taken: Wrapper[] = [];
  const { limits, signal, fixed, strangers } = options;
  for (;;) {
    const rivals = fixed === undefined ? formats : [fixed];
    const sniffed = sniffAll(rivals, bytes, strangers);
    const wrapper = wrapperOf(rivals, wrappers, bytes);
    if (wrapper === undefined || (fixed !== undefined && sniffed.maybe.length > 0))
      return { format: fixed ?? settle(formats, sniffed, name), bytes, wrappers: taken };
    if (taken.length === MOST_LAYERS)
      throw new UnknownFormatError("FORMAT_UNKNOWN", `more than ${MOST_LAYERS} layers of compression around a file`);
    try {
      const inner = await wrapper.unwrap(bytes, { maxBytes: limits.maxBytes, ...(signal && { signal }) });
      taken.push(wrapper);
      name = withoutWrapper(name, wrapper);
      bytes = inner;
    } catch (error) {
      // Two bytes may look like a wrapper by chance; if some format thinks the bytes are its own, that is what happened.
      // Two bytes of data without a magic number of its own may do so, too: the caller has said what it is.
      const chance = fixed !== undefined || sniffed.maybe.length > 0;
      if (!chance || !isMasqueradeError(error, "FORMAT_MALFORMED", "FORMAT_TRUNCATED")) throw error;
      return { format: fixed ?? settle(formats, sniffed, name), bytes, wrappers: taken };
    }
  }
}
