// Files in which arrays lie beside objects of foreign classes, written by Python: refused, or read without those.
import { execFileSync } from "node:child_process";
import { fromBytes, isBundle, isMasqueradeError, MaskedArray } from "@masquerade/core";
import { describe, expect, inject, it } from "vitest";
import { loads } from "../src/codec.ts";
import { openPickle } from "../src/open.ts";

const program = `
import base64, collections, datetime, decimal, fractions, json, pickle, uuid
import numpy as np

class Lab:
    def __init__(self): self.name, self.runs = "x", [1, 2]
class Slotted:
    __slots__ = ("a",)
class Items(dict): pass
class Rows(list): pass
class Tags(set): pass

masked = np.ma.array([1.5, 2.5, 3.5], mask=[0, 1, 0], fill_value=-9)
lab = Lab(); lab.array = np.arange(2000.0)
slotted = Slotted(); slotted.a = np.arange(3)
loop = Lab(); loop.self = loop
odd = {
    "when": datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone.utc), "day": datetime.date(2020, 1, 2), "exact": decimal.Decimal("1.5"),
    "part": fractions.Fraction(1, 3), "id": uuid.UUID(int=7), "lab": lab, "slotted": slotted, "loop": loop, "items": Items(a=1),
    "rows": Rows([1, np.arange(3)]), "tags": Tags([1]), "set": {1, 2}, "frozen": frozenset([1]), "count": collections.Counter("aab"),
    "lists": collections.defaultdict(list, {"a": [1]}), "type": Lab, "function": len, "range": range(3), "generator": np.random.RandomState(1),
}
files = []
for protocol in range(6):
    for key, value in odd.items():
        if protocol < 2 and key == "slotted": continue
        text = pickle.dumps({"before": np.arange(3), key: value, "inside": [value, masked], "after": masked}, protocol)
        files.append([protocol, key, base64.b64encode(text).decode()])
    files.append([protocol, "all", base64.b64encode(pickle.dumps({**{k: v for k, v in odd.items() if k != "slotted"}, "after": masked}, protocol)).decode()])
print(json.dumps(files))
`;

function written(numpy: 1 | 2): readonly (readonly [protocol: number, key: string, base64: string])[] {
  const python = process.env[`MASQUERADE_PY${numpy}`];
  if (python === undefined) throw new Error(`MASQUERADE_PY${numpy} names no Python: use npm run test:interop`);
  return JSON.parse(execFileSync(python, ["-c", program], { encoding: "utf8", maxBuffer: 2 ** 28 })) as never;
}

describe.each([1, 2] as const)("NumPy %i", (numpy) => {
  const files = written(numpy);

  it("what is foreign is refused, and what to do is said", () => {
    for (const [, key, text] of files) {
      if (key === "set" || key === "frozen") continue;
      let error: unknown;
      try {
        loads(Buffer.from(text, "base64"));
      } catch (e) {
        error = e;
      }
      expect(isMasqueradeError(error, "UNSAFE_GLOBAL") && error.message, key).toMatch(/--unreadable skip/);
    }
  });

  it("and left out on request: everything else is there, whole or by parts", async () => {
    for (const [protocol, key, text] of files) {
      const bytes = Buffer.from(text, "base64");
      const what = `${key}, protocol ${protocol}`;
      const value = loads(bytes, { unreadable: "skip" });
      if (!isBundle(value)) throw new Error(what);
      const after = value.get("after");
      expect(after instanceof MaskedArray && [after.at(0), after.at(2), after.fillValue?.at()], what).toEqual([
        1.5, 3.5, -9,
      ]);
      const places = key === "all" ? ["when", "lab", "set", "rows"] : [key];
      for (const place of places) expect(value.attrs.get(place), what).toMatch(/^<[\w.]+, not read>$/);
      if (key !== "all") {
        const inside = value.get("inside");
        expect(isBundle(inside) && inside.attrs.get("0"), what).toBe(value.attrs.get(key));
      }
      const file = await openPickle(fromBytes(bytes), { unreadable: "skip" });
      expect((await file.array("after").read()).shape, what).toEqual([3]);
      await file[Symbol.asyncDispose]();
    }
  });

  it("and damage is a typed error there, too", () => {
    let state = inject("seed");
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % n;
    };
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from(Buffer.from(files[random(files.length)]?.[2] as string, "base64"));
      for (let k = 0; k < 3; k++) bytes[random(bytes.length)] = random(256);
      try {
        loads(bytes, { unreadable: "skip" });
      } catch (e) {
        if (!isMasqueradeError(e)) throw e;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(500);
  });
});
