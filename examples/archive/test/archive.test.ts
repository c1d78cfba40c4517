import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { identical, load } from "masquerade";
import { afterAll, beforeAll, expect, it } from "vitest";
import { archive } from "../archive.mjs";

const corpus = fileURLToPath(new URL("../../../corpus/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "archive-"));
const campaign = join(folder, "campaign");
const target = join(folder, "campaign.h5");

beforeAll(async () => {
  await import("node:fs/promises").then(({ mkdir }) => mkdir(campaign));
  copyFileSync(join(corpus, "demo/sst.pkl"), join(campaign, "sst.pkl"));
  copyFileSync(join(corpus, "mmappickle/py311-np1.26/masked.mmdpickle"), join(campaign, "old.mmdpickle"));
  writeFileSync(join(campaign, "evil.pkl"), "cos\nsystem\n(S'true'\ntR.");
  writeFileSync(join(campaign, "notes.txt.bak"), new Uint8Array(64));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("archives what it can, exactly, and says what it could not", async () => {
  const report = await archive(campaign, target);
  expect(report.map(({ file, status }) => [file, status])).toEqual([
    ["evil.pkl", "refused"],
    ["notes.txt.bak", "refused"],
    ["old.mmdpickle", "archived"],
    ["sst.pkl", "archived"],
  ]);
  expect(report[0]?.notes[0]).toContain("UNSAFE_GLOBAL");
  const whole = await load(target, { as: "bundle" });
  expect(whole.names).toEqual(["old", "sst"]);
  expect(identical(whole.get("sst"), await load(join(campaign, "sst.pkl")))).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["campaign", "campaign.h5"]);
});

it("leaves nothing when there is nothing to archive", async () => {
  const empty = mkdtempSync(join(folder, "empty-"));
  await expect(archive(empty, join(empty, "x.h5"))).rejects.toThrow("nothing");
  expect(existsSync(join(empty, "x.h5"))).toBe(false);
});
