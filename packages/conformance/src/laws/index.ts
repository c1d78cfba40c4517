import type { Law } from "../law.ts";
import { againLaws } from "./again.ts";
import { appendLaws } from "./append.ts";
import { appendSafetyLaws } from "./append-safety.ts";
import { appendWriteLaws } from "./append-writes.ts";
import { bundleLaws } from "./bundle.ts";
import { capabilityLaws } from "./capability.ts";
import { descriptorLaws } from "./descriptor.ts";
import { errorLaws } from "./errors.ts";
import { extentLaws } from "./extents.ts";
import { handLaws } from "./hands.ts";
import { hostileLaws } from "./hostile.ts";
import { importLaws } from "./import.ts";
import { inPlaceLaws } from "./in-place.ts";
import { lazyLaws } from "./lazy.ts";
import { lazyHostileLaws } from "./lazy-hostile.ts";
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
import { streamMoreLaws } from "./stream-more.ts";

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
  ...extentLaws,
  ...purityLaws,
  ...sampleLaws,
  ...lazyLaws,
  ...sourceLaws,
  ...inPlaceLaws,
  ...lazyHostileLaws,
  ...streamLaws,
  ...sinkLaws,
  ...streamMoreLaws,
  ...appendLaws,
  ...appendWriteLaws,
  ...appendSafetyLaws,
  ...errorLaws,
  ...hostileLaws,
  ...handLaws,
  ...againLaws,
  ...memoryLaws,
];
