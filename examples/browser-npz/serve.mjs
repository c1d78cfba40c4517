// @ts-check
// Serves the built page, answering requests for ranges, which is how the page reads a part of a file.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const dist = fileURLToPath(new URL("dist/", import.meta.url));
/** @type {Record<string, string>} */
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

/** The server, not listening yet. */
export function createPageServer() {
  return createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    const path = join(dist, normalize(pathname === "/" ? "/index.html" : decodeURIComponent(pathname)));
    const size = path.startsWith(dist)
      ? await stat(path).then(
          (found) => (found.isFile() ? found.size : -1),
          () => -1,
        )
      : -1;
    if (size < 0) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    response.setHeader("accept-ranges", "bytes");
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (range === null) {
      response.writeHead(200, { "content-length": size });
      createReadStream(path).pipe(response);
      return;
    }
    const [start, end] = [Number(range[1]), Math.min(Number(range[2]), size - 1)];
    if (start > end) {
      response.writeHead(416, { "content-range": `bytes */${size}` }).end();
      return;
    }
    response.writeHead(206, { "content-range": `bytes ${start}-${end}/${size}`, "content-length": end - start + 1 });
    createReadStream(path, { start, end }).pipe(response);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 8081);
  createPageServer().listen(port, () => console.log(`open http://localhost:${port}/`));
}
