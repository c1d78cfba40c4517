import type { Block, ByteSink, FileWriter } from "@masquerade/core";
import { good, type Wrong, wrong } from "./mutant.ts";

type Create = NonNullable<typeof good.create>;
const create = async (...args: Parameters<Create>): Promise<FileWriter> => (await good.create?.(...args)) as FileWriter;

/** Writers in which two that write at once share what they hold. */
function remembering(): Create {
  let held: Block[] = [];
  return async (sink, plan, options) => {
    const file = await create(sink, plan, options);
    held = [];
    return {
      planes: file.planes,
      write: async (block) => void held.push({ ...block, value: block.value.copy() }),
      finish: async () => {
        for (const block of held) await file.write(block);
        await file.finish();
      },
      abort: () => file.abort(),
    };
  };
}

/** Adapters whose writers are right for one file, one sink, and one end. */
export const wrongStreams: readonly Wrong[] = [
  wrong("two files written at once share their blocks", "stream/two-at-once", { create: remembering() }),
  wrong("blocks are kept, not copied", "stream/blocks-are-the-callers", {
    create: async (sink, plan, options) => {
      const file = await create(sink, plan, options);
      const held: Block[] = [];
      return {
        planes: file.planes,
        write: async (block) => void held.push(block),
        finish: async () => {
          for (const block of held) await file.write(block);
          await file.finish();
        },
        abort: () => file.abort(),
      };
    },
  }),
  wrong("every sink is taken for one that can go back", "stream/sink-that-only-appends", {
    create: async (sink, plan, options) => {
      const file = await create(sink, plan, options);
      return {
        ...file,
        finish: async () => {
          await sink.write(new Uint8Array(0));
          if (sink.position === 0) await (sink as Required<ByteSink>).writeAt(0, new Uint8Array(0));
          await file.finish();
        },
      };
    },
  }),
  wrong("a block after the end is taken", "stream/after-the-end", {
    create: async (sink, plan, options) => {
      const file = await create(sink, plan, options);
      let ended = false;
      return {
        ...file,
        write: async (block) => {
          if (!ended) await file.write(block);
        },
        finish: async () => {
          ended = true;
          await file.finish();
        },
      };
    },
  }),
];
