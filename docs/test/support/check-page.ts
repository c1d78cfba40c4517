import { expect } from "vitest";
import { matches, runBlock, runs, shownAfter } from "./pages.ts";

/** The compiler must have had no complaint. Runs the blocks of a page in order; each has to end as it says, and to print what the page shows. */
export async function checkPage(page: string, folder: string, work: string, complaint = ""): Promise<void> {
  expect(complaint, `docs/${page}`).toBe("");
  for (const block of runs(page)) {
    const where = `docs/${page}:${block.line}`;
    const { code, said } = await runBlock(block, folder, work);
    expect(code, `${where} ended otherwise:\n${said}`).toBe(Number(block.settings.get("exit") ?? 0));
    const shown = shownAfter(block);
    if (shown !== undefined && !matches(said, shown)) expect(said, `${where} printed otherwise`).toBe(shown);
  }
}
