import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const schema = JSON.parse(readFileSync(new URL("../../schema/masked-array-1.json", import.meta.url), "utf8")) as object;
const validate = new Ajv2020({ strict: false }).compile(schema);

/** What the published schema has against a document; undefined when it is valid. Compiled here, apart from the reader's own. */
export function isSchemaValid(document: unknown): string | undefined {
  if (validate(document)) return undefined;
  return JSON.stringify(validate.errors?.[0]);
}
