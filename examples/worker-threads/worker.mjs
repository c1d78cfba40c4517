// @ts-check
// A thread of main.mjs: its rows are a view of the shared array.
import { workerData } from "node:worker_threads";
import { fromTransferable, masked } from "masquerade";

const { first, last } = workerData;
const field = /** @type {import("masquerade").MaskedArray<"float64">} */ (fromTransferable(workerData.field));
const means = /** @type {import("masquerade").NdArray<"float64">} */ (fromTransferable(workerData.means));

for (let row = first; row < last; row++) {
  const one = field.slice(`${row}`);
  for (let i = 0; i < one.size; i++) {
    const value = one.at(i);
    if (value !== masked) one.set([i], value + 273.15); // seen by every thread
  }
  const mean = one.mean();
  means.set([row], mean === masked ? Number.NaN : Number(mean));
}
