import { OptionError } from "@masquerade/core";
import { AtomWriter } from "./encode-atoms.ts";
import type { PicklePart } from "./encode-frames.ts";
import type {
  DictNode,
  GlobalNode,
  ListNode,
  NodeSequence,
  PickleNode,
  ReduceNode,
  TupleNode,
} from "./encode-nodes.ts";
import { OpcodeWriter, op, type PickleProtocol } from "./encode-writer.ts";

/**
 * Which of CPython's two picklers is followed; they differ in how batches of 1000 end. "c": `pickle.dumps`; "python":
 * `pickle._Pickler`, which libraries subclass.
 */
export type Pickler = "c" | "python";

/** CPython's BATCHSIZE. */
const BATCH = 1000;

/** An object begun and not finished: which part of it comes next. */
interface Open {
  readonly node: TupleNode | ListNode | DictNode | GlobalNode | ReduceNode;
  step: number;
}

/** Walks a graph in the order of CPython's pickler, with a stack of its own; memoises what CPython memoises, when it does. */
export class Walker {
  readonly #out: OpcodeWriter;
  readonly #atoms: AtomWriter;
  readonly #protocol: PickleProtocol;
  readonly #pickler: Pickler;
  readonly #stack: Open[] = [];
  /** Tuples and calls that are begun: they are memoised only when complete, so they cannot contain themselves. */
  readonly #begun: Set<object> = new Set();

  constructor(protocol: PickleProtocol, pickler: Pickler) {
    this.#out = new OpcodeWriter(protocol);
    this.#atoms = new AtomWriter(this.#out);
    this.#protocol = protocol;
    this.#pickler = pickler;
  }

  /** The pickle of `root`, part by part. */
  *parts(root: PickleNode): Generator<PicklePart> {
    const { ready } = this.#out;
    this.#save(root);
    while (this.#stack.length > 0) {
      this.#advance(this.#stack[this.#stack.length - 1] as Open);
      if (ready.length > 0) yield* ready.splice(0);
    }
    this.#out.finish();
    yield* ready.splice(0);
  }

  /** Writes one object, or what begins it. */
  #save(node: PickleNode): void {
    this.#out.boundary();
    if (this.#atoms.save(node)) return;
    const made = node as Open["node"];
    switch (made.kind) {
      case "list":
        this.#out.emptyList();
        this.#atoms.put(made);
        break;
      case "dict":
        this.#out.emptyDict();
        this.#atoms.put(made);
        break;
      case "tuple":
        if (made.items.length === 0) {
          this.#out.emptyTuple();
          return;
        }
        this.#enter(made);
        this.#out.beginTuple(made.items.length);
        break;
      case "reduce":
        if (made.newobj === true && this.#protocol < 2)
          throw new OptionError("OPTION_INVALID", "objects made by NEWOBJ need protocol 2 or later", "protocol");
        this.#enter(made);
    }
    this.#stack.push({ node: made, step: 0 });
  }

  /** The next parts of the object on top of the stack, up to one that has parts itself. */
  #advance(open: Open): void {
    const { node } = open;
    switch (node.kind) {
      case "tuple":
        this.#advanceTuple(open, node);
        break;
      case "list":
        this.#advanceList(open, node);
        break;
      case "dict":
        this.#advanceDict(open, node);
        break;
      case "reduce":
        this.#advanceReduce(open, node);
        break;
      case "global":
        this.#save(node.module);
        this.#save(node.name);
        this.#out.code(op.STACK_GLOBAL);
        this.#atoms.put(node);
        this.#stack.pop();
    }
  }

  #advanceTuple(open: Open, node: TupleNode): void {
    const size = node.items.length;
    const depth = this.#stack.length;
    while (open.step < size) {
      this.#save(itemAt(node.items, open.step++));
      if (this.#stack.length !== depth) return;
    }
    this.#out.endTuple(size);
    this.#stack.pop();
    this.#begun.delete(node);
    this.#atoms.put(node);
  }

  #advanceList(open: Open, node: ListNode): void {
    const size = node.items.length;
    const depth = this.#stack.length;
    for (;;) {
      const i = open.step;
      if (i > 0) this.#endItem(i, size, op.APPEND, op.APPENDS);
      if (i >= size) break;
      this.#startItem(i, size);
      open.step++;
      this.#save(itemAt(node.items, i));
      if (this.#stack.length !== depth) return;
    }
    this.#stack.pop();
  }

  #advanceDict(open: Open, node: DictNode): void {
    const size = node.keys.length;
    const depth = this.#stack.length;
    for (;;) {
      const i = open.step >> 1;
      const atKey = open.step % 2 === 0;
      if (atKey && i > 0) this.#endItem(i, size, op.SETITEM, op.SETITEMS);
      if (i >= size) break;
      if (atKey) this.#startItem(i, size);
      open.step++;
      this.#save(itemAt(atKey ? node.keys : node.values, i));
      if (this.#stack.length !== depth) return;
    }
    // The C pickler only sees that a dict is at its end when a batch is not full, so it begins one more.
    if (this.#pickler === "c" && this.#protocol > 0 && size > 0 && size % BATCH === 0) {
      this.#out.code(op.MARK);
      this.#out.code(op.SETITEMS);
    }
    this.#stack.pop();
  }

  /** Whether item `i` is the only one of its batch, and is written without MARK. */
  #alone(i: number, size: number): boolean {
    if (this.#protocol === 0 || size === 1) return true;
    return this.#pickler === "python" && i === size - 1 && i % BATCH === 0;
  }

  #startItem(i: number, size: number): void {
    if (i % BATCH === 0 && !this.#alone(i, size)) this.#out.code(op.MARK);
  }

  /** After `done` items: closes item `done - 1`, or its batch. */
  #endItem(done: number, size: number, one: number, many: number): void {
    if (this.#alone(done - 1, size)) this.#out.code(one);
    else if (done % BATCH === 0 || done === size) this.#out.code(many);
  }

  #advanceReduce(open: Open, node: ReduceNode): void {
    switch (open.step++) {
      case 0:
        this.#save(node.callable);
        return;
      case 1:
        this.#save(node.args);
        return;
      case 2:
        this.#out.code(node.newobj === true ? op.NEWOBJ : op.REDUCE);
        this.#begun.delete(node);
        this.#atoms.put(node);
        if (node.state !== undefined) {
          this.#save(node.state);
          return;
        }
        break;
      case 3:
        this.#out.code(op.BUILD);
    }
    this.#stack.pop();
    if (node.after !== undefined) this.#out.outside(node.after);
  }

  #enter(node: TupleNode | ReduceNode): void {
    if (this.#begun.has(node))
      throw new OptionError("OPTION_INVALID", "a tuple that contains itself cannot be written as a pickle");
    this.#begun.add(node);
  }
}

function itemAt(items: NodeSequence, index: number): PickleNode {
  const item = items.at(index);
  return item === undefined ? null : item;
}
