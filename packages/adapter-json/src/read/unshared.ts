/** The same bytes in memory that is not shared, which browsers' `TextDecoder` asks for: a copy of those that are. */
export function unshared(bytes: Uint8Array): Uint8Array {
  const shared = typeof SharedArrayBuffer !== "undefined" && bytes.buffer instanceof SharedArrayBuffer;
  return shared ? new Uint8Array(bytes) : bytes;
}
