// The portable packages in a real Chromium: the tests that need no Node, and those written for the browser alone.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { browserConditions, packages, portableTests, reporters, seed, setupFiles, suites } from "./vitest.base.ts";

const portable = packages.filter((name) => name !== "cli");

export default defineConfig({
  resolve: { conditions: [...browserConditions] },
  // What Vite would otherwise discover half-way and reload the page for.
  optimizeDeps: { include: ["fast-check", "numcodecs/blosc", "numcodecs/zstd", "protobufjs/minimal.js"] },
  // Cross-origin isolation: without it pages have no SharedArrayBuffer.
  server: {
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
  },
  test: {
    name: "browser",
    include: [...portableTests(portable), ...suites.browser],
    setupFiles: [...setupFiles],
    provide: { seed },
    reporters: reporters("browser"),
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
          args: ["--no-sandbox"], // root, in a container
        },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
});
