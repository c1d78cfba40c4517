/** A new adapter to begin with: small, complete, and keeping every law. */
export { newAdapter } from "./new-adapter.ts";
