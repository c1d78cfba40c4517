// Against the real tools: NumPy 1.x and 2.x. scripts/interop.mjs prepares them and names them in the environment.
import { defineConfig } from "vitest/config";
import { nodeConditions, reporters, seed, setupFiles, suites } from "./vitest.base.ts";

export default defineConfig({
  resolve: { conditions: [...nodeConditions] },
  ssr: { resolve: { conditions: [...nodeConditions] } },
  test: {
    name: "interop",
    include: suites.interop,
    environment: "node",
    setupFiles: [...setupFiles],
    provide: { seed },
    reporters: reporters("interop"),
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
