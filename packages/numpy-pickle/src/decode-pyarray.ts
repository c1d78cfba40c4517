import { type DType, dtypes, FormatError, type NdArray, zeros } from "@masquerade/core";
import { type FinishContext, type MachineContext, malformed, PickleInstance } from "@masquerade/pickle";
import { expectArguments, integer, textOf, tokenOf } from "./decode-arguments.ts";
import { type DeferredArray, finishArray, withSubclass } from "./decode-array.ts";
import { NumpyDType } from "./decode-dtype.ts";
import { type ArrayPayload, claim, deferredOf, EncodedBytes, isArrayPayload } from "./decode-payload.ts";

type Simple = Parameters<typeof dtypes.simple>[0];

/** dtypes of Python's `array.array` type codes, as on 64-bit Linux and macOS. Source: Python's documentation of `array`. */
const CODES: ReadonlyMap<string, Simple> = new Map([
  ["b", "int8"],
  ["B", "uint8"],
  ["h", "int16"],
  ["H", "uint16"],
  ["i", "int32"],
  ["I", "uint32"],
  ["l", "int64"],
  ["L", "uint64"],
  ["q", "int64"],
  ["Q", "uint64"],
  ["f", "float32"],
  ["d", "float64"],
]);

/** Machine format codes of `array._array_reconstructor` (Modules/arraymodule.c): from 2 on each type little-endian, then big-endian. */
const MACHINE: readonly Simple[] = ["uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"];

function machineType(code: number, context: MachineContext): DType {
  const order = code % 2 === 0 ? "little" : "big";
  if (code === 0) return dtypes.simple("uint8");
  if (code === 1) return dtypes.simple("int8");
  if (code === 20 || code === 21) return dtypes.str(1, order);
  const kind = code >= 2 && code <= 17 ? MACHINE[(code - 2) >> 1] : undefined;
  if (kind === undefined) throw malformed(context, `array.array of machine format ${code}`);
  return dtypes.simple(kind, order);
}

class PythonArrayInstance extends PickleInstance {
  /** The elements, where they come as a list; and bytes that were text, which must be whole before they are counted. */
  readonly parts: unknown[];
  private readonly dtype: DType;
  private readonly data: ArrayPayload | undefined;
  private readonly at: number;

  constructor(dtype: DType, data: ArrayPayload | unknown[], at: number) {
    super();
    this.dtype = dtype;
    this.at = at;
    this.data = Array.isArray(data) || data instanceof EncodedBytes ? undefined : data;
    this.parts = this.data === undefined ? [data] : [];
  }

  finish(context: FinishContext): NdArray | DeferredArray {
    const [finished] = this.parts;
    const data = this.data ?? (finished instanceof Uint8Array ? finished : undefined);
    if (data === undefined) return this.fromList(finished as unknown[], context);
    const length = deferredOf(data)?.at.length ?? (data as Uint8Array).length;
    const shape = [Math.floor(length / this.dtype.itemsize)];
    const made = finishArray({ shape, order: "C", data, at: this.at }, new NumpyDType(this.dtype), context);
    return withSubclass(made, "array.array");
  }

  private fromList(items: readonly unknown[], context: FinishContext): NdArray {
    context.charge(items.length * this.dtype.itemsize, this.at);
    const made = zeros(this.dtype, [items.length]);
    const wide = made.storage instanceof BigInt64Array || made.storage instanceof BigUint64Array;
    items.forEach((item, i) => {
      const text = this.dtype.kind === "str";
      const fits = text ? typeof item === "string" : typeof item === "bigint" || (!wide && typeof item === "number");
      if (!fits)
        throw new FormatError("FORMAT_MALFORMED", context.format, "an element of an array.array is of another type", {
          offset: this.at,
        });
      made.set([i], (text || wide ? item : Number(item)) as never);
    });
    return made.with({ subclass: "array.array" });
  }
}

/** `array._array_reconstructor(array.array, typecode, machine format, bytes)`. */
export function reconstructPythonArray(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [4], "array._array_reconstructor", context);
  const [type, code, format, data] = args;
  if (tokenOf(type, "the class of an array.array", context).name !== "array")
    throw malformed(context, "an array.array of another class");
  textOf(code, "the type code of an array.array", context);
  if (!isArrayPayload(data)) throw malformed(context, "the data of an array.array are no bytes");
  const dtype = machineType(integer(format, "the machine format of an array.array", context), context);
  // Text says how many bytes it stands for only when it is read, so that is not left in the file.
  if (!(data instanceof EncodedBytes)) claim(data);
  return new PythonArrayInstance(dtype, data, context.offset);
}

/** `array.array(typecode, list)`: protocols 0 to 2. The elements of `u` are a text. */
export function makePythonArray(args: readonly unknown[], context: MachineContext): unknown {
  expectArguments(args, [1, 2], "array.array", context);
  const [code, items = []] = args;
  const letter = textOf(code, "the type code of an array.array", context);
  if (letter === "u") {
    const text = Array.isArray(items) ? items : Array.from(textOf(items, "the text of an array.array", context));
    return new PythonArrayInstance(dtypes.str(1), text, context.offset);
  }
  const kind = CODES.get(letter);
  if (kind === undefined || !Array.isArray(items))
    throw malformed(context, "array.array is called with no list of numbers");
  return new PythonArrayInstance(dtypes.simple(kind), items, context.offset);
}
