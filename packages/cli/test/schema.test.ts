// What `--json` prints, held to the published schema.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { commands } from "../src/command.ts";
import { corpus, masq, root, scratch } from "./support/masq.ts";

const folder = scratch();
const schema = JSON.parse(readFileSync(join(root, "packages/cli/schema/masq.json"), "utf8")) as { $defs: object };
const ajv = new Ajv2020({ allowUnionTypes: true, allErrors: true });
ajv.addSchema(schema, "masq");
const [sst, several, text] = [corpus("demo/sst.pkl"), corpus("npz/np2/several.npz"), corpus("npy/np2/dtype-U7.npy")];

const cases: readonly (readonly [argv: readonly string[], stream: "out" | "err"])[] = [
  [["inspect", sst, "--json", "--stats"], "out"],
  [["inspect", several, "--json"], "out"],
  [["inspect", corpus("hdf5/odd/refused-regions.h5"), "--json"], "out"],
  [["head", several, "--json"], "out"],
  [["slice", `${sst}[0, 0]`, "--json"], "out"],
  [["stats", several, "--json"], "out"],
  [["stats", text, "--json"], "out"],
  [["hist", sst, "--json"], "out"],
  [["hist", several, "--select", "when", "--json"], "out"],
  [["diff", sst, sst, "--json"], "out"],
  [["diff", sst, several, "--json"], "out"],
  [["convert", sst, join(folder, "a.csv"), "--report", "json"], "err"],
  [["convert", sst, text, "--to", "csv", "--out-dir", folder, "--report", "json"], "err"],
  [["validate", sst, several, join(folder, "missing"), "--json"], "out"],
  [["scan", sst, text, "--json"], "out"],
  [["formats", "--json"], "out"],
  [["choose", sst, "--json"], "out"],
  [["choose", "--for", "size=1GB,python", "--json"], "out"],
  [["recipe", sst, "--json"], "out"],
  [["conformance", "npy", "--only", "descriptor", "--json"], "out"],
];

it.each(cases)("%j", async (argv, stream) => {
  const told = (await masq(argv))[stream];
  const validate = ajv.getSchema(`masq#/$defs/${argv[0]}`);
  if (validate === undefined) throw new Error(`there is no definition for ${argv[0]}`);
  const lines = told.trim().split("\n");
  expect(lines[0]).not.toBe("");
  for (const line of lines) {
    validate(JSON.parse(line));
    expect(validate.errors, line.slice(0, 300)).toBeNull();
  }
});

it("has a definition for every command with --json", async () => {
  for (const [name, { hidden }] of commands) {
    const { out } = await masq([name, "--help"]);
    if (hidden !== true && / --json\b/.test(out)) expect(Object.keys(schema.$defs)).toContain(name);
  }
});
