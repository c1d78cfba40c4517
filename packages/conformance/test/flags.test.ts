// Each capability is a promise when it is true and when it is false: there are laws for both, and adapters that break each of the two.
import { describe, expect, it } from "vitest";
import { type Law, laws } from "../src/index.ts";
import { zoo } from "./zoo/index.ts";
import { right } from "./zoo/right.ts";

/** Laws that hold a flag to both its values, and look at it themselves. */
const both: Readonly<Record<string, readonly Law["id"][]>> = {
  kinds: ["capability/kinds"],
  lazy: ["descriptor/lazy-flags"],
  streamed: ["descriptor/lazy-flags"],
  appendable: ["append/declared"],
};

const flags = Object.keys(right.capabilities);
const lawsOf = (flag: string, value: boolean): Law[] =>
  laws.filter(({ id, needs }) => both[flag]?.includes(id) || needs?.includes((value ? flag : `not ${flag}`) as never));

describe.each(flags)("%s", (flag) => {
  it.each([true, false])("declared %s, it is held to a law, and an adapter that breaks that is killed", (value) => {
    const held: readonly string[] = lawsOf(flag, value).map((law) => law.id);
    expect(held).not.toEqual([]);
    if (flag === "kinds") return;
    const animals = zoo.filter(
      ({ breaks, format }) => held.includes(breaks) && format.capabilities[flag as "mask"] === value,
    );
    expect(animals.map((one) => one.name)).not.toEqual([]);
  });
});

it("names only flags and laws that there are", () => {
  for (const [flag, ids] of Object.entries(both)) {
    expect(flags).toContain(flag);
    for (const id of ids) expect(laws.map((law) => law.id)).toContain(id);
  }
  for (const { needs } of laws) for (const need of needs ?? []) expect(flags).toContain(need.replace(/^not /, ""));
});
