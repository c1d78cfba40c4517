/** A law that was broken. The message says which promise, on which sample, and what was seen. */
export class ConformanceFailure extends Error {
  override readonly name = "ConformanceFailure" as const;
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
  return `${error.name}${typeof code === "string" ? ` ${code}` : ""}: ${error.message.split("\n")[0]}`;
}
