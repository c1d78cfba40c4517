import { type DType, FormatError, LimitError, type Limits, type PlainValue } from "@masquerade/core";
import { parseDescr, parseLiteral } from "@masquerade/numpy";
import type { Flavour } from "./flavour.ts";
import { NeedMore } from "./scan.ts";

/** What a file of ours says about itself, and where its rows begin. */
export interface TableHeader {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly mask: "plain" | "nomask" | "missing";
  readonly missing: string;
  readonly hardMask: boolean;
  readonly fillDType: DType | undefined;
  readonly fill: readonly string[];
  /** Notes about NaNs, and where they stand. */
  readonly nans: readonly (readonly [note: string, offset: number])[];
  readonly start: number;
}

const known: ReadonlySet<string> = new Set([
  "dtype",
  "shape",
  "order",
  "mask",
  "missing",
  "hard_mask",
  "fill_value_dtype",
  "fill_value",
]);

/**
 * The commented lines at the beginning; undefined when the file is not ours. `goesOn`: there is more of the file than these bytes. Throws FormatError,
 * LimitError, and NeedMore.
 */
export function readTableHeader(
  bytes: Uint8Array,
  flavour: Flavour,
  limits: Limits,
  goesOn = false,
): TableHeader | undefined {
  const where = (offset: number): { format: string; offset: number } => ({ format: flavour.id, offset });
  const bad = (
    message: string,
    offset: number,
    code: "FORMAT_MALFORMED" | "FORMAT_VERSION" | "FORMAT_OTHER" = "FORMAT_MALFORMED",
  ): FormatError =>
    new FormatError(code, flavour.id, message, { offset, ...(code === "FORMAT_OTHER" ? { redirect: message } : {}) });
  const fields = new Map<string, readonly [text: string, offset: number]>();
  const nans: (readonly [string, number])[] = [];
  let at = 0;
  let first = true;
  if (goesOn && bytes.length < OURS.length && mayBeOurs(bytes)) throw new NeedMore();
  while (bytes[at] === 35) {
    const next = bytes.indexOf(10, at);
    const end = next < 0 ? bytes.length : next;
    if (next < 0 && goesOn && (!first || mayBeOurs(bytes)) && end - at <= limits.maxHeaderBytes) throw new NeedMore();
    if (first && !mayBeOurs(bytes)) return undefined;
    if (end - at > limits.maxHeaderBytes)
      throw new LimitError("maxHeaderBytes", `a header line of more than ${limits.maxHeaderBytes} bytes`, where(at));
    const line = decodeLine(bytes.subarray(at + 1, end));
    if (line === undefined) throw bad("the header is not UTF-8", at);
    if (first) {
      const magic = /^masked-array (\d+) (\w+)$/.exec(line);
      if (magic === null) return undefined;
      if (magic[1] !== "1")
        throw bad(`version ${magic[1]} of the header is not known; this reader knows version 1`, at, "FORMAT_VERSION");
      if (magic[2] !== flavour.id)
        throw new FormatError("FORMAT_OTHER", flavour.id, `the header says that this is ${magic[2]}`, {
          offset: at,
          ...(["csv", "tsv", "txt"].includes(magic[2] as string) ? { redirect: magic[2] as string } : {}),
        });
    }
    const pair = /^(\w+): (.*)$/s.exec(line);
    if (pair?.[1] === "nan") for (const note of (pair[2] as string).split(" ")) nans.push([note, at]);
    else if (pair !== null && known.has(pair[1] as string)) {
      if (fields.has(pair[1] as string)) throw bad(`"${pair[1]}" comes twice`, at);
      fields.set(pair[1] as string, [pair[2] as string, at]);
    } else if (!first && !/^(?:\(lambda|np\.|slice )/.test(line)) throw bad("a header line that is not known", at);
    first = false;
    at = Math.min(end + 1, bytes.length);
    if (/^(?:\(lambda|np\.)/.test(line)) break;
  }
  if (first) return undefined;
  if (at === bytes.length && goesOn) throw new NeedMore();
  const text = (name: string): string | undefined => fields.get(name)?.[0];
  const dtypeOf = (name: string): DType => {
    const [literal, offset] = fields.get(name) ?? [undefined, 0];
    if (literal === undefined) throw bad(`the header has no ${name}`, at);
    const { dtype, shape } = parseDescr(parseLiteral(literal, { ...where(offset), limits }), {
      ...where(offset),
      limits,
    });
    if (shape.length > 0) throw bad("a dtype with a shape of its own", offset);
    return dtype;
  };
  const mask = text("mask");
  if (mask !== undefined && mask !== "nomask" && mask !== "missing")
    throw bad("mask is nomask or missing", fields.get("mask")?.[1] ?? 0);
  const order = text("order");
  if (order !== undefined && order !== "F") throw bad("order is F or absent", fields.get("order")?.[1] ?? 0);
  const [shapeText, shapeAt] = fields.get("shape") ?? [undefined, 0];
  if (shapeText === undefined) throw bad("the header has no shape", at);
  const shape = parseLiteral(shapeText, { ...where(shapeAt), limits });
  const fillAt = fields.get("fill_value");
  return {
    dtype: dtypeOf("dtype"),
    shape: sizesOf(shape, () => bad("a shape is a list of integers from 0 on", shapeAt)),
    fortran: order === "F",
    mask: mask ?? "plain",
    missing: unescaped(text("missing") ?? "--", () =>
      bad("missing is no text", fields.get("missing")?.[1] ?? 0),
    )[0] as string,
    hardMask: text("hard_mask") === "true",
    fillDType: fillAt === undefined ? undefined : dtypeOf("fill_value_dtype"),
    fill: fillAt === undefined ? [] : unescaped(fillAt[0], () => bad("fill_value is no text", fillAt[1])),
    nans,
    start: at,
  };
}

/** Whether the bytes begin as our files do, as far as they go. */
function mayBeOurs(bytes: Uint8Array): boolean {
  for (let i = 0; i < Math.min(OURS.length, bytes.length); i++) if (bytes[i] !== OURS.charCodeAt(i)) return false;
  return true;
}

const OURS = "# masked-array ";

function decodeLine(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r$/, "").replace(/^ /, "");
  } catch {
    return undefined;
  }
}

function sizesOf(shape: PlainValue, bad: () => FormatError): readonly number[] {
  if (!Array.isArray(shape)) throw bad();
  return (shape as readonly PlainValue[]).map((n) => {
    if (typeof n !== "bigint" || n < 0n || n > 9007199254740991n) throw bad();
    return Number(n);
  });
}

/** The texts of a header line: one as it is or as a JSON string, or a JSON list of them. */
function unescaped(text: string, bad: () => FormatError): readonly string[] {
  if (!/^["[]/.test(text)) return [text];
  try {
    const parsed: unknown = JSON.parse(text);
    const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    if (list.every((one) => typeof one === "string")) return list as string[];
  } catch {
    // Said below.
  }
  throw bad();
}
