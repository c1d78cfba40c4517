// The sidebar is the files: a page appears in it by being there. Its place is `order` in its front matter, its name the first heading.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const sections = [
  { folder: "guide", text: "Guide" },
  { folder: "formats", text: "Formats" },
  { folder: "migration", text: "Coming from" },
];

export function sidebar(docs) {
  return [
    ...sections.map(({ folder, text }) => ({ text, items: pagesOf(docs, folder) })),
    { text: "API reference", collapsed: true, items: modulesOf(docs) },
  ].filter(({ items }) => items.length > 0);
}

function pagesOf(docs, folder) {
  if (!existsSync(join(docs, folder))) return [];
  return readdirSync(join(docs, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => page(readFileSync(join(docs, folder, name), "utf8"), `/${folder}/${name.slice(0, -3)}`))
    .sort((a, b) => a.order - b.order || (a.text < b.text ? -1 : 1))
    .map(({ text, link }) => ({ text, link }));
}

function page(text, link) {
  const order = Number(/^---\n(?:.*\n)*?order: *(\d+)\n(?:.*\n)*?---\n/.exec(text)?.[1] ?? 1000);
  const heading = /^# (.+)$/m.exec(text)?.[1];
  if (heading === undefined) throw new Error(`docs${link}.md has no first heading`);
  // What stands before a colon is the name; what follows explains it.
  return { order, link, text: heading.replaceAll("`", "").split(":")[0] };
}

/** The packages of the reference, the one that people import first. */
function modulesOf(docs) {
  const folder = join(docs, "reference");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rank = (name) => (name === "masquerade" ? 0 : name.startsWith("core") ? 1 : 2);
  return names
    .map(({ name }) => name)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => ({ text: name, link: `/reference/${name}/` }));
}
