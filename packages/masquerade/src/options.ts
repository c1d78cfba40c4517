import type { Loss, RecognisedFile, UrlOptions } from "@masquerade/core";

/** What reading takes beyond the formats' own options. */
export interface ReadExtra {
  /** For URLs: headers, another `fetch`, retries. */
  readonly http?: Omit<UrlOptions, "signal"> | undefined;
}

/** What opening a file in Node takes besides. */
export interface OpenFileExtra extends ReadExtra {
  /** "r+": arrays of formats that can be changed in place have a `write`. Default "r". */
  readonly mode?: "r" | "r+" | undefined;
}

/** What saving takes beyond the formats' own options. */
export interface SaveExtra {
  /** Replace a file that is there. */
  readonly force?: boolean | undefined;
}

/** What became of a value that was saved. */
export interface Saved {
  /** Id of the format. */
  readonly format: string;
  /** Bytes written; of a file that was added to, all that it has now. */
  readonly bytes: number;
  /** What was lost: traits, and content whose loss the caller accepted. */
  readonly losses: readonly Loss[];
}

/** An open file; `await using` closes it, or `close()`. */
export interface OpenedFile extends RecognisedFile {
  close(): Promise<void>;
}
