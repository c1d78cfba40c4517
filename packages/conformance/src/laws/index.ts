import type { Law } from "../law.ts";
import { bundleLaws } from "./bundle.ts";
import { descriptorLaws } from "./descriptor.ts";
import { hostileLaws } from "./hostile.ts";
import { lazyLaws } from "./lazy.ts";
import { maskLaws } from "./mask.ts";
import { purityLaws } from "./purity.ts";
import { roundtripLaws } from "./roundtrip.ts";
import { streamLaws } from "./stream.ts";

/** Every law, in the order they are run. */
export const laws: readonly Law[] = [
  ...descriptorLaws,
  ...roundtripLaws,
  ...maskLaws,
  ...bundleLaws,
  ...purityLaws,
  ...lazyLaws,
  ...streamLaws,
  ...hostileLaws,
];
