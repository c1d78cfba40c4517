import { type AnyFormat, array, type Codec } from "@masquerade/core";
import { registry } from "../../registry.ts";

/** A small file of every official format that describes itself, but this one. */
export async function foreignTo(format: AnyFormat): Promise<Readonly<Record<string, Uint8Array>>> {
  const files: Record<string, Uint8Array> = {};
  const sample = array([1.5, -2, 3]);
  for (const other of registry.formats) {
    if (other.id === format.id || !other.capabilities.selfDescribing) continue;
    const codec = (await other.codec()) as unknown as Codec;
    files[`a file of ${other.id}`] = await codec.encode(sample);
  }
  return files;
}
