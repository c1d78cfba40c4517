// images/show.png: what `masq show` draws in a terminal of true colour, its escape sequences as HTML in a real Chromium.
// node docs/scripts/terminal.mjs after a build; look at the picture before it is committed.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sst = join(root, "corpus/demo/sst.pkl");
const { NO_COLOR: _colourless, ...inherited } = process.env;
const env = { ...inherited, FORCE_COLOR: "1", COLORTERM: "truecolor" };
const run = (...argv) =>
  execFileSync(process.execPath, [join(root, "packages/cli/bin/masq.js"), ...argv], { env, encoding: "utf8" });

const sessions = [
  ["masq inspect sst.pkl", run("inspect", sst).replace(sst, "sst.pkl")],
  ["masq show sst.pkl", run("show", sst, "--width", "72")],
  ['masq show sst.pkl --slice "0, 12"', run("show", sst, "--slice", "0, 12", "--width", "72")],
];
const text = sessions.map(([command, printed]) => `<b>$ ${command}</b>\n${html(printed)}`).join("\n");
const page = `<body style="margin:0"><pre style="display:inline-block;margin:0;padding:16px;background:#111;color:#ddd;
  font:15px/18px 'DejaVu Sans Mono',monospace">${text}</pre>`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const tab = await browser.newPage();
  await tab.setContent(page);
  await tab.locator("pre").screenshot({ path: join(root, "docs/images/show.png") });
} finally {
  await browser.close();
}

/** Escape sequences for 24-bit colours as spans. Half blocks are two boxes: fonts leave gaps between lines. */
function html(printed) {
  let [front, back] = ["", ""];
  let out = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
  for (const [, sequence, character] of printed.matchAll(/\u001b\[([\d;]*)m|([^\u001b])/gsu)) {
    if (sequence !== undefined) {
      const [layer, , ...rgb] = sequence.split(";");
      if (layer === "38") front = `rgb(${rgb})`;
      else if (layer === "48") back = `rgb(${rgb})`;
      else [front, back] = ["", ""];
    } else if (character === "▀")
      out += `<span style="display:inline-block;width:9px;height:18px;vertical-align:top;background:linear-gradient(${front} 50%,${back || "transparent"} 50%)"></span>`;
    else if (character === "\n" || front + back === "")
      out += character.replace(/[<&]/g, (one) => `&#${one.charCodeAt(0)};`);
    else out += `<span style="${front && `color:${front};`}${back && `background:${back}`}">${character}</span>`;
  }
  return out;
}
