import { type Limits, quoteText, SourceError } from "@masquerade/core";
import { MessageWriter } from "../message/write.ts";
import { WireReader } from "../wire/reader.ts";
import type { NumberRun } from "./block-set.ts";
import {
  FAILURE,
  FORMAT,
  failureRules,
  messageRules,
  RECEIPT,
  REQUEST,
  receiptRules,
  requestRules,
  runRules,
  STREAM_VERSION,
} from "./tables.ts";

/** What the receiver of a stream says to its sender. */
export type Control =
  | {
      readonly kind: "request";
      /** The blocks wanted; undefined: all of them. */
      readonly runs: readonly NumberRun[] | undefined;
    }
  | { readonly kind: "receipt"; readonly blocks: number; readonly digest: number };

const writer = (): MessageWriter => new MessageWriter(FORMAT, { mask: "packed", dropHidden: false });

/** A request: for all blocks, or for the runs given. */
export function requestMessage(runs?: readonly NumberRun[]): Uint8Array {
  const out = writer();
  out.within(REQUEST, () => {
    out.number(1, STREAM_VERSION);
    for (const { first, count } of runs ?? [])
      out.within(2, () => {
        out.number(1, first);
        out.number(2, count);
      });
    if (runs !== undefined && runs.length === 0) out.number(3, 1);
  });
  return out.finish();
}

export function receiptMessage(blocks: number, digest: number): Uint8Array {
  const out = writer();
  out.within(RECEIPT, () => {
    out.bits(1, BigInt(blocks));
    out.fixed32(2, digest);
  });
  return out.finish();
}

export function failureMessage(code: string, message: string): Uint8Array {
  const out = writer();
  out.within(FAILURE, () => {
    out.name(1, code);
    out.name(2, quoteText(message, 400));
  });
  return out.finish();
}

/** A message from the receiver. Throws FormatError for anything else, SourceError for a failure. `at`: where it begins. */
export function readControl(message: Uint8Array, limits: Limits, at = 0): Control {
  const reader = new WireReader(message, FORMAT, limits, at);
  let control: Control | undefined;
  reader.fields("a message", messageRules, message.length, (field) => {
    if (control !== undefined) throw reader.fail("a message is two things at once");
    if (field === REQUEST) control = readRequest(reader);
    else if (field === RECEIPT) control = readReceipt(reader);
    else if (field === FAILURE) throw readFailure(message, limits, at);
    else throw reader.fail("a message comes that no receiver sends", 0);
  });
  if (control === undefined) throw reader.fail("a message is nothing at all", 0);
  return control;
}

function readRequest(reader: WireReader): Control {
  let version = 0;
  let only = false;
  const runs: NumberRun[] = [];
  reader.message("a request", requestRules, (field) => {
    if (field === 1) version = reader.number();
    else if (field === 3) only = reader.boolean("only_runs");
    else {
      if (runs.length >= reader.limits.maxObjects) throw reader.limit("maxObjects", "runs in a request");
      let first = 0;
      let count = 0;
      reader.message("a run of blocks", runRules, (inner) => {
        if (inner === 1) first = reader.number();
        else count = reader.number();
      });
      runs.push({ first, count });
    }
  });
  if (version !== STREAM_VERSION) throw reader.fail(`version ${version} of streams is asked for`);
  return { kind: "request", runs: runs.length === 0 && !only ? undefined : runs };
}

function readReceipt(reader: WireReader): Control {
  let blocks: number | undefined;
  let digest: number | undefined;
  reader.message("a receipt", receiptRules, (field) => {
    if (field === 1) blocks = Number(reader.fixed64());
    else digest = reader.fixed32();
  });
  if (blocks === undefined || digest === undefined) throw reader.fail("a receipt lacks its blocks or its digest");
  return { kind: "receipt", blocks, digest };
}

/** What the other side says when it gives up, as an error of this side. */
export function readFailure(message: Uint8Array, limits: Limits, at = 0): SourceError {
  const reader = new WireReader(message, FORMAT, limits, at);
  let code = "";
  let text = "";
  reader.fields("a message", { 9: messageRules[9] as (typeof messageRules)[number] }, message.length, () =>
    reader.message("a failure", failureRules, (field) => {
      if (field === 1) code = reader.text("a failure's code");
      else text = reader.text("a failure's message");
    }),
  );
  return new SourceError("SOURCE_IO", `the other side gave up: ${quoteText(code, 40)}: ${quoteText(text, 300)}`);
}
