/** Chunks handed from a writer to an iterator, one at a time: `push` waits until the one before was taken. */
export class Pipe implements AsyncIterable<Uint8Array> {
  waiting: Uint8Array | undefined;
  ended = false;
  failure: { readonly reason: unknown } | undefined;

  async push(bytes: Uint8Array): Promise<void> {
    while (this.waiting !== undefined && this.failure === undefined) await this.change();
    if (this.failure !== undefined) throw this.failure.reason;
    if (bytes.length === 0) return;
    // A copy: the caller may use its buffer again before the compressor has read it.
    this.waiting = bytes.slice();
    this.signal();
  }

  /** Nothing follows; what waits is still taken. */
  end(): void {
    this.ended = true;
    this.signal();
  }

  fail(reason: unknown): void {
    this.failure ??= { reason };
    this.signal();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure.reason;
      const chunk = this.waiting;
      if (chunk !== undefined) {
        this.waiting = undefined;
        this.signal();
        yield chunk;
      } else if (this.ended) return;
      else await this.change();
    }
  }

  private changes: (() => void)[] = [];

  private change(): Promise<void> {
    return new Promise((resolve) => this.changes.push(resolve));
  }

  private signal(): void {
    for (const resolve of this.changes.splice(0)) resolve();
  }
}
