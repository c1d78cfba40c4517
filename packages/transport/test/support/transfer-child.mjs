// One side of a transfer, in a process of its own: `send PORT ROWS COLUMNS` or `receive PORT FILE`. Says how it ended, and its peak memory.
import {
  blocksByReading,
  dtypes,
  MaskedArray,
  makeHeader,
  makeOpenFile,
  NdArray,
  normalizeSelection,
} from "@masquerade/core";
import { blockSource, receiveBlocks, sendBlocks } from "@masquerade/transport";
import { connectTcp, fileStore, listenTcp } from "@masquerade/transport/node";

/** A masked array that nobody could hold: element i is i, and every eleventh is masked. It is computed when it is read. */
function endless(rows, columns) {
  const header = makeHeader({ dtype: dtypes.simple("float64"), shape: [rows, columns], mask: "mask" });
  const lazy = {
    header,
    async read(selection) {
      const [{ start, count }] = normalizeSelection(selection, header.shape).ranges;
      const values = new Float64Array(count * columns);
      const flags = new Uint8Array(count * columns);
      for (let i = 0, n = start * columns; i < values.length; i++, n++) {
        values[i] = n;
        if (n % 11 === 0) flags[i] = 1;
      }
      const shape = [count, columns];
      return new MaskedArray({
        data: new NdArray({ dtype: header.dtype, shape, storage: values }),
        mask: new NdArray({ dtype: dtypes.simple("bool"), shape, storage: flags }),
      });
    },
    blocks: (options) => blocksByReading(lazy, "", options),
  };
  return makeOpenFile(header, () => lazy);
}

const [task, ...rest] = process.argv.slice(2);
const seen = {};
try {
  if (task === "send") {
    const listener = await listenTcp({ port: 0 });
    process.stdout.write(`${listener.port}\n`);
    const source = blockSource(endless(Number(rest[0]), Number(rest[1])), { codec: rest[2] });
    Object.assign(seen, await sendBlocks(await listener.accept(), source));
    await listener.close();
  } else {
    const store = await fileStore(rest[1]);
    seen.had = store.reading.have.size;
    try {
      Object.assign(seen, await receiveBlocks(await connectTcp({ port: Number(rest[0]) }), store));
    } finally {
      await store.close();
    }
  }
} catch (error) {
  seen.code = error.code;
  seen.message = error.message;
}
seen.peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit());
