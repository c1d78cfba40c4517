import { OptionError, quoteText } from "@masquerade/core";
import { files } from "./files.ts";

const reserved: ReadonlySet<string> = new Set(
  "arguments await break case catch class const continue core debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield".split(
    " ",
  ),
);

/** `sea-ice` as a name in JavaScript: `seaIce`. */
function identifier(name: string): string {
  const camel = name.replace(/-+([a-z0-9]?)/g, (_, c: string) => c.toUpperCase());
  return reserved.has(camel) ? `${camel}Format` : camel;
}

/**
 * The files of a new adapter package for a format of this id: paths to contents. It is the adapter of the tutorial under another name; its
 * `npm test` passes. Throws OptionError for a name that is no id.
 */
export function newAdapter(name: string): ReadonlyMap<string, string> {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name))
    throw new OptionError(
      "OPTION_INVALID",
      `the id of a format is lower case letters, digits and dashes, not "${quoteText(name, 40)}"`,
      "name",
    );
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const magic = `${name.toUpperCase().replace(/[^A-Z0-9]/g, "")}1`;
  const made = new Map<string, string>();
  for (const [path, text] of Object.entries(files)) {
    const named = text
      .replaceAll("TINY1", magic)
      .replaceAll("Tiny:", `${title}:`)
      .replaceAll('".tiny"', `".${name.replaceAll("-", "")}"`)
      .replace(/(?<=["`]|["`]\.|x-|adapter-)tiny(?=["`:]|$|\n)/gm, name)
      .replace(/\btiny\b/g, path.endsWith(".js") ? identifier(name) : name);
    made.set(path, named);
  }
  return made;
}
