/**
 * Zip records as CPython's zipfile writes them for np.savez: dates of 1980-01-01, version 45, a zip64 extra field in every local header
 * (numpy.lib._npyio_impl passes force_zip64), none in the directory unless the numbers ask for it.
 */
import { CapabilityError } from "@masquerade/core";

/** Above this zipfile switches to 64-bit fields (zipfile.ZIP64_LIMIT). */
const LIMIT = 2 ** 31 - 1;

/** A member being written. */
export interface MemberRecord {
  readonly name: Uint8Array;
  /** Whether the name is beyond ASCII, which sets flag 11. */
  readonly utf8: boolean;
  readonly method: 0 | 8;
  /** Sizes and checksum follow the data, because the sink cannot go back. */
  readonly descriptor: boolean;
  readonly offset: number;
  crc: number;
  size: number;
  packedSize: number;
}

/** The name of a member. Throws CapabilityError for one no zip archive can hold. */
export function encodeName(name: string): { readonly bytes: Uint8Array; readonly utf8: boolean } {
  if (name.includes("\0")) throw new CapabilityError("npz", "names", "a member's name cannot hold NUL; rename it");
  const bytes = new TextEncoder().encode(name);
  if (bytes.length > 65_535)
    throw new CapabilityError("npz", "names", `a name of ${bytes.length} bytes is longer than a zip archive can hold`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
  return { bytes, utf8: !/^[\u0000-\u007f]*$/.test(name) };
}

const flagsOf = (m: MemberRecord): number => (m.utf8 ? 0x800 : 0) | (m.descriptor ? 8 : 0);

/** The local header; sizes are in its zip64 extra field, zero where a descriptor will follow. */
export function localHeader(m: MemberRecord): Uint8Array {
  const out = new Uint8Array(30 + m.name.length + 20);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(4, 45, true);
  view.setUint16(6, flagsOf(m), true);
  view.setUint16(8, m.method, true);
  view.setUint16(12, 0x21, true);
  view.setUint32(14, m.descriptor ? 0 : m.crc, true);
  view.setUint32(18, 0xffffffff, true);
  view.setUint32(22, 0xffffffff, true);
  view.setUint16(26, m.name.length, true);
  view.setUint16(28, 20, true);
  out.set(m.name, 30);
  const extra = 30 + m.name.length;
  view.setUint16(extra, 1, true);
  view.setUint16(extra + 2, 16, true);
  view.setBigUint64(extra + 4, BigInt(m.descriptor ? 0 : m.size), true);
  view.setBigUint64(extra + 12, BigInt(m.descriptor ? 0 : m.packedSize), true);
  return out;
}

/** Checksum and sizes after the data, 64-bit because the local header has a zip64 field (APPNOTE 4.3.9.2). */
export function dataDescriptor(m: MemberRecord): Uint8Array {
  const out = new Uint8Array(24);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x08074b50, true);
  view.setUint32(4, m.crc, true);
  view.setBigUint64(8, BigInt(m.packedSize), true);
  view.setBigUint64(16, BigInt(m.size), true);
  return out;
}

function centralRecord(m: MemberRecord): Uint8Array {
  const wide: number[] = [];
  const largeSize = m.size > LIMIT || m.packedSize > LIMIT;
  if (largeSize) wide.push(m.size, m.packedSize);
  const largeOffset = m.offset > LIMIT;
  if (largeOffset) wide.push(m.offset);
  const extra = wide.length === 0 ? 0 : 4 + 8 * wide.length;
  const out = new Uint8Array(46 + m.name.length + extra);
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint8(4, 45);
  view.setUint8(5, 3);
  view.setUint16(6, 45, true);
  view.setUint16(8, flagsOf(m), true);
  view.setUint16(10, m.method, true);
  view.setUint16(14, 0x21, true);
  view.setUint32(16, m.crc, true);
  view.setUint32(20, largeSize ? 0xffffffff : m.packedSize, true);
  view.setUint32(24, largeSize ? 0xffffffff : m.size, true);
  view.setUint16(28, m.name.length, true);
  view.setUint16(30, extra, true);
  view.setUint32(38, 0o600 * 65_536, true);
  view.setUint32(42, largeOffset ? 0xffffffff : m.offset, true);
  out.set(m.name, 46);
  if (extra > 0) {
    const at = 46 + m.name.length;
    view.setUint16(at, 1, true);
    view.setUint16(at + 2, 8 * wide.length, true);
    for (const [i, value] of wide.entries()) view.setBigUint64(at + 4 + 8 * i, BigInt(value), true);
  }
  return out;
}

/** Everything after the last member: the directory, its zip64 end where numbers ask for it, and the end record with the comment. */
export function directoryParts(
  members: readonly MemberRecord[],
  start: number,
  comment: Uint8Array,
): readonly Uint8Array[] {
  const parts = members.map(centralRecord);
  const length = parts.reduce((n, part) => n + part.length, 0);
  const count = members.length;
  if (count > 65_535 || start > LIMIT || length > LIMIT) {
    const out = new Uint8Array(76);
    const view = new DataView(out.buffer);
    view.setUint32(0, 0x06064b50, true);
    view.setBigUint64(4, 44n, true);
    view.setUint16(12, 45, true);
    view.setUint16(14, 45, true);
    view.setBigUint64(24, BigInt(count), true);
    view.setBigUint64(32, BigInt(count), true);
    view.setBigUint64(40, BigInt(length), true);
    view.setBigUint64(48, BigInt(start), true);
    view.setUint32(56, 0x07064b50, true);
    view.setBigUint64(64, BigInt(start + length), true);
    view.setUint32(72, 1, true);
    parts.push(out);
  }
  const end = new Uint8Array(22 + comment.length);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, Math.min(count, 0xffff), true);
  view.setUint16(10, Math.min(count, 0xffff), true);
  view.setUint32(12, Math.min(length, 0xffffffff), true);
  view.setUint32(16, Math.min(start, 0xffffffff), true);
  view.setUint16(20, comment.length, true);
  end.set(comment, 22);
  parts.push(end);
  return parts;
}
