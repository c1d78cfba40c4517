/** What ajv says about one broken rule. */
export interface SchemaError {
  /** JSON pointer of the value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** The rule that is broken, in words: the innermost one, since the outer ones only say that it is. */
export function explain(error: SchemaError): string {
  const { keyword, params, message } = error;
  if (keyword === "additionalProperties")
    return `${JSON.stringify(params["additionalProperty"])} is no member of this format`;
  if (keyword === "required") return `there is no ${JSON.stringify(params["missingProperty"])}`;
  if (keyword === "enum")
    return `one of ${(params["allowedValues"] as readonly unknown[]).map((v) => JSON.stringify(v)).join(", ")} expected`;
  if (keyword === "const") return `${JSON.stringify(params["allowedValue"])} expected`;
  return message ?? keyword;
}
