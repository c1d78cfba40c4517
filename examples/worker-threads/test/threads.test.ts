import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("threads share one array, and leave alone what is masked", () => {
  const main = fileURLToPath(new URL("../main.mjs", import.meta.url));
  // A process of its own, with what is built: threads do not see the sources as Vitest does.
  const out = execFileSync(process.execPath, [main], { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } });
  expect(out).toBe(`masked_array(
  data=[[283.15, --, 303.15],
        [273.15, 273.15, 278.15],
        [--, --, --]],
  mask=[[False,  True, False],
        [False, False, False],
        [ True,  True,  True]],
  fill_value=1e+20)
row means: array([293.15      , 274.81666667,          nan])
beneath the mask: 20
shared: true
`);
}, 60_000);
