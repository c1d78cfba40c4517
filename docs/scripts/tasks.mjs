// Writes guide/tasks.md: questions people come with, each answered on the command line, with what it really printed.
// `node docs/scripts/tasks.mjs` after a build. The page's blocks are run again, and compared, by the tests of the site.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What somebody wants, where the help says how, and the commands. Later ones find what earlier ones wrote. */
const tasks = [
  ["What is in this pickle?", "`masq --help`: inspect", "masq inspect sst.pkl"],
  ["Is this file safe to load in Python?", "`masq --help`: scan", "masq scan sst.pkl"],
  [
    "And this one, which a stranger sent?",
    "`masq scan --help`: the exit code",
    "printf 'cos\\nsystem\\n(S\"rm -rf ~\"\\ntR.' > gift.pkl\nmasq scan gift.pkl",
  ],
  ["Show me the first rows.", "`masq --help`: head", "masq head -n 1 sst.pkl"],
  ["What does it look like?", "`masq --help`: show", "masq show sst.pkl --width 36"],
  ["How many values are missing, and what is the mean?", "`masq --help`: stats", "masq stats sst.pkl"],
  [
    "What are the 5th and 95th percentiles?",
    "`masq stats --help`: --quantiles",
    "masq stats sst.pkl --quantiles 0.05,0.95",
  ],
  ["How are the values distributed?", "`masq --help`: hist", "masq hist sst.pkl --bins 6 --width 60"],
  [
    "Give me a CSV of the visible values of the first month.",
    "`masq convert --help`: --slice",
    'masq convert sst.pkl january.csv --slice "0"\nhead -c 300 january.csv',
  ],
  [
    "I need it as NPZ, mask and all. Prove that nothing is lost.",
    "`masq convert --help`: --verify",
    "masq convert sst.pkl sst.npz --verify",
  ],
  ["Why can I not have a plain NPY?", "`masq convert --help`: --dry-run", "masq convert sst.pkl sst.npy --dry-run"],
  [
    "Then a plain float64 NPY with NaN for what is masked.",
    "`masq convert --help`: --astype, --fill",
    "masq convert sst.pkl sst.npy --astype float64 --fill nan",
  ],
  ["Did these two differ?", "`masq --help`: diff", "masq diff sst.pkl sst.npz && echo the same"],
  [
    "Are the values the same to six digits, NaN included?",
    "`masq diff --help`: --rtol, --equal-nan",
    "masq convert sst.pkl rounded.npy --astype float16 --fill nan --quiet\nmasq diff sst.npy rounded.npy --rtol 1e-6 --equal-nan",
  ],
  ["How do I read it in Python without this tool?", "`masq --help`: recipe", "masq recipe sst.npz"],
  [
    "Which format for 3 GB read from R and Python, in parts?",
    "`masq choose --help`: the words",
    "masq choose --for r,python,size=3GB,masked,lazy | head -n 3",
  ],
  [
    "Which formats could hold this very file, small?",
    "`masq choose --help`",
    "masq choose sst.pkl --for small | head -n 2",
  ],
  ["What arrays are in this archive?", "`masq --help`: inspect", "masq inspect corpus/npz/np2/several.npz"],
  [
    "Give me one of them, as JSON.",
    "`masq head --help`: --select, --json",
    "masq head corpus/npz/np2/several.npz --select y --json",
  ],
  ["A single number: row 18, column 30 of the third month.", "`masq --help`: slice", "masq slice 'sst.pkl[2, 18, 30]'"],
  [
    "Convert a whole folder.",
    "`masq convert --help`: --out-dir",
    "mkdir in && cp sst.pkl in/a.pkl && cp sst.npz in/b.npz && echo oops > in/c.npz\nmasq convert 'in/*' --to joblib --out-dir out",
  ],
  ["Which of these files are damaged?", "`masq --help`: validate", "masq validate 'in/*'"],
  ["A picture for a report.", "`masq show --help`: --png", "masq show sst.pkl --png sst.png"],
  ["What can each format keep?", "`masq --help`: formats", "masq formats | head -n 3"],
  ["Something a program can read.", "`masq inspect --help`: --json", "masq inspect --json sst.npz"],
  ["It is compressed, and comes through a pipe.", '`masq --help`: "-"', "gzip -c sst.npy | masq inspect -"],
];

const head = `---
order: 6
---
# Tasks

What people come with, and what they type. Nothing here needs more than \`masq --help\`, the help of one command, and this site. Everything below was really
run; \`sst.pkl\` is a masked field of shape (3, 36, 72) that NumPy pickled. In a terminal with colours it looks like this:

![masq inspect and masq show in a terminal: a map of the sea's temperature, land in grey, and a line along one latitude](../images/show.png)

`;

const folder = mkdtempSync(join(tmpdir(), "masq-tasks-"));
const bin = join(folder, "bin");
const work = join(folder, "work");
try {
  mkdirSync(bin);
  mkdirSync(work);
  writeFileSync(
    join(bin, "masq"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "packages/cli/bin/masq.js")}" "$@"\n`,
  );
  chmodSync(join(bin, "masq"), 0o755);
  cpSync(join(root, "corpus/demo/sst.pkl"), join(work, "sst.pkl"));
  symlinkSync(join(root, "corpus"), join(work, "corpus"));
  const env = { ...process.env, PATH: bin + delimiter + process.env.PATH, NO_COLOR: "1" };
  const parts = tasks.map(([task, where, script], i) => {
    const { status, stdout } = spawnSync("sh", ["-e", "-c", `exec 2>&1\n${script}`], {
      cwd: work,
      env,
      encoding: "utf8",
    });
    const exit = status === 0 ? "" : ` exit=${status}`;
    return `## ${i + 1}. ${task}\n\nFound in ${where}.\n\n\`\`\`sh run${exit}\n${script}\n\`\`\`\n\n\`\`\`text output\n${shown(stdout)}\n\`\`\`\n`;
  });
  writeFileSync(join(root, "docs/guide/tasks.md"), head + parts.join("\n"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Sizes of compressed files depend on the version of zlib, measured figures on when they were measured. */
function shown(text) {
  return text
    .trimEnd()
    .replace(/\d+ bytes/g, "… bytes")
    .replace(/^( {2}= about).*$/gm, "$1 …");
}
