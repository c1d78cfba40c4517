import { run } from "./run.ts";

// The reader of a pipe that has seen enough (`masq head x.npy | head -1`) is no failure. Whatever else fails, the write itself reports.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
  });

// No top-level await: the bundle is CommonJS, which has none.
void run(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
