import { bytesKey, Memo, type MemoKey, textKey } from "./encode-memo.ts";
import { type BytesNode, type GlobalNode, latin1Text, type PickleNode } from "./encode-nodes.ts";
import { type OpcodeWriter, op } from "./encode-writer.ts";

const ENCODE: GlobalNode = { kind: "global", module: "_codecs", name: "encode" };
const BYTES: GlobalNode = { kind: "global", module: "builtins", name: "bytes" };

/** Writes what has no parts, and all that the memo already knows. */
export class AtomWriter {
  readonly #out: OpcodeWriter;
  readonly #memo: Memo = new Memo();

  constructor(out: OpcodeWriter) {
    this.#out = out;
  }

  /** Writes `node` and returns true, or returns false for objects that have parts and are not in the memo. */
  save(node: PickleNode): boolean {
    const out = this.#out;
    switch (typeof node) {
      case "bigint":
        out.int(node);
        return true;
      case "number":
        out.float(node);
        return true;
      case "boolean":
        out.bool(node);
        return true;
      case "string":
        this.#saveText(node, undefined);
        return true;
    }
    if (node === null) {
      out.code(op.NONE);
      return true;
    }
    const known = this.#memo.indexOf(node);
    if (known !== undefined) {
      out.get(known);
      return true;
    }
    switch (node.kind) {
      case "text":
        this.#saveText(node.text, node);
        return true;
      case "bytes":
        this.#saveBytes(node);
        return true;
      case "buffer":
        if (node.outOfBand) out.nextBuffer(node.readonly);
        else {
          if (node.readonly) out.binary(node.payload);
          else out.bytearray(node.payload);
          this.put(node);
        }
        return true;
      case "global":
        if (out.protocol >= 4) return false;
        out.globalLine(textOf(node.module), textOf(node.name));
        this.put(node);
        return true;
      default:
        return false;
    }
  }

  /** Gives the object just written the next memo index. */
  put(key: MemoKey | undefined): void {
    this.#out.put(this.#memo.add(key));
  }

  #saveText(value: string, node: object | undefined): void {
    const key = textKey(value, node);
    const known = this.#memo.indexOf(key);
    if (known !== undefined) this.#out.get(known);
    else {
      this.#out.text(value);
      this.put(key);
    }
  }

  #saveBytes(node: BytesNode): void {
    const key = bytesKey(node);
    const known = this.#memo.indexOf(key);
    if (known !== undefined) {
      this.#out.get(known);
      return;
    }
    if (this.#out.protocol >= 3) this.#out.binary(node.payload);
    else if (node.payload.size === 0) this.#callBytes();
    else this.#callEncode(node, key);
    this.put(key);
  }

  /** Empty bytes in protocols 0–2: `bytes()`. */
  #callBytes(): void {
    this.save(BYTES);
    this.#out.emptyTuple();
    this.#out.code(op.REDUCE);
  }

  /** Other bytes in protocols 0–2: `_codecs.encode(text, "latin1")`, the text being their latin-1 characters. */
  #callEncode(node: BytesNode, key: MemoKey): void {
    const out = this.#out;
    this.save(ENCODE);
    out.beginTuple(2);
    if (typeof key === "number") this.save(String.fromCharCode(key));
    else {
      out.boundary();
      out.latin1(node.payload);
      this.put(undefined);
    }
    this.save(latin1Text);
    out.endTuple(2);
    this.put(undefined);
    out.code(op.REDUCE);
  }
}

function textOf(value: string | { readonly text: string }): string {
  return typeof value === "string" ? value : value.text;
}
