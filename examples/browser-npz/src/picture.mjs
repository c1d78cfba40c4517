// @ts-check
// A two-dimensional array as a picture: one pixel for each element, masked ones grey, the scale from what is visible and finite.
import { isMaskedArray, masked } from "masquerade/portable";

/** Draws, and says what the ends of the scale are and how many elements are masked. */
export function draw(
  /** @type {HTMLCanvasElement} */ canvas,
  /** @type {import("masquerade/portable").AnyArray} */ array,
) {
  const [height = 0, width = 0] = array.shape;
  const values = new Float64Array(width * height);
  let [low, high, hidden] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i++) {
    const element = array.at(Math.floor(i / width), i % width);
    const value = isMaskedArray(array) && element === masked ? Number.NaN : Number(element);
    if (element === masked) hidden++;
    values[i] = value;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  for (const [i, value] of values.entries()) image.data.set(colour((value - low) / (high - low || 1)), 4 * i);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return { low, high, hidden };
}

/** From dark blue over green to yellow; grey for what has no value. */
function colour(/** @type {number} */ part) {
  if (!Number.isFinite(part)) return [200, 200, 200, 255];
  const t = Math.min(1, Math.max(0, part));
  return [255 * t ** 1.5, 255 * (0.1 + 0.8 * t), 255 * (0.45 + 0.3 * Math.sin(Math.PI * t) - 0.3 * t), 255];
}
