import { type AnyArray, difference, eachArray, fromBytes, isArray } from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { ConformanceConfig, Law } from "../law.ts";
import { defineLaw } from "./define.ts";

const since = "1.1.0";
const none =
  (what: "samples" | "foreign") =>
  (_: unknown, config: ConformanceConfig): string | undefined =>
    Object.keys(config[what] ?? {}).length > 0
      ? undefined
      : `no ${what === "samples" ? "files of the format's own tools" : "files of other formats"} were given (${what})`;

/** Laws over files that were given with the configuration. */
export const sampleLaws: readonly Law[] = [
  defineLaw(
    "samples/decode",
    "Files that the format's own tools wrote are decoded, twice the same.",
    async (s) => {
      for (const [name, bytes] of Object.entries(s.config.samples ?? {})) {
        const error = await failureOf(async () => {
          const how = difference(await s.decode(bytes), await s.decode(bytes.slice()));
          check(how === undefined, `${name}: two decodes differ: ${how}`);
        });
        check(error === undefined, `${name}: ${told(error)}`);
      }
    },
    { since, unless: none("samples") },
  ),
  defineLaw(
    "samples/open",
    "A file of the format's own tools gives the same arrays opened as decoded.",
    async (s) => {
      for (const [name, bytes] of Object.entries(s.config.samples ?? {})) {
        const whole = await s.decode(bytes);
        const file = await s.codec.open?.(fromBytes(bytes), { ...s.config.readOptions });
        if (file === undefined) continue;
        const want = isArray(whole) ? [["", whole] as const] : [...eachArray(whole)];
        check(
          file.names.join("\n") === want.map(([path]) => path).join("\n"),
          `${name}: opened it holds ${file.names.join(", ")}, decoded ${want.map(([path]) => path).join(", ")}`,
        );
        for (const [path, array] of want) {
          const how = difference(array as AnyArray, await file.array(path).read());
          check(how === undefined, `${name}${path === "" ? "" : `, ${path}`}: ${how}`);
        }
        await file[Symbol.asyncDispose]();
      }
    },
    { since, needs: ["lazy"], unless: none("samples") },
  ),
  defineLaw(
    "sniff/foreign",
    "sniff says yes to no file of another format, and decoding one is a typed error or, where the formats overlap, an array.",
    async (s) => {
      for (const [name, bytes] of Object.entries(s.config.foreign ?? {})) {
        check(s.format.sniff(bytes.subarray(0, 4096)) !== "yes", `sniff claims ${name}, which is another format's`);
        const error = await failureOf(() => s.decode(bytes));
        const code = (error as { readonly code?: unknown } | undefined)?.code;
        check(error === undefined || typeof code === "string", `decoding ${name}: ${told(error)}`);
      }
    },
    { since, unless: none("foreign") },
  ),
];
