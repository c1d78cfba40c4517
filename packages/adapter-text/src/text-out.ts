const CHUNK = 2 ** 18;
const encoder = /* @__PURE__ */ new TextEncoder();

/** Text on its way out, as UTF-8 in chunks. */
export class TextOut {
  bytes: Uint8Array;
  at = 0;
  #full: Uint8Array[] = [];
  /** Bytes that were taken, and of chunks that are full. */
  #taken = 0;
  #filled = 0;
  #held: number | undefined;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  /** Memory of chunks that were taken apart: not to be written again while a part of it waits. */
  readonly #parted = new WeakSet<ArrayBufferLike>();

  constructor(room: number = CHUNK) {
    this.bytes = new Uint8Array(room);
  }

  /** Bytes written so far, in all. */
  get position(): number {
    return this.#taken + this.#filled + this.at;
  }

  /** Makes sure that `count` bytes fit. */
  room(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    if (this.at > 0) this.#push();
    if (count > this.bytes.length)
      this.bytes = count <= CHUNK ? (this.#spare.pop() ?? new Uint8Array(CHUNK)) : new Uint8Array(count);
  }

  #push(): void {
    this.#full.push(this.bytes.subarray(0, this.at));
    this.#filled += this.at;
    this.bytes = new Uint8Array(0);
    this.at = 0;
  }

  byte(code: number): void {
    this.room(1);
    this.bytes[this.at++] = code;
  }

  text(text: string): void {
    this.room(text.length * 3);
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written;
  }

  /** Bytes, over the end of a chunk too. */
  raw(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.at === this.bytes.length) this.room(1);
      const n = Math.min(bytes.length - from, this.bytes.length - this.at);
      this.bytes.set(bytes.subarray(from, from + n), this.at);
      this.at += n;
      from += n;
    }
  }

  /** Nothing from this position on is to be taken; undefined: all may be. */
  hold(position: number | undefined): void {
    this.#held = position;
  }

  /** Writes something at a position, which was not taken yet, instead of at the end. */
  insert(position: number, write: () => void): void {
    if (this.at > 0) this.#push();
    const chunks = this.#full;
    const behind: Uint8Array[] = [];
    for (let end = this.#taken + this.#filled; end > position; ) {
      const chunk = chunks.pop() as Uint8Array;
      end -= chunk.length;
      const cut = Math.max(0, position - end);
      behind.unshift(chunk.subarray(cut));
      if (cut > 0) {
        chunks.push(chunk.subarray(0, cut));
        this.#parted.add(chunk.buffer);
      }
      this.#filled -= chunk.length - cut;
      if (cut > 0) break;
    }
    write();
    if (this.at > 0) this.#push();
    for (const chunk of behind) {
      chunks.push(chunk);
      this.#filled += chunk.length;
    }
  }

  /** Chunks that are full; with `all`, the last one too. */
  take(all = false): readonly Uint8Array[] {
    if (all && this.at > 0) this.#push();
    let count = 0;
    let bytes = 0;
    const limit = this.#held === undefined ? Number.POSITIVE_INFINITY : this.#held - this.#taken;
    while (count < this.#full.length && bytes + (this.#full[count] as Uint8Array).length <= limit)
      bytes += (this.#full[count++] as Uint8Array).length;
    this.#taken += bytes;
    this.#filled -= bytes;
    return this.#full.splice(0, count);
  }

  /** Gives back a chunk that was taken and is written: the next text goes there, in memory that is warm. */
  reuse({ buffer }: Uint8Array): void {
    if (buffer.byteLength === CHUNK && this.#spare.length < 4) this.#spare.push(new Uint8Array(buffer as ArrayBuffer));
  }
}
