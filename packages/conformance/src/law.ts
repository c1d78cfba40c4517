import type { AnyArray, AnyFormat, Bundle, Capabilities, Codec, DecodeOptions, EncodeOptions } from "@masquerade/core";

/** A capability that must be declared true ("mask") or false ("not mask") for a law to apply. */
export type Need = BooleanCapability | `not ${BooleanCapability}`;
export type BooleanCapability = {
  [C in keyof Capabilities]: Capabilities[C] extends boolean ? C : never;
}[keyof Capabilities];

/** The adapter under test, with its codec called the same way whether it is sync or async. */
export interface Subject {
  readonly format: AnyFormat;
  readonly codec: Codec;
  readonly config: ConformanceConfig;
  encode(value: AnyArray | Bundle, options?: EncodeOptions): Promise<Uint8Array>;
  decode(bytes: Uint8Array, options?: DecodeOptions): Promise<AnyArray | Bundle>;
}

/** One promise every adapter keeps. */
export interface Law {
  /** Stable: `group/name`. Known failures and reports name it. */
  readonly id: `${string}/${string}`;
  /** Version of the suite that first held adapters to it. */
  readonly since: string;
  /** The law in one sentence. */
  readonly law: string;
  /** It applies when all of these hold; otherwise it is skipped with the reason printed. */
  readonly needs?: readonly Need[] | undefined;
  /** Why it does not apply to this format under this configuration, for reasons no flag tells; undefined when it does. */
  readonly unless?: ((format: AnyFormat, config: ConformanceConfig) => string | undefined) | undefined;
  run(subject: Subject): Promise<void>;
}

export interface ConformanceConfig {
  /** Law id to reason. Such a law must fail; when it starts to pass, the entry is stale and fails. */
  readonly knownFailures?: Readonly<Record<string, string>> | undefined;
  /** Files that other formats' tools wrote, by name: this format must not claim them with "yes". */
  readonly foreign?: Readonly<Record<string, Uint8Array>> | undefined;
  /** Files that this format's own tools wrote, by name: it must claim and decode them. */
  readonly samples?: Readonly<Record<string, Uint8Array>> | undefined;
  /** Options every encode and decode is given, for formats that need some. */
  readonly writeOptions?: object | undefined;
  readonly readOptions?: object | undefined;
  /** Options every append is given. Default: none, since a file tells how it is written. */
  readonly appendOptions?: object | undefined;
  /**
   * For formats that are not self-describing: what decode must be told about a file of this value, written with these options. Default: what
   * the codec's `readOptionsFor` says.
   */
  readonly describeFor?: ((value: AnyArray | Bundle, writeOptions?: object) => object) | undefined;
  /** Imports the adapter in a process of its own and tells what that did; `probeImport` of `@masquerade/conformance/node` is one. */
  readonly importProbe?: (() => Promise<ImportProbe>) | undefined;
  /** Every combination of shape, order, byte order, mask, fill value and values, rather than a covering set of pairs. Slow. */
  readonly product?: boolean | undefined;
  /** At most so many mutants of a length field in one law, evenly chosen, where each costs much (a worker). Default: all of them. */
  readonly mutants?: number | undefined;
  /**
   * The suite this adapter was held to when it was last looked at, e.g. "1.0.0". A newer law that it breaks is a warning, not a failure.
   * Default: all laws count.
   */
  readonly suite?: string | undefined;
  /** Where warnings about newer laws go. Default: `console.warn`. */
  readonly warn?: ((line: string) => void) | undefined;
  /** Run these laws only (ids, or groups such as "mask"). Default: all. */
  readonly only?: readonly string[] | undefined;
  /** Seed of the covering set. Default 1. */
  readonly seed?: number | undefined;
}

/** What importing an adapter did. */
export interface ImportProbe {
  /** Changes to globals and prototypes, open handles, output: one line each. */
  readonly effects: readonly string[];
  /** Modules that were loaded by importing the adapter's entry point. */
  readonly atImport: readonly string[];
  /** Modules that were loaded by asking its first format for its codec. */
  readonly byCodec: readonly string[];
}

/** Why a law's flags do not apply, or undefined when it does. */
export function unmetNeeds(law: Law, capabilities: Capabilities): string | undefined {
  const unmet = (law.needs ?? []).filter((need) => {
    const negated = need.startsWith("not ");
    const flag = (negated ? need.slice(4) : need) as BooleanCapability;
    return capabilities[flag] === negated;
  });
  return unmet.length === 0
    ? undefined
    : `declares ${unmet.map((n) => (n.startsWith("not ") ? n.slice(4) : `no ${n}`)).join(", ")}`;
}

/** Why a law does not apply to a format, or undefined when it does. Known before anything runs. */
export function whySkipped(law: Law, format: AnyFormat, config: ConformanceConfig): string | undefined {
  const unmet = unmetNeeds(law, format.capabilities);
  return unmet !== undefined ? `the format ${unmet}` : law.unless?.(format, config);
}

/** Where a law is explained: an anchor of LAWS.md, which is in this package. */
export const docsOf = (id: string): string => `LAWS.md#${id.replace("/", "-")}`;

/** Whether a law came after the suite the adapter is held to. */
export function isNewer(law: Law, config: ConformanceConfig): boolean {
  if (config.suite === undefined) return false;
  const [a, b] = [law.since, config.suite].map((v) => v.split(".").map(Number)) as [number[], number[]];
  const at = a.findIndex((n, i) => n !== (b[i] ?? 0));
  return at >= 0 && (a[at] as number) > (b[at] ?? 0);
}

/** Whether `config.only` asks for this law. */
export function isWanted(law: Law, config: ConformanceConfig): boolean {
  return config.only === undefined || config.only.some((id) => law.id === id || law.id.startsWith(`${id}/`));
}
