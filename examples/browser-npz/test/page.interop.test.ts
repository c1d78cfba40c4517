// The built page in a real Chromium: the demo by URL, a file picked, a file that is refused.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPageServer } from "../serve.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const server = createPageServer();
let browser: Browser;
let page: Page;
const requests: string[] = [];

beforeAll(async () => {
  const env = { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" };
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  page = await browser.newPage();
  page.on("pageerror", (error) => requests.push(`error ${error.message}`));
  page.on("request", (request) =>
    requests.push(`${request.headers()["range"] ?? "all"} ${new URL(request.url()).pathname}`),
  );
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await new Promise((closed) => server.close(closed));
});

const about = async (): Promise<string | null> => await page.textContent("#about");
/** The colour of a pixel of the canvas. */
const pixel = (x: number, y: number): Promise<number[]> =>
  page.evaluate(
    ([x, y]) => {
      const canvas = document.querySelector("canvas") as HTMLCanvasElement;
      return [
        ...(canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(x as number, y as number, 1, 1).data,
      ];
    },
    [x, y],
  );

it("opens the demo by ranges and draws it", async () => {
  await page.waitForFunction(() => document.querySelector("#about")?.textContent?.includes("float32"));
  expect(await about()).toMatch(/^sst\.npz: npz, float32 \(3, 36, 72\), 880 masked here; -1\.80 to \d+\.\d\d$/);
  expect(await pixel(16, 8)).toEqual([200, 200, 200, 255]); // land
  expect(await pixel(8, 8)).not.toEqual([200, 200, 200, 255]);
  expect(requests.filter((line) => line.startsWith("error"))).toEqual([]);
  const asked = requests.filter((line) => line.endsWith("/sst.npz"));
  expect(asked.length).toBeGreaterThan(0);
  for (const line of asked) expect(line).toMatch(/^bytes=/);
});

it("reads a file that is picked", async () => {
  await page.setInputFiles("#file", fileURLToPath(new URL("../../../corpus/demo/sst.pkl", import.meta.url)));
  await page.waitForFunction(() => document.querySelector("#about")?.textContent?.startsWith("sst.pkl: pickle"));
  expect(await page.locator("#about").getAttribute("class")).toBe("");
});

it("says why it refuses one", async () => {
  const evil = join(tmpdir(), `evil-${process.pid}.pkl`);
  writeFileSync(evil, "cos\nsystem\n(S'true'\ntR.");
  await page.setInputFiles("#file", evil);
  await page.waitForFunction(() => document.querySelector("#about")?.className === "error");
  expect(await about()).toMatch(/^UNSAFE_GLOBAL: /);
});
