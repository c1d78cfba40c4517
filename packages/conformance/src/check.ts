import type { AnyArray, Bundle } from "@masquerade/core";

/** A law that was broken. The message says which promise, on which sample, and what was seen. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure" as const;
  /** The smallest value found on which the law is broken in the same way, where the law is about a value. */
  declare readonly minimal: AnyArray | Bundle | undefined;
  /** Code that makes that value. */
  declare readonly reproduction: string | undefined;

  constructor(message: string, shrunk?: Shrunk, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    // Not enumerable: test runners print what is, and an array has much to print.
    Object.defineProperty(this, "minimal", { value: shrunk?.minimal });
    Object.defineProperty(this, "reproduction", { value: shrunk?.reproduction });
  }
}

/** A value that shows a fault, and code that makes it. */
export interface Shrunk {
  readonly minimal: AnyArray | Bundle;
  readonly reproduction: string;
}

export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new ConformanceFailure(message);
}

/** Whatever `action` throws, or undefined when it succeeds. */
export async function failureOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** One line about an unexpected outcome. */
export function told(error: unknown): string {
  if (error === undefined) return "no error";
  if (!(error instanceof Error)) return String(error);
  const code = (error as { readonly code?: unknown }).code;
  const line = error.message.split("\n")[0];
  if (error instanceof ConformanceFailure) return `${line}`;
  return `${error.name}${typeof code === "string" ? ` ${code}` : ""}: ${line}`;
}
