import { FormatError, type NdArray, zeros } from "@masquerade/core";
import { type FinishContext, type MachineContext, malformed, PickleInstance } from "@masquerade/pickle";
import { expectArguments } from "./decode-arguments.ts";
import { finishArray } from "./decode-array.ts";
import { isDType, NumpyDType } from "./decode-dtype.ts";
import { type ArrayPayload, claim, isArrayPayload } from "./decode-payload.ts";

/** `numpy.core.multiarray.scalar(dtype[, bytes or object])`: a 0-d array marked as a scalar. */
class ScalarInstance extends PickleInstance {
  /** The dtype; then the object, where it is one. */
  readonly parts: unknown[];
  private readonly data: ArrayPayload | undefined;
  private readonly at: number;

  constructor(dtype: PickleInstance, data: ArrayPayload | undefined, object: readonly unknown[], at: number) {
    super();
    this.parts = [dtype, ...object];
    this.data = data;
    this.at = at;
  }

  finish(context: FinishContext): NdArray {
    const [dtype, ...object] = this.parts;
    const data = this.data ?? object;
    // Without a value NumPy makes zero.
    if (this.data === undefined && object.length === 0 && dtype instanceof NumpyDType)
      return zeros(dtype.dtype, []).with({ subclass: "scalar" });
    const made = finishArray({ shape: [], order: "C", data, at: this.at }, dtype, context);
    if ("data" in made && !("storage" in made))
      throw new FormatError("FORMAT_MALFORMED", context.format, "a scalar too large to be one", { offset: this.at });
    return (made as NdArray).with({ subclass: "scalar" });
  }
}

/** As NumPy's `scalar`. Throws FormatError. */
export function makeScalar(args: readonly unknown[], context: MachineContext): PickleInstance {
  expectArguments(args, [1, 2], "scalar", context);
  const [dtype, value] = args;
  if (!isDType(dtype)) throw malformed(context, "the dtype of a scalar is no dtype");
  if (args.length === 2 && isArrayPayload(value)) {
    claim(value);
    return new ScalarInstance(dtype, value, [], context.offset);
  }
  return new ScalarInstance(dtype, undefined, args.slice(1), context.offset);
}
