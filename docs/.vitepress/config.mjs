import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { sidebar } from "./sidebar.mjs";

const docs = dirname(dirname(fileURLToPath(import.meta.url)));

export default defineConfig({
  title: "masquerade",
  description: "NumPy's masked arrays in TypeScript, and every file they live in",
  lang: "en",
  base: process.env.DOCS_BASE ?? "/",
  srcExclude: ["README.md", "generated/**", "node_modules/**"],
  head: [["link", { rel: "icon", href: "data:," }]],
  metaChunk: true,
  markdown: { languageAlias: { mjs: "js" } },
  ignoreDeadLinks: true, // scripts/links.mjs follows every link, headings and pictures too, and names all that lead nowhere at once
  themeConfig: {
    // An index in the site itself: works without a network. What people wrote comes before what was generated.
    search: {
      provider: "local",
      options: {
        miniSearch: { searchOptions: { boostDocument: (id) => (id.includes("/reference/") ? 0.2 : 1) } },
      },
    },
    nav: [
      { text: "Start", link: "/guide/start" },
      { text: "Choose a format", link: "/guide/choosing" },
      { text: "API", link: "/reference/masquerade/" },
    ],
    sidebar: sidebar(docs),
    outline: [2, 3],
    footer: { message: "MIT licence" },
  },
});
