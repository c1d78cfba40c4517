// @ts-check
// One masked array in shared memory; each thread works on its share of the rows, in place. No element is copied between threads.
//   npm start --prefix examples/worker-threads
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { maskedArray, share, toTransferable, zeros } from "masquerade";

/** Turns a field of Celsius into Kelvin with several threads, and gives the mean of each row (masked cells left out). */
export async function kelvin(
  /** @type {import("masquerade").MaskedArray<"float64">} */ celsius,
  threads = availableParallelism(),
) {
  const field = share(celsius); // the one copy there is: into shared memory
  const rows = celsius.shape[0] ?? 0;
  const means = share(zeros("float64", [rows]));
  const part = Math.ceil(rows / threads);
  await Promise.all(
    Array.from({ length: threads }, (_, i) =>
      work({ field, means, first: i * part, last: Math.min(rows, (i + 1) * part) }),
    ),
  );
  return { field, means };
}

/** One thread: gets the arrays as messages, which hold references to the memory they share. */
function work(/** @type {{ field: any, means: any, first: number, last: number }} */ { field, means, first, last }) {
  const [one, two] = [toTransferable(field), toTransferable(means)];
  const worker = new Worker(new URL("worker.mjs", import.meta.url), {
    workerData: { field: one.message, means: two.message, first, last },
    transferList: [...one.transfer, ...two.transfer], // empty: shared memory stays with both
  });
  return new Promise((resolve, reject) => {
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve(undefined) : reject(new Error(`the thread ended with ${code}`))));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const celsius = maskedArray(
    [
      [10, 20, 30],
      [0, 0, 5],
      [1, 2, 3],
    ],
    {
      dtype: "float64",
      mask: [
        [false, true, false],
        [false, false, false],
        [true, true, true],
      ],
    },
  );
  const { field, means } = await kelvin(celsius, 2);
  console.log(String(field));
  console.log("row means:", String(means));
  console.log("beneath the mask:", field.data.at(0, 1)); // no thread has touched it
  console.log("shared:", field.data.storage.buffer instanceof SharedArrayBuffer);
}
