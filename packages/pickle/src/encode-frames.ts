import type { Payload } from "./encode-nodes.ts";
import type { PayloadForm } from "./encode-text.ts";

/** A place for raw bytes in the pickle: `size` bytes, made from the payload's own by `form`. */
export interface PayloadPart {
  readonly payload: Payload;
  readonly form: PayloadForm;
  /**
   * Bytes in the file. Undefined in protocols 0–2 for a payload whose bytes are not known yet; in protocols 1 and 2 the
   * four bytes before it are then its length, little-endian, for whoever writes the payload to put right.
   */
  readonly size: number | undefined;
}
export type PicklePart = Uint8Array | PayloadPart;

/** CPython's FRAME_SIZE_TARGET: a frame is closed once it holds this much, and payloads of this size stand outside frames. */
const FRAME_TARGET = 65_536;
/** CPython's FRAME_SIZE_MIN: shorter frames are written without their header. */
const FRAME_MIN = 4;
const FRAME = 0x95;
/** Payloads below this are copied among the opcodes rather than made parts of their own. */
const INLINE = 4096;

/** Gathers opcodes into parts and, from protocol 4 on, into frames as CPython's C pickler does. */
export class FrameWriter {
  /** Finished parts, in order; whoever takes them empties the list. */
  readonly ready: PicklePart[] = [];
  /** Bytes of the pickle before the first byte not yet in a finished frame. */
  #done = 0;
  #framing = false;
  /** Parts of the open frame, and the bytes in them and in the buffer. */
  readonly #open: PicklePart[] = [];
  #openSize = 0;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #view: DataView = new DataView(this.#buffer.buffer);
  #start = 0;
  #at = 0;

  /** Frames begin after the PROTO opcode. */
  startFraming(): void {
    this.#flush();
    this.#close();
    this.#framing = true;
  }

  /** CPython looks whether the frame is full before each object. (Without frames this only hands parts on.) */
  boundary(): void {
    if (this.#openSize + this.#at - this.#start >= FRAME_TARGET) this.commitFrame();
  }

  /** Ends the open frame. */
  commitFrame(): void {
    this.#flush();
    if (this.#framing && this.#openSize >= FRAME_MIN) {
      const header = new Uint8Array(9);
      header[0] = FRAME;
      new DataView(header.buffer).setBigUint64(1, BigInt(this.#openSize), true);
      this.ready.push(header);
      this.#done += 9;
    }
    this.#close();
  }

  /** Position, from the start of the pickle, of what comes next; only meaningful right after {@link commitFrame}. */
  get position(): number {
    return this.#done;
  }

  byte(value: number): void {
    if (this.#at === this.#buffer.length) this.#reserve(1);
    this.#buffer[this.#at++] = value;
  }
  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }
  int32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#at, value, true);
    this.#at += 4;
  }
  uint64(value: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#at, value % 2 ** 32, true);
    this.#view.setUint32(this.#at + 4, Math.floor(value / 2 ** 32), true);
    this.#at += 8;
  }
  float64BigEndian(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, false);
    this.#at += 8;
  }
  ascii(value: string): void {
    this.#reserve(value.length);
    for (let i = 0; i < value.length; i++) this.#buffer[this.#at++] = value.charCodeAt(i);
  }
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  /** An opcode with its length (`header`) and the bytes it announces: outside frames when they are large. */
  sized(header: () => void, part: PayloadPart): void {
    const large = part.size === undefined || part.size >= FRAME_TARGET;
    const framing = this.#framing;
    if (large) {
      this.commitFrame();
      this.#framing = false;
    }
    header();
    this.#payload(part);
    if (large) {
      this.commitFrame();
      this.#framing = framing;
    }
  }

  /** Bytes outside the opcodes and outside any frame. */
  outside(payload: Payload): void {
    this.commitFrame();
    this.ready.push({ payload, form: "raw", size: payload.size });
    this.#done += payload.size;
  }

  #payload(part: PayloadPart): void {
    if (part.size === 0) return;
    const { read } = part.payload;
    if (part.form === "raw" && part.payload.size <= INLINE && read !== undefined) {
      this.bytes(read());
      return;
    }
    this.#flush();
    this.#open.push(part);
    this.#openSize += part.size ?? 0;
  }

  #flush(): void {
    if (this.#at === this.#start) return;
    this.#open.push(this.#buffer.subarray(this.#start, this.#at));
    this.#openSize += this.#at - this.#start;
    this.#start = this.#at;
  }

  #close(): void {
    for (const part of this.#open) this.ready.push(part);
    this.#done += this.#openSize;
    this.#open.length = 0;
    this.#openSize = 0;
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#buffer.length) return;
    this.#flush();
    this.#buffer = new Uint8Array(Math.max(size, Math.min(this.#buffer.length * 2, FRAME_TARGET)));
    this.#view = new DataView(this.#buffer.buffer);
    this.#start = this.#at = 0;
  }
}
