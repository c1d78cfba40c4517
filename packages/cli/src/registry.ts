import type { Registry } from "@masquerade/core";
import { registry as official } from "masquerade";

/** The official formats, as formats whose ids and options come from a command line: checked when it runs, not when it compiles. */
export const registry: Registry = official as unknown as Registry;
