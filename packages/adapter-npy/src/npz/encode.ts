import { crc32, deflateRaw } from "@masquerade/compression";
import {
  type AnyArray,
  type Bundle,
  checkOptions,
  describe,
  dtypes,
  type EncodeOptions,
  type FullMask,
  isArray,
  isBundle,
  isMaskedArray,
  NdArray,
  nomask,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { join, npyParts } from "../npy/encode.ts";
import { directoryParts, encodeName, localHeader, type MemberRecord } from "../zip/write.ts";
import { type NpzWriteOptions, npz } from "./format.ts";
import { type Member, membersOf } from "./members.ts";

/** The 0-d False that stands for nomask. */
export function absentMask(): NdArray {
  return new NdArray<"bool">({ dtype: dtypes.simple("bool"), shape: [], storage: new Uint8Array(1) }) as NdArray;
}

/** Every array of a value by path, as `membersOf` names them. */
function arraysOf(value: AnyArray | Bundle): ReadonlyMap<string, AnyArray> {
  if (isArray(value)) return new Map([["", value]]);
  const out = new Map<string, AnyArray>();
  const pending: (readonly [path: string, group: Bundle])[] = [["", value]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, group] = next;
    for (const [name, member] of group.entries) {
      const at = path === "" ? name : `${path}/${name}`;
      if (isBundle(member)) pending.push([at, member]);
      else out.set(at, member);
    }
  }
  return out;
}

function planeOf(member: Member, array: AnyArray): NdArray {
  if (!isMaskedArray(array)) return array;
  if (member.plane === "data") return array.data;
  if (member.plane === "fill") return array.fillValue as NdArray;
  return array.mask === nomask ? absentMask() : (array.mask as FullMask as NdArray);
}

/** The archive in pieces: headers, and views of the arrays' own memory where members are stored. */
export function* encodeNpzParts(
  value: AnyArray | Bundle,
  options: NpzWriteOptions & EncodeOptions = {},
): Generator<Uint8Array> {
  checkOptions("npz", npz.options.write, options);
  const header = describe(value);
  refuseLosses("npz", npz.losses(header, options), options);
  const { members, comment } = membersOf(header);
  const arrays = arraysOf(value);
  const records: MemberRecord[] = [];
  let offset = 0;
  for (const [i, member] of members.entries()) {
    throwIfAborted(options.signal);
    const parts = npyParts(planeOf(member, arrays.get(member.path) as AnyArray), undefined, "npz", options);
    const name = encodeName(`${member.key}.npy`);
    const size = parts[0].length + parts[1].length;
    const body = options.compress ? [deflateRaw(join(parts), { level: options.level ?? 6 })] : parts;
    const packedSize = options.compress ? (body[0] as Uint8Array).length : size;
    const record: MemberRecord = {
      name: name.bytes,
      utf8: name.utf8,
      method: options.compress ? 8 : 0,
      descriptor: false,
      offset,
      crc: crc32(parts[1], crc32(parts[0])),
      size,
      packedSize,
    };
    records.push(record);
    const local = localHeader(record);
    yield local;
    yield* body;
    offset += local.length + packedSize;
    options.onProgress?.(i + 1, members.length);
  }
  yield* directoryParts(records, offset, comment);
}

/** {@link npz}'s encode. */
export function encodeNpz(value: AnyArray | Bundle, options: NpzWriteOptions & EncodeOptions = {}): Uint8Array {
  return join([...encodeNpzParts(value, options)]);
}
