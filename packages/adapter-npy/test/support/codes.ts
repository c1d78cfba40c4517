// What tests of refusals share.
import { isMasqueradeError } from "@masquerade/core";

/** The code of the error a call ends in; undefined when it ends well. Anything but a typed, one-line error is thrown on. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (e) {
    return typed(e);
  }
  return undefined;
}

export async function codeOfAsync(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
  } catch (e) {
    return typed(e);
  }
  return undefined;
}

function typed(e: unknown): string {
  if (!isMasqueradeError(e)) throw e;
  if (e.code === "" || e.message.length > 500 || e.message.includes("\n"))
    throw new Error(`a bad message: ${e.message}`);
  return e.code;
}
