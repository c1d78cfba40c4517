import { Worker } from "node:worker_threads";
import { AbortedError, FormatError, LimitError } from "@masquerade/core";
import type { Conversation, Converse, Patience } from "../read/conversation.ts";
import type { Reply, Request } from "../worker/protocol.ts";

/** A worker and when it can be talked to. */
interface Library {
  readonly worker: Worker;
  readonly ready: Promise<unknown>;
}

let library: Library | undefined;
let turn: Promise<unknown> = Promise.resolve();

function start(): Library {
  // Not the caller's flags: a worker of a library needs none of them.
  const worker = new Worker(new URL("./worker.js", import.meta.url), { execArgv: [] });
  const ready = new Promise((resolve) => worker.once("message", resolve));
  // A process that has nothing else to do ends.
  worker.unref();
  return { worker, ready };
}

/**
 * Talks to HDF5's library in a worker, which is reused from file to file and replaced after it crashed, ran past its deadline or was
 * aborted. Throws FormatError, LimitError (also for the deadline: maxMilliseconds) and AbortedError.
 */
export const converse: Converse = (patience, talk) => {
  const mine = turn.then(() => hold(patience, talk));
  turn = mine.catch(() => {});
  return mine;
};

async function hold<V>({ signal, milliseconds }: Patience, talk: (one: Conversation) => Promise<V>): Promise<V> {
  if (signal?.aborted) throw new AbortedError(signal.reason);
  library ??= start();
  const mine = library;
  const { worker } = mine;
  let broken = false;
  let over: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    over = (error) => {
      broken = true;
      reject(error);
    };
  });
  ended.catch(() => {});
  const late = (): void => {
    over(new LimitError("maxMilliseconds", `reading took more than ${milliseconds} ms`, { format: "hdf5" }));
  };
  const abort = (): void => over(new AbortedError(signal?.reason));
  const crash = (cause: unknown): void => over(crashed(cause));
  signal?.addEventListener("abort", abort);
  worker.on("error", crash);
  worker.on("exit", crash);
  worker.ref();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    // Starting a worker is not the file's time.
    await Promise.race([ended, mine.ready]);
    timer = setTimeout(late, milliseconds);
    return await talk({ ask: (request) => Promise.race([ended, askOne(worker, request, over)]) });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    worker.off("error", crash);
    worker.off("exit", crash);
    worker.unref();
    // What the library refuses leaves it in order; a crash, a deadline or an abort in its midst does not promise that.
    if (!broken) worker.postMessage({ ask: "close" } satisfies Request);
    else if (library === mine) {
      library = undefined;
      void worker.terminate();
    }
  }
}

function crashed(cause: unknown): FormatError {
  return new FormatError("FORMAT_MALFORMED", "hdf5", "HDF5's library failed on this file", { cause });
}

function askOne(
  worker: Worker,
  request: Request,
  over: (error: Error) => void,
): Promise<Extract<Reply, { ok: true }>["value"]> {
  return new Promise((resolve, reject) => {
    worker.once("message", (reply: Reply) => {
      if (reply.ok) resolve(reply.value);
      else if (reply.reason === "crashed") over(crashed(reply.text));
      else if (reply.reason === "limit")
        reject(new LimitError(reply.limit ?? "maxBytes", reply.text, { format: "hdf5" }));
      else reject(new FormatError("FORMAT_MALFORMED", "hdf5", reply.text));
    });
    worker.postMessage(request);
  });
}
