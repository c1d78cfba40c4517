// @ts-check
// Takes files that hold arrays from anyone (pickles, NPZ, NPY, joblib, …) and answers JSON. Nothing in a file is run; a file that is not what it
// should be is an answer with a code, never a crash.
//   npm start --prefix examples/service
//   curl --data-binary @corpus/demo/sst.pkl http://localhost:8080/
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { isMasqueradeError, load, memorySink, save } from "masquerade";

/** The most that is taken, and the most that an array in it may unfold to. */
const limits = { maxUpload: 16e6, maxBytes: 64e6 };

/** The service, not listening yet. */
export function createService({ maxUpload, maxBytes } = limits) {
  return createServer(async (request, response) => {
    const answer = (/** @type {number} */ status, /** @type {Uint8Array | object} */ body) => {
      const json = body instanceof Uint8Array ? body : JSON.stringify(body);
      response.writeHead(status, { "content-type": "application/json", "x-content-type-options": "nosniff" }).end(json);
    };
    if (request.method !== "POST") return answer(405, { code: "METHOD", message: "POST a file" });
    try {
      const bytes = await bodyOf(request, maxUpload);
      if (bytes === undefined) {
        response.setHeader("connection", "close");
        return answer(413, { code: "TOO_LARGE", message: `at most ${maxUpload} bytes are taken` });
      }
      const value = await load(bytes, {
        limits: { maxBytes, maxTotalBytes: maxBytes },
        signal: AbortSignal.timeout(10_000),
      });
      const sink = memorySink();
      await save(sink, value, { format: "json", hidden: "drop" }); // what somebody masked stays with them
      answer(200, sink.bytes());
    } catch (error) {
      if (!isMasqueradeError(error)) {
        console.error(error);
        return answer(500, { code: "INTERNAL", message: "this is our mistake" });
      }
      const { code, message } = error;
      answer(code === "LIMIT_EXCEEDED" ? 413 : 422, { code, message });
    }
  });
}

/** The body, or undefined when it is longer than `most`. */
async function bodyOf(/** @type {import("node:http").IncomingMessage} */ request, /** @type {number} */ most) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env["PORT"] ?? 8080);
  createService().listen(port, () => console.log(`listening on http://localhost:${port}/: POST a pickle, get JSON`));
}
