// A Python with NumPy, kept running and asked for times. Which one: MASQUERADE_PY2, the project's own environment, or python3.
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

function findPython() {
  const own = fileURLToPath(new URL("../.venvs/np2/bin/python", import.meta.url));
  for (const path of [process.env.MASQUERADE_PY2, own, "python3"]) {
    if (path && spawnSync(path, ["-c", "import numpy"]).status === 0) return path;
  }
  throw new Error(
    "no Python with NumPy: name one in MASQUERADE_PY2, or make the environments with corpus/make/venvs.sh",
  );
}

/** A running Python: `run` a statement, the `value` of an expression (as JSON), `time` one (seconds each), or the `peak` of memory it takes (bytes). */
export function startPython() {
  const path = findPython();
  const child = spawn(path, ["-u", fileURLToPath(new URL("worker.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("Python ended");
    const { answer, error } = JSON.parse(value);
    if (error) throw new Error(`${error} in ${JSON.stringify(question)}`);
    return answer;
  };
  return {
    path,
    run: (code) => ask({ run: code }),
    value: (code) => ask({ value: code }),
    time: (code, loops) => ask({ time: code, loops }),
    peak: (code) => ask({ peak: code }),
    stop: () => child.stdin.end(),
  };
}
