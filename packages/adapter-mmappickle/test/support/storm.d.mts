import type { MmapDict } from "@masquerade/adapter-mmappickle/node";

/** Which value a key has. */
export type Told = readonly [kind: "array" | "masked" | "plain", number: number];
export type State = Readonly<Record<string, Told>>;

export declare function random(seed: number): (n: number) => number;
/** Elements (of each row) of the value with this number. */
export declare function sizes(number: number): number;
/** `count` operations on keys that begin with `prefix`; what they leave. `about` is told the state before and after each. */
export declare function storm(
  dict: MmapDict,
  prefix: string,
  count: number,
  next: (n: number) => number,
  about?: (before: State, after: State) => Promise<void>,
): Promise<State>;
