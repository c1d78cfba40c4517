import {
  type AnyArray,
  Bundle,
  difference,
  fromBytes,
  isBundle,
  isMaskedArray,
  MaskedArray,
  type NdArray,
  type OpenFile,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { memoryFile } from "../memory-file.ts";
import {
  type Append,
  adding,
  anAppend,
  anyKind,
  append,
  appended,
  dict,
  growing,
  joined,
  ofAnotherKind,
  refuses,
  same,
  square,
  untouched,
  type Value,
  written,
} from "./appending.ts";
import { defineLaw } from "./define.ts";

const since = "1.2.0";
const needs = ["appendable"] as const;

/** Holds a file that was appended to: it is what was wanted, decoded and opened, and still known for what it is. */
async function holds(s: Subject, { what, want }: Append, bytes: Uint8Array): Promise<void> {
  const expected = await written(s, want);
  const read = s.config.describeFor?.(want);
  const after = await s.decode(bytes, read);
  const how = difference(expected, after);
  check(how === undefined, `${what}: the file then holds another array: ${how}`);
  if (s.format.capabilities.selfDescribing)
    check(s.format.sniff(bytes.subarray(0, 4096)) !== "no", `${what}: sniff says "no" to the file`);
  if (s.codec.open === undefined || isBundle(after)) return;
  const file = (await s.codec.open(fromBytes(bytes), { ...s.config.readOptions, ...read })) as OpenFile;
  const opened = difference(after, await file.array().read());
  await file[Symbol.asyncDispose]();
  check(opened === undefined, `${what}: opened, the file holds another array: ${opened}`);
}

/** What must be refused, of a file of one array or of several. */
function* misfits(s: Subject): Generator<Omit<Append, "want">> {
  const { capabilities } = s.format;
  const kind = anyKind(s);
  const before = square(s, kind, "plain", 11) as NdArray;
  const other = ofAnotherKind(s, [3, 3]);
  const wrong: (readonly [string, AnyArray])[] = [
    ["rows of another length", square(s, kind, "plain", 12, [3, 4])],
    ["an array of another number of dimensions", square(s, kind, "plain", 13, [3])],
    ["an array of no dimensions", square(s, kind, "plain", 14, [])],
    ...(other === undefined ? [] : [["an array of another dtype", other] as const]),
  ];
  for (const [what, more] of wrong) yield { what, before, more };
  if (!capabilities.bundle) return;
  const good = square(s, kind, "plain", 15, [2]);
  const two = dict(["one", before], ["two", good]);
  for (const [what, more] of wrong)
    yield { what: `a good member and ${what}`, before: two, more: dict(["new", good], ["one", more]) };
  if (!capabilities.nested) return;
  const nested = dict(["one", before], ["group", dict(["x", good])]);
  yield { what: "an array by the name of a group", before: nested, more: dict(["group", before]) };
  yield { what: "a group by the name of an array", before: nested, more: dict(["one", dict(["x", good])]) };
}

export const appendLaws: readonly Law[] = [
  defineLaw(
    "append/declared",
    "append exists exactly where appendable is declared.",
    async ({ format, codec }) => {
      const there = codec.append !== undefined;
      check(
        there === format.capabilities.appendable,
        `appendable is ${format.capabilities.appendable}, append is ${there ? "there" : "missing"}`,
      );
    },
    { since },
  ),
  defineLaw(
    "append/grows",
    "An array added to a file of one makes it longer by exactly that – values, mask, what is beneath it, fill value, attributes –, or it is refused and the file is as it was.",
    async (s) => {
      for (const one of growing(s)) {
        const { file, refused } = await appended(s, one);
        if (refused === undefined) await holds(s, one, file.bytes());
      }
    },
    { since, needs },
  ),
  defineLaw(
    "append/adds",
    "Arrays added to a file of several are there by their names, after those that were there and are the same bit by bit; or they are refused and the file is as it was.",
    async (s) => {
      for (const one of adding(s)) {
        const { file, refused } = await appended(s, one);
        if (refused === undefined) await holds(s, one, file.bytes());
      }
    },
    { since, needs: ["appendable", "bundle"] },
  ),
  defineLaw(
    "append/something",
    "A format that declares appendable takes an append of some sort: arrays grow, or others are added.",
    async (s) => {
      check((await anAppend(s)) !== undefined, "every append was refused");
    },
    { since, needs },
  ),
  defineLaw(
    "append/misfits-refused",
    "What does not fit – another dtype, another shape, a group for an array – is refused with a typed error before a byte is written, together with all that came with it.",
    async (s) => {
      for (const one of misfits(s)) {
        if (refuses(s, one.more) || refuses(s, one.before)) continue;
        const { refused } = await appended(s, one);
        check(refused !== undefined, `${one.what} was taken`);
      }
    },
    { since, needs },
  ),
  defineLaw(
    "append/mask-onto-plain",
    "A masked array added to a plain one is refused, or the file is masked afterwards: the mask is not dropped.",
    async (s) => {
      const [before, more] = [square(s, anyKind(s), "plain", 11) as NdArray, square(s, anyKind(s), "some", 21)];
      const { file, refused } = await appended(s, { what: "a mask onto a plain array", before, more });
      if (refused !== undefined) return;
      const want = joined(new MaskedArray({ data: before }), more) as MaskedArray;
      const after = await s.decode(file.bytes(), s.config.describeFor?.(want));
      check(!isBundle(after) && isMaskedArray(after), "the mask of what was added is gone");
      check(same(after.maskArray().toBytes("C"), want.maskArray().toBytes("C")), "the mask is another one");
    },
    { since, needs: ["appendable", "mask"] },
  ),
  defineLaw(
    "append/fill-value-stays",
    "The fill value of what was there stays, whatever that of what is added, or the append is refused.",
    async (s) => {
      const before = square(s, anyKind(s), "some", 11) as MaskedArray;
      const more = square(s, anyKind(s), "some", 21) as MaskedArray;
      const first = more.data.slice("0:1, 0:1").reshape([]).copy() as NdArray;
      for (const [what, fillValue] of [
        ["no fill value", undefined],
        ["another fill value", first],
      ] as const) {
        const one = { what, before, more: more.with({ fillValue }) };
        const { file, refused } = await appended(s, one);
        if (refused === undefined) await holds(s, { ...one, want: joined(before, more) }, file.bytes());
      }
    },
    { since, needs: ["appendable", "mask", "fillValue"] },
  ),
  defineLaw(
    "append/twice",
    "Adding twice gives what adding both at once gives.",
    async (s) => {
      const one = await anAppend(s);
      if (one === undefined) return;
      const { file } = await appended(s, one);
      const again = isBundle(one.more) ? renamed(one.more) : one.more;
      const refused = await failureOf(() => append(s, file, again));
      check(refused === undefined, `the second append was refused: ${told(refused)}`);
      const want = isBundle(one.want)
        ? dict(...one.want.entries, ...(again as Bundle).entries)
        : joined(one.want, again as AnyArray);
      await holds(s, { ...one, what: `${one.what}, twice`, want }, file.bytes());
    },
    { since, needs },
  ),
  defineLaw(
    "append/nothing",
    "Adding no rows, or no arrays, changes nothing of what the file holds.",
    async (s) => {
      const before = square(s, anyKind(s), "some", 11);
      const cases: (readonly [Value, Value])[] = [[before, before.slice("0:0").copy() as AnyArray]];
      if (s.format.capabilities.bundle)
        cases.push([dict(["one", before], ["two", before]), new Bundle({ entries: [] })]);
      for (const [there, more] of cases) {
        const one = { what: isBundle(more) ? "no arrays" : "no rows", before: there, more, want: there };
        const { file, refused } = await appended(s, one);
        if (refused === undefined) await holds(s, one, file.bytes());
      }
    },
    { since, needs },
  ),
  defineLaw(
    "append/files-of-its-tools",
    "To a file of the format's own tools an array is added and the others stay the same bit by bit; or it is refused and the file is as it was.",
    async (s) => {
      for (const [name, bytes] of Object.entries(s.config.samples ?? {})) {
        const there = await s.decode(bytes);
        const file = memoryFile(bytes);
        const more = square(s, anyKind(s), "plain", 11);
        const error = await failureOf(() => append(s, file, dict(["added by the suite", more])));
        if (error !== undefined) {
          untouched(name, file, bytes, error);
          continue;
        }
        const after = await s.decode(file.bytes());
        check(isBundle(after), `${name}: what was added is not there`);
        const how = difference(
          await written(s, dict(["added by the suite", more])),
          dict(["added by the suite", after.get("added by the suite")]),
        );
        check(how === undefined, `${name}: what was added is another array: ${how}`);
        const old = [...after.entries].filter(([one]) => one !== "added by the suite");
        const kept = isBundle(there)
          ? difference(
              withoutOrder(there),
              withoutOrder(new Bundle({ kind: after.kind, attrs: after.attrs, entries: old, keys: after.keys })),
            )
          : difference(there, old[0]?.[1] as Value);
        check(
          kept === undefined && (isBundle(there) || old.length === 1),
          `${name}: what was there is another array: ${kept}`,
        );
      }
    },
    {
      since,
      needs: ["appendable", "bundle"],
      unless: (_, config) =>
        Object.keys(config.samples ?? {}).length > 0
          ? undefined
          : "no files of the format's own tools were given (samples)",
    },
  ),
];

/** A bundle whose keys say only what was no string: where a key stands among the attributes is told by all of them, or by none. */
const withoutOrder = (bundle: Bundle): Bundle =>
  new Bundle({
    kind: bundle.kind,
    attrs: bundle.attrs,
    entries: [...bundle.entries],
    keys: new Map([...bundle.keys].filter(([name, key]) => name !== key)),
  });

/** The same members by other names. */
const renamed = (bundle: Bundle): Bundle =>
  dict(...[...bundle.entries].map(([name, member]) => [`${name} again`, member as Value] as const));
