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
  readonly needs?: readonly Need[];
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
  /** For formats that are not self-describing: what decode must be told about an array of this header. */
  readonly describeFor?: ((value: AnyArray | Bundle) => object) | undefined;
  /** Run these laws only (ids, or groups such as "mask"). Default: all. */
  readonly only?: readonly string[] | undefined;
  /** Seed of the covering set. Default 1. */
  readonly seed?: number | undefined;
}

/** Why a law does not apply, or undefined when it does. */
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

/** Whether `config.only` asks for this law. */
export function isWanted(law: Law, config: ConformanceConfig): boolean {
  return config.only === undefined || config.only.some((id) => law.id === id || law.id.startsWith(`${id}/`));
}
