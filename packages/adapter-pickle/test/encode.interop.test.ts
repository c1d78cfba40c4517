// Against the real NumPys: random arrays, pickled by both sides, compared byte for byte; and what we write by default,
// loaded by both with every warning an error.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PickleProtocol } from "@masquerade/pickle";
import { describe, expect, inject, test } from "vitest";
import { encodePickleFile } from "../src/encode.ts";
import { RandomArrays } from "./support/random-arrays.ts";

const COUNT = Number(process.env["MASQUERADE_ARRAYS"] ?? 1000);
const PROTOCOLS: readonly PickleProtocol[] = [0, 1, 2, 3, 4, 5];
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

interface Answer {
  readonly different: { readonly [protocol: string]: string };
  readonly failures: readonly string[];
}

/** A Python that answers one request at a time. */
function peer(python: string): { ask(request: unknown): Promise<Answer>; end(): void } {
  const child = spawn(python, [join(import.meta.dirname, "support/numpy_peer.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error("Python has ended");
      return JSON.parse(line.value) as Answer;
    },
    end: () => child.stdin.end(),
  };
}

function python(numpy: 1 | 2): string {
  const path = process.env[`MASQUERADE_PY${numpy}`];
  if (path === undefined) throw new Error(`MASQUERADE_PY${numpy} names no Python: use npm run test:interop`);
  return path;
}

function firstDifference(ours: string, theirs: string): string {
  const [a, b] = [Buffer.from(ours, "base64"), Buffer.from(theirs, "base64")];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const part = (bytes: Buffer): string =>
    JSON.stringify(bytes.subarray(Math.max(at - 40, 0), at + 40).toString("latin1"));
  return `at byte ${at} of ${a.length} and ${b.length}: ${part(a)} is not ${part(b)}`;
}

describe("random arrays", () => {
  for (const numpy of [1, 2] as const)
    test(`NumPy ${numpy}: ${COUNT} values at six protocols`, async () => {
      const { ask, end } = peer(python(numpy));
      const random = new RandomArrays(inject("seed") + numpy, numpy === 2);
      const problems: string[] = [];
      for (let i = 0; i < COUNT; i++) {
        const { value, arrays, tree } = random.next();
        const accepted = { lossy: true } as const;
        const same = Object.fromEntries(
          PROTOCOLS.map((protocol) => [protocol, base64(encodePickleFile(value, { protocol, numpy, ...accepted }))]),
        );
        const portable: { protocol?: PickleProtocol }[] = [{}, { protocol: 2 }, { protocol: 5 }];
        const loads = portable.map((options) => base64(encodePickleFile(value, { ...options, ...accepted })));
        const { different, failures } = await ask({ arrays, value: tree, same, loads });
        const about = `value ${i} ${JSON.stringify({ tree, arrays }).slice(0, 700)}`;
        for (const [protocol, theirs] of Object.entries(different))
          problems.push(`protocol ${protocol}: ${firstDifference(same[protocol] as string, theirs)}: ${about}`);
        for (const failure of failures) problems.push(`loaded: ${failure}: ${about}`);
        if (problems.length > 20) break;
      }
      end();
      expect(problems).toEqual([]);
    });
});
