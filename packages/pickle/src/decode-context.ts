import { FormatError, type Limits, UnsafeContentError } from "@masquerade/core";
import type { PickleReader } from "./decode-reader.ts";

/** What emulators see of the machine. */
export interface MachineContext {
  /** Format id for errors, e.g. "pickle" or "joblib". */
  readonly format: string;
  readonly limits: Limits;
  /** The input, just behind the opcode being executed: formats that put raw bytes into the stream take them from here. */
  readonly reader: PickleReader;
  /** Offset of the opcode being executed. */
  readonly offset: number;
}

/** A FormatError at the opcode being executed. */
export function malformed(
  context: { readonly format: string; readonly offset?: number },
  message: string,
): FormatError {
  return new FormatError("FORMAT_MALFORMED", context.format, message, { offset: context.offset });
}

/** An UnsafeContentError for something that only running code could do. */
export function unsafe(
  context: { readonly format: string; readonly offset: number },
  code: "UNSAFE_OPCODE" | "UNSAFE_OBJECT",
  message: string,
): UnsafeContentError {
  return new UnsafeContentError(code, context.format, message, { offset: context.offset });
}
