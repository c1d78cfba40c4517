// Files of gigabytes: one at a time, with patience.
import { defineConfig } from "vitest/config";
import { nodeConditions, reporters, seed, setupFiles, suites } from "./vitest.base.ts";

export default defineConfig({
  resolve: { conditions: [...nodeConditions] },
  ssr: { resolve: { conditions: [...nodeConditions] } },
  test: {
    name: "large",
    include: suites.large,
    environment: "node",
    setupFiles: [...setupFiles],
    provide: { seed },
    reporters: reporters("large"),
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
