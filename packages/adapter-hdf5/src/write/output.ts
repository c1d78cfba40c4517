/** Something that bytes are appended to. */
export interface Appending {
  /** Appends at the next multiple of 8 and gives the address. */
  append(bytes: Uint8Array): number;
  /** Address of the next piece. */
  readonly position: number;
}

/** A file as it grows: pieces in the order of their addresses, nothing joined. */
export class FileOutput implements Appending {
  readonly parts: Uint8Array[] = [];
  /** Address of the next piece. */
  position = 0;

  /** Appends at the next multiple of 8 and gives the address. */
  append(bytes: Uint8Array): number {
    const gap = (8 - (this.position % 8)) % 8;
    if (gap > 0) this.push(new Uint8Array(gap));
    const address = this.position;
    this.push(bytes);
    return address;
  }

  private push(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.position += bytes.length;
  }
}
