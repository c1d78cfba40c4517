import { isMasqueradeError, UnsafeContentError } from "@masquerade/core";
import { type Emulator, type EmulatorTable, PickleInstance } from "@masquerade/pickle";

/** What to do with objects that are none of NumPy's: refuse the file, or leave them out and say so in their place. */
export type Unreadable = "refuse" | "skip";

/** The text that stands for an object that was left out, as `<pandas.DataFrame, not read>`. */
export const unreadText = (module: string, name: string): string => `<${module}.${name}, not read>`;
/** Whether a text is one of {@link unreadText}. */
export const isUnread = (value: unknown): value is string =>
  typeof value === "string" && /^<.*, not read>$/s.test(value);

/** An object of a foreign class: whatever state it is given is dropped. Nothing of it is looked up or run. */
class Unread extends PickleInstance {
  readonly parts: unknown[] = [];
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override build(): void {}
  override setItem(): void {}
  override append(): void {}
  finish(): string {
    return this.text;
  }
}

/** Names that lead to another format are never left out: the file belongs to that format. */
const ANOTHER = /^joblib\.numpy_pickle\n|^numpy\.core\.fromnumeric\nreshape$/;

/** A table that takes every name: those it does not know make objects that are left out. */
class Tolerant extends Map<string, Emulator> {
  override get(key: string): Emulator | undefined {
    const known = super.get(key);
    if (known !== undefined || ANOTHER.test(key)) return known;
    const [module = "", name = ""] = key.split("\n");
    const text = unreadText(module, name);
    const make = (): Unread => new Unread(text);
    return { reduce: make, create: make, value: text };
  }
}

/** `table` for the option `unreadable`. */
export function withUnreadable(table: EmulatorTable, unreadable: Unreadable | undefined): EmulatorTable {
  return unreadable === "skip" ? new Tolerant(table) : table;
}

/** A refusal of a foreign name that tells about the options there are; any other error as it is. */
export function withAdvice(e: unknown, format: string): unknown {
  if (!isMasqueradeError(e, "UNSAFE_GLOBAL") || !(e instanceof UnsafeContentError)) return e;
  const { offset, module, global } = e;
  if (module === undefined || global === undefined) return e;
  const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return new UnsafeContentError(
    "UNSAFE_GLOBAL",
    format,
    `the file names ${shown(module)} ${shown(global)}, which is not NumPy's; nothing was run. ` +
      'The option unreadable "skip" (masq: --unreadable skip) leaves such objects out and reads the rest; "allow" takes an emulator for it',
    { offset, module, global },
  );
}
