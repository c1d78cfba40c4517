import { type ByteOrder, type DType, dtypes, type Kind } from "@masquerade/core";

const { bytes, clongdouble, datetime64, longdouble, object, opaque, simple, str, stringDType, struct, timedelta64 } =
  dtypes;

/** dtypes of the covering set, by kind: the plain ones, and what is peculiar to a kind. */
export function sampleDTypes(kind: Kind, order: ByteOrder): readonly DType[] {
  switch (kind) {
    case "bytes":
      return [bytes(3), bytes(1)];
    case "str":
      return [str(3, order), str(1, order)];
    case "void":
      return [opaque(5)];
    case "datetime64":
      return [datetime64("D", 1, order), datetime64("us", 25, order), datetime64("ns", 1, order)];
    case "timedelta64":
      return [timedelta64("s", 1, order), timedelta64("generic", 1, order)];
    case "longdouble":
      return [longdouble("x87", 16, order)];
    case "clongdouble":
      return [clongdouble("x87", 32, order)];
    case "object":
      return [object()];
    case "string":
      return [stringDType()];
    case "struct":
      return [
        struct([
          { name: "id", dtype: simple("int32", order) },
          { name: "x y", dtype: simple("float64", order) },
        ]),
        struct([
          { name: "pos", dtype: struct([{ name: "z", dtype: simple("float32", order) }]) },
          { name: "m", dtype: simple("int16", order), shape: [2, 2] },
          { name: "é", dtype: bytes(2) },
        ]),
        paddedStruct(order),
        struct(
          [
            { name: "flag", dtype: simple("bool") },
            { name: "t", dtype: datetime64("s", 1, order) },
          ],
          { aligned: true },
        ),
      ];
    default:
      return [simple(kind, order)];
  }
}

/** A structured dtype with gaps and an explicit size. */
function paddedStruct(order: ByteOrder): DType<"struct"> {
  return struct(
    [
      { name: "a", dtype: simple("uint8"), offset: 1 },
      { name: "b", dtype: simple("float64", order), offset: 8 },
    ],
    { itemsize: 24 },
  );
}
