// Who may import whom. The only place where it is written; scripts/layers.mjs holds the packages to it.

/**
 * The first row whose pattern matches a folder of packages/ governs it.
 * - `may`: the sister packages it may import (patterns over folder names).
 * - `thirdParty`: the libraries from outside it may depend on; `true` for any.
 * - `node`: `true` when the whole package is for Node; otherwise only its src/node/ may import `node:*`.
 * - `asked`: files that import what the user names.
 * - `light`: entry points whose static import graph may hold no codec and no third-party library, so that knowing
 *   a format costs nothing until it is used.
 */
export const layers = [
  { package: /^core$/, may: [], thirdParty: [] },
  { package: /^(decimal|numpy|pickle)$/, may: [/^core$/], thirdParty: [] },
  { package: /^compression$/, may: [/^core$/], thirdParty: ["fflate"], light: ["src/wrappers.ts"] },
  { package: /^numpy-pickle$/, may: [/^(core|numpy|pickle)$/], thirdParty: [] },
  {
    package: /^adapter-/,
    may: [/^(core|decimal|numpy|pickle|numpy-pickle|compression)$/],
    thirdParty: true,
    light: ["src/index.ts"],
  },
  { package: /^transport$/, may: [/^(core|adapter-protobuf)$/], thirdParty: [] },
  // fast-check is an optional peer, for the entry point of that name.
  {
    package: /^conformance$/,
    may: [/^core$/],
    thirdParty: ["fast-check"],
    light: ["src/index.ts", "src/node/index.ts"],
  },
  {
    package: /^masquerade$/,
    may: [/^(core|compression)$/, /^adapter-/],
    thirdParty: [],
    light: ["src/index.ts", "src/node/index.ts"],
  },
  {
    package: /^cli$/,
    may: [/^(core|numpy|masquerade|conformance|transport)$/],
    thirdParty: true,
    node: true,
    asked: ["src/commands/conformance/adapter.ts"],
  },
  { package: /^viewer$/, may: [/^(core|masquerade)$/], thirdParty: true },
];

/** What an adapter brings in on first use only. */
export const heavy = /^packages\/adapter-[^/]+\/src\/([^/]+\/)?(codec|open)(\.ts$|\/)/;
