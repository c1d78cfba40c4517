import type { Piece } from "./plan.ts";

/** Elements that lie together on both sides and are at least this many are moved as one run. */
const RUN = 16;

type Lanes = Uint8Array | Uint16Array | Uint32Array;

/** Both sides seen in the widest lanes that itemsize and alignment allow; bits move as integers, so NaN payloads survive. */
function lanesOver(file: Uint8Array, memory: Uint8Array, itemsize: number): readonly [Lanes, Lanes, perItem: number] {
  const odd = itemsize | file.byteOffset | memory.byteOffset;
  if (odd % 4 === 0) return [over32(file), over32(memory), itemsize / 4];
  if (odd % 2 === 0)
    return [
      new Uint16Array(file.buffer, file.byteOffset, file.length >> 1),
      new Uint16Array(memory.buffer, memory.byteOffset, memory.length >> 1),
      itemsize / 2,
    ];
  return [file, memory, itemsize];
}

const over32 = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);

/** Copies the elements of a piece from its bytes to their places in `memory`, or with `back` the other way. */
export function copyPiece(piece: Piece, file: Uint8Array, memory: Uint8Array, itemsize: number, back = false): void {
  const [fileLanes, memoryLanes, lanes] = lanesOver(file, memory, itemsize);
  const from = back ? memoryLanes : fileLanes;
  const to = back ? fileLanes : memoryLanes;
  const { axes } = piece;
  const innermost = axes.at(-1) ?? { count: 1, file: 1, memory: 1 };
  const outer = axes.slice(0, -1);
  const index = new Array<number>(outer.length).fill(0);
  const fromStep = (back ? innermost.memory : innermost.file) * lanes;
  const toStep = (back ? innermost.file : innermost.memory) * lanes;
  const n = innermost.count;
  const together = fromStep === lanes && toStep === lanes && n >= RUN;
  for (;;) {
    let inFile = 0;
    let inMemory = piece.memoryAt;
    for (let i = 0; i < outer.length; i++) {
      const axis = outer[i] as (typeof outer)[number];
      inFile += (index[i] as number) * axis.file;
      inMemory += (index[i] as number) * axis.memory;
    }
    let a = (back ? inMemory : inFile) * lanes;
    let b = (back ? inFile : inMemory) * lanes;
    if (together) to.set(from.subarray(a, a + n * lanes), b);
    else if (lanes === 1) for (let k = 0; k < n; k++, a += fromStep, b += toStep) to[b] = from[a] as number;
    else
      for (let k = 0; k < n; k++, a += fromStep, b += toStep)
        for (let l = 0; l < lanes; l++) to[b + l] = from[a + l] as number;
    let i = outer.length - 1;
    while (i >= 0 && (index[i] = (index[i] as number) + 1) === (outer[i] as (typeof outer)[number]).count)
      index[i--] = 0;
    if (i < 0) return;
  }
}
