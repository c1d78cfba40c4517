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
  metaChunk: true,
  themeConfig: {
    search: { provider: "local" }, // an index in the site itself: works without a network
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
