import {
  type AnyArray,
  Bundle,
  type BundleMember,
  type CapabilityError,
  checkOptions,
  type DecodeOptions,
  isMasqueradeError,
  OptionError,
  quoteText,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { converse } from "#reader";
import { hdf5 } from "./format.ts";
import type { Hdf5ReadOptions } from "./options.ts";
import { type Context, loadArray } from "./read/load.ts";
import { type Plan, planOf } from "./read/plan.ts";
import { readSuperblock } from "./superblock.ts";
import type { RawGroup } from "./worker/protocol.ts";

/** Depth of groups; HDF5 itself knows no limit. */
const MAX_DEPTH = 64;

/** {@link hdf5}'s decode: the file goes to HDF5's library in a worker, under a deadline. */
export async function decodeHdf5(
  bytes: Uint8Array,
  options: Hdf5ReadOptions & DecodeOptions = {},
): Promise<AnyArray | Bundle> {
  checkOptions("hdf5", hdf5.options.read, options);
  throwIfAborted(options.signal);
  const limits = resolveLimits(options.limits);
  const superblock = readSuperblock(bytes);
  const milliseconds = limits.maxMilliseconds ?? 10_000 + bytes.length / 10_000;
  return await converse({ signal: options.signal, milliseconds }, async ({ ask }) => {
    const tree = (await ask({
      ask: "open",
      bytes,
      maxObjects: limits.maxObjects,
      maxDepth: Math.min(limits.maxDepth, MAX_DEPTH),
      maxMetadataBytes: limits.maxMetadataBytes,
    })) as RawGroup;
    const context: Context = {
      file: bytes,
      superblock,
      limits,
      total: 0,
      fetch: {
        bytes: async (path, size) =>
          (await ask({ ask: "read", path, bytes: size, elements: 0, text: false })) as Uint8Array,
        texts: async (path, elements, size) =>
          (await ask({ ask: "read", path, bytes: size, elements, text: true })) as readonly string[],
      },
    };
    const value = await load(chosen(planOf(tree, options), options.select), context, options);
    options.onProgress?.(bytes.length, bytes.length);
    return value;
  });
}

/** Recursion is bounded by {@link MAX_DEPTH}. */
async function load(plan: Plan, context: Context, options: Hdf5ReadOptions & DecodeOptions): Promise<BundleMember> {
  if (plan.plan === "refused") throw plan.error;
  if (plan.plan === "array") return await loadArray(plan, context, options);
  const entries: (readonly [string, BundleMember])[] = [];
  for (const [name, one] of plan.members)
    try {
      entries.push([name, await load(one, context, { ...options, out: undefined })]);
    } catch (error) {
      if (options.unreadable !== "skip" || !hasNoDType(error)) throw error;
    }
  return new Bundle({ kind: plan.kind, entries, attrs: plan.attrs });
}

const hasNoDType = (error: unknown): boolean =>
  isMasqueradeError(error) && error.code === "CAPABILITY_MISSING" && (error as CapabilityError).capability === "dtype";

/** The part of a file by names joined with "/". Throws OptionError INDEX_INVALID. */
function chosen(plan: Plan, path: string | undefined): Plan {
  if (path === undefined || path === "") return plan;
  let at: Plan | undefined = plan;
  for (const name of path.split("/")) at = at?.plan === "group" ? at.members.get(name) : undefined;
  if (at !== undefined) return at;
  const known = plan.plan === "group" ? [...plan.members.keys()].slice(0, 8).map((name) => quoteText(name, 40)) : [];
  throw new OptionError(
    "INDEX_INVALID",
    `there is no "${quoteText(path)}"; there is ${known.join(", ") || "one array without a name"}`,
    "select",
  );
}
