import { FormatError } from "@masquerade/core";
import type { ReadIndex } from "./read-messages.ts";
import type { StreamEvent } from "./reading.ts";
import { FORMAT } from "./tables.ts";

/** Holds the indexes of a file that is read whole to where its messages are. */
export class IndexCheck {
  /** Offset and bytes of each block's message, by number. */
  readonly #places: number[] = [];
  readonly #growths: ReadIndex["growths"][number][] = [];
  /** Where the index of this session of writing is. */
  #index = 0;

  /** What is wrong first. Blocks that are missing are wrong before it, so nothing is thrown yet. */
  #wrong: FormatError | undefined;

  /** Throws FormatError for an index that told of something else than there is. */
  finish(): void {
    if (this.#wrong !== undefined) throw this.#wrong;
  }

  accept(event: StreamEvent, at: number, bytes: number): void {
    if (event.kind === "block") {
      this.#places[event.block.index * 2] = at;
      this.#places[event.block.index * 2 + 1] = bytes;
    } else if (event.kind === "growth") {
      this.#growths.push({ array: event.array, length: event.length });
      this.#index = 0;
    } else if (event.kind === "index") {
      if (!this.#same(event.index)) this.#wrong ??= wrong("the index tells of other blocks than there are", at);
      this.#index = at;
    } else if (event.kind === "end" && event.end.index !== 0 && event.end.index !== this.#index)
      this.#wrong ??= wrong(`the end has the index at byte ${event.end.index}, where it is not`, at);
  }

  #same({ offsets, sizes, growths }: ReadIndex): boolean {
    const count = this.#places.length / 2;
    if (offsets.length !== count * 8 || sizes.length !== count * 4 || growths.length !== this.#growths.length)
      return false;
    const offset = new DataView(offsets.buffer, offsets.byteOffset, offsets.length);
    const size = new DataView(sizes.buffer, sizes.byteOffset, sizes.length);
    for (let i = 0; i < count; i++) {
      const [at, bytes] = [this.#places[i * 2], this.#places[i * 2 + 1]] as [number, number];
      if (offset.getUint32(i * 8, true) + offset.getUint32(i * 8 + 4, true) * 2 ** 32 !== at) return false;
      if (size.getUint32(i * 4, true) !== bytes) return false;
    }
    return growths.every(({ array, length }, i) => {
      const there = this.#growths[i];
      return there !== undefined && there.array === array && there.length === length;
    });
  }
}

const wrong = (message: string, offset: number): FormatError =>
  new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset });
