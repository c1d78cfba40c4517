// One HDF5 file in the memory of HDF5's own library. Plain JavaScript, because it runs in a worker, which Node starts from a file as it is.
// @ts-check

/** @import { RawAttr, RawGroup, RawNode, RawType, Reply, Request } from "./protocol.ts" */

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

/** H5T_class_t. */
const TEXT = 3;
const REFERENCE = 7;
const SEQUENCE = 9;

/**
 * @param {RawType} type
 * @returns {boolean} whether values hold pointers, which mean nothing outside the library
 */
function hasPointers(type) {
  if (type.vlen || type.type === SEQUENCE || type.type === REFERENCE) return true;
  if (type.array_type) return hasPointers(type.array_type);
  return type.compound_type?.members.some(hasPointers) ?? false;
}

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
    return walk(request);
  };

  /** @param {string} path */
  const addressOf = (path) => {
    const raw = Uint8Array.from(library.create_object_reference(file, path));
    return Number(new DataView(raw.buffer).getBigUint64(0, true));
  };

  /**
   * @param {string} path @param {(n: number) => void} spend
   * @returns {RawAttr[]}
   */
  const attrsOf = (path, spend) => {
    /** @type {RawAttr[]} */
    const out = [];
    for (const attr of /** @type {string[]} */ (library.get_attribute_names(file, path))) {
      /** @type {RawType} */
      const type = library.get_attribute_metadata(file, path, attr);
      if (type.shape === null || type.shape === undefined) out.push({ name: attr, type, value: null });
      else if (type.type === TEXT && type.vlen) {
        const count = type.total_size ?? 0;
        spend(count * 16);
        out.push({ name: attr, type, value: texts(count, path, attr) });
      } else if (hasPointers(type)) out.push({ name: attr, type, value: undefined });
      else {
        const size = (type.total_size ?? 0) * type.size;
        spend(size);
        out.push({ name: attr, type, value: raw(size, (ptr) => library.get_attribute_data(file, path, attr, ptr)) });
      }
    }
    return out;
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

  /**
   * Variable-length strings: the library gives pointers, which are followed here.
   * @param {number} count @param {string} path @param {string} attr the attribute; "": the dataset itself
   */
  const texts = (count, path, attr) => {
    /** @type {string[]} */
    const out = [];
    if (count === 0) return out;
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const pointers = library._malloc(count * 4);
    if (pointers === 0) throw new Limit("maxBytes", `the library has no room for ${count} texts`);
    try {
      library.HEAPU8.fill(0, pointers, pointers + count * 4);
      const at = BigInt(pointers);
      const status =
        attr === ""
          ? library.get_dataset_data(file, path, null, null, null, at)
          : library.get_attribute_data(file, path, attr, at);
      if (status < 0) throw new Error("the values cannot be read");
      for (let i = 0; i < count; i++) {
        const start = new DataView(library.HEAPU8.buffer).getUint32(pointers + 4 * i, true);
        if (start === 0) {
          out.push("");
          continue;
        }
        const end = library.HEAPU8.indexOf(0, start);
        try {
          out.push(decoder.decode(library.HEAPU8.slice(start, end)));
        } catch {
          throw new Error("a text is not UTF-8");
        }
      }
      library.reclaim_vlen_memory(file, path, attr, at);
    } finally {
      library._free(pointers);
    }
    return out;
  };

  /** @param {Extract<Request, { ask: "open" }>} limits @returns {RawGroup} */
  const walk = (limits) => {
    let objects = 0;
    let metadata = 0;
    /** @param {number} n */
    const spend = (n) => {
      metadata += n;
      if (metadata > limits.maxMetadataBytes)
        throw new Limit("maxMetadataBytes", `attributes take more than ${limits.maxMetadataBytes} bytes`);
    };
    /**
     * @param {string} path @param {readonly number[]} above addresses of the groups it lies in
     * @returns {RawNode}
     */
    const visit = (path, above) => {
      if (++objects > limits.maxObjects)
        throw new Limit("maxObjects", `the file has more than ${limits.maxObjects} objects`);
      if (above.length > limits.maxDepth)
        throw new Limit("maxDepth", `groups are nested more than ${limits.maxDepth} deep`);
      /** @type {number} */
      let type = library.H5G_GROUP;
      if (path !== "/") {
        const outside = library.get_external_link(file, path);
        if (outside.filename !== undefined)
          return { node: "external", path, target: `${outside.filename}:${outside.obj_path}` };
        const soft = library.get_symbolic_link(file, path);
        try {
          type = library.get_type(file, path);
        } catch (error) {
          if (soft === null) throw error;
          type = library.H5G_LINK;
        }
        if (type === library.H5G_LINK) return { node: "dangling", path, target: String(soft) };
      }
      if (type === library.H5G_DATASET) return dataset(path, spend);
      if (type !== library.H5G_GROUP) return { node: "other", path, target: "" };
      const address = addressOf(path);
      if (above.includes(address)) return { node: "cycle", path, target: "" };
      /** @type {(readonly [string, RawNode])[]} */
      const members = [];
      const prefix = path === "/" ? "/" : `${path}/`;
      const names = /** @type {string[]} */ (library.get_names(file, path, false));
      for (const member of names) members.push([member, visit(prefix + member, [...above, address])]);
      return { node: "group", path, members, attrs: attrsOf(path, spend) };
    };
    const root = visit("/", []);
    if (root.node !== "group") throw new Error("the root is no group");
    return root;
  };

  /** @param {string} path @param {(n: number) => void} spend @returns {RawNode} */
  const dataset = (path, spend) => {
    const type = library.get_dataset_metadata(file, path);
    const attrs = attrsOf(path, spend);
    return {
      node: "dataset",
      path,
      address: addressOf(path),
      shape: type.shape,
      size: type.size,
      sources: (type.virtual_sources ?? []).map((/** @type {{ file_name: string }} */ one) => one.file_name),
      attrs,
      ...scalesOf(path, type, attrs),
    };
  };

  /**
   * Names of the dimension scales, as netCDF's dimensions have them.
   * @param {string} path @param {RawType} type @param {readonly RawAttr[]} attrs
   */
  const scalesOf = (path, type, attrs) => {
    if (!attrs.some((one) => one.name === "DIMENSION_LIST")) return {};
    const scales = (type.shape ?? []).map((_, axis) => {
      const [first = ""] = /** @type {string[]} */ (library.get_attached_scales(file, path, axis));
      return first.slice(first.lastIndexOf("/") + 1);
    });
    return { scales };
  };

  /** @param {Request} request @returns {Extract<Reply, { ok: true }>["value"]} */
  const answer = (request) => {
    if (request.ask === "open") return open(request);
    if (request.ask === "close") return close();
    if (name === "") throw new Error("no file is open");
    limitHeap(SPARE + 2 * fileBytes + 3 * request.bytes);
    if (request.text) return texts(request.elements, request.path, "");
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
