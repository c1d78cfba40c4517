import { FormatError } from "@masquerade/core";

/** Bytes 128–255 of IBM code page 437, which names without the UTF-8 flag are in (APPNOTE 4.4.4, appendix D). */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/** A member's name. Throws FormatError for bytes that are no UTF-8 where the flag says so, and for NUL, at which readers differ. */
export function decodeName(bytes: Uint8Array, utf8: boolean, offset: number): string {
  if (bytes.includes(0)) throw new FormatError("FORMAT_MALFORMED", "npz", "a member's name holds a NUL", { offset });
  if (utf8) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new FormatError("FORMAT_MALFORMED", "npz", "a member's name is not UTF-8 as its flag says", { offset });
    }
  }
  let name = "";
  for (const byte of bytes) name += byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128];
  return name;
}
