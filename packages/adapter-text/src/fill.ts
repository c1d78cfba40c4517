import { type DType, LimitError, type Limits, type NdArray } from "@masquerade/core";
import { columnsAsArray, columnsFor } from "./assemble.ts";
import type { Flavour } from "./flavour.ts";
import { Scanner } from "./scan.ts";

/** Bytes of a fill value at most. */
const MOST = 2 ** 24;

/** The fill value of a header, from the texts of its dtype's values. */
export function fillOf(
  fillDType: DType | undefined,
  fill: readonly string[],
  flavour: Flavour,
  limits: Limits,
): NdArray | undefined {
  if (fillDType === undefined) return undefined;
  if (fillDType.itemsize > MOST)
    throw new LimitError("maxBytes", `a fill value of ${fillDType.itemsize} bytes`, { format: flavour.id });
  const columns = columnsFor(fillDType, 1, limits, flavour.id);
  const whole = new Scanner(new Uint8Array(0), flavour, limits);
  if (columns.length !== fill.length) throw whole.fail("fill_value has not as many values as its dtype has fields", 0);
  columns.forEach((column, i) => {
    const bytes = new TextEncoder().encode(fill[i]);
    const scanner = new Scanner(bytes, flavour, limits);
    scanner.to = bytes.length;
    column.read(scanner, 0);
  });
  return columnsAsArray(fillDType, [], columns, false);
}
