/** Wrong usage of the command line itself. */
export class UsageError extends Error {
  override readonly name = "UsageError" as const;
  readonly code = "USAGE" as const;
}

/** The file read back is not what was written. */
export class VerifyError extends Error {
  override readonly name = "VerifyError" as const;
  readonly code = "VERIFY_FAILED" as const;
}

/** Data could not be written to stdout. */
export class OutputError extends Error {
  override readonly name = "OutputError" as const;
  readonly code = "SOURCE_IO" as const;

  constructor(cause: unknown) {
    const { code } = cause as { readonly code?: unknown };
    super(`cannot write to stdout: ${code === "ENOSPC" ? "no space left" : String(code ?? cause)}`, { cause });
  }
}

/** One line for stderr: `masq: CODE: what went wrong`. */
export async function failureLine(error: unknown): Promise<string> {
  if (error instanceof UsageError || error instanceof OutputError || error instanceof VerifyError)
    return line(error.code, error.message);
  const { isMasqueradeError } = await import("@masquerade/core");
  if (isMasqueradeError(error, "LIMIT_EXCEEDED"))
    return line(error.code, `${error.message} (--limit ${error.limit}=N)`);
  if (isMasqueradeError(error)) return line(error.code, error.message);
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return line("INTERNAL", `${text}; this is a mistake in masq: please report it with what --debug prints`);
}

/** Longest message; what was typed may be of any length, and hold anything. */
const LONGEST = 500;

function line(code: string, message: string): string {
  const flat = message.replace(/\s*[\r\n]+\s*/g, " ").trim();
  const shown = flat.replace(/\p{Cc}/gu, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
  return `masq: ${code}: ${shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown}\n`;
}
