import { OptionError, quoteText } from "@masquerade/core";
import { isGroup, type Layout } from "./layout.ts";

/** The part of a layout by names joined with "/"; all of it when the path is empty. Throws OptionError INDEX_INVALID. */
export function chosen(layout: Layout, path: string | undefined): Layout {
  if (path === undefined || (path === "" && !(isGroup(layout) && layout.members.has("")))) return layout;
  let at: Layout = layout;
  for (let rest = path; ; ) {
    if (!isGroup(at))
      throw new OptionError(
        "INDEX_INVALID",
        `the file is one array without a name, there is no "${quoteText(path)}"`,
        "select",
      );
    const direct = at.members.get(rest);
    if (direct !== undefined) return direct;
    let cut = rest.indexOf("/");
    while (cut >= 0 && !isGroupAt(at, rest.slice(0, cut))) cut = rest.indexOf("/", cut + 1);
    if (cut < 0) {
      const known = [...at.members.keys()].slice(0, 8).map((name) => quoteText(name, 40));
      throw new OptionError(
        "INDEX_INVALID",
        `there is no "${quoteText(path)}"; there is ${known.join(", ") || "nothing"}`,
        "select",
      );
    }
    at = at.members.get(rest.slice(0, cut)) as Layout;
    rest = rest.slice(cut + 1);
  }
}

function isGroupAt(layout: Layout, name: string): boolean {
  const member = isGroup(layout) ? layout.members.get(name) : undefined;
  return member !== undefined && isGroup(member);
}
