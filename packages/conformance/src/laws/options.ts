import {
  type AnyArray,
  difference,
  dtypes,
  headerOf,
  isMaskedArray,
  isMasqueradeError,
  MaskedArray,
  NdArray,
  type OptionSpec,
  zeros,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { plainSample } from "../samples/cover.ts";
import { defineLaw } from "./define.ts";

const since = "1.1.0";

/** Values just outside what an option takes. */
function outside(spec: OptionSpec): unknown[] {
  const found: unknown[] = [];
  if (spec.choices !== undefined) found.push("no such choice", -12345);
  const number = spec.type === "integer" || spec.type === "number";
  if (number && spec.choices === undefined) {
    if (spec.minimum !== undefined) found.push(spec.minimum - 1);
    if (spec.maximum !== undefined) found.push(spec.maximum + 1);
    found.push("6", Number.NaN);
    if (spec.type === "integer") found.push(1.5);
  }
  if (spec.type === "string") found.push(7);
  if (spec.type === "integers" || spec.type === "strings") found.push("x", [{}]);
  return found;
}

/** An array without NaN payloads and the like, which a choice may lose as no header tells. */
function ordinary({ format: { capabilities } }: Subject): AnyArray {
  if (!capabilities.kinds.includes("float64")) return plainSample(capabilities);
  const data = new NdArray({
    dtype: dtypes.simple("float64"),
    shape: [2, 3],
    storage: Float64Array.of(1.5, -2, 0.1, 1e300, 5e-324, 6),
  }) as NdArray;
  if (!capabilities.mask) return data;
  const mask = new NdArray({ dtype: dtypes.simple("bool"), shape: [2, 3], storage: Uint8Array.of(0, 1, 0, 0, 0, 1) });
  return new MaskedArray({ data, mask });
}

export const optionLaws: readonly Law[] = [
  defineLaw(
    "options/out-of-range",
    "Values just outside an option's range or choices are refused with OPTION_INVALID when writing.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      for (const [name, spec] of Object.entries(s.format.options.write)) {
        if (spec.codeOnly === true) continue;
        for (const value of outside(spec)) {
          const error = await failureOf(() => s.encode(sample, { [name]: value } as object));
          check(isMasqueradeError(error, "OPTION_INVALID"), `${name}: ${JSON.stringify(value)} gave ${told(error)}`);
        }
      }
    },
    {
      since,
      unless: (format) =>
        Object.keys(format.options.write).length > 0 ? undefined : "the format has no options for writing",
    },
  ),
  defineLaw(
    "options/read-values-refused",
    "A value an option cannot take is refused with OPTION_INVALID when reading.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      for (const [name, spec] of Object.entries(s.format.options.read)) {
        if (spec.codeOnly === true) continue;
        for (const value of [...outside(spec), spec.type === "boolean" ? "yes" : { not: "a value" }]) {
          const read = { ...s.config.describeFor?.(sample), [name]: value };
          const error = await failureOf(() => s.decode(bytes, read));
          check(isMasqueradeError(error, "OPTION_INVALID"), `${name}: ${JSON.stringify(value)} gave ${told(error)}`);
        }
      }
    },
    {
      since,
      unless: (format) =>
        Object.keys(format.options.read).length > 0 ? undefined : "the format has no options for reading",
    },
  ),
  defineLaw(
    "options/every-choice",
    "Whatever choice of an option an array is written with, it comes back but for the losses announced with that choice.",
    async (s) => {
      const sample = ordinary(s);
      for (const [name, spec] of Object.entries(s.format.options.write)) {
        if (spec.codeOnly === true) continue;
        for (const choice of spec.choices ?? (spec.type === "boolean" ? [true, false] : [])) {
          const options = { ...s.config.writeOptions, [name]: choice };
          const losses = s.format.losses(headerOf(sample), options as never);
          const error = await failureOf(async () => {
            const bytes = await s.encode(sample, { [name]: choice } as object);
            const lost = lostBetween(sample, await s.decode(bytes, s.config.describeFor?.(sample, options)));
            for (const [id, how] of lost)
              check(
                losses.some((l) => l.id === id),
                `${name}: ${JSON.stringify(choice)}: lost in silence (${id}): ${how}`,
              );
          });
          if (error !== undefined && !isMasqueradeError(error, "CAPABILITY_MISSING", "OPTION_INVALID")) throw error;
        }
      }
    },
    {
      since,
      unless: (format) =>
        Object.values(format.options.write).some((o) => o.choices !== undefined || o.type === "boolean")
          ? undefined
          : "no option for writing has choices",
    },
  ),
  defineLaw(
    "options/out",
    "decode with out fills the caller's array with the values, and refuses one of another dtype or shape.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const read = s.config.describeFor?.(sample);
      const want = (await s.decode(bytes, read)) as AnyArray;
      const data = isMaskedArray(want) ? want.data : want;
      const out = zeros(data.dtype, data.shape, data.order);
      const after = (await s.decode(bytes, { ...read, out: out as never })) as AnyArray;
      const how = difference(want, after);
      check(how === undefined, `decode with out: ${how}`);
      const seen = difference(data.with({ attrs: new Map(), dims: undefined, subclass: undefined }), out as never);
      check(seen === undefined, `out does not hold the values: ${seen}`);
      const wrong = zeros(data.dtype, [data.size + 1]);
      const error = await failureOf(() => s.decode(bytes, { ...read, out: wrong as never }));
      check(isMasqueradeError(error, "SHAPE_MISMATCH", "DTYPE_MISMATCH"), `out of another shape gave ${told(error)}`);
    },
    { since },
  ),
  defineLaw(
    "options/progress",
    "Progress never goes back and never passes its total.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const seen: (readonly [number, number | undefined])[] = [];
      const onProgress = (done: number, total: number | undefined): void => void seen.push([done, total]);
      const bytes = await s.encode(sample, { onProgress });
      const writing = seen.splice(0);
      await s.decode(bytes, { ...s.config.describeFor?.(sample), onProgress });
      for (const [what, reports] of [
        ["encode", writing],
        ["decode", seen],
      ] as const)
        for (const [i, [done, total]] of reports.entries()) {
          check(i === 0 || done >= (reports[i - 1]?.[0] ?? 0), `${what}: progress went back to ${done}`);
          check(done >= 0 && done <= (total ?? done), `${what}: ${done} of ${total} are done`);
        }
    },
    { since },
  ),
  defineLaw(
    "options/parts",
    "The pieces of encodeParts, joined, are the bytes of encode, where a codec has it.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const parts = s.codec.encodeParts?.(sample, { ...s.config.writeOptions });
      if (parts === undefined) return;
      const joined: number[] = [];
      for (const part of parts) for (const byte of part) joined.push(byte);
      const bytes = await s.encode(sample);
      check(joined.length === bytes.length && joined.every((b, i) => b === bytes[i]), "encodeParts and encode differ");
    },
    { since },
  ),
];
