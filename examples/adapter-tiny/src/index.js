export { tiny } from "./format.js";
