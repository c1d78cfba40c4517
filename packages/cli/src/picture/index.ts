/** Arrays as pictures in a terminal. */
export { colourDepth, type Depth } from "./colour.ts";
export { type DrawOptions, drawField } from "./draw.ts";
export { type Field, fieldOf } from "./field.ts";
