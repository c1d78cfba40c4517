import {
  type AnyArray,
  Bundle,
  CapabilityError,
  headerOf,
  isBundle,
  isMaskedArray,
  type NdArray,
  nomask,
  zeros,
} from "@masquerade/core";
import { grown, logCodec, merged, steps } from "./log.ts";
import { type Wrong, wrong } from "./mutant.ts";
import {
  dataOf,
  demands,
  grows,
  held,
  mergesBundles,
  puts,
  putsMasked,
  through,
  type Value,
  wrongLog,
} from "./wrong-log.ts";

/** A member of a bundle by its name, the later of two. */
const replaced = (value: Bundle, more: Bundle): Bundle =>
  new Bundle({ attrs: value.attrs, entries: [...new Map<string, Value>([...value.entries, ...more.entries])] });

const turned = (array: AnyArray): AnyArray => array.transpose().copy("C") as AnyArray;
const unmasked = (array: NdArray): never => zeros(array.dtype, array.shape) as never;

/** Appends that do not hold what they should. */
export const wrongAppends: readonly Wrong[] = [
  wrong("append declared, and there is none", "append/declared", { capabilities: { appendable: true } }),
  wrongLog("append there, and not declared", "append/declared", { capabilities: { appendable: false } }),
  wrongLog("the mask of what is added is dropped", "append/grows", {
    ...putsMasked((array) => (array.mask === nomask ? array : array.with({ mask: unmasked(array.mask as NdArray) }))),
  }),
  wrongLog("what is beneath the mask of what is added is gone", "append/grows", {
    ...putsMasked((array) =>
      array.dtype.kind === "float64" ? array.with({ data: array.filled(0) as NdArray }) : array,
    ),
  }),
  wrongLog("a mask that begins with what is added is forgotten", "append/grows", {
    ...grows((a, b) =>
      grown(a, isMaskedArray(a) && a.mask === nomask && isMaskedArray(b) ? b.with({ mask: nomask }) : b),
    ),
  }),
  wrongLog("rows are added in front", "append/grows", {
    ...grows((a, b) => {
      const joined = grown(isMaskedArray(a) && !isMaskedArray(b) ? a : b, a);
      return isMaskedArray(joined) && isMaskedArray(a) ? joined.with({ fillValue: a.fillValue }) : joined;
    }),
  }),
  wrongLog("grows along the wrong axis", "append/grows", {
    ...grows((a, b) => (a.ndim === 2 && a.shape[0] === b.shape[0] ? turned(grown(turned(a), turned(b))) : grown(a, b))),
  }),
  wrongLog("the last row that was there is overwritten", "append/grows", {
    ...grows((a, b) => grown(a.slice("0:-1").copy() as AnyArray, b)),
  }),
  wrongLog("attributes are those of what is added", "append/grows", {
    ...grows((a, b) => {
      const [joined, { attrs }] = [grown(a, b), headerOf(b)];
      return isMaskedArray(joined) ? joined.with({ data: joined.data.with({ attrs }) }) : joined.with({ attrs });
    }),
  }),
  wrongLog("append is done before its writes are", "append/grows", {
    ...through((file) => ({ write: async (offset, bytes) => void file.write(offset, bytes), sync: async () => {} })),
  }),
  wrongLog("added members are renamed", "append/adds", {
    ...puts((value) =>
      isBundle(value) ? new Bundle({ entries: [...value.entries].map(([n, m]) => [`${n}_1`, m]) }) : value,
    ),
  }),
  wrongLog("added members come in alphabetical order", "append/adds", {
    ...mergesBundles((value, more) => {
      const { attrs, entries } = merged(value, more) as Bundle;
      return new Bundle({ attrs, entries: [...entries].sort(([a], [b]) => (a < b ? -1 : 1)) });
    }),
  }),
  wrongLog("a member that is there is replaced by what is added", "append/adds", mergesBundles(replaced)),
  wrongLog("append declared, and whatever comes is refused", "append/something", {
    codec: {
      append: async () => {
        throw new CapabilityError("log", "append", "there is no room");
      },
    },
  }),
  wrongLog("another dtype is converted", "append/misfits-refused", {
    ...demands(async (file, value, options) => {
      const there = await held(file);
      const fits = !isBundle(there) && !isBundle(value) && there.shape.join() === value.shape.join();
      return fits ? (file.size as number) : await steps.demand(file, value, options);
    }),
    ...grows((a, b) => grown(a, dataOf(b).astype(a.dtype) as AnyArray)),
  }),
  wrongLog("the members that fit are added before one is refused", "append/misfits-refused", {
    codec: {
      async append(file, value, options) {
        if (!isBundle(value)) await logCodec.append?.(file, value, options);
        else
          for (const entry of value.entries) await logCodec.append?.(file, new Bundle({ entries: [entry] }), options);
      },
    },
  }),
  wrongLog("an array takes the place of a group", "append/misfits-refused", {
    ...demands(async (file, value, options) => {
      const there = await held(file);
      const clash =
        isBundle(there) &&
        isBundle(value) &&
        isBundle(there.entries.get("group") ?? there) &&
        value.entries.has("group");
      return clash && !isBundle(value.get("group")) ? (file.size as number) : await steps.demand(file, value, options);
    }),
    ...mergesBundles(replaced),
  }),
  wrongLog("a mask onto a plain array is dropped", "append/mask-onto-plain", {
    codec: {
      async append(file, value, options) {
        const there = await held(file);
        const plain = !isBundle(there) && !isMaskedArray(there) && !isBundle(value);
        await logCodec.append?.(file, plain ? dataOf(value) : value, options);
      },
    },
  }),
  wrongLog("the fill value is that of what was added last", "append/fill-value-stays", {
    ...grows((a, b) => {
      const joined = grown(a, b);
      return isMaskedArray(joined) && isMaskedArray(b) ? joined.with({ fillValue: b.fillValue }) : joined;
    }),
  }),
  wrongLog("the second append takes the place of the first", "append/twice", {
    ...demands(async (file, value, options) => {
      await steps.demand(file, value, options);
      const head = (await file.read(16, 11)).slice();
      return 16 + 11 + new DataView(head.buffer).getUint32(7, true);
    }),
  }),
  wrongLog("adding no rows adds one of zeros", "append/nothing", {
    ...puts((value) => {
      if (isBundle(value) || value.shape[0] !== 0) return value;
      return zeros(value.dtype, [1, ...value.shape.slice(1)]) as AnyArray;
    }),
  }),
  wrongLog("attributes of what was there are lost when something is added", "append/files-of-its-tools", {
    ...mergesBundles((value, more) => new Bundle({ entries: [...(merged(value, more) as Bundle).entries] })),
    config: {
      samples: {
        "a file with attributes": logCodec.encode(
          new Bundle({ entries: [["a", zeros("float64", [3]) as AnyArray]], attrs: new Map([["units", "K"]]) }),
        ) as Uint8Array,
      },
    },
  }),
];
