import { spawn } from "node:child_process";
import { CapabilityError, OptionError, SourceError } from "@masquerade/core";
import { FORMAT } from "../forms.ts";

/**
 * How the file is locked. Every method but "none" is flock(2), which Python's `fcntl.flock` and so mmappickle respect: "koffi" calls it in
 * this process (optional dependency koffi), "flock" runs util-linux's `flock` on the open file, "auto" takes the first that is there.
 */
export type LockMethod = "auto" | "koffi" | "flock" | "none";

export interface Locker {
  /** Waits until the open file is locked. Throws SourceError SOURCE_IO after `timeout` milliseconds. */
  lock(fd: number, shared: boolean, timeout: number): Promise<void>;
  unlock(fd: number): Promise<void>;
}

const METHODS: readonly string[] = ["auto", "koffi", "flock", "none"];

/** The locker asked for. Throws CapabilityError (locking) when there is none on this machine. */
export async function locker(method: LockMethod = "auto"): Promise<Locker> {
  if (!METHODS.includes(method))
    throw new OptionError("OPTION_INVALID", `lock is one of ${METHODS.join(", ")}`, "lock");
  if (method === "none") return { lock: async () => {}, unlock: async () => {} };
  const found = method === "flock" ? undefined : await byKoffi();
  if (found !== undefined) return found;
  if (method !== "koffi" && (await hasFlock())) return byProgram;
  throw new CapabilityError(
    FORMAT,
    "locking",
    `cannot lock files as Python does: install ${method === "flock" ? "" : "the package koffi, or "}util-linux's flock, or vouch with lock: "none" that nobody else writes`,
  );
}

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
/** Longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 4;

function timedOut(timeout: number): SourceError {
  return new SourceError(
    "SOURCE_IO",
    `another process has held the lock for ${timeout} ms; raise lockTimeout to wait longer`,
  );
}

let koffiLocker: Locker | undefined;

/** libc's flock through koffi. A call that waits would stop this process, perhaps for ever: so it asks again and again. */
async function byKoffi(): Promise<Locker | undefined> {
  if (koffiLocker !== undefined) return koffiLocker;
  try {
    const { default: koffi } = await import("koffi");
    const flock = koffi.load(null).func("int flock(int fd, int operation)") as (
      fd: number,
      operation: number,
    ) => number;
    const { EAGAIN, EINTR } = koffi.os.errno as { readonly [name: string]: number };
    koffiLocker = {
      async lock(fd, shared, timeout) {
        const until = performance.now() + timeout;
        for (let attempt = 0; flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) !== 0; attempt++) {
          const errno = koffi.errno();
          if (errno !== EAGAIN && errno !== EINTR)
            throw new SourceError("SOURCE_IO", `the file system cannot lock the file (error ${errno})`);
          if (performance.now() > until) throw timedOut(timeout);
          const pause = Math.min(attempt / 8, LONGEST_PAUSE);
          await new Promise<void>((done) => (pause < 1 ? setImmediate(done) : setTimeout(done, pause)));
        }
      },
      async unlock(fd) {
        flock(fd, LOCK_UN);
      },
    };
    return koffiLocker;
  } catch {
    // Not installed, or no library for this machine.
    return undefined;
  }
}

/** Exit code that the program is told to give when time is up. */
const TIME_UP = 75;

/** The lock belongs to the open file, which the program inherits: it stays when the program ends. */
const byProgram: Locker = {
  async lock(fd, shared, timeout) {
    const code = await run([shared ? "-s" : "-x", "-w", String(timeout / 1000), "-E", String(TIME_UP), "3"], fd);
    if (code === TIME_UP) throw timedOut(timeout);
    if (code !== 0)
      throw new SourceError("SOURCE_IO", `the file system cannot lock the file (flock ended with ${code})`);
  },
  async unlock(fd) {
    await run(["-u", "3"], fd);
  },
};

async function hasFlock(): Promise<boolean> {
  return await run(["--version"], undefined).then(
    (code) => code === 0,
    () => false,
  );
}

async function run(args: readonly string[], fd: number | undefined): Promise<number> {
  return await new Promise((resolve, reject) => {
    const stdio = fd === undefined ? "ignore" : (["ignore", "ignore", "ignore", fd] as const);
    const child = spawn("flock", args, { stdio: stdio as "ignore" });
    child.on("error", (cause) => reject(new SourceError("SOURCE_IO", "cannot run flock", { cause })));
    child.on("close", (code) => resolve(code ?? -1));
  });
}
