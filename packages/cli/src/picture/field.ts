import { type AnyArray, isMaskedArray, OptionError } from "@masquerade/core";

/** A grid of cells to be drawn: what is visible in each, and whether the cell is masked. */
export interface Field {
  readonly rows: number;
  readonly columns: number;
  /** Row by row; NaN where the cell is masked or holds no finite number. */
  readonly values: Float64Array;
  /** 1 where at least half of what the cell stands for is masked. */
  readonly masked: Uint8Array;
  /** Least and greatest visible finite value; undefined when there is none. */
  readonly range: readonly [low: number, high: number] | undefined;
}

/**
 * A 2-D array as a grid of at most `columns` columns (rows follow, so that proportions are kept): each cell is the mean of the visible finite
 * values it stands for. Throws OptionError SHAPE_MISMATCH for other dimensions, DTYPE_MISMATCH for what is no number.
 */
export function fieldOf(array: AnyArray, columns: number): Field {
  const [height, width] = array.shape;
  if (array.ndim !== 2 || height === undefined || width === undefined)
    throw new OptionError("SHAPE_MISMATCH", `a picture needs two dimensions, not ${array.ndim}; take a slice`);
  if (/^c(omplex|longdouble)/.test(array.dtype.kind))
    throw new OptionError("DTYPE_MISMATCH", "complex numbers have no picture: real and imaginary part are two");
  const data = isMaskedArray(array) ? array.data : array;
  const values = data.astype("float64").toC();
  const mask = isMaskedArray(array) ? (array.maskArray().toC() as Uint8Array) : undefined;
  const step = Math.max(1, Math.ceil(width / Math.max(1, columns)));
  const grid = { rows: Math.ceil(height / step), columns: Math.ceil(width / step) };
  const cells = new Float64Array(grid.rows * grid.columns);
  const hidden = new Uint8Array(cells.length);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < grid.rows; row++)
    for (let column = 0; column < grid.columns; column++) {
      let [sum, seen, covered, all] = [0, 0, 0, 0];
      for (let i = row * step; i < Math.min(height, (row + 1) * step); i++)
        for (let j = column * step; j < Math.min(width, (column + 1) * step); j++) {
          const at = i * width + j;
          const value = values[at] as number;
          all++;
          if (mask !== undefined && mask[at] !== 0) covered++;
          else if (Number.isFinite(value)) {
            sum += value;
            seen++;
            if (value < low) low = value;
            if (value > high) high = value;
          }
        }
      const cell = row * grid.columns + column;
      hidden[cell] = covered * 2 >= all && covered > 0 ? 1 : 0;
      cells[cell] = hidden[cell] === 1 || seen === 0 ? Number.NaN : sum / seen;
    }
  return { ...grid, values: cells, masked: hidden, range: low <= high ? [low, high] : undefined };
}
