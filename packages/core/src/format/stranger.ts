/**
 * A kind of file that is no format of the registry, recognised so that the error can say what it is and what to do about it. It never
 * keeps a format from its files: it is asked only where no format is sure.
 */
export interface Stranger {
  readonly id: string;
  /** Looks at the first 4 KiB at most; never throws. */
  sniff(head: Uint8Array): boolean;
  /** What it is and what makes it a file that can be read, to stand after "is": `a TIFF picture: tifffile.imread(FILE), then np.save`. */
  readonly advice: string;
}
