/** Arrays as pictures in a terminal. */
export { colourDepth, type Depth } from "./colour.ts";
export { type DrawOptions, drawField } from "./draw.ts";
export { type Field, fieldOf } from "./field.ts";
export { type Graphics, graphicsFor, inline } from "./graphics.ts";
export { type Image, imageOfField, imageOfTrace, pngOf } from "./image.ts";
export { drawTrace } from "./line.ts";
export { stretched, type Trace, traceOf } from "./trace.ts";
