/** What a piece of code allocated, as far as constructors tell. */
export interface Allocations {
  /** Bytes of the largest single buffer or list. */
  readonly largest: number;
  /** Bytes of all of them. */
  readonly total: number;
}

type Sized = new (...args: never[]) => ArrayBufferView | ArrayBuffer | readonly unknown[];

const counted: readonly string[] = [
  "ArrayBuffer",
  "SharedArrayBuffer",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int8Array",
  "Uint16Array",
  "Int16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Array",
];

/**
 * Counts what constructors allocate while `action` runs: typed arrays, buffers and lists made by length, wherever in this realm. Their
 * globals are exchanged for counting ones meanwhile, so nothing else may run at the same time. What native code allocates (zlib, wasm
 * memory, a Buffer of Node's) is not seen.
 */
export async function countAllocations(action: () => unknown): Promise<Allocations> {
  let largest = 0;
  let total = 0;
  const note = (bytes: number): void => {
    largest = Math.max(largest, bytes);
    total += bytes;
  };
  const scope = globalThis as unknown as Record<string, Sized>;
  const originals = new Map<string, Sized>();
  for (const name of counted) {
    const original = scope[name];
    if (original === undefined) continue;
    originals.set(name, original);
    scope[name] = new Proxy(original, {
      construct(target, args: readonly unknown[], newTarget) {
        const [first] = args;
        const unit =
          (target as unknown as { readonly BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ??
          (name === "Array" ? 8 : 1);
        // Noted before it is tried: an allocation that fails was asked for too.
        if (typeof first === "number" && args.length === 1) note(first * unit);
        else if (typeof first === "number") note(first);
        return Reflect.construct(target, args, newTarget === scope[name] ? target : newTarget) as object;
      },
    });
  }
  try {
    await action();
  } finally {
    for (const [name, original] of originals) scope[name] = original;
  }
  return { largest, total };
}
