import { CapabilityError, FormatError, LimitError, type Limits, Tuple } from "@masquerade/core";
import { asKey, isContainer, python2Value } from "./decode-keys.ts";
import {
  bytesHere,
  DeferredBytes,
  type FinishContext,
  GlobalToken,
  PickleInstance,
  PickleSet,
  PickleText,
  Python2String,
} from "./decode-values.ts";

interface Frame {
  /** The container or instance, and the list of children that is being replaced. */
  readonly owner: object;
  readonly children: unknown[];
  next: number;
  /** Nodes below, shared ones counted each time they are reached. */
  nodes: number;
}

const OPEN = -1;

/**
 * Exchanges everything under construction below `root` for its finished value, in place and without recursion. Shared values stay shared.
 * Throws LimitError for nesting beyond `maxDepth` and for shared values that would unfold to more than `maxOpcodes`; FormatError for a
 * value that contains itself; CapabilityError for what the model cannot hold.
 */
export function finishValue(
  root: unknown,
  limits: Limits,
  options: { readonly format: string; readonly copy?: boolean | undefined },
): unknown {
  return new Finisher(limits, new Accounts(options.format, limits, options.copy ?? false)).finish(root);
}

class Accounts implements FinishContext {
  readonly format: string;
  readonly limits: Limits;
  readonly copy: boolean;
  private total = 0;
  private readonly used: WeakSet<object> = new WeakSet();

  constructor(format: string, limits: Limits, copy: boolean) {
    this.format = format;
    this.limits = limits;
    this.copy = copy;
  }

  charge(bytes: number, offset: number): void {
    const { format, limits } = this;
    if (bytes > limits.maxBytes) throw new LimitError("maxBytes", `an array of ${bytes} bytes`, { format, offset });
    this.total += bytes;
    if (this.total > limits.maxTotalBytes)
      throw new LimitError("maxTotalBytes", `arrays of ${this.total} bytes together`, { format, offset });
  }

  firstUse(bytes: object): boolean {
    if (this.used.has(bytes)) return false;
    this.used.add(bytes);
    return true;
  }
}

class Finisher {
  private readonly limits: Limits;
  private readonly context: FinishContext;
  /** Nodes below each container or instance met; OPEN while it is being walked. */
  private readonly met: Map<object, number> = new Map();
  private readonly results: Map<PickleInstance, unknown> = new Map();
  private readonly frames: Frame[] = [];

  constructor(limits: Limits, context: FinishContext) {
    this.limits = limits;
    this.context = context;
  }

  finish(root: unknown): unknown {
    const holder: unknown[] = [root];
    this.enter(holder);
    for (;;) {
      const frame = this.frames.at(-1);
      if (frame === undefined) return holder[0];
      if (frame.next < frame.children.length) this.child(frame);
      else this.leave(frame);
    }
  }

  private child(frame: Frame): void {
    const value = frame.children[frame.next];
    if (typeof value !== "object" || value === null) {
      frame.nodes++;
      frame.next++;
      return;
    }
    if (!isContainer(value) && !(value instanceof PickleInstance)) {
      frame.children[frame.next++] = this.leaf(value);
      frame.nodes++;
      return;
    }
    const nodes = this.met.get(value);
    if (nodes === undefined) {
      this.enter(value);
      return;
    }
    if (nodes === OPEN)
      throw new FormatError(
        "FORMAT_MALFORMED",
        this.context.format,
        "a value contains itself, which no array file needs",
      );
    if (value instanceof PickleInstance) {
      const finished = this.results.get(value);
      const part = frame.owner instanceof PickleInstance;
      frame.children[frame.next] = part ? finished : (value.standAlone?.(finished) ?? finished);
    }
    frame.nodes += nodes;
    if (frame.nodes > this.limits.maxOpcodes)
      throw new LimitError("maxOpcodes", `shared values unfold to more than ${this.limits.maxOpcodes}`, this.context);
    frame.next++;
  }

  private enter(owner: unknown[] | Map<unknown, unknown> | Tuple | PickleInstance): void {
    if (this.frames.length > this.limits.maxDepth)
      throw new LimitError("maxDepth", `values nest more than ${this.limits.maxDepth} deep`, this.context);
    let children: unknown[];
    if (Array.isArray(owner)) children = owner;
    else if (owner instanceof Map) children = [...owner.keys(), ...owner.values()];
    else if (owner instanceof Tuple) children = owner.items as unknown[];
    else children = owner.parts;
    this.met.set(owner, OPEN);
    this.frames.push({ owner, children, next: 0, nodes: 1 });
  }

  private leave(frame: Frame): void {
    const { owner } = frame;
    if (owner instanceof PickleInstance) this.results.set(owner, owner.finish(this.context));
    else if (owner instanceof Map) this.refill(owner, frame.children);
    this.met.set(owner, frame.nodes);
    this.frames.pop();
  }

  private refill(map: Map<unknown, unknown>, children: readonly unknown[]): void {
    const n = children.length / 2;
    map.clear();
    for (let i = 0; i < n; i++) {
      const key = asKey(children[i], this.context);
      map.set(key, children[n + i]);
    }
  }

  private leaf(value: object): unknown {
    const { format } = this.context;
    if (value instanceof Uint8Array) return this.context.copy ? new Uint8Array(value) : value;
    if (value instanceof PickleText) return value.decode(format);
    if (value instanceof Python2String) return python2Value(value, format);
    if (value instanceof DeferredBytes) return bytesHere(value, format);
    if (value instanceof PickleSet)
      throw new CapabilityError(format, "sets", "the file holds a Python set, which has no place among arrays");
    if (value instanceof GlobalToken && value.emulator.value !== undefined) return value.emulator.value;
    if (value instanceof GlobalToken)
      throw new CapabilityError(
        format,
        "classes",
        `the file holds ${value.module} ${value.name} itself, which is a class and no value`,
      );
    return value;
  }
}
