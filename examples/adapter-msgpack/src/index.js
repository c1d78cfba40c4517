export { msgpack } from "./format.js";
