import type { Reply, Request } from "../worker/protocol.ts";

/** One conversation with the library: nobody else's requests come between. */
export interface Conversation {
  ask(request: Request): Promise<Extract<Reply, { ok: true }>["value"]>;
}

/** How long a conversation may take. */
export interface Patience {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds for all of it, from when its turn comes. */
  readonly milliseconds: number;
}

/** Has `talk` talk to the library about one file. */
export type Converse = <V>(patience: Patience, talk: (conversation: Conversation) => Promise<V>) => Promise<V>;
