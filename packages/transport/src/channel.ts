import type { Due } from "@masquerade/adapter-protobuf/blocks";
import { SourceError } from "@masquerade/core";

/** Both directions of a connection, message by message. */
export interface Channel {
  /** What the other side is called in messages. */
  readonly peer: string;
  /** Sends one message, given in pieces. Settles when there is room for more: this is the back-pressure. Throws SourceError when the connection has ended. */
  send(parts: readonly Uint8Array[]): Promise<void>;
  /** The next message, no longer than is due (`tooLong` makes the error for one that is), whose memory is the receiver's from now on; undefined when the other side has ended. Throws SourceError, LimitError, AbortedError. */
  next(due: Due, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Sends what is still waiting and ends the connection. Never throws. */
  close(): Promise<void>;
  /** Ends the connection at once. */
  destroy(): void;
}

/** The error of a connection that ended, or went silent, before a transfer was complete. */
export function cut(peer: string, what: string, cause?: unknown): SourceError {
  return new SourceError("SOURCE_CLOSED", `the connection with ${peer} ended ${what}`, { cause });
}
