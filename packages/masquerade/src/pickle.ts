/** `loads` and `dumps` as NumPy's users know them. This entry loads the pickle codec; "masquerade" itself does not. */
export { dumps, loads } from "@masquerade/adapter-pickle/codec";
