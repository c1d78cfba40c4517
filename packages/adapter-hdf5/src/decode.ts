import {
  type AnyArray,
  Bundle,
  type BundleMember,
  type DecodeOptions,
  fromBytes,
  isMasqueradeError,
} from "@masquerade/core";
import { readStructure } from "./file.ts";
import type { Hdf5ReadOptions } from "./options.ts";
import { type Context, describe } from "./read/described.ts";
import { loadArray } from "./read/load.ts";
import type { Plan } from "./read/plan.ts";
import { isOfMember } from "./read/unreadable.ts";

/** {@link hdf5}'s decode. */
export async function decodeHdf5(
  bytes: Uint8Array,
  options: Hdf5ReadOptions & DecodeOptions = {},
): Promise<AnyArray | Bundle> {
  const file = await readStructure(fromBytes(bytes), options, { whole: true });
  demandTotal(file.plan, file.context());
  const value = await load(file.plan, file.context({ signal: options.signal, views: options.copy !== true }), options);
  options.onProgress?.(bytes.length, bytes.length);
  return value;
}

/** Throws LimitError where all arrays together are too large, before the first is read. Recursion is bounded: the plan's depth was. */
function demandTotal(plan: Plan, context: Context): void {
  if (plan.plan === "group") for (const one of plan.members.values()) demandTotal(one, context);
  if (plan.plan !== "array") return;
  try {
    describe(plan.data, plan.reader, context);
  } catch (error) {
    // What is wrong with one of them is told in its turn.
    if (isMasqueradeError(error, "LIMIT_EXCEEDED")) throw error;
  }
}

/** Recursion is bounded: the plan's depth was. */
async function load(plan: Plan, context: Context, options: Hdf5ReadOptions & DecodeOptions): Promise<BundleMember> {
  if (plan.plan === "refused") throw plan.error;
  if (plan.plan === "array") return await loadArray(plan, context, options);
  const entries: (readonly [string, BundleMember])[] = [];
  for (const [name, one] of plan.members)
    try {
      entries.push([name, await load(one, context, { ...options, out: undefined })]);
    } catch (error) {
      if (options.unreadable !== "skip" || !isOfMember(error, one)) throw error;
    }
  return new Bundle({ kind: plan.kind, entries, attrs: plan.attrs });
}
