import {
  type AnyFormat,
  type BundleHeader,
  type Choice,
  describe,
  eachHeader,
  type Header,
  isArray,
  isBundle,
  type Kind,
  OptionError,
  type Requirements,
  resolveDType,
} from "@masquerade/core";

/** One measurement: kind, whether compressed, bytes of the file over bytes of the data, millions of bytes of data written and read a second. */
export type Figure = readonly [kind: string, compressed: boolean, size: number, write: number, read: number];

/** Measured figures of formats, by id. */
export interface Figures {
  readonly measured: { readonly node: string; readonly processor: string; readonly elements: number };
  readonly formats: { readonly [id: string]: readonly Figure[] };
}

/** What a file is wanted for, and what counts where several formats are equally good. */
export interface Wishes extends Requirements {
  readonly prefer?: "small" | "fast" | undefined;
}

/** What was measured, for data of this kind. Machines differ: formats compare better than times do. */
export interface Expected {
  /** With the format's compression (asked for by `compression`, or `prefer: "small"`). */
  readonly compressed: boolean;
  /** Bytes of the file over bytes of the data. */
  readonly sizeRatio: number;
  /** Bytes of data a second. Reading includes looking at every element. */
  readonly writeRate: number;
  readonly readRate: number;
  /** Of what is to be stored, where that is known: bytes of the file, seconds to write and to read it. */
  readonly bytes: number | undefined;
  readonly writeSeconds: number | undefined;
  readonly readSeconds: number | undefined;
}

/** A format as an answer, with the size and the speed to be expected where they are known. */
export interface Recommendation<F = AnyFormat> extends Choice<F> {
  /** Undefined for formats and dtypes that were not measured. */
  readonly expected: Expected | undefined;
}

/** The kind that was measured which is most like another one. */
const like: { readonly [K in Kind]?: "float64" | "float32" | "int32" | "uint8" } = {
  bool: "uint8",
  int8: "uint8",
  uint8: "uint8",
  int16: "int32",
  uint16: "int32",
  int32: "int32",
  uint32: "int32",
  int64: "int32",
  uint64: "int32",
  datetime64: "int32",
  timedelta64: "int32",
  float16: "float32",
  float32: "float32",
  complex64: "float32",
  float64: "float64",
  complex128: "float64",
};

/** The choices of a registry with what to expect of each; ties go to the smaller or the faster one, as preferred. */
export function recommend<F extends AnyFormat>(
  choose: (requirements: Requirements) => readonly Choice<F>[],
  wishes: Wishes,
  figures: Figures,
): readonly Recommendation<F>[] {
  const { prefer, ...requirements } = wishes;
  if (prefer !== undefined && prefer !== "small" && prefer !== "fast")
    throw new OptionError("OPTION_INVALID", `prefer is "small" or "fast", not "${String(prefer)}"`, "prefer");
  const choices = choose(requirements).map((one) => ({ ...one, expected: expectedOf(one.format.id, wishes, figures) }));
  if (prefer === undefined) return choices;
  const cost = ({ expected }: Recommendation<F>): number => {
    if (expected === undefined) return Number.POSITIVE_INFINITY;
    return prefer === "small" ? expected.sizeRatio : 1 / expected.writeRate + 1 / expected.readRate;
  };
  // The sort is stable: what costs the same stays in the order of the reasons.
  const rank = (one: Recommendation<F>): number => (one.fits ? -1 : one.lacks.length);
  return choices.sort((a, b) => rank(a) - rank(b) || compare(cost(a), cost(b)));
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

function expectedOf(id: string, wishes: Wishes, figures: Figures): Expected | undefined {
  const { kind, bytes } = wanted(wishes);
  const rows = (figures.formats[id] ?? []).filter(([of]) => of === like[kind]);
  const small = wishes.compression === true || wishes.prefer === "small";
  const row = rows.find(([, compressed]) => compressed === small) ?? rows[0];
  if (row === undefined) return undefined;
  const [, compressed, sizeRatio, write, read] = row;
  const [writeRate, readRate] = [write * 1e6, read * 1e6];
  const times = (rate: number): number | undefined => (bytes === undefined ? undefined : bytes / rate);
  return {
    compressed,
    sizeRatio,
    writeRate,
    readRate,
    bytes: bytes === undefined ? undefined : Math.round(bytes * sizeRatio),
    writeSeconds: times(writeRate),
    readSeconds: times(readRate),
  };
}

/** Kind and bytes of the data to be stored: those of the largest array decide the kind. */
function wanted(wishes: Wishes): { readonly kind: Kind; readonly bytes: number | undefined } {
  const target = wishes.for;
  if (target === undefined) return { kind: resolveDType(wishes.dtype ?? "float64").kind, bytes: wishes.size };
  const header: Header | BundleHeader = isArray(target) || isBundle(target) ? describe(target) : target;
  let [kind, most, bytes]: [Kind, number, number] = ["float64", -1, 0];
  for (const [, one] of eachHeader(header)) {
    const size = one.shape.reduce((n, dim) => n * dim, one.dtype.itemsize);
    bytes += size;
    if (size > most) [kind, most] = [one.dtype.kind, size];
  }
  return { kind, bytes };
}
