import type { AnyArray, Bundle } from "@masquerade/core";
import { ConformanceFailure, told } from "../check.ts";
import { codeOf } from "./code.ts";
import { simpler } from "./simpler.ts";

/** Attempts before the smallest value found so far has to do. */
const ATTEMPTS = 2000;

/**
 * Runs `hold` on a value. When it fails, looks for the smallest value that fails in the same way and throws that failure with the value
 * and with code that makes it. Greedy: the first simpler value that still fails is gone on with.
 */
export async function holdShrinking<V extends AnyArray | Bundle>(
  value: V,
  hold: (value: V) => Promise<void>,
): Promise<void> {
  const first = await failure(value, hold);
  if (first === undefined) return;
  let minimal = value;
  let attempts = 0;
  search: for (;;) {
    for (const candidate of simpler(minimal)) {
      if (attempts++ >= ATTEMPTS) break search;
      const again = await failure(candidate as V, hold);
      if (again?.kind !== first.kind) continue;
      minimal = candidate as V;
      continue search;
    }
    break;
  }
  const last = (await failure(minimal, hold)) ?? first;
  throw new ConformanceFailure(last.message, { minimal, reproduction: codeOf(minimal) });
}

interface Found {
  readonly message: string;
  readonly kind: string;
}

async function failure<V>(value: V, hold: (value: V) => Promise<void>): Promise<Found | undefined> {
  try {
    await hold(value);
    return undefined;
  } catch (error) {
    const message = told(error);
    return { message, kind: error instanceof ConformanceFailure ? kindOf(message) : whatOf(error) };
  }
}

/** An error that is no failure of a law's own is the same when its class and code are. */
const whatOf = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${String((error as { readonly code?: unknown }).code)}` : String(error);

/** The words of a message without what changes from value to value: what is in brackets or quotes, numbers, hexadecimal bytes. */
function kindOf(message: string): string {
  const bracket = /lost in silence \(([a-z-]+)\)/.exec(message);
  if (bracket !== null) return `lost ${bracket[1]}`;
  const words = message.replace(/^[a-z0-9]+ \([^)]*\) [CF][^:]*: /, "");
  return words.replace(/"[^"]*"|\([^)]*\)|\b[0-9a-f]*[0-9][0-9a-fx]*\b/g, "…").slice(0, 60);
}
