/** Larger ones are not kept. */
const MOST_BYTES = 4 << 20;

/** Memory for what is read and soon done with: some buffers, used again and again. */
export class Scratch {
  private readonly most: number;
  private readonly idle: Uint8Array[] = [];

  constructor(most: number) {
    this.most = most;
  }

  /** So many bytes, with anything in them. */
  take(length: number): Uint8Array {
    const found = this.idle.findIndex((one) => one.buffer.byteLength >= length);
    const [room] = found < 0 ? [] : this.idle.splice(found, 1);
    return new Uint8Array(room?.buffer ?? new ArrayBuffer(length), 0, length);
  }

  give(room: Uint8Array): void {
    if (room.buffer.byteLength > MOST_BYTES) return;
    if (this.idle.length === this.most) this.idle.shift();
    this.idle.push(room);
  }
}
