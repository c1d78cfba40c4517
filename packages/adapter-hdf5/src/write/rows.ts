import type { AnyArray } from "@masquerade/core";
import type { StoredChunk } from "./chunk-index.ts";
import type { Message } from "./messages.ts";
import type { WriteDataset } from "./node.ts";
import type { Appending } from "./output.ts";
import { chunksOfRows, storedMessages, storeIndex } from "./stored.ts";
import type { StreamOutput } from "./stream-output.ts";

/** Where nothing goes. */
const nowhere: Appending = { position: 0, append: () => 0 };

/**
 * A dataset written block by block along its first axis: contiguous ones as the blocks come, chunked ones by rows of chunks, of which one is held.
 */
export class DatasetWriter {
  readonly dataset: WriteDataset;
  /** Indices of the first axis that came so far. */
  done = 0;
  private readonly out: StreamOutput;
  private readonly stored: StoredChunk[];
  private first: number | undefined;
  private bytes = 0;
  /** Rows that do not fill a row of chunks yet; `held` bytes of it are filled. */
  private readonly row: Uint8Array;
  private held = 0;
  /** Where the row that is held begins. */
  private from: number;

  /** `stored`: chunks that are there already, before the index `from` of the first axis. */
  constructor(out: StreamOutput, dataset: WriteDataset, from = 0, stored: readonly StoredChunk[] = []) {
    this.out = out;
    this.dataset = dataset;
    this.stored = [...stored];
    this.from = from;
    this.done = from;
    const { chunks } = dataset.storage;
    const rowBytes = dataset.shape.slice(1).reduce((n, m) => n * m, dataset.type.size);
    this.row = new Uint8Array(
      chunks === undefined ? 0 : Math.min(chunks[0] as number, dataset.shape[0] as number) * rowBytes,
    );
  }

  /** The next rows of the array. */
  async write(value: AnyArray, count: number): Promise<void> {
    const bytes = this.dataset.points
      ? await this.out.appendAll((out) => this.dataset.bytes(value, out))
      : this.dataset.bytes(value, nowhere);
    this.done += count;
    if (this.dataset.storage.chunks === undefined) {
      if (bytes.length === 0) return;
      const address = await this.out.append(bytes, this.first !== undefined);
      this.first ??= address;
      this.bytes += bytes.length;
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      // Whole rows of chunks go from where they are.
      const whole = this.held === 0 && bytes.length - at >= this.row.length;
      const n = whole ? this.row.length : Math.min(this.row.length - this.held, bytes.length - at);
      if (n === 0) return;
      const part = bytes.subarray(at, at + n);
      at += n;
      if (whole) {
        await this.flush(part);
        continue;
      }
      this.row.set(part, this.held);
      this.held += n;
      if (this.held === this.row.length) await this.flush(this.row);
    }
  }

  private async flush(rows: Uint8Array): Promise<void> {
    const { shape, storage, type } = this.dataset;
    for (const { origin, bytes } of chunksOfRows(this.dataset, rows, this.from))
      this.stored.push({ address: await this.out.append(bytes), size: bytes.length, origin });
    this.from += rows.length / shape.slice(1).reduce((n, m) => n * m, type.size);
    this.held = 0;
    if (storage.chunks === undefined) throw new TypeError("rows of chunks of a contiguous dataset");
  }

  /** Writes what is held, and the index. Gives the messages of the dataset's header but for the attributes. */
  async finish(): Promise<readonly Message[]> {
    const { shape, storage } = this.dataset;
    if (storage.chunks === undefined) return storedMessages(this.dataset, { address: this.first, bytes: this.bytes });
    if (this.held > 0) await this.flush(this.row.subarray(0, this.held));
    const index = await this.out.appendAll((out) =>
      storeIndex(out, this.stored, shape, storage.chunks as readonly number[]),
    );
    return storedMessages(this.dataset, { address: index, bytes: 0 });
  }
}
