/** Property tests with fast-check: arbitrary arrays of what a format holds, shrunk by fast-check itself. An optional entry point. */
export { arrays, testProperties } from "./properties.ts";
