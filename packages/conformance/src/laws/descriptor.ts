import { isMasqueradeError, type Sniff } from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { random } from "../samples/random.ts";

const law = (id: Law["id"], sentence: string, run: Law["run"], needs: Law["needs"] = []): Law => ({
  id,
  since: "1.0.0",
  law: sentence,
  needs,
  run,
});

export const descriptorLaws: readonly Law[] = [
  law(
    "descriptor/well-formed",
    "A descriptor has an id, a title, extensions that start with a dot, media types, and options that describe themselves.",
    async ({ format }) => {
      check(/^[a-z][a-z0-9-]*$/.test(format.id), `id "${format.id}" is not lower case letters, digits and dashes`);
      check(format.title !== "", "there is no title");
      for (const e of format.extensions)
        check(/^\.[a-z0-9.]+$/.test(e), `extension "${e}" is not a dot and lower case letters`);
      for (const m of format.mediaTypes) check(/^[a-z]+\/[\w.+-]+$/.test(m), `"${m}" is no media type`);
      for (const schema of [format.options.read, format.options.write])
        for (const [name, spec] of Object.entries(schema))
          check(spec.about.length > 10, `option ${name} does not say what it is about`);
      check(
        new Set(format.capabilities.kinds).size === format.capabilities.kinds.length &&
          format.capabilities.kinds.length > 0,
        "kinds is empty or lists one twice",
      );
    },
  ),
  law(
    "descriptor/lazy-flags",
    "open and create exist exactly where lazy and streamed are declared.",
    async ({ format, codec }) => {
      check(
        (codec.open !== undefined) === format.capabilities.lazy,
        `lazy is ${format.capabilities.lazy}, open is ${codec.open === undefined ? "missing" : "there"}`,
      );
      check(
        (codec.create !== undefined) === format.capabilities.streamed,
        `streamed is ${format.capabilities.streamed}, create is ${codec.create === undefined ? "missing" : "there"}`,
      );
    },
  ),
  law("descriptor/timing", "encode and decode of a sync format return values, of an async one promises.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const encoded: unknown = s.codec.encode(sample, s.config.writeOptions as never);
    check(
      encoded instanceof Promise === (s.format.timing === "async"),
      `timing is ${s.format.timing}, encode returned ${encoded instanceof Promise ? "a promise" : "a value"}`,
    );
    await encoded;
  }),
  law(
    "sniff/own-output",
    "A format knows its own files.",
    async (s) => {
      const bytes = await s.encode(plainSample(s.format.capabilities));
      const answer: Sniff = s.format.sniff(bytes.subarray(0, 4096));
      check(answer !== "no", 'sniff says "no" to the format\'s own output');
      for (const [name, sample] of Object.entries(s.config.samples ?? {}))
        check(s.format.sniff(sample.subarray(0, 4096)) !== "no", `sniff says "no" to ${name}`);
    },
    ["selfDescribing"],
  ),
  law("sniff/never-throws", "sniff takes any bytes, however few, and throws at none.", async (s) => {
    const rnd = random(3);
    const bytes = await s.encode(plainSample(s.format.capabilities));
    const heads = [0, 1, 2, 3, 4, 8, 100, 4096].map((n) => rnd.fill(new Uint8Array(n)));
    for (let n = 0; n <= Math.min(bytes.length, 200); n++) heads.push(bytes.subarray(0, n));
    for (const head of heads) {
      const error = await failureOf(() =>
        check(["yes", "maybe", "no"].includes(s.format.sniff(head)), "sniff gave something else than yes, maybe or no"),
      );
      check(error === undefined, `sniff of ${head.length} bytes: ${told(error)}`);
    }
  }),
  law("sniff/not-greedy", "sniff says yes to no other format's files, nor to random bytes, nor to none.", async (s) => {
    const rnd = random(5);
    check(s.format.sniff(new Uint8Array(0)) !== "yes", "sniff claims an empty file");
    for (let k = 0; k < 200; k++)
      check(s.format.sniff(rnd.fill(new Uint8Array(1 + rnd.below(600)))) !== "yes", "sniff claims random bytes");
    for (const [name, sample] of Object.entries(s.config.foreign ?? {}))
      check(s.format.sniff(sample.subarray(0, 4096)) !== "yes", `sniff claims ${name}, which is another format's`);
  }),
  law(
    "options/unknown-refused",
    "An option the format does not have is refused when writing and when reading.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const writing = await failureOf(() => s.encode(sample, { noSuchOption: 1 } as object));
      check(isMasqueradeError(writing, "OPTION_UNKNOWN"), `encode took an unknown option: ${told(writing)}`);
      const bytes = await s.encode(sample);
      const reading = await failureOf(() =>
        s.decode(bytes, { ...s.config.describeFor?.(sample), noSuchOption: 1 } as object),
      );
      check(isMasqueradeError(reading, "OPTION_UNKNOWN"), `decode took an unknown option: ${told(reading)}`);
    },
  ),
  law("options/wrong-value-refused", "A value an option cannot take is refused.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    for (const [name, spec] of Object.entries(s.format.options.write)) {
      if (spec.codeOnly === true) continue;
      const wrong = { [name]: spec.type === "boolean" ? "yes" : { not: "a value" } };
      const error = await failureOf(() => s.encode(sample, wrong as object));
      check(isMasqueradeError(error, "OPTION_INVALID"), `${name}: a wrong value gave ${told(error)}`);
    }
  }),
  law("abort/decode", "A signal that has fired ends encode and decode with ABORTED.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    const signal = AbortSignal.abort();
    const reading = await failureOf(() => s.decode(bytes, { ...s.config.describeFor?.(sample), signal }));
    check(isMasqueradeError(reading, "ABORTED"), `decode: ${told(reading)}`);
    const writing = await failureOf(() => s.encode(sample, { signal }));
    check(isMasqueradeError(writing, "ABORTED"), `encode: ${told(writing)}`);
  }),
];
