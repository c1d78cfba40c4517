// What is printed without digits: zero, NaN and the infinities, as JSON has them or as Python does.

/** Whether numbers stand as Python prints them (`nan`, `-inf`, integers of any size), not as JSON has them. */
export let bare: bool = false;

export function begin(asPython: bool): void {
  bare = asPython;
}

export function zero(o: usize, negative: bool): usize {
  if (!negative) {
    store<u8>(o, 48);
    return o + 1;
  }
  store<u32>(o, 0x302e302d);
  return o + 4;
}

/** `"NaN"`, `"Infinity"`, or the bits of another NaN: `"NaN(0x7e01)"`. */
export function special(at: usize, bits: u64, usual: u64, infinite: bool, negative: bool, hexDigits: i32): usize {
  let o = at;
  if (bare) {
    if (infinite && negative) store<u8>(o++, 45);
    store<u32>(o, infinite ? 0x666e69 : 0x6e616e);
    return o + 3;
  }
  if (infinite) {
    store<u8>(o++, 34);
    if (negative) store<u8>(o++, 45);
    store<u64>(o, 0x7974696e69666e49);
    store<u8>(o, 34, 8);
    return o + 9;
  }
  store<u32>(o, 0x4e614e22);
  if (bits == usual) {
    store<u8>(o, 34, 4);
    return o + 5;
  }
  store<u32>(o, 0x783028, 4);
  o += 7;
  for (let n = hexDigits - 1; n >= 0; n--) {
    const d = <u8>((bits >> ((<u64>n) << 2)) & 15);
    store<u8>(o++, d < 10 ? 48 + d : 87 + d);
  }
  store<u16>(o, 0x2229);
  return o + 2;
}
