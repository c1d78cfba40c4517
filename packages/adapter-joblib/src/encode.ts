import { gzip, zlib } from "@masquerade/compression";
import {
  type AnyArray,
  type Bundle,
  type BundleHeader,
  type ByteSink,
  CapabilityError,
  describe,
  type EncodeOptions,
  type FileWriter,
  type Header,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { createNumpyPickle, numpyPickleGraph } from "@masquerade/numpy-pickle";
import { encodePickle, encodePickleParts } from "@masquerade/pickle";
import { joblibLosses } from "./losses.ts";
import { type JoblibWriteOptions, type ResolvedOptions, resolveWriteOptions } from "./options.ts";
import { joblibWrapper } from "./wrapper-write.ts";

type Options = JoblibWriteOptions & EncodeOptions;

/**
 * What `joblib.dump` writes of an array, a masked array or a bundle. Throws CapabilityError for what the format cannot hold and the caller
 * does not give up, OptionError for options that do not exist.
 */
export function encodeJoblib(value: AnyArray | Bundle, options: Options = {}): Uint8Array {
  const how = prepare(value, options);
  const plain = encodePickle(graphOf(value, how), { protocol: how.protocol, pickler: "python" });
  const { level } = how;
  const bytes =
    how.compress === "none" ? plain : how.compress === "zlib" ? zlib(plain, { level }) : gzip(plain, { level });
  options.onProgress?.(bytes.length, bytes.length);
  return bytes;
}

/** The same bytes in parts: of an uncompressed file, views of the arrays' own memory where that is possible. */
export function* encodeJoblibParts(value: AnyArray | Bundle, options: Options = {}): Generator<Uint8Array> {
  const how = prepare(value, options);
  if (how.compress !== "none") {
    yield encodeJoblib(value, options);
    return;
  }
  let done = 0;
  for (const part of encodePickleParts(graphOf(value, how), { protocol: how.protocol, pickler: "python" })) {
    throwIfAborted(options.signal);
    yield part;
    done += part.length;
    options.onProgress?.(done, undefined);
  }
}

/** Writes an uncompressed file as its blocks come. Throws CapabilityError for a compressed one. */
export async function createJoblib(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: Options = {},
): Promise<FileWriter> {
  const how = resolveWriteOptions(options);
  throwIfAborted(options.signal);
  refuseLosses("joblib", joblibLosses(plan, options), options);
  if (how.compress !== "none")
    throw new CapabilityError(
      "joblib",
      "streamed",
      "a compressed file is written whole; load the array, or leave compress out",
    );
  return await createNumpyPickle(
    sink,
    plan,
    {
      format: "joblib",
      protocol: how.protocol,
      numpy: how.numpy,
      wrapper: joblibWrapper,
      pickler: "python",
      encodeParts: (value) => encodeJoblibParts(value, options),
    },
    options,
  );
}

function prepare(value: AnyArray | Bundle, options: Options): ResolvedOptions {
  const how = resolveWriteOptions(options);
  throwIfAborted(options.signal);
  refuseLosses("joblib", joblibLosses(describe(value), options), options);
  return how;
}

function graphOf(value: AnyArray | Bundle, { protocol, numpy }: ResolvedOptions) {
  return numpyPickleGraph(value, { protocol, numpy, wrapper: joblibWrapper });
}
