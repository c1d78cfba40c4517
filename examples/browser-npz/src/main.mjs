// @ts-check
// Opens what it is given (a URL by ranges, or a file that the user picks), reads one slice, and draws it.
import { isMasqueradeError, open } from "masquerade/portable";
import { draw } from "./picture.mjs";

const about = /** @type {HTMLElement} */ (document.querySelector("#about"));
const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#picture"));
const input = /** @type {HTMLInputElement} */ (document.querySelector("#file"));

input.addEventListener("change", () => input.files?.[0] && show(input.files[0]));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) show(file);
});
await show(new URL("sst.npz", document.baseURI));

async function show(/** @type {File | URL} */ input) {
  about.className = "";
  try {
    const file = await open(input);
    try {
      const lazy = file.array(file.names[0]);
      const { shape, dtype, mask } = lazy.header;
      if (shape.length < 2) throw new Error(`an array of shape (${shape.join(", ")}) makes no picture`);
      const first = shape.slice(0, -2).map(() => "0");
      const slice = await lazy.read([...first, ":", ":"].join(", ")); // only these bytes are fetched
      const { low, high, hidden } = draw(canvas, slice);
      const name = input instanceof URL ? input.pathname.split("/").pop() : input.name;
      about.textContent =
        `${name}: ${file.format}, ${dtype.kind} (${shape.join(", ")}), ${mask === "plain" ? "not masked" : `${hidden} masked here`}; ` +
        `${low.toFixed(2)} to ${high.toFixed(2)}`;
    } finally {
      await file.close();
    }
  } catch (error) {
    about.className = "error";
    about.textContent = isMasqueradeError(error) ? `${error.code}: ${error.message}` : `${error}`;
  }
}
