import { hostIsLittleEndian } from "@masquerade/core";
import { CEILINGS, EXACT, FACTORS, IOTA, LEAST, NULLS, ONES, PARAMETERS, PLACES, POWERS } from "./memory.ts";
import { kernelModule } from "./module.ts";

/** Printing and reading rows of numbers in WebAssembly. One for the whole process: it keeps nothing from one call to the next. */
export interface Kernel {
  readonly memory: Uint8Array;
  /** The parameters, as words. */
  readonly words: Int32Array;
  print(kind: number, count: number, values: number, mask: number, text: number, limit: number): number;
  parse(kind: number, text: number, end: number, values: number, mask: number, most: number): number;
  printTable: Kernel["print"];
  parseTable: Kernel["parse"];
}

let made: Kernel | null | undefined;

/** The kernels, made at the first call; undefined where WebAssembly is not to be had (a strict content-security policy): then JavaScript does it. */
export function kernel(): Kernel | undefined {
  if (made === undefined) made = make();
  return made ?? undefined;
}

/** Runs `work` as where there is no WebAssembly. For tests. */
export function withoutKernel<T>(work: () => T): T {
  const before = made;
  made = null;
  try {
    return work();
  } finally {
    made = before;
  }
}

function make(): Kernel | null {
  if (!hostIsLittleEndian) return null;
  try {
    const bytes = Uint8Array.from(atob(kernelModule.replaceAll("\n", "")), (c) => c.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const { buffer } = exports["memory"] as WebAssembly.Memory;
    fillTables(new DataView(buffer));
    return {
      memory: new Uint8Array(buffer),
      words: new Int32Array(buffer, PARAMETERS),
      print: exports["print"] as Kernel["print"],
      parse: exports["parse"] as Kernel["parse"],
      printTable: exports["printTable"] as Kernel["print"],
      parseTable: exports["parseTable"] as Kernel["parse"],
    };
  } catch {
    return null;
  }
}

const LOW = 0xffffffffffffffffn;

/** What {@link FACTORS} has, each four times. */
const factors: readonly number[] = [
  // Taking digits apart: 2 ** 45 / 10 ** 4, 10 ** 4, 2 ** 20 / 100; what is left in the other half of 32 bits; 2 ** 10 / 10; in that of 16.
  ...[0xd1b71759, 10000, 10486, 1 - 6553600, 0x670067, 0xf601f601],
  // The character 0; 9; and putting digits together: by two, four, eight.
  ...[0x30303030, 0x09090909, 0xa010a01, 0x10064, 0x12710],
];

/** The powers of ten from 1e-348 to 1e347 to 128 bits. */
function fillTables(memory: DataView): void {
  const put = (at: number, value: bigint): void => {
    memory.setBigUint64(at, value >> 64n, true);
    memory.setBigUint64(at + 8, value & LOW, true);
  };
  let power = 1n;
  for (let e = 0; e <= -LEAST; e++, power *= 10n) {
    const bits = power.toString(2).length;
    const above = bits > 128 ? BigInt(bits - 128) : 0n;
    const floor = bits > 128 ? power >> above : power << BigInt(128 - bits);
    if (e < -LEAST) {
      const at = (e - LEAST) * 16;
      put(POWERS + at, floor);
      put(CEILINGS + at, bits <= 128 || floor << above === power ? floor : floor + 1n);
    }
    if (e === 0) continue;
    // Between 2 ** 127 and 2 ** 128, since no power of ten but 1 is one of two.
    const inverse = (1n << BigInt(bits + 127)) / power + 1n;
    put(POWERS + (-e - LEAST) * 16, inverse);
    put(CEILINGS + (-e - LEAST) * 16, inverse);
  }
  for (let e = 0; e <= 22; e++) memory.setFloat64(EXACT + e * 8, 10 ** e, true);
  for (let i = -16; i < 48; i++) memory.setInt8(IOTA + i, i);
  for (let places = 0; places < 15; places++)
    for (let i = 0; i < 16; i++) {
      const side = Math.sign(i - places - 1);
      // An index far beyond the digits stands for a digit 0.
      memory.setInt8(PLACES + places * 32 + i, side < 0 ? 0 : side > 0 ? -1 : 64);
      memory.setInt8(PLACES + places * 32 + 16 + i, side === 0 ? 46 : 48);
    }
  new Uint8Array(memory.buffer, ONES, 16).fill(0xff);
  for (let i = 0; i < 48; i++) memory.setUint8(NULLS + i, ",null".charCodeAt(i % 5));
  factors.forEach((factor, at) => {
    for (let i = 0; i < 4; i++) memory.setInt32(FACTORS + (at * 4 + i) * 4, factor, true);
  });
}
