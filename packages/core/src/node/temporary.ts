import { unlinkSync } from "node:fs";

/** Temporary files that should not outlive the process. While there are any, and only then, the process is listened to. */
const files = new Set<string>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function removeAll(): void {
  for (const file of files) {
    try {
      unlinkSync(file);
    } catch {
      // Gone already, or not ours to remove any more: nothing is left to try at this point.
    }
  }
  files.clear();
}

function onSignal(signal: NodeJS.Signals): void {
  // A program that listens itself may well finish what it is writing; if it exits instead, removeAll is called then.
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  unlisten();
  // What the signal would have done without us.
  process.kill(process.pid, signal);
}

function unlisten(): void {
  process.off("exit", removeAll);
  for (const signal of signals) process.off(signal, onSignal);
}

/** Has a file removed, as well as can be, if the process ends before {@link forgetTemporary}. */
export function rememberTemporary(file: string): void {
  if (files.size === 0) {
    process.on("exit", removeAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  files.add(file);
}

/** The file was renamed or removed. */
export function forgetTemporary(file: string): void {
  if (files.delete(file) && files.size === 0) unlisten();
}
