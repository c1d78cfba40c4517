/** Outer compression around a whole file of any format (`sst.npy.gz`): peeled before the format is recognised. A small value, always loaded. */
export interface Wrapper {
  readonly id: string;
  readonly title: string;
  /** Endings that name the wrapper alone, as ".gz". */
  readonly extensions: readonly string[];
  /** Looks at the first 4 KiB at most; never throws. */
  sniff(head: Uint8Array): boolean;
  /**
   * The bytes inside, checksums verified. Throws FormatError for what is damaged and LimitError (maxBytes) before more than
   * `maxBytes` bytes exist.
   */
  unwrap(bytes: Uint8Array, options: { readonly maxBytes: number; readonly signal?: AbortSignal }): Promise<Uint8Array>;
}
