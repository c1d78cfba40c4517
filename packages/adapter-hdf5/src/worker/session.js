// One HDF5 file in the memory of HDF5's own library. Plain JavaScript, because it runs in a worker, which Node starts from a file as it is.
// @ts-check

/** @import { Reply, Request } from "./protocol.ts" */

/** A budget was reached. */
class Limit extends Error {
  /** @param {string} limit @param {string} text */
  constructor(limit, text) {
    super(text);
    this.limit = limit;
  }
}

/** Bytes the library's heap may have beyond what the file and the reads ask for: caches, chunks. */
const SPARE = 128 * 2 ** 20;

/** The innermost reason of HDF5's error stack, in one line. @param {unknown} error */
function reasonOf(error) {
  const text = error instanceof Error ? error.message : String(error);
  const reasons = [...text.matchAll(/#\d+: .*? in \w+\(\): (.*)/g)];
  return (reasons.at(-1)?.[1] ?? text.split("\n", 1)[0] ?? "").slice(0, 300);
}

/**
 * Answers requests about one file after another.
 * @param {any} library the initialised module of h5wasm
 * @param {(bytes: number) => void} limitHeap
 * @returns {(request: Request) => Reply}
 */
export function createSession(library, limitHeap) {
  library.activate_throwing_error_handler();
  let serial = 0;
  let name = "";
  let file = -1n;
  let fileBytes = 0;

  /** @returns {undefined} */
  const close = () => {
    if (name === "") return undefined;
    const old = name;
    name = "";
    try {
      if (file >= 0n) library.close_file(file);
    } finally {
      file = -1n;
      library.FS.unlink(old);
    }
    return undefined;
  };

  /** @param {Extract<Request, { ask: "open" }>} request */
  const open = (request) => {
    close();
    fileBytes = request.bytes.length;
    limitHeap(SPARE + 2 * fileBytes);
    // A name that no link in the file can know.
    name = `/${Math.random().toString(36).slice(2)}-${serial++}`;
    library.FS.writeFile(name, request.bytes, { canOwn: true });
    file = library.open(name, library.H5F_ACC_RDONLY, false, -1, -1);
    if (file < 0n) throw new Error("the file cannot be opened");
    return undefined;
  };

  /**
   * @param {number} size @param {(pointer: bigint) => number} fill
   * @returns {Uint8Array}
   */
  const raw = (size, fill) => {
    if (size === 0) return new Uint8Array(0);
    const pointer = library._malloc(size);
    if (pointer === 0) throw new Limit("maxBytes", `the library has no room for ${size} bytes`);
    try {
      library.HEAPU8.fill(0, pointer, pointer + size);
      if (fill(BigInt(pointer)) < 0) throw new Error("the values cannot be read");
      return library.HEAPU8.slice(pointer, pointer + size);
    } finally {
      library._free(pointer);
    }
  };

  /** @param {Request} request @returns {Extract<Reply, { ok: true }>["value"]} */
  const answer = (request) => {
    if (request.ask === "open") return open(request);
    if (request.ask === "close") return close();
    if (name === "") throw new Error("no file is open");
    limitHeap(SPARE + 2 * fileBytes + 3 * request.bytes);
    return raw(request.bytes, (at) => library.get_dataset_data(file, request.path, null, null, null, at));
  };

  return (request) => {
    try {
      return { ok: true, value: answer(request) };
    } catch (error) {
      if (error instanceof Limit) return { ok: false, reason: "limit", text: error.message, limit: error.limit };
      const crashed =
        error instanceof WebAssembly.RuntimeError || error instanceof RangeError || error instanceof TypeError;
      return { ok: false, reason: crashed ? "crashed" : "malformed", text: reasonOf(error) };
    }
  };
}
