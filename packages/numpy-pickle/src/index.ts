/**
 * NumPy's objects inside a pickle. Reading: tables of emulators, one for each constructor NumPy names, by exact name; nothing else is
 * ever looked up. Writing: plans that make the bytes NumPy makes.
 */

export { decodeNumpyPickle, decodeObjectArray, type ObjectArrayOptions } from "./decode.ts";
export { integer, shapeOf, textOf } from "./decode-arguments.ts";
export { DeferredArray, finishArray, type RawArray, withSubclass } from "./decode-array.ts";
export { arrayClassOf } from "./decode-calls.ts";
export { isDType, NumpyDType } from "./decode-dtype.ts";
export { DeferredMaskedArray } from "./decode-masked.ts";
export { isLeaf, type Leaf, picked, toModel } from "./decode-model.ts";
export type { DeferredPayload } from "./decode-payload.ts";
export { type Allow, assembleGlobals, dillGlobals, numpyGlobals, type UserEmulator } from "./decode-tables.ts";
export { isUnread, type Unreadable, unreadText, withAdvice, withUnreadable } from "./decode-unread.ts";
export { canPlan, numpyPickleGraph, numpyPickleHeaderGraph, type Slot } from "./encode.ts";
export type { ArrayPlan } from "./encode-array.ts";
export { shapeNode } from "./encode-dtype.ts";
export type { ArrayWrapper, NumpyGraph, NumpyName, NumpyPickleOptions, NumpyTarget } from "./encode-graph.ts";
export { dictNode } from "./encode-plain.ts";
export { createNumpyPickle, type NumpyStreamOptions } from "./encode-stream.ts";
export { deferredLazyArray } from "./lazy-array.ts";
export { openModel, type ReadPickleOptions, readPickle } from "./lazy-file.ts";
export { joinScans, problem, type ScanPickleOptions, scanOnePickle, scanPickles, verdictOf } from "./scan.ts";
export { isDangerousGlobal } from "./scan-dangerous.ts";
