import { CapabilityError, type NdArray } from "@masquerade/core";
import { ByteBuilder } from "./builder.ts";
import { textHeap } from "./heap.ts";
import type { Appending } from "./output.ts";

type Text = string | null;

const textsOf = (array: NdArray): readonly Text[] => array.toC() as unknown as readonly Text[];

/** Bytes of an element when texts are stored in a fixed length; undefined: they vary in length, which HDF5's readers end at a NUL. */
export function fixedLength(array: NdArray | undefined): number | undefined {
  if (array === undefined || !textsOf(array).some((text) => text?.includes("\0") === true)) return undefined;
  const encoder = new TextEncoder();
  let most = 1;
  for (const [i, text] of textsOf(array).entries()) {
    if (text === null || text.endsWith("\0"))
      throw unfit(i, text === null ? "is missing beside texts with NUL" : "ends with a NUL");
    most = Math.max(most, encoder.encode(text).length);
  }
  if (most * array.size > 2 ** 31)
    throw new CapabilityError("hdf5", "values", "texts with NUL within take more than 2 GiB at one length for all");
  return most;
}

function unfit(element: number, how: string): CapabilityError {
  return new CapabilityError(
    "hdf5",
    "values",
    `element ${element} ${how}, which HDF5's readers do not give again; save the array as NPY or pickle`,
  );
}

/** UTF-8, each element NUL-padded to `size` bytes. */
export function fixedTexts(array: NdArray, size: number): Uint8Array {
  const out = new Uint8Array(array.size * size);
  const encoder = new TextEncoder();
  for (const [i, text] of textsOf(array).entries()) out.set(encoder.encode(sound(text ?? "", i)), i * size);
  return out;
}

/** The texts appended as a heap of their own, and the elements that point there; missing ones point nowhere. */
export function heapTexts(array: NdArray, out: Appending): Uint8Array {
  const texts = textsOf(array);
  demandTexts(array);
  const heap = textHeap(texts.filter((text) => text !== null));
  heap.place(out.position);
  for (const [, bytes] of heap.blocks()) out.append(bytes);
  const elements = new ByteBuilder();
  for (const text of texts) {
    if (text === null) elements.zeros(16);
    else elements.raw(heap.elements([text]));
  }
  return elements.take();
}

/** Throws CapabilityError for texts that a heap does not give again. */
export function demandTexts(array: NdArray): void {
  textsOf(array).forEach((text, i) => {
    if (text?.includes("\0") === true) throw unfit(i, "has a NUL within, in an array written by blocks");
    if (text !== null) sound(text, i);
  });
}

/** Bytes of the longest text. Throws CapabilityError for one that is missing, or that HDF5's readers would not give again. */
export function longestText(array: NdArray): number {
  const encoder = new TextEncoder();
  let most = 0;
  for (const [i, text] of textsOf(array).entries()) {
    if (text === null) throw unfit(i, "is missing, in an array of texts of one length");
    if (text.endsWith("\0")) throw unfit(i, "ends with a NUL");
    most = Math.max(most, encoder.encode(sound(text, i)).length);
  }
  return most;
}

function sound(text: string, element: number): string {
  if (/\p{Surrogate}/u.test(text)) throw unfit(element, "has half a surrogate pair");
  return text;
}
