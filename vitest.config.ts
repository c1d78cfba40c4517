import { defineConfig } from "vitest/config";
import { besides, nodeConditions, packages, reporters, seed, setupFiles, suites } from "./vitest.base.ts";

const elsewhere = ["**/node_modules/**", ...Object.values(suites).flat()];

/** Examples are run as people run them, on what is built. */
const onBuilt = { server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } } };

export default defineConfig({
  resolve: { conditions: [...nodeConditions] },
  ssr: { resolve: { conditions: [...nodeConditions] } },
  test: {
    reporters: reporters("unit"),
    // All cores: Vitest leaves one free, which on two cores is half of them.
    maxWorkers: "100%",
    projects: [...Object.keys(besides), ...packages].map((name) => ({
      ...(name === "examples" ? {} : { extends: true as const }),
      test: {
        name,
        include: [...(besides[name] ?? [`packages/${name}/test/**/*.test.ts`])],
        exclude: elsewhere,
        environment: "node",
        // Files of a package share its modules: loading them anew for each file took a third of the whole run. So no test may leave a trace.
        isolate: false,
        setupFiles: [...setupFiles],
        provide: { seed },
        // No test takes long where nothing else runs; a busy machine is no failure.
        ...(name === "examples" && onBuilt),
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    })),
  },
});
