// Loads a file whole and tells its shape, and the sum of its numbers: load-child.mjs PATH.
import { load } from "masquerade";

const array = await load(process.argv[2]);
let sum = 0;
for (const value of array.toC()) sum += value;
console.log(JSON.stringify({ shape: array.shape, sum }));
