import { CapabilityError, isMasqueradeError, quoteText } from "@masquerade/core";
import { Cursor } from "./cursor.ts";
import type { FileImage } from "./image.ts";
import { readObjectHeader } from "./object-header.ts";

const DRIVER_INFO = 0x14;

const drivers: Readonly<Record<string, string>> = { NCSAfami: "family driver", NCSAmult: "split or multi driver" };

/**
 * Throws CapabilityError where a file is one of several that a driver of HDF5 made of one: the superblock says so. `block`: the address of version
 * 0's and 1's driver information block. `extension`: that of the superblock's extension. Sections II.B and IV.A.2.u.
 */
export async function demandOneFile(
  image: FileImage,
  { block, extension }: { readonly block: number | undefined; readonly extension: number | undefined },
): Promise<void> {
  const id = block === undefined ? await inExtension(image, extension) : await inBlock(image, block);
  if (id === undefined) return;
  const driver = drivers[id] ?? `driver "${quoteText(id, 8)}"`;
  throw new CapabilityError(
    "hdf5",
    "driver",
    `this is one of several files that HDF5's ${driver} made of one; open it there, and copy it into one file`,
  );
}

async function inBlock(image: FileImage, address: number): Promise<string | undefined> {
  const from = await image.peek(address, 16);
  return from.left < 16 ? undefined : idOf(from.skip(8).take(8));
}

async function inExtension(image: FileImage, address: number | undefined): Promise<string | undefined> {
  if (address === undefined) return undefined;
  try {
    const header = await readObjectHeader(image, address);
    const found = header.messages.find(({ type }) => type === DRIVER_INFO);
    return found && idOf(new Cursor(found.body, found.offset, image).skip(1).take(8));
  } catch (error) {
    // Nothing else of it is needed here.
    if (isMasqueradeError(error)) return undefined;
    throw error;
  }
}

function idOf(bytes: Uint8Array): string | undefined {
  const id = new TextDecoder("latin1").decode(bytes);
  return /^[\x21-\x7e]+$/.test(id) ? id : undefined;
}
