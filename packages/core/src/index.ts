/** masquerade's core: NumPy's masked array as a TypeScript value, and the contracts every format adapter keeps. */
export { type AnyArray, isArray, isMaskedArray, isNdArray, type Order, type Subclass } from "./array/any.ts";
export { Bundle, type BundleKind, type BundleMember, isBundle } from "./array/bundle.ts";
export { arrayBytes, arrayFromBytes } from "./array/bytes.ts";
export { fieldArray } from "./array/element.ts";
export { type FullMask, MaskedArray, type MaskedArrayInit } from "./array/masked-array.ts";
export { NdArray, type NdArrayInit } from "./array/ndarray.ts";
export {
  type AxisRange,
  normalizeSelection,
  parseSelection,
  type SelectedView,
  Selection,
  type SelectionInput,
  type SelectionItem,
  type Slice,
} from "./array/selection.ts";
export { contiguousStrides, isContiguous, sameShape, sizeOf } from "./array/strides.ts";
export { swapLanes } from "./array/swap.ts";
export { zeros } from "./array/zeros.ts";
export { putFour, writeInteger } from "./decimal/digits-out.ts";
export { asciiText, DecimalReader } from "./decimal/read-float.ts";
export { narrowFloat } from "./decimal/read-narrow.ts";
export { FLOAT_ROOM, writeFloat32, writeFloat64 } from "./decimal/write-float.ts";
export { formatDatetime, formatTimedelta, NAT, parseDatetime } from "./dtype/datetime.ts";
export * as dtypes from "./dtype/dtype.ts";
export {
  alignmentOf,
  type ByteOrder,
  type DType,
  type Field,
  type FieldSpec,
  fieldCount,
  hasObjects,
  type LongDoubleDType,
  type LongDoubleLayout,
  lanesOf,
  maskDType,
  type SimpleKind,
  type StringDType,
  type StructDType,
  type StructOptions,
  sameDType,
  type TimeDType,
  type TimeUnit,
  withByteOrder,
} from "./dtype/dtype.ts";
export {
  allocateStorage,
  type BinaryKind,
  type Elements,
  hostIsLittleEndian,
  isBinaryKind,
  type Kind,
  type Storage,
  type StructScalar,
  storageOver,
  storageRules,
} from "./dtype/elements.ts";
export { float16ToNumber, numberToFloat16 } from "./dtype/float16.ts";
export { LongDouble } from "./dtype/longdouble.ts";
export { type DTypeInput, type DTypeName, type KindOf, resolveDType } from "./dtype/names.ts";
export * from "./errors.ts";
export { fromBlob } from "./format/blob-source.ts";
export { type BlockRange, blockRanges, defaultBlockBytes } from "./format/blocks.ts";
export { type LossRules, lossesFromCapabilities } from "./format/capability-losses.ts";
export type { Choice, Reason, Requirements } from "./format/choose.ts";
export { type CacheOptions, type CountingSource, cached, counting } from "./format/decorators.ts";
export { exact } from "./format/exact.ts";
export { differenceOfFiles } from "./format/file-difference.ts";
export type * from "./format/format.ts";
export {
  type BundleHeader,
  describe,
  eachHeader,
  type Header,
  headerOf,
  isBundleHeader,
  type MaskState,
  makeHeader,
} from "./format/header.ts";
export {
  blocksByReading,
  demandReadable,
  eachArray,
  fillOut,
  lazyFromArray,
  makeOpenFile,
  openDecoded,
  planeOf,
  readFile,
} from "./format/lazy.ts";
export { checkShape, defaultLimits, type Limits, resolveLimits } from "./format/limits.ts";
export { type Loss, type LossId, type LossPolicy, loss, lossKinds, refuseLosses } from "./format/losses.ts";
export { checkOptions, type OptionSchema, type OptionSpec } from "./format/options.ts";
export { type Piece, pieceRanges } from "./format/pieces.ts";
export { type PipeOptions, pipe } from "./format/pipe.ts";
export { readWhole } from "./format/read-whole.ts";
export { pickleNote, pythonRecipe, pythonString, type Recipe, type RecipeFile } from "./format/recipe.ts";
export { createRegistry } from "./format/registry.ts";
export type * from "./format/registry-types.ts";
export {
  type ScanFinding,
  type Scanned,
  type ScannedName,
  type ScanOptions,
  type ScanReport,
  scanWith,
  type Verdict,
  worstVerdict,
} from "./format/scan.ts";
export { type MemorySink, memorySink, streamSink } from "./format/sink.ts";
export { type ByteSink, type ByteSource, checkRange, fromBytes } from "./format/source.ts";
export type { Stranger } from "./format/stranger.ts";
export { fromUrl, type UrlOptions } from "./format/url-source.ts";
export type { Wrapper } from "./format/wrapper.ts";
export {
  add,
  divide,
  floorDivide,
  maximum,
  minimum,
  multiply,
  power,
  remainder,
  subtract,
} from "./ops/arithmetic.ts";
export type { Assigned } from "./ops/assign.ts";
export { astype } from "./ops/astype.ts";
export type { Axis } from "./ops/axis.ts";
export { broadcastShapes, broadcastTo } from "./ops/broadcast.ts";
export { type CovarianceOptions, corrcoef, cov, dot } from "./ops/covariance.ts";
export {
  arange,
  array,
  type FromBufferOptions,
  frombuffer,
  full,
  type MaskedOptions,
  maskedArray,
  ones,
} from "./ops/create.ts";
export { type EqualsOptions, equals } from "./ops/equals.ts";
export { castFill, defaultFillValue } from "./ops/fill.ts";
export {
  arccos,
  arccosh,
  arcsin,
  arcsinh,
  arctan,
  arctan2,
  arctanh,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  ceil,
  cosh,
  floor,
  hypot,
  log2,
  log10,
  round,
  sinh,
  tan,
  tanh,
} from "./ops/functions.ts";
export { difference, identical } from "./ops/identical.ts";
export type { KindOfValues, Nested } from "./ops/infer.ts";
export { fromNdArrayLike, type NdArrayLike, type NdArrayView, toNdArrayLike } from "./ops/interop.ts";
export { columnStack, concatenate, dstack, hstack, stack, vstack } from "./ops/join.ts";
export {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  notEqual,
} from "./ops/logic.ts";
export {
  compress,
  compressCols,
  compressNd,
  compressRows,
  countMasked,
  maskCols,
  maskedAll,
  maskedAllLike,
  maskRowcols,
  maskRows,
} from "./ops/mask-rows.ts";
export {
  type MaskedValuesOptions,
  maskedEqual,
  maskedGreater,
  maskedGreaterEqual,
  maskedInside,
  maskedInvalid,
  maskedLess,
  maskedLessEqual,
  maskedNotEqual,
  maskedObject,
  maskedOutside,
  maskedValues,
  maskedWhere,
} from "./ops/masking.ts";
export type { Operand, ResultOf, Scalar } from "./ops/operands.ts";
export type { Along, AlongAxis, Ddof, Whole } from "./ops/reduce.ts";
export {
  type AlongOne,
  all,
  any,
  argmax,
  argmin,
  count,
  cumprod,
  cumsum,
  type Indices,
  type KindIn,
  max,
  min,
  prod,
  ptp,
  type Reduced,
  type SumKind,
  type Sums,
  sum,
} from "./ops/reductions.ts";
export {
  clumpMasked,
  clumpUnmasked,
  flatnotmaskedContiguous,
  flatnotmaskedEdges,
  nonzero,
  notmaskedContiguous,
  notmaskedEdges,
  type Places,
  type Run,
} from "./ops/runs.ts";
export { diagonal, expandDims, flatten, ravel, repeat, squeeze, swapaxes, take } from "./ops/shape.ts";
export { argsort, type SortOptions, sort } from "./ops/sort.ts";
export { anom, average, mean, median, type Statistic, std, variance } from "./ops/statistics.ts";
export {
  fromTransferable,
  type Message,
  type Packed,
  share,
  type Transferable,
  toTransferable,
} from "./ops/transfer.ts";
export { abs, cos, exp, isfinite, isinf, isnan, log, negative, type SameMasking, sin, sqrt } from "./ops/unary.ts";
export { unique } from "./ops/unique.ts";
export { clip, diff, fixInvalid, maskOr, where } from "./ops/where.ts";
export { display, repr } from "./print/array-text.ts";
export type { PrintOptions } from "./print/options.ts";
export { floatRepr } from "./print/python-float.ts";
export { bytesRepr, textRepr } from "./print/python-text.ts";
export { shortestFloat16, shortestFloat32 } from "./print/shortest.ts";
export { dtypeString, orderCharacters, timeUnitSuffix, typeCharacters } from "./print/type-characters.ts";
export { type Masked, masked, type NoMask, nomask } from "./symbols.ts";
export { type Attrs, Complex, noAttrs, type PlainValue, Tuple } from "./values.ts";
