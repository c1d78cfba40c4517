// Writing pickles of a masked float64 array, as NumPy 2 does: protocols 2 (dumps), 4 and 5; joined, and as parts for a sink.
import { pickle } from "@masquerade/adapter-pickle";
import { dtypes, MaskedArray, NdArray } from "@masquerade/core";

export const title = "pickle, written";

const codec = await pickle.codec();

/** Noise about zero, so that the bytes of the numbers are of every value; one element in five masked. */
function field(count) {
  const data = new Float64Array(count);
  const mask = new Uint8Array(count);
  let seed = 1;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    data[i] = Math.sin(seed) * 10;
    mask[i] = seed % 5 === 0 ? 1 : 0;
  }
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape: [count], storage: data }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape: [count], storage: mask }),
  });
}

function lengthOf(parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

export async function rows({ count, python }) {
  const masked = field(count);
  const written = Buffer.from(codec.encode(masked, { protocol: 4, numpy: 2 })).toString("base64");
  await python.run(`import base64, pickle\nw = pickle.loads(base64.b64decode("${written}"))\nw._fill_value = None`);
  const targets = { 2: 3, 4: 1.5, 5: 1.5 };
  return [2, 4, 5].flatMap((protocol) => {
    const row = (work, ours) => ({
      work: `protocol ${protocol}, ${work}`,
      bytes: count * 9,
      ours,
      python: `b = pickle.dumps(w, ${protocol})`,
      target: { NumPy: targets[protocol] },
    });
    return [
      row("joined", () => codec.encode(masked, { protocol, numpy: 2 })),
      row("parts", () => lengthOf(codec.encodeParts(masked, { protocol, numpy: 2 }))),
    ];
  });
}
