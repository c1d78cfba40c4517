// The pictures of the site and of the root README, taken in a real Chromium: node docs/scripts/pictures.mjs, after `npm run docs` and
// `npm run build` in examples/browser-npz. Look at them before they are committed.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { createPageServer } from "../../examples/browser-npz/serve.mjs";

const docs = dirname(dirname(fileURLToPath(import.meta.url)));
const images = join(docs, "images");
const site = await listening(serve(join(docs, ".vitepress", "dist")));
const example = await listening(createPageServer());
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));

  await page.goto(`${site.url}guide/losses.html`, { waitUntil: "networkidle" });
  await page.screenshot({ path: join(images, "site.png") });

  // The search, which needs nothing but the site: every request stays on this server.
  const away = [];
  page.on("request", (request) => request.url().startsWith(site.url) || away.push(request.url()));
  await page.click("button.DocSearch-Button");
  await page.fill(".VPLocalSearchBox input", "hard mask");
  await page.waitForSelector(".VPLocalSearchBox .result");
  await page.screenshot({ path: join(images, "search.png") });
  if (away.length > 0) throw new Error(`the search asked elsewhere: ${away.join(", ")}`);

  await page.setViewportSize({ width: 800, height: 620 });
  await page.goto(example.url);
  await page.waitForFunction(() => document.querySelector("#about")?.textContent?.includes("float32"));
  await page.screenshot({ path: join(images, "browser-npz.png") });
  await page.locator("canvas").screenshot({ path: join(images, "sst.png") });
  if (errors.length > 0) throw new Error(errors.join("\n"));
} finally {
  await browser.close();
  for (const { server } of [site, example]) server.close();
}

function serve(folder) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const path = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : decodeURIComponent(pathname));
    if (!path.startsWith(folder) || !existsSync(path) || !statSync(path).isFile()) return response.writeHead(404).end();
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    return createReadStream(path).pipe(response);
  });
}

async function listening(server) {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}
