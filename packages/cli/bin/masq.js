#!/usr/bin/env node
// CommonJS (see package.json beside this): neither this file nor the bundle starts Node's ES module loader, which is slow to start.
const { existsSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

// Node 22.1 and newer keep what they compiled, in their own cache folder.
enableCompileCache?.();

const bundle = join(__dirname, "..", "dist", "bundle", "main.cjs");
if (existsSync(bundle)) require(bundle);
else import("../dist/main.js");
