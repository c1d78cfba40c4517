import { OptionError, quoteText } from "../errors.ts";
import { type Attrs, noAttrs, type PlainValue } from "../values.ts";
import type { AnyArray } from "./any.ts";

/** What of Python a bundle was, and is written as. */
export type BundleKind = "dict" | "list" | "tuple";
/** What has a name in a bundle: an array, or a bundle again. */
export type BundleMember = AnyArray | Bundle;

const BUNDLE_BRAND = "Bundle";

/**
 * Several arrays under one roof: ordered names to arrays or bundles. Items of lists and tuples are named "0", "1", ….
 * Plain values that stood among them are attributes (for lists and tuples under their own index). The same array may occur twice.
 */
export class Bundle {
  readonly kind: BundleKind;
  readonly entries: ReadonlyMap<string, BundleMember>;
  readonly attrs: Attrs;
  /** Original keys that were no strings (Python ints and so on), by the name they have here. */
  readonly keys: ReadonlyMap<string, PlainValue>;
  readonly [Symbol.toStringTag]: "Bundle" = BUNDLE_BRAND;

  constructor(init: {
    readonly kind?: BundleKind;
    readonly entries: Iterable<readonly [string, BundleMember]>;
    readonly attrs?: Attrs | undefined;
    readonly keys?: ReadonlyMap<string, PlainValue> | undefined;
  }) {
    this.kind = init.kind ?? "dict";
    this.entries = new Map(init.entries);
    this.attrs = init.attrs ?? noAttrs;
    this.keys = init.keys ?? new Map();
  }

  /** Names of the members, in order. */
  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** A member by name, or by names joined with "/". Throws OptionError INDEX_INVALID. */
  get(path: string): BundleMember {
    const direct = this.entries.get(path);
    if (direct !== undefined) return direct;
    for (let cut = path.indexOf("/"); cut >= 0; cut = path.indexOf("/", cut + 1)) {
      const inner = this.entries.get(path.slice(0, cut));
      if (inner !== undefined && isBundle(inner)) return inner.get(path.slice(cut + 1));
    }
    const known = this.names.slice(0, 8).map((n) => quoteText(n, 40));
    throw new OptionError(
      "INDEX_INVALID",
      `there is no "${quoteText(path)}"; there ${known.length === 1 ? "is" : "are"} ${known.join(", ") || "no entries"}`,
    );
  }
}

/** Whether a value is a bundle of ours (also one of another copy of this package). */
export function isBundle(value: unknown): value is Bundle {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === BUNDLE_BRAND
  );
}
