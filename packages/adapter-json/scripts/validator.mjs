// Compiles schema/masked-array-1.json to src/schema/validator.ts with ajv, so that nothing is compiled at run time.
// Run by `npm run schema` in this package after a change of the schema; a test compares the two (`--print`).
import { readFileSync, writeFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";

const here = (path) => new URL(`../${path}`, import.meta.url);

/** The source of the compiled validator. */
function validatorSource() {
  const schema = JSON.parse(readFileSync(here("schema/masked-array-1.json"), "utf8"));
  const ajv = new Ajv2020.default({ code: { source: true, esm: true, lines: false }, strict: false });
  const made = standalone.default(ajv, ajv.compile(schema));
  const name = /export const validate = (\w+);/.exec(made)?.[1];
  const code = made
    .replace(/^"use strict";\s*/, "")
    .replace(/export const validate = (\w+);\s*export default \w+;/, "")
    .replace(/const schema\d+ = \{"\$schema".*?\};(?=const|function)/s, "");
  return `// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// @ts-nocheck
// Made by scripts/validator.mjs from schema/masked-array-1.json with ajv. Do not edit.
import type { SchemaError } from "./errors.ts";

${code.trim()}
export const validateDocument: { (data: unknown): boolean; errors?: readonly SchemaError[] | null } = ${name};
`;
}

if (process.argv.includes("--print")) process.stdout.write(validatorSource());
else writeFileSync(here("src/schema/validator.ts"), validatorSource());
