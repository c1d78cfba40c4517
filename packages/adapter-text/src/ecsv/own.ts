import { type DType, FormatError, type Limits, type PlainValue } from "@masquerade/core";
import { parseDescr, parseLiteral } from "@masquerade/numpy";
import type { EcsvHeader } from "./header.ts";

/** What a file written here says under `masquerade`, so that the same array comes back. */
export interface Own {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly mask: "plain" | "nomask" | "missing";
  readonly hardMask: boolean;
  readonly fillDType: DType | undefined;
  readonly fill: readonly string[];
  readonly nans: readonly string[];
}

const known: ReadonlySet<PlainValue> = new Set([
  "version",
  "dtype",
  "shape",
  "order",
  "mask",
  "hard_mask",
  "fill_value_dtype",
  "fill_value",
  "nan",
]);

/** Undefined for a file that another program wrote. Throws FormatError. */
export function readOwn({ meta }: EcsvHeader, limits: Limits): Own | undefined {
  const said = meta.get("masquerade");
  if (said === undefined) return undefined;
  const bad = (message: string, code: "FORMAT_MALFORMED" | "FORMAT_VERSION" = "FORMAT_MALFORMED"): FormatError =>
    new FormatError(code, "ecsv", `masquerade in the header: ${message}`, { offset: 0 });
  if (!(said instanceof Map)) throw bad("no mapping");
  if (said.get("version") !== 1n) throw bad("this reader knows version 1", "FORMAT_VERSION");
  for (const key of said.keys()) if (!known.has(key)) throw bad("a key that is not known");
  const mask = said.get("mask") ?? "plain";
  if (mask !== "plain" && mask !== "nomask" && mask !== "missing") throw bad("mask is nomask or missing");
  const order = said.get("order");
  if (order !== undefined && order !== "F") throw bad("order is F or absent");
  const shape = said.get("shape");
  if (!Array.isArray(shape)) throw bad("there is no shape");
  const texts = (name: string): readonly string[] => {
    const list = said.get(name) ?? [];
    if (!Array.isArray(list) || !list.every((one) => typeof one === "string")) throw bad(`${name} is a list of texts`);
    return list as string[];
  };
  const dtypeOf = (name: string): DType => {
    const literal = said.get(name);
    if (typeof literal !== "string") throw bad(`there is no ${name}`);
    const where = { format: "ecsv", offset: 0, limits };
    const found = parseDescr(parseLiteral(literal, where), where);
    if (found.shape.length > 0) throw bad("a dtype with a shape of its own");
    return found.dtype;
  };
  return {
    dtype: dtypeOf("dtype"),
    shape: (shape as readonly PlainValue[]).map((n) => {
      if (typeof n !== "bigint" || n < 0n || n > 9007199254740991n) throw bad("a shape is integers from 0 on");
      return Number(n);
    }),
    fortran: order === "F",
    mask,
    hardMask: said.get("hard_mask") === true,
    fillDType: said.has("fill_value") ? dtypeOf("fill_value_dtype") : undefined,
    fill: texts("fill_value"),
    nans: texts("nan"),
  };
}
