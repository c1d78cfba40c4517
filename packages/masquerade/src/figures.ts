// Written by `npm run bench -- --figures`; see bench/figures.mjs for what was measured.
import type { Figures } from "./expected.ts";

/** What was measured of every official format. */
export const figures: Figures = {
  measured: { node: "20.20.2", processor: "AMD EPYC", elements: 1000000 },
  formats: {
    npy: [
      ["float64", false, 1, 5100, 8300],
      ["float32", false, 1, 7000, 1900],
      ["int32", false, 1, 3900, 380],
      ["uint8", false, 1, 2800, 32],
    ],
    npz: [
      ["float64", false, 1.13, 2200, 920],
      ["float64", true, 0.206, 6.1, 440],
      ["float32", false, 1.25, 2100, 430],
      ["float32", true, 0.404, 15, 200],
      ["int32", false, 1.25, 2000, 260],
      ["int32", true, 0.336, 19, 270],
      ["uint8", false, 2, 1100, 52],
      ["uint8", true, 0.73, 12, 8.2],
    ],
    pickle: [
      ["float64", false, 1.13, 4600, 320],
      ["float32", false, 1.25, 2600, 390],
      ["int32", false, 1.25, 3100, 120],
      ["uint8", false, 2, 1300, 34],
    ],
    joblib: [
      ["float64", false, 1.13, 3600, 380],
      ["float64", true, 0.234, 28, 72],
      ["float32", false, 1.25, 3400, 630],
      ["float32", true, 0.401, 29, 54],
      ["int32", false, 1.25, 3600, 230],
      ["int32", true, 0.351, 24, 92],
      ["uint8", false, 2, 1600, 18],
      ["uint8", true, 0.734, 13, 25],
    ],
    mmappickle: [
      ["float64", false, 1.13, 4200, 300],
      ["float32", false, 1.25, 3600, 170],
      ["int32", false, 1.25, 3300, 460],
      ["uint8", false, 2, 1300, 35],
    ],
    raw: [
      ["float64", false, 1, 6700, 9400],
      ["float32", false, 1, 6600, 1800],
      ["int32", false, 1, 6500, 98],
      ["uint8", false, 1, 3700, 56],
    ],
    csv: [
      ["float64", false, 0.505, 11, 18],
      ["float32", false, 1.01, 12, 9.7],
      ["int32", false, 0.863, 18, 9.1],
      ["uint8", false, 2.78, 9.1, 2],
    ],
    tsv: [
      ["float64", false, 0.505, 19, 16],
      ["float32", false, 1.01, 14, 9.6],
      ["int32", false, 0.863, 61, 9.5],
      ["uint8", false, 2.78, 4.3, 1.7],
    ],
    txt: [
      ["float64", false, 0.588, 5.5, 14],
      ["float32", false, 1.18, 21, 7.1],
      ["int32", false, 1.03, 10, 8.2],
      ["uint8", false, 3.45, 3.8, 2.5],
    ],
    ecsv: [
      ["float64", false, 0.672, 3.7, 3.6],
      ["float32", false, 1.34, 2.3, 2.1],
      ["int32", false, 1.2, 2.1, 2.1],
      ["uint8", false, 4.12, 0.5, 0.94],
    ],
    protobuf: [
      ["float64", false, 1.02, 2100, 410],
      ["float32", false, 1.03, 1800, 180],
      ["int32", false, 1.03, 2000, 380],
      ["uint8", false, 1.13, 830, 40],
    ],
    hdf5: [
      ["float64", false, 1.13, 1200, 340],
      ["float64", true, 0.217, 4.5, 89],
      ["float32", false, 1.25, 2700, 320],
      ["float32", true, 0.425, 11, 190],
      ["int32", false, 1.25, 3400, 300],
      ["int32", true, 0.355, 21, 130],
      ["uint8", false, 2, 1400, 17],
      ["uint8", true, 0.74, 12, 46],
    ],
    json: [
      ["float64", false, 1.13, 130, 120],
      ["float32", false, 2.26, 82, 91],
      ["int32", false, 2.03, 200, 60],
      ["uint8", false, 7.05, 29, 21],
    ],
    ndjson: [
      ["float64", false, 0.905, 150, 90],
      ["float32", false, 1.81, 64, 42],
      ["int32", false, 1.59, 94, 75],
      ["uint8", false, 5.35, 48, 7.6],
    ],
    blocks: [
      ["float64", false, 1.02, 120, 210],
      ["float32", false, 1.03, 95, 87],
      ["int32", false, 1.03, 470, 110],
      ["uint8", false, 1.13, 450, 58],
    ],
  },
};
