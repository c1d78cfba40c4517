import {
  type BundleHeader,
  type ByteSink,
  CapabilityError,
  checkOptions,
  type EncodeOptions,
  eachHeader,
  type FileWriter,
  type Header,
  hasObjects,
  OptionError,
  refuseLosses,
  throwIfAborted,
} from "@masquerade/core";
import { writeNpyHeader } from "@masquerade/numpy";
import { acceptBlock, missingBlocks, type PlaneWriter, totalOf } from "../lazy/writing.ts";
import { type NpyWriteOptions, npy, objectsWhy } from "./format.ts";

/** {@link npy}'s create: the header at once, then the data as they come. */
export async function createNpy(
  sink: ByteSink,
  plan: Header | BundleHeader,
  options: NpyWriteOptions & EncodeOptions = {},
): Promise<FileWriter> {
  checkOptions("npy", npy.options.write, options);
  // Object arrays are one pickle: they are not written by blocks.
  refuseLosses("npy", npy.losses(plan, { ...options, objects: false }), options);
  const [first] = eachHeader(plan);
  if (first === undefined)
    throw new CapabilityError("npy", "arrays", "there is no array in it, and an .npy file holds exactly one");
  const [path, header] = first;
  const { dtype, shape, order } = header;
  if (hasObjects(dtype)) throw new CapabilityError("npy", "dtype", `cannot hold the dtype: ${objectsWhy}`);
  throwIfAborted(options.signal);
  const version =
    options.headerVersion === undefined ? undefined : ([Number(options.headerVersion[0]) as 1, 0] as const);
  await sink.write(writeNpyHeader({ dtype, shape, order, version }));
  const state: PlaneWriter = { path, plane: "data", shape, order, dtype, done: 0 };
  return {
    planes: "together",
    pieces: true,
    async write(block) {
      throwIfAborted(options.signal);
      if (block.array !== path || block.plane === "mask") {
        // What the caller agreed to lose: other arrays and the mask.
        if (options.lossy === undefined || options.lossy === false)
          throw new OptionError("INDEX_INVALID", `npy: the plan has no block of ${block.plane} of "${block.array}"`);
        return;
      }
      const bytes = acceptBlock(state, block, "npy");
      await sink.write(bytes);
      options.onProgress?.(state.done, totalOf(state));
    },
    async finish() {
      if (state.done !== totalOf(state) && dtype.itemsize > 0) throw missingBlocks("npy", state);
      await sink.commit();
    },
    async abort() {
      await sink.abort();
    },
  };
}
