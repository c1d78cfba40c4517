/** Bytes of data an automatic chunk has at most: one fits HDF5's own chunk cache of 1 MiB. */
export const AUTO_CHUNK_BYTES: number = 2 ** 20;
/** Bytes an automatic chunk of an array that grows has at least: small appends must not make small chunks. */
const GROWING_CHUNK_BYTES = 2 ** 16;
/** Bytes of a row of chunks, which is held while rows come in: writing by blocks needs no more memory, whatever the shape. */
const ROW_BYTES = 2 ** 25;

/**
 * The automatic shape of chunks: the whole array, its longest axis (of several the first) halved until a chunk has at most 1 MiB, and the first
 * axis until a row of chunks has at most 32 MiB. Axes that may grow count as at least so long that a chunk has 64 KiB.
 * Undefined for 0-d arrays, and for empty ones that do not grow, which have no chunks.
 */
export function autoChunks(
  shape: readonly number[],
  itemsize: number,
  growing: readonly number[] = [],
): readonly number[] | undefined {
  if (shape.length === 0 || shape.some((n, i) => n === 0 && !growing.includes(i))) return undefined;
  const chunks = shape.map((n) => Math.max(1, n));
  const bytes = (): number => chunks.reduce((n, m) => n * m, itemsize);
  for (const axis of growing)
    if (bytes() < GROWING_CHUNK_BYTES)
      chunks[axis] = Math.ceil(GROWING_CHUNK_BYTES / (bytes() / (chunks[axis] as number)));
  const row = shape.slice(1).reduce((n, m) => n * Math.max(1, m), itemsize);
  while ((chunks[0] as number) > 1 && (chunks[0] as number) * row > ROW_BYTES)
    chunks[0] = Math.ceil((chunks[0] as number) / 2);
  while (bytes() > AUTO_CHUNK_BYTES) {
    const longest = chunks.indexOf(Math.max(...chunks));
    if ((chunks[longest] as number) <= 1) break;
    chunks[longest] = Math.ceil((chunks[longest] as number) / 2);
  }
  return chunks;
}

/** The first elements of each chunk, in C order of the grid. */
export function* chunkOrigins(shape: readonly number[], chunks: readonly number[]): Generator<readonly number[]> {
  const origin = shape.map(() => 0);
  for (;;) {
    yield [...origin];
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      origin[axis] = (origin[axis] as number) + (chunks[axis] as number);
      if ((origin[axis] as number) < (shape[axis] as number)) break;
      origin[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** A part of an array in C order: its bytes, its shape, and where in it a box begins. */
export interface Place {
  readonly bytes: Uint8Array;
  readonly shape: readonly number[];
  readonly at: readonly number[];
}

/** Copies one chunk out of an array in C order; what lies past the array's edges is left as it is in `target`. */
export function gatherChunk(
  bytes: Uint8Array,
  shape: readonly number[],
  itemsize: number,
  origin: readonly number[],
  chunks: readonly number[],
  target: Uint8Array,
): void {
  const count = shape.map((n, i) => Math.min(chunks[i] as number, n - (origin[i] as number)));
  copyBox({ bytes, shape, at: origin }, { bytes: target, shape: chunks, at: shape.map(() => 0) }, count, itemsize);
}

/** Copies `count` elements along each axis, of which there is one at least, from one array to another. */
export function copyBox(from: Place, to: Place, count: readonly number[], itemsize: number): void {
  const rank = count.length;
  const run = (count[rank - 1] ?? 1) * itemsize;
  const index = count.map(() => 0);
  for (;;) {
    let source = 0;
    let target = 0;
    for (let i = 0; i < rank; i++) {
      source = source * (from.shape[i] as number) + (from.at[i] as number) + (index[i] as number);
      target = target * (to.shape[i] as number) + (to.at[i] as number) + (index[i] as number);
    }
    to.bytes.set(from.bytes.subarray(source * itemsize, source * itemsize + run), target * itemsize);
    let axis = rank - 2;
    for (; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (count[axis] as number)) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
