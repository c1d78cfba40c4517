import { isMasqueradeError, type Sniff } from "@masquerade/core";
import { walkOpcodes } from "@masquerade/pickle";

/** What files of other formats that are pickles inside say near their beginning. */
const OTHERS: readonly Uint8Array[] = /* @__PURE__ */ ["joblib.numpy_pickle"].map((text) =>
  new TextEncoder().encode(text),
);
/** How mmappickle's files begin: PROTO 4, FRAME 13, BININT. */
const MMAP = [0x80, 0x04, 0x95, 13, 0, 0, 0, 0, 0, 0, 0, 0x4a];

/**
 * PROTO 2 to 5 and another opcode: a pickle, unless another format that is a pickle inside claims it. Protocols 0 and 1 have no signature:
 * "maybe" when the beginning is made of opcodes.
 */
export function sniffPickle(head: Uint8Array): Sniff {
  if (head.length < 2) return "no";
  if (!opens(head)) return "no";
  if (head[0] !== 0x80) return "maybe";
  if (MMAP.every((byte, i) => head[i] === byte) || OTHERS.some((text) => includes(head, text))) return "maybe";
  return "yes";
}

/** Opcodes of protocols 0 and 1 that need nothing on the stack, and so can be the first. */
const BEGINS = "(]})NILFSVcJKMGTUX";

/** Whether the head is opcodes as far as it goes. */
function opens(head: Uint8Array): boolean {
  const first = head[0] as number;
  if (first !== 0x80 && !BEGINS.includes(String.fromCharCode(first))) return false;
  if (first === 0x80 && ((head[1] as number) < 2 || (head[1] as number) > 5)) return false;
  try {
    let seen = 0;
    for (const { opcode, start, length } of walkOpcodes(head, { maxOpcodes: 64 })) {
      if (opcode.argument === "lines2" && !isName(head.subarray(start, start + length))) return false;
      if (opcode.protocol > 1 && first !== 0x80) return false;
      seen++;
    }
    return seen > 1;
  } catch (e) {
    return isMasqueradeError(e, "FORMAT_TRUNCATED", "LIMIT_EXCEEDED");
  }
}

/** Module and name as Python spells them: no spaces, nothing but letters, digits, dots and underscores. */
function isName(line: Uint8Array): boolean {
  return line.every((c) => c === 10 || c === 13 || c === 46 || c === 95 || c >= 0x80 || isAlphanumeric(c));
}

function isAlphanumeric(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
}

function includes(head: Uint8Array, text: Uint8Array): boolean {
  const first = text[0] as number;
  for (let at = head.indexOf(first); at >= 0; at = head.indexOf(first, at + 1))
    if (text.every((c, i) => head[at + i] === c)) return true;
  return false;
}
