import {
  type Attrs,
  type DType,
  dtypes,
  type FieldSpec,
  FormatError,
  LimitError,
  type PlainValue,
  quoteText,
  zeros,
} from "@masquerade/core";
import { type FinishContext, GlobalToken, type MachineContext, malformed, PickleInstance } from "@masquerade/pickle";
import { expectArguments, textOf } from "./decode-arguments.ts";
import { type DTypeState, parseDTypeState } from "./decode-dtype-state.ts";

/** A finished dtype: what an array takes, and what a dtype standing as a value of its own becomes. */
export class NumpyDType {
  readonly dtype: DType;
  /** Shape of a sub-array dtype, else empty. */
  readonly shape: readonly number[];

  constructor(dtype: DType, shape: readonly number[] = []) {
    this.dtype = dtype;
    this.shape = shape;
  }
}

/**
 * A dtype standing as a value of its own: an array of no elements that has it (a sub-array's shape follows the 0), of the subclass "dtype",
 * by which writers know it.
 */
function asArray(finished: unknown): unknown {
  if (!(finished instanceof NumpyDType)) return finished;
  return zeros(finished.dtype, [0, ...finished.shape]).with({ subclass: "dtype" });
}

const TYPE_STRING = /^([<>|=]?)([?a-zA-Z])(\d{0,10})$/;

/** `numpy.dtype` under construction: the type string of its call, then the state. */
export class DTypeInstance extends PickleInstance {
  /** Metadata, then the dtypes (and titles) of the fields, or the base of a sub-array. */
  readonly parts: unknown[] = [];
  private readonly letter: string;
  private readonly size: number | undefined;
  private readonly prefix: string;
  private readonly record: boolean;
  private readonly at: number;
  private state: DTypeState | undefined = undefined;

  constructor(letter: string, size: number | undefined, prefix: string, record: boolean, at: number) {
    super();
    this.letter = letter;
    this.size = size;
    this.prefix = prefix;
    this.record = record;
    this.at = at;
  }

  override standAlone(finished: unknown): unknown {
    return asArray(finished);
  }

  override build(state: unknown, context: MachineContext): void {
    const parsed = parseDTypeState(state, context);
    this.state = parsed;
    this.parts.length = 0;
    this.parts.push(parsed.metadata, parsed.base?.dtype ?? null);
    for (const field of parsed.fields ?? []) this.parts.push(field.dtype, field.title ?? null);
  }

  finish(context: FinishContext): NumpyDType {
    try {
      return this.resolve(context);
    } catch (e) {
      if (e instanceof FormatError || e instanceof LimitError) throw e;
      throw this.bad(context, e instanceof Error ? e.message : "the dtype makes no sense", e);
    }
  }

  private resolve(context: FinishContext): NumpyDType {
    const { state } = this;
    const metadata = this.metadata(context);
    if (state?.base !== undefined) {
      const base = this.dtypeAt(1, context);
      if (base.shape.length > 0) throw this.bad(context, "a sub-array of sub-arrays");
      return new NumpyDType(base.dtype, state.base.shape);
    }
    const dtype = state?.fields === undefined ? this.simple(context) : this.structured(state, context);
    return new NumpyDType(metadata === undefined ? dtype : ({ ...dtype, metadata } as DType));
  }

  private structured(state: DTypeState, context: FinishContext): DType {
    const given = state.fields ?? [];
    if (given.length > context.limits.maxFields)
      throw new LimitError("maxFields", `${given.length} fields`, { format: context.format, offset: this.at });
    if (this.letter !== "V") throw this.bad(context, `fields in a dtype of kind ${this.letter}`);
    const fields = given.map((field, i): FieldSpec => {
      const { dtype, shape } = this.dtypeAt(2 + 2 * i, context);
      const title = this.parts[3 + 2 * i] as PlainValue;
      return {
        name: field.name,
        dtype,
        shape,
        offset: field.offset,
        title: field.title === undefined ? undefined : title,
      };
    });
    const itemsize = state.itemsize ?? this.size;
    const made = dtypes.struct(fields, {
      aligned: state.aligned,
      record: this.record,
      ...(itemsize === undefined ? {} : { itemsize }),
    });
    const deep = depthOf(made, context.limits.maxDTypeDepth);
    if (deep > context.limits.maxDTypeDepth)
      throw new LimitError("maxDTypeDepth", "a dtype nests too deep", { format: context.format, offset: this.at });
    return state.alignment !== undefined && state.aligned && state.alignment > 0
      ? { ...made, alignment: state.alignment }
      : made;
  }

  private simple(context: FinishContext): DType {
    const { state, letter } = this;
    const order = this.order();
    const size = state?.itemsize ?? this.size;
    switch (letter) {
      case "b":
        if (this.size === undefined || this.prefix === "?") return dtypes.simple("int8");
        return this.pick({ 1: "bool" }, context);
      case "?":
        return dtypes.simple("bool");
      case "i":
        return this.pick({ 1: "int8", 2: "int16", 4: "int32", 8: "int64" }, context);
      case "u":
        return this.pick({ 1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64" }, context);
      case "f":
        if (this.size === 12 || this.size === 16) return dtypes.longdouble("x87", this.size, order);
        return this.pick({ 2: "float16", 4: "float32", 8: "float64" }, context);
      case "c":
        if (this.size === 24 || this.size === 32) return dtypes.clongdouble("x87", this.size, order);
        return this.pick({ 8: "complex64", 16: "complex128" }, context);
      case "S":
      case "a":
        return dtypes.bytes(size ?? 0);
      case "V":
        if (this.record) return dtypes.struct([], { record: true, itemsize: size ?? 0 });
        return dtypes.opaque(size ?? 0);
      case "U":
        // The type string counts characters, the state bytes.
        if (state?.itemsize !== undefined && state.itemsize % 4 !== 0)
          throw this.bad(context, `texts of ${state.itemsize} bytes`);
        return dtypes.str(state?.itemsize === undefined ? (this.size ?? 0) : state.itemsize / 4, order);
      case "M":
      case "m": {
        if (this.size !== undefined && this.size !== 8) throw this.bad(context, `a dtype ${letter}${this.size}`);
        const unit = state?.unit ?? { unit: "generic" as const, multiple: 1 };
        return letter === "M"
          ? dtypes.datetime64(unit.unit, unit.multiple, order)
          : dtypes.timedelta64(unit.unit, unit.multiple, order);
      }
      case "O":
        return dtypes.object();
      default:
        throw this.bad(context, `a dtype of kind "${quoteText(letter)}"`);
    }
  }

  private pick(kinds: Readonly<Record<number, SimpleKindName>>, context: FinishContext): DType {
    const kind = kinds[this.size ?? -1];
    if (kind === undefined) throw this.bad(context, `a dtype ${this.letter}${this.size ?? ""}`);
    return dtypes.simple(kind, this.order());
  }

  private order(): "little" | "big" {
    return (this.state?.order ?? this.prefix) === ">" ? "big" : "little";
  }

  private dtypeAt(index: number, context: FinishContext): NumpyDType {
    const found = this.parts[index];
    if (found instanceof NumpyDType) return found;
    throw this.bad(context, "a field without a dtype");
  }

  private metadata(context: FinishContext): Attrs | undefined {
    const given = this.parts[0];
    if (given === undefined || given === null || (given instanceof Map && given.size === 0)) return undefined;
    if (!(given instanceof Map)) throw this.bad(context, "dtype metadata is no dict");
    for (const key of given.keys())
      if (typeof key !== "string") throw this.bad(context, "a key of the dtype metadata is no text");
    return given as Attrs;
  }

  private bad(context: FinishContext, message: string, cause?: unknown): FormatError {
    return new FormatError("FORMAT_MALFORMED", context.format, message, { offset: this.at, cause });
  }
}

type SimpleKindName = Parameters<typeof dtypes.simple>[0];

function depthOf(dtype: DType, limit: number): number {
  let level: DType[] = [dtype];
  let depth = 0;
  while (level.length > 0 && depth <= limit) {
    const next: DType[] = [];
    for (const d of level)
      if (d.kind === "struct") for (const f of d.fields) if (f.dtype.kind === "struct") next.push(f.dtype);
    level = next;
    depth++;
  }
  return depth;
}

/** `numpy.dtype(type string or numpy.record, align, copy)`. */
export function makeDType(args: readonly unknown[], context: MachineContext): PickleInstance {
  expectArguments(args, [1, 2, 3], "numpy.dtype", context);
  const [type] = args;
  if (type instanceof GlobalToken) {
    if (type.name !== "record") throw malformed(context, `a dtype of class ${type.module} ${type.name}`);
    return new DTypeInstance("V", undefined, "", true, context.offset);
  }
  const text = textOf(type, "a dtype", context);
  const match = TYPE_STRING.exec(text);
  if (match === null) throw malformed(context, `"${quoteText(text)}" is no dtype that NumPy writes`);
  const [, prefix = "", letter = "", digits = ""] = match;
  return new DTypeInstance(letter, digits === "" ? undefined : Number(digits), prefix, false, context.offset);
}

/** NumPy 2's StringDType: `_convert_to_stringdtype_kwargs(coerce[, na_object])`. */
export class StringDTypeInstance extends PickleInstance {
  readonly parts: unknown[];
  private readonly coerce: boolean;

  constructor(coerce: boolean, missing: readonly unknown[]) {
    super();
    this.coerce = coerce;
    this.parts = [...missing];
  }

  override standAlone(finished: unknown): unknown {
    return asArray(finished);
  }

  finish(): NumpyDType {
    const naObject = this.parts.length === 0 ? undefined : { value: this.parts[0] as PlainValue };
    return new NumpyDType(
      dtypes.stringDType(naObject === undefined ? { coerce: this.coerce } : { coerce: this.coerce, naObject }),
    );
  }
}

/** As {@link StringDTypeInstance}. */
export function makeStringDType(args: readonly unknown[], context: MachineContext): PickleInstance {
  expectArguments(args, [1, 2], "_convert_to_stringdtype_kwargs", context);
  const [coerce, ...missing] = args;
  if (typeof coerce !== "boolean" && typeof coerce !== "bigint")
    throw malformed(context, "StringDType's coerce is no bool");
  return new StringDTypeInstance(Boolean(coerce), missing);
}

/** Whether a value is a dtype under construction. */
export function isDType(value: unknown): value is DTypeInstance | StringDTypeInstance {
  return value instanceof DTypeInstance || value instanceof StringDTypeInstance;
}
