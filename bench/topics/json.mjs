// JSON: a masked float64 array of field measurements, and one of random bits, which print with 17 digits.
import { json } from "@masquerade/adapter-json";
import { dtypes, MaskedArray, NdArray } from "@masquerade/core";

export const title = "JSON, masked float64";

const codec = await json.codec();
const text = new TextDecoder();

/** Uniform random numbers (17 digits) or hundredths (4 digits), a third of them masked in runs. */
function field(count, digits) {
  const data = new Float64Array(count);
  const mask = new Uint8Array(count);
  let seed = 1;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    data[i] = digits === 17 ? Math.sin(seed) * 100 : Math.round(seed / 2 ** 18) / 100;
    mask[i] = i % 3000 < 1000 ? 1 : 0;
  }
  const shape = [count / 100, 100];
  return new MaskedArray({
    data: new NdArray({ dtype: dtypes.simple("float64"), shape, storage: data }),
    mask: new NdArray({ dtype: dtypes.simple("bool"), shape, storage: mask }),
  });
}

/** What people write in JavaScript: nested lists with null, through JSON.stringify. */
function stringify(array) {
  const [rows, columns] = array.shape;
  const data = array.data.storage;
  const mask = array.mask.storage;
  const lists = [];
  for (let r = 0; r < rows; r++) {
    const row = [];
    for (let i = r * columns; i < (r + 1) * columns; i++) row.push(mask[i] ? null : data[i]);
    lists.push(row);
  }
  return new TextEncoder().encode(JSON.stringify({ dtype: "<f8", shape: array.shape, data: lists }));
}

/** And the way back, into typed arrays. */
function parse(bytes) {
  const file = JSON.parse(text.decode(bytes));
  const data = new Float64Array(file.shape[0] * file.shape[1]);
  const mask = new Uint8Array(data.length);
  let i = 0;
  for (const row of file.data)
    for (const value of row) {
      if (value === null) mask[i] = 1;
      else data[i] = value;
      i++;
    }
  return { data, mask };
}

export async function rows({ count, python }) {
  const out = [];
  await python.run("import json, importlib.util");
  const orjson = await python.value("importlib.util.find_spec('orjson') is not None");
  if (orjson) await python.run("import orjson");
  for (const digits of [17, 4]) {
    const array = field(count, digits);
    // The same content for all: what is visible.
    const options = { indent: 0, hidden: "drop" };
    const encoded = codec.encode(array, options);
    const at = `d${digits}`;
    await python.run(
      [
        `file${at} = ${JSON.stringify(text.decode(encoded))}.encode()`,
        `o${at} = json.loads(file${at})["data"]`,
        `m${at} = np.ma.masked_invalid(np.array(o${at}, dtype=float))`,
      ].join("\n"),
    );
    const work = `${digits} digits`;
    const bytes = count * 8;
    out.push(
      {
        work: `encode, ${work}`,
        bytes,
        ours: () => codec.encode(array, options),
        peers: { "JSON.stringify": () => stringify(array) },
        python: `r = json.dumps(m${at}.tolist()).encode()`,
        target: { "JSON.stringify": 4, NumPy: 10 },
      },
      {
        work: `decode, ${work}`,
        bytes,
        ours: () => codec.decode(encoded),
        peers: { "JSON.parse": () => parse(encoded) },
        python: `r = np.array(json.loads(file${at})["data"], dtype=float)`,
        target: { "JSON.parse": 4, NumPy: 8 },
      },
    );
    if (!orjson) continue;
    out.push(
      {
        work: `encode, ${work}, orjson`,
        bytes,
        ours: () => codec.encode(array, options),
        python: `r = orjson.dumps(m${at}.filled(np.nan), option=orjson.OPT_SERIALIZE_NUMPY)`,
        target: { NumPy: 1 },
      },
      {
        work: `decode, ${work}, orjson`,
        bytes,
        ours: () => codec.decode(encoded),
        python: `r = np.array(orjson.loads(file${at})["data"], dtype=float)`,
        target: { NumPy: 4 },
      },
    );
  }
  return out;
}
