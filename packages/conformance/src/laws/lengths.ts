/** A file with one plausible length field multiplied. */
export interface LengthMutant {
  readonly what: string;
  readonly mutant: Uint8Array;
}

const HEAD = 512;
const factors = [3, 1000, 2 ** 40] as const;

/**
 * Every field that may be a length, multiplied: for each place of the head and the tail, read as an integer of one, two, four and eight
 * bytes of either byte order, a value from 1 to the size of the file is a plausible length, count, dimension or offset.
 */
export function* lengthMutants(bytes: Uint8Array): Generator<LengthMutant> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at++) {
    if (at >= HEAD && at < bytes.length - 128) continue;
    for (const width of [1, 2, 4, 8])
      for (const little of width === 1 ? [true] : [true, false]) {
        if (at + width > bytes.length) continue;
        const value = read(view, at, width, little);
        if (value < 1n || value > BigInt(bytes.length)) continue;
        for (const factor of factors) {
          const claim = value * BigInt(factor);
          const most = (1n << BigInt(8 * width)) - 1n;
          if (claim > most && (factor !== 3 || value === most)) continue;
          const mutant = bytes.slice();
          write(new DataView(mutant.buffer), at, width, little, claim > most ? most : claim);
          yield {
            what: `byte ${at}: ${value} as ${8 * width} bits ${little ? "little" : "big"}-endian made ${claim > most ? most : claim}`,
            mutant,
          };
        }
      }
  }
}

/** Some of many, evenly: where each costs a decode and the law holds them all to one bound. */
export function sampled<T>(all: Iterable<T>, most: number = Number.POSITIVE_INFINITY): T[] {
  const list = [...all];
  const step = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, i) => i % step === 0);
}

/** Every number written in digits, made longer: `3` becomes `3000`, `3000000000000`, `-3`. */
export function* digitRuns(bytes: Uint8Array): Generator<LengthMutant> {
  const isDigit = (b: number | undefined): boolean => b !== undefined && b >= 48 && b <= 57;
  for (let at = 0; at < Math.min(bytes.length, 2048); at++) {
    if (!isDigit(bytes[at]) || isDigit(bytes[at - 1])) continue;
    let end = at;
    while (isDigit(bytes[end])) end++;
    const digits = String.fromCharCode(...bytes.subarray(at, end));
    for (const longer of [`${digits}000`, `${digits}${"0".repeat(12)}`, `${digits}${"9".repeat(40)}`, `-${digits}`]) {
      const mutant = new Uint8Array(bytes.length + longer.length - digits.length);
      mutant.set(bytes.subarray(0, at));
      mutant.set(
        Array.from(longer, (c) => c.charCodeAt(0)),
        at,
      );
      mutant.set(bytes.subarray(end), at + longer.length);
      yield { what: `byte ${at}: ${digits} made ${longer.slice(0, 20)}`, mutant };
    }
  }
}

function read(view: DataView, at: number, width: number, little: boolean): bigint {
  if (width === 1) return BigInt(view.getUint8(at));
  if (width === 2) return BigInt(view.getUint16(at, little));
  if (width === 4) return BigInt(view.getUint32(at, little));
  return view.getBigUint64(at, little);
}

function write(view: DataView, at: number, width: number, little: boolean, value: bigint): void {
  if (width === 1) view.setUint8(at, Number(value));
  else if (width === 2) view.setUint16(at, Number(value), little);
  else if (width === 4) view.setUint32(at, Number(value), little);
  else view.setBigUint64(at, value, little);
}
