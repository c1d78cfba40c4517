// A file of the corpus, for tests that run in Node and in a browser alike.

/** On its own: Vite rewrites `new URL(…, import.meta.url)`. */
const here = import.meta.url;

/** The bytes of a file named by its path below corpus/. Browsers get it from Vite. */
export async function corpusFile(name: string): Promise<Uint8Array> {
  const url = new URL(`../corpus/${name}`, here);
  if (url.protocol === "file:") return new Uint8Array((await import("node:fs")).readFileSync(url));
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.href}: HTTP ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
