/** Sixteen tables of 256: byte k of a 16-byte group is looked up in table 15 - k. Made on first use. */
let tables: Uint32Array | undefined;

function makeTables(): Uint32Array {
  const t = new Uint32Array(16 * 256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    t[i] = c;
  }
  for (let i = 256; i < t.length; i++) {
    const before = t[i - 256] as number;
    t[i] = (before >>> 8) ^ (t[before & 255] as number);
  }
  tables = t;
  return t;
}

/** CRC-32 (polynomial 0xedb88320 reflected) by slicing-by-16. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const t = (tables ?? makeTables()) as Uint32Array & { readonly [i: number]: number };
  const b = bytes as Uint8Array & { readonly [i: number]: number };
  const n = b.length;
  let c = ~seed;
  let i = 0;
  for (; i + 16 <= n; i += 16) {
    c =
      t[3840 + ((b[i]! ^ c) & 255)]! ^
      t[3584 + ((b[i + 1]! ^ (c >>> 8)) & 255)]! ^
      t[3328 + ((b[i + 2]! ^ (c >>> 16)) & 255)]! ^
      t[3072 + (b[i + 3]! ^ (c >>> 24))]! ^
      t[2816 + b[i + 4]!]! ^
      t[2560 + b[i + 5]!]! ^
      t[2304 + b[i + 6]!]! ^
      t[2048 + b[i + 7]!]! ^
      t[1792 + b[i + 8]!]! ^
      t[1536 + b[i + 9]!]! ^
      t[1280 + b[i + 10]!]! ^
      t[1024 + b[i + 11]!]! ^
      t[768 + b[i + 12]!]! ^
      t[512 + b[i + 13]!]! ^
      t[256 + b[i + 14]!]! ^
      t[b[i + 15]!]!;
  }
  for (; i < n; i++) c = t[(c ^ b[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
