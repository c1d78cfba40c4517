import type { Law } from "../law.ts";
import { appendLaws } from "./append.ts";
import { appendSafetyLaws } from "./append-safety.ts";
import { appendWriteLaws } from "./append-writes.ts";
import { bundleLaws } from "./bundle.ts";
import { capabilityLaws } from "./capability.ts";
import { descriptorLaws } from "./descriptor.ts";
import { errorLaws } from "./errors.ts";
import { hostileLaws } from "./hostile.ts";
import { importLaws } from "./import.ts";
import { inPlaceLaws } from "./in-place.ts";
import { lazyLaws } from "./lazy.ts";
import { lossLaws } from "./losses.ts";
import { maskLaws } from "./mask.ts";
import { memoryLaws } from "./memory.ts";
import { optionLaws } from "./options.ts";
import { purityLaws } from "./purity.ts";
import { roundtripLaws } from "./roundtrip.ts";
import { sampleLaws } from "./samples.ts";
import { sinkLaws } from "./sinks.ts";
import { sourceLaws } from "./sources.ts";
import { streamLaws } from "./stream.ts";

/** Every law, in the order they are run. */
export const laws: readonly Law[] = [
  ...importLaws,
  ...descriptorLaws,
  ...optionLaws,
  ...capabilityLaws,
  ...roundtripLaws,
  ...lossLaws,
  ...maskLaws,
  ...bundleLaws,
  ...purityLaws,
  ...sampleLaws,
  ...lazyLaws,
  ...sourceLaws,
  ...inPlaceLaws,
  ...streamLaws,
  ...sinkLaws,
  ...appendLaws,
  ...appendWriteLaws,
  ...appendSafetyLaws,
  ...errorLaws,
  ...hostileLaws,
  ...memoryLaws,
];
