/** The laws every format adapter keeps, as data, with a runner injected or without one. */

export { type Allocations, countAllocations } from "./allocations.ts";
export { ConformanceFailure } from "./check.ts";
export { reportHtml } from "./html.ts";
export {
  type ConformanceConfig,
  docsOf,
  type ImportProbe,
  type Law,
  type Need,
  type Subject,
  unmetNeeds,
  whySkipped,
} from "./law.ts";
export { laws } from "./laws/index.ts";
export { type Lost, lostBetween } from "./lost.ts";
export { type LawResult, type Report, type Runner, runConformance, testFormat } from "./run.ts";
export { coveringSet, plainSample, type Sample } from "./samples/cover.ts";
export { type Random, random } from "./samples/random.ts";
export { codeOf } from "./shrink/code.ts";
export { holdShrinking } from "./shrink/shrink.ts";
export { suiteVersion } from "./version.ts";
