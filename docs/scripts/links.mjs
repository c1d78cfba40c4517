// Follows every link and picture of a built site, and of the Markdown files beside the packages, as far as they stay here. Nothing is fetched.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What does not lead anywhere, by page: the empty list for a page whose links are good. */
export function brokenLinks(site, root) {
  const found = new Map();
  const html = files(site).filter((name) => name.endsWith(".html"));
  const anchors = new Map(html.map((name) => [name, idsOf(readFileSync(join(site, name), "utf8"))]));
  for (const name of html) found.set(name, brokenOf(name, site, anchors));
  for (const name of markdown(root)) {
    const problems = brokenMarkdown(join(root, name));
    if (problems.length > 0) found.set(name, problems);
  }
  return found;
}

function brokenOf(name, site, anchors) {
  const text = readFileSync(join(site, name), "utf8");
  const problems = [];
  for (const [, target] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
    const link = target.replaceAll("&amp;", "&");
    if (/^(?:https?:|mailto:|data:)/.test(link)) {
      if (!URL.canParse(link)) problems.push(`${link} is not a URL`);
      continue;
    }
    const url = new URL(link, `http://site/${name}`);
    const path = decodeURIComponent(url.pathname).slice(1);
    const file = [path, `${path}.html`, join(path, "index.html")].find((one) => isFile(join(site, one)));
    if (file === undefined) problems.push(`${link} leads nowhere`);
    else if (url.hash.length > 1 && anchors.has(file) && !anchors.get(file).has(decodeURIComponent(url.hash.slice(1))))
      problems.push(`${link}: there is no such heading in ${file}`);
  }
  return [...new Set(problems)];
}

const idsOf = (text) => new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));

function brokenMarkdown(file) {
  const text = readFileSync(file, "utf8").replace(/^```.*?^```/gms, "");
  const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map(([, target]) => target);
  return targets
    .filter((target) => !existsSync(join(dirname(file), target)))
    .map((target) => `${target} leads nowhere`);
}

/** The Markdown of the repository outside the site. */
function markdown(root) {
  const folders = ["packages", "clients", "examples", "bench", "corpus"]
    .map((name) => join(root, name))
    .filter(existsSync);
  const above = readdirSync(root).filter((name) => name.endsWith(".md"));
  return [
    ...above,
    ...folders.flatMap((folder) => files(folder).map((name) => relative(root, join(folder, name)))),
  ].filter((name) => name.endsWith(".md"));
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "target" || entry.isSymbolicLink()) return [];
    return entry.isDirectory() ? files(join(folder, entry.name)).map((name) => join(entry.name, name)) : [entry.name];
  });
}

const isFile = (path) => existsSync(path) && statSync(path).isFile();
