import { expect, it } from "vitest";
import { docsOf, laws } from "../src/index.ts";
import { allKinds } from "../src/samples/kinds.ts";
import { lawsPage } from "./laws/page.ts";
import { why } from "./laws/why.ts";
import { zoo } from "./zoo/index.ts";

it("every law has its paragraph, and no paragraph is without its law", () => {
  const kinds: readonly string[] = allKinds.map((kind) => `roundtrip/${kind}`);
  const ids = laws.map((law) => law.id).filter((id) => !kinds.includes(id));
  expect(Object.keys(why).sort()).toEqual([...ids].sort());
});

it("LAWS.md is what the laws say (vitest -u writes it), and every law's link leads there", async () => {
  const page = lawsPage(zoo);
  await expect(page).toMatchFileSnapshot("../LAWS.md");
  for (const { id } of laws) expect(page).toContain(`<a id="${docsOf(id).split("#")[1]}"></a>`);
});
