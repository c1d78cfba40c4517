import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConformanceConfig } from "@masquerade/conformance";
import { probeImport } from "@masquerade/conformance/node";
import type { AnyFormat } from "@masquerade/core";
import { UsageError } from "../../failure.ts";

/** Whether an argument names a module rather than the id of a format. */
export const isModulePath = (argument: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(argument);

function isFormat(value: unknown): value is AnyFormat {
  const one = value as Partial<AnyFormat> | null;
  return typeof one === "object" && typeof one?.codec === "function" && typeof one.sniff === "function";
}

/** The one format a module exports, and how it is to be held to the laws. Imports the module: its code runs. Throws UsageError. */
export async function adapterIn(
  path: string,
): Promise<{ readonly format: AnyFormat; readonly config: ConformanceConfig }> {
  const url = pathToFileURL(resolve(path));
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await import(url.href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path} cannot be imported: ${message.replace(/ imported from .*/s, "")}`);
  }
  const formats = [...new Set(Object.values(exports))].filter(isFormat);
  const [format] = formats;
  if (format === undefined) throw new UsageError(`${path} exports no format (an object with id, sniff, codec, …)`);
  if (formats.length > 1)
    throw new UsageError(
      `${path} exports several formats: ${formats.map((one) => one.id).join(", ")}; export one from a module of its own`,
    );
  const config = typeof exports["conformance"] === "object" ? (exports["conformance"] as ConformanceConfig) : {};
  return { format, config: { importProbe: () => probeImport(url), ...config } };
}
