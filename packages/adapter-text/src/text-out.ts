const CHUNK = 2 ** 18;
const encoder = /* @__PURE__ */ new TextEncoder();

/** Text on its way out, as UTF-8 in chunks. */
export class TextOut {
  bytes: Uint8Array;
  at = 0;
  #full: Uint8Array[] = [];

  constructor(room: number = CHUNK) {
    this.bytes = new Uint8Array(room);
  }

  /** Makes sure that `count` bytes fit. */
  room(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    this.#full.push(this.bytes.subarray(0, this.at));
    this.bytes = new Uint8Array(Math.max(CHUNK, count));
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

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Chunks that are full; with `all`, the last one too. */
  take(all = false): readonly Uint8Array[] {
    if (all && this.at > 0) {
      this.#full.push(this.bytes.subarray(0, this.at));
      this.bytes = new Uint8Array(0);
      this.at = 0;
    }
    const full = this.#full;
    this.#full = [];
    return full;
  }
}
