// Text: a float64 matrix as CSV, written and read, beside np.savetxt and np.loadtxt.
import { csv } from "@masquerade/adapter-text";
import { dtypes, NdArray } from "@masquerade/core";

export const title = "Text (CSV), float64";

const codec = await csv.codec();

export async function rows({ count, python }) {
  const data = new Float64Array(count);
  let seed = 1;
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    data[i] = Math.sin(seed) * 100;
  }
  const array = new NdArray({ dtype: dtypes.simple("float64"), shape: [count / 100, 100], storage: data });
  const encoded = codec.encode(array);
  const text = new TextDecoder().decode(encoded);
  await python.run(
    ["import io", `text = ${JSON.stringify(text)}`, 'a = np.loadtxt(io.StringIO(text), delimiter=",")'].join("\n"),
  );
  const bytes = count * 8;
  return [
    {
      work: "CSV encode",
      bytes,
      ours: () => codec.encode(array),
      python: 'b = io.StringIO(); np.savetxt(b, a, delimiter=",")',
      target: { NumPy: 20 },
    },
    {
      work: "CSV decode",
      bytes,
      ours: () => codec.decode(encoded),
      peers: {
        "split and Number": () => {
          const values = new Float64Array(count);
          let i = 0;
          for (const line of new TextDecoder().decode(encoded).split("\n"))
            if (line !== "" && line[0] !== "#") for (const field of line.split(",")) values[i++] = Number(field);
          return values;
        },
      },
      python: 'r = np.loadtxt(io.StringIO(text), delimiter=",")',
      target: { NumPy: 4 },
    },
  ];
}
