/** Little-endian bytes put together from numbers: metadata of an HDF5 file, which is small. */
export class ByteBuilder {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  length = 0;

  /** Makes room and gives its place; the buffer may be another one afterwards. */
  private room(n: number): number {
    const at = this.length;
    this.length += n;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.room(1);
      this.view.setUint8(at, value);
    }
    return this;
  }
  u16(value: number): this {
    const at = this.room(2);
    this.view.setUint16(at, value, true);
    return this;
  }
  u32(value: number): this {
    const at = this.room(4);
    this.view.setUint32(at, value, true);
    return this;
  }
  /** A non-negative safe integer, or {@link UNDEFINED_ADDRESS}. */
  u64(value: number | bigint): this {
    const at = this.room(8);
    this.view.setBigUint64(at, BigInt(value), true);
    return this;
  }
  /** An unsigned integer in as many bytes as asked for. */
  uint(value: number, size: number): this {
    for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) this.u8(rest % 256);
    return this;
  }
  raw(bytes: Uint8Array): this {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
    return this;
  }
  text(ascii: string): this {
    for (let i = 0; i < ascii.length; i++) this.u8(ascii.charCodeAt(i));
    return this;
  }
  zeros(n: number): this {
    const at = this.room(n);
    this.bytes.fill(0, at, this.length);
    return this;
  }
  /** What was built; a copy. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

/** "No address": all bits set. */
export const UNDEFINED_ADDRESS = 0xffff_ffff_ffff_ffffn;
