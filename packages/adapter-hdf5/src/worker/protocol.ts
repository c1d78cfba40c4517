/** Asked of the worker, one at a time: HDF5's own library reads what went through filters that are its alone. */
export type Request =
  | { readonly ask: "open"; readonly bytes: Uint8Array }
  | { readonly ask: "read"; readonly path: string; readonly bytes: number }
  | { readonly ask: "close" };

export type Reply =
  | { readonly ok: true; readonly value: Uint8Array | undefined }
  | {
      readonly ok: false;
      readonly reason: "malformed" | "limit" | "crashed";
      readonly text: string;
      readonly limit?: string;
    };
