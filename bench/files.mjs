// Files written as `save` writes them: the parts one after another in one call, nothing joined first.
import { closeSync, openSync, writevSync } from "node:fs";

export function writeParts(path, parts) {
  const file = openSync(path, "w");
  let left = [...parts].filter((part) => part.length > 0);
  while (left.length > 0) {
    let written = writevSync(file, left);
    while (left.length > 0 && written >= left[0].length) written -= left.shift().length;
    if (left.length > 0) left = [left[0].subarray(written), ...left.slice(1)];
  }
  closeSync(file);
}
