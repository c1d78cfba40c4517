import { isMasqueradeError } from "@masquerade/core";
import { UsageError } from "./failure.ts";
import { emit, type Io } from "./io.ts";
import { bytesOf, dtypeOf, languages, wishesOf } from "./wishes.ts";

interface Question {
  readonly ask: string;
  /** The words of --for that an answer means. Throws UsageError for an answer that means nothing. */
  readonly words: (answer: string) => readonly string[];
}

const yes = (ask: string, word: string): Question => ({
  ask: `${ask} [y/N]`,
  words: (answer) => {
    if (/^(|n|no)$/i.test(answer)) return [];
    if (/^(y|yes)$/i.test(answer)) return [word];
    throw new UsageError("please answer y or n");
  },
});

function questions(): readonly Question[] {
  return [
    {
      ask: `Which languages must read it with their usual tools? (${languages().join(", ")}; Enter for none)`,
      words: (answer) => {
        const given = answer.split(/[\s,]+/).filter((word) => word !== "");
        wishesOf(given);
        return given;
      },
    },
    yes("Will it come from, or go to, people you do not trust?", "untrusted"),
    yes("Must a person be able to read it in an editor?", "readable"),
    {
      ask: "How large are the data? (as 300MB; Enter if you do not know)",
      words: (answer) =>
        answer === "" ? [] : [`size=${answer.replace(/\s/g, "")}`].filter(() => bytesOf(answer) >= 0),
    },
    {
      ask: "Of what dtype? (as float32, <i8, datetime64[s]; Enter for float64)",
      words: (answer) => (answer === "" ? [] : [`dtype=${answer}`].filter(() => dtypeOf(answer) !== undefined)),
    },
    yes("Is it masked?", "masked"),
    yes("Must the values beneath the mask survive?", "hidden"),
    yes("Several named arrays in one file?", "several"),
    yes("Will parts be read without the whole?", "lazy"),
    yes("Will data be added later?", "append"),
    yes("Should it be compressed?", "compressed"),
    yes("Must it work in browsers?", "browser"),
    {
      ask: "What counts more, small files or speed? [small/fast/N]",
      words: (answer) => {
        if (/^(|n|no)$/i.test(answer)) return [];
        if (/^(small|fast)$/i.test(answer)) return [answer.toLowerCase()];
        throw new UsageError("please answer small, fast or n");
      },
    },
  ];
}

/** Asks on stderr, a line for an answer; what means nothing is asked again. An end of input answers the rest with Enter. */
export async function interview(io: Io): Promise<string[]> {
  const lines = linesOf(io.stdin);
  const given: string[] = [];
  for (const { ask, words } of questions())
    for (;;) {
      await emit(io.stderr, `${ask} `);
      const { value, done } = await lines.next();
      if (done === true) await emit(io.stderr, "\n");
      try {
        given.push(...words(done === true ? "" : value.trim()));
        break;
      } catch (error) {
        if (!(error instanceof UsageError) && !isMasqueradeError(error)) throw error;
        await emit(io.stderr, `${error.message}\n`);
      }
    }
  await lines.return(undefined);
  return given;
}

async function* linesOf(stdin: Io["stdin"]): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stdin) {
    rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const parts = rest.split(/\r?\n/);
    rest = parts.pop() as string;
    yield* parts;
  }
  if (rest !== "") yield rest;
  return undefined;
}
