import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { arange } from "@masquerade/core";
import { save } from "masquerade";
import { describe, expect, it } from "vitest";
import { corpus, masq, scratch } from "./support/masq.ts";

const folder = scratch();
const sst = corpus("demo/sst.pkl");

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs it until it succeeds: the other side may not listen yet. */
async function patiently(argv: readonly string[]): Promise<Awaited<ReturnType<typeof masq>>> {
  for (let tries = 0; ; tries++) {
    const answer = await masq(argv);
    if (!/cannot connect/.test(answer.err) || tries > 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("masq send and masq receive", () => {
  it("bring a file to the other side, in the format wanted there", async () => {
    for (const [output, options] of [
      ["sst.npz", []],
      ["sst.mqb", ["--codec", "zstd"]],
    ] as const) {
      const port = String(await freePort());
      const target = join(folder, output);
      const [received, sent] = await Promise.all([
        masq(["receive", target, "--listen", port]),
        patiently(["send", sst, port, ...options]),
      ]);
      expect([received.code, sent.code], received.err + sent.err).toEqual([0, 0]);
      expect(sent.err).toMatch(/^sent \d+ blocks; digest [0-9a-f]{8}\n$/);
      expect(received.err).toContain(sent.err.slice(-9, -1));
      expect(existsSync(`${target}.part`)).toBe(false);
      expect((await masq(["diff", sst, target])).code).toBe(0);
    }
    expect(readFileSync(join(folder, "sst.mqb")).subarray(1, 4).toString()).toBe("MQB");
  });

  it("go on where a connection was cut, from either side", async () => {
    const target = join(folder, "resumed.mqb");
    const small = ["--block-bytes", "1024", "--quiet"];
    // A relay that lets half of it through.
    const port = await freePort();
    const relay = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      let passed = 0;
      near.pipe(far);
      far.on("data", (chunk: Buffer) => {
        near.write(chunk);
        passed += chunk.length;
        if (passed > 15_000) {
          near.destroy();
          far.destroy();
        }
      });
      for (const one of [near, far]) one.on("error", () => {});
    });
    relay.listen(0, "127.0.0.1");
    await once(relay, "listening");
    const half = String((relay.address() as { port: number }).port);
    const sending = masq(["send", sst, "--listen", String(port), ...small]);
    const cut = await waiting(() => masq(["receive", target, half]), target);
    expect(cut.code).toBe(2);
    expect(cut.err).toMatch(/SOURCE_CLOSED: .* run it again to go on \(.*resumed\.mqb\.part\)/);
    expect((await sending).err).toMatch(/SOURCE_(CLOSED|IO): /);
    expect(existsSync(target)).toBe(false);
    expect(statSync(`${target}.part`).size).toBeGreaterThan(5000);
    relay.close();

    const again = String(await freePort());
    const [sent, received] = await Promise.all([
      masq(["send", sst, "--listen", again, "--block-bytes", "1024"]),
      patiently(["receive", target, again]),
    ]);
    expect([sent.code, received.code], sent.err + received.err).toEqual([0, 0]);
    expect(received.err).toMatch(/^received \d+ blocks; \d+ were there already; digest [0-9a-f]{8}\n$/);
    expect((await masq(["diff", sst, target])).code).toBe(0);
  });

  it("say that the source has changed where only its values have, and what to do", async () => {
    const target = join(folder, "changed.mqb");
    const file = join(folder, "now.npy");
    await save(join(folder, "before.mqb"), arange(1000), { blockBytes: 1024 });
    writeFileSync(`${target}.part`, readFileSync(join(folder, "before.mqb")).subarray(0, 5000));
    await save(file, arange(1, 1001));
    for (const had of [4, 8]) {
      const port = String(await freePort());
      const [sent, received] = await Promise.all([
        masq(["send", file, "--listen", port, "--block-bytes", "1024"]),
        patiently(["receive", target, port]),
      ]);
      expect([sent.code, received.code], `with ${had} blocks`).toEqual([2, 2]);
      expect(received.err).toMatch(
        /SOURCE_CHANGED: .* values have changed.*; remove .*changed\.mqb\.part.* to begin anew/,
      );
    }
    expect(existsSync(target)).toBe(false);
  });

  it("say what is wrong", async () => {
    const there = join(folder, "there.npz");
    writeFileSync(there, "x");
    for (const [argv, text] of [
      [["send", sst], /give the address/],
      [["send", sst, "host", "--listen", "1"], /give the address/],
      [["send", sst, "nowhere"], /"nowhere" is no address; HOST:PORT or PORT is/],
      [["send", sst, "1", "--timeout", "soon"], /--timeout takes seconds/],
      [["send", "no-such-file.npz", "1"], /SOURCE_MISSING/],
      [["send", sst, "127.0.0.1:1"], /SOURCE_IO: cannot connect to 127\.0\.0\.1:1/],
      [["send", sst, "1", "--codec", "rar"], /codec/],
      [["receive", there, "1"], /SOURCE_EXISTS/],
      [["receive", join(folder, "new.npz"), "1"], /cannot connect/],
    ] as const) {
      const { code, out, err } = await masq(argv);
      expect([code, out], argv.join(" ")).toEqual([2, ""]);
      expect(err).toMatch(text);
    }
    expect(existsSync(join(folder, "new.npz.part"))).toBe(false);
  });
});

/** Tries until something has come. */
async function waiting(work: () => ReturnType<typeof masq>, target: string): Promise<Awaited<ReturnType<typeof masq>>> {
  for (let tries = 0; ; tries++) {
    const answer = await work();
    if (existsSync(`${target}.part`) || tries > 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
