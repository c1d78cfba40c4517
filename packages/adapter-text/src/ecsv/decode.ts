import {
  type AnyArray,
  type Attrs,
  checkOptions,
  checkShape,
  type DecodeOptions,
  type DType,
  type FullMask,
  fillOut,
  isMaskedArray,
  LimitError,
  type Limits,
  MaskedArray,
  NdArray,
  nomask,
  OptionError,
  type PlainValue,
  resolveLimits,
  throwIfAborted,
} from "@masquerade/core";
import { columnsAsArray, columnsFor, maskOf } from "../assemble.ts";
import { fillOf } from "../fill.ts";
import type { Flavour } from "../flavour.ts";
import { restoreNaN } from "../nans.ts";
import type { ReadColumn } from "../read-fields.ts";
import { Scanner } from "../scan.ts";
import { CellReader, type Target } from "./cell-reader.ts";
import { ecsvFlavour } from "./encode.ts";
import { COLUMNS, type EcsvReadOptions, ecsv } from "./format.ts";
import { type EcsvHeader, type HeaderColumn, readEcsvHeader } from "./header.ts";
import { type Own, readOwn } from "./own.ts";
import { foreignDType } from "./survey.ts";
import { acrossOf, columnsOfTable, rowsOf } from "./table.ts";

/** An ECSV table: as an array of records with a field for each column, or as the very array that was written here. */
export function decodeEcsv(bytes: Uint8Array, options: EcsvReadOptions & DecodeOptions = {}): AnyArray {
  checkOptions("ecsv", ecsv.options.read, options);
  throwIfAborted(options.signal);
  if (options.select !== undefined && options.select !== "")
    throw new OptionError("INDEX_INVALID", "ecsv: the file holds one array without a name", "select");
  const limits = resolveLimits(options.limits);
  const header = readEcsvHeader(bytes, limits);
  const flavour = ecsvFlavour(header.delimiter);
  const own = options.columns === undefined ? readOwn(header, limits) : undefined;
  const masks = maskColumns(header);
  const wanted = dataColumns(header, masks, options.columns);
  const rows = (): Scanner => startOf(bytes, flavour, limits, header);
  const { dtype, shape } = own ?? foreignDType(rows, header, wanted, limits);
  const value = readTable(rows(), header, { dtype, shape, own, masks, wanted }, flavour, limits);
  options.onProgress?.(bytes.length, bytes.length);
  if (options.out === undefined) return value;
  return isMaskedArray(value) ? value.with({ data: fillOut(value.data, options.out) }) : fillOut(value, options.out);
}

/** The scanner at the first row; the names before it must be those of the header. */
function startOf(bytes: Uint8Array, flavour: Flavour, limits: Limits, header: EcsvHeader): Scanner {
  const scanner = new Scanner(bytes, flavour, limits, header.start);
  if (!scanner.nextRow()) throw scanner.fail("the names of the columns are missing", bytes.length);
  header.columns.forEach(({ name }, i) => {
    scanner.field();
    if (scanner.text() !== name) throw scanner.failField("not the column's name in the header");
    if (scanner.more() !== i + 1 < header.columns.length)
      throw scanner.fail("not as many names as the header has columns");
  });
  return scanner;
}

/** For each column that has one, the column of booleans that says what of it is masked (astropy's data_mask). */
function maskColumns({ meta }: EcsvHeader): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const serialized = meta.get("__serialized_columns__");
  if (!(serialized instanceof Map)) return found;
  for (const about of serialized.values()) {
    if (!(about instanceof Map) || !/\bMaskedColumn$/.test(String(about.get("__class__")))) continue;
    const [data, mask] = [nameIn(about.get("data")), nameIn(about.get("mask"))];
    if (data !== undefined && mask !== undefined) found.set(data, mask);
  }
  return found;
}

function nameIn(value: PlainValue | undefined): string | undefined {
  const name = value instanceof Map ? value.get("name") : undefined;
  return typeof name === "string" ? name : undefined;
}

/** The columns to be fields, by their place in the file. */
function dataColumns(
  { columns }: EcsvHeader,
  masks: ReadonlyMap<string, string>,
  asked: readonly string[] | undefined,
): readonly number[] {
  const hidden = new Set(masks.values());
  if (asked === undefined) return columns.flatMap(({ name }, i) => (hidden.has(name) ? [] : [i]));
  return asked.map((name) => {
    const at = columns.findIndex((column) => column.name === name);
    if (at < 0) throw new OptionError("INDEX_INVALID", `ecsv: the table has no column "${name}"`, "columns");
    return at;
  });
}

interface Plan {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly own: Own | undefined;
  readonly masks: ReadonlyMap<string, string>;
  readonly wanted: readonly number[];
}

function readTable(scanner: Scanner, header: EcsvHeader, plan: Plan, flavour: Flavour, limits: Limits): AnyArray {
  const { dtype, shape, own } = plan;
  const size = checkShape(shape, dtype.itemsize, limits, { format: "ecsv", offset: 0 });
  if (size * dtype.itemsize > limits.maxBytes)
    throw new LimitError("maxBytes", `an array of ${size * dtype.itemsize} bytes is more than ${limits.maxBytes}`, {
      format: "ecsv",
      offset: scanner.at,
    });
  const rows = rowsOf(shape);
  if (rows > scanner.bytes.length - scanner.at)
    throw scanner.fail(`shape (${shape.join(", ")}) has more rows than the file`, scanner.bytes.length);
  if (size > scanner.bytes.length)
    throw scanner.fail(`shape (${shape.join(", ")}) has more elements than the file can have`, scanner.bytes.length);
  const columns = columnsFor(dtype, size, limits, "ecsv");
  const targets = targetsOf(header, plan, columns, scanner);
  const reader = new CellReader(scanner, size, acrossOf(shape), flavour, limits);
  let row = 0;
  for (; scanner.nextRow(); row++) {
    if (row >= rows) throw scanner.fail(`more rows than the ${rows} of the shape`, scanner.at);
    for (let i = 0; i < targets.length; i++) {
      scanner.field();
      const { from } = scanner;
      const target = targets[i];
      if (target !== undefined) reader.read(target, row);
      if (scanner.more() !== i + 1 < targets.length)
        throw scanner.fail(`not ${targets.length} fields, as the table has columns`, from);
    }
  }
  if (row < rows) throw scanner.fail(`${row} rows, the shape wants ${rows}`, scanner.bytes.length);
  if (own !== undefined && scanner.bytes[scanner.bytes.length - 1] !== 10)
    throw scanner.fail("the last line is not finished", scanner.bytes.length);
  const arrays = columns.map((column) => ({
    array: new NdArray({ dtype: column.dtype, shape: [size], storage: column.storage as never }) as NdArray,
  }));
  for (const note of own?.nans ?? [])
    if (!restoreNaN(note, arrays)) throw scanner.fail("a note about a NaN that cannot be", 0);
  const fortran = own?.fortran === true;
  const data = columnsAsArray(dtype, shape, columns, fortran).with({ attrs: attrsOf(header, plan) });
  const kind =
    own?.mask ?? (columns.some(({ mask }) => mask !== undefined) || plan.masks.size > 0 ? "missing" : "plain");
  if (kind === "plain") return data;
  return new MaskedArray({
    data,
    mask: kind === "nomask" ? nomask : (maskOf(dtype, shape, columns, fortran) as FullMask),
    fillValue: own === undefined ? undefined : fillOf(own.fillDType, own.fill, flavour, limits),
    hardMask: own?.hardMask === true,
  });
}

/** Where each field of a row goes; undefined for those that are not wanted. */
function targetsOf(
  header: EcsvHeader,
  { dtype, shape, own, masks, wanted }: Plan,
  leaves: readonly ReadColumn[],
  scanner: Scanner,
): readonly (Target | undefined)[] {
  const table = columnsOfTable(dtype, shape, leaves.length + 1);
  if (table.length !== wanted.length) throw scanner.fail(`${wanted.length} columns, the dtype has ${table.length}`, 0);
  const targets: (Target | undefined)[] = header.columns.map(() => undefined);
  table.forEach((about, i) => {
    const at = wanted[i] as number;
    const { name } = header.columns[at] as HeaderColumn;
    if (own !== undefined && name !== about.name) throw scanner.fail(`"${name}" is no column of the dtype`, 0);
    const mine = leaves.slice(about.first, about.first + about.count);
    const maskName = masks.get(name);
    const maskAt = maskName === undefined ? -1 : header.columns.findIndex((column) => column.name === maskName);
    targets[at] = {
      about,
      leaves: mine,
      isMask: false,
      nulls: maskAt < 0 && own?.mask !== "plain" && own?.mask !== "nomask",
    };
    if (maskAt >= 0) targets[maskAt] = { about, leaves: mine, isMask: true, nulls: false };
  });
  return targets;
}

/** The metadata of the table, and under {@link COLUMNS} what is known of each column. */
function attrsOf({ meta, columns }: EcsvHeader, { wanted }: Plan): Attrs {
  const attrs = new Map<string, PlainValue>();
  for (const [name, value] of meta)
    if (name !== "masquerade" && name !== "__serialized_columns__") attrs.set(name, value);
  const known = wanted.flatMap((at) => {
    const { name, about } = columns[at] as HeaderColumn;
    return about.size === 0 ? [] : [[name, about as PlainValue] as const];
  });
  if (known.length > 0) attrs.set(COLUMNS, new Map<PlainValue, PlainValue>(known));
  return attrs;
}
