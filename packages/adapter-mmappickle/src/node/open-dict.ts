import { constants } from "node:fs";
import { fileURLToPath } from "node:url";
import { OptionError, resolveLimits } from "@masquerade/core";
import { MmapDict } from "./dict.ts";
import { PositionalFile } from "./file.ts";
import { locker } from "./lock.ts";
import type { MmapDictOptions } from "./options.ts";

const FLAGS = { r: "r", "r+": "r+", "a+": constants.O_RDWR | constants.O_CREAT } as const;

/**
 * Opens a mmapdict as a live dictionary, which several processes, Python's mmappickle among them, may use at the same time. Throws
 * SourceError, FormatError; CapabilityError (locking) where files cannot be locked.
 */
export async function openMmapDict(path: string | URL, options: MmapDictOptions = {}): Promise<MmapDict> {
  const mode = options.mode ?? "r";
  if (!Object.hasOwn(FLAGS, mode)) throw new OptionError("OPTION_INVALID", 'mode is "r", "r+" or "a+"', "mode");
  const limits = resolveLimits(options.limits);
  const lock = await locker(options.lock);
  const name = typeof path === "string" ? path : fileURLToPath(path);
  const file = await PositionalFile.open(name, FLAGS[mode], mode !== "r");
  const dict = new MmapDict(file, lock, limits, options);
  try {
    await dict.refresh();
    return dict;
  } catch (error) {
    await dict.close();
    throw error;
  }
}
