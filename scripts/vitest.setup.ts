// Runs before every test file, in Node and in the browser: everything random in a run comes from one seed.
// A test that draws its own numbers takes the seed with `inject("seed")`.
import { configureGlobal } from "fast-check";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    seed: number;
  }
}

configureGlobal({ seed: inject("seed") });
