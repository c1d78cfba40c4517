import { type FormatError, isMasqueradeError, type Limits } from "@masquerade/core";
import type { Flavour } from "../flavour.ts";
import type { ReadColumn } from "../read-fields.ts";
import { Scanner } from "../scan.ts";
import { parseCell } from "./cells.ts";
import type { TableColumn } from "./table.ts";

/** What becomes of a field of the file. */
export interface Target {
  readonly about: TableColumn;
  readonly leaves: readonly ReadColumn[];
  /** Whether the field is the mask of that column. */
  readonly isMask: boolean;
  /** Whether an empty field is a missing value. */
  readonly nulls: boolean;
}

/** Reads the fields of a table: one value, or the JSON of several. */
export class CellReader {
  readonly #scanner: Scanner;
  readonly #size: number;
  readonly #across: number;
  readonly #flavour: Flavour;
  readonly #limits: Limits;

  constructor(scanner: Scanner, size: number, across: number, flavour: Flavour, limits: Limits) {
    this.#scanner = scanner;
    this.#size = size;
    this.#across = across;
    this.#flavour = flavour;
    this.#limits = limits;
  }

  read(target: Target, row: number): void {
    const scanner = this.#scanner;
    const { about, leaves } = target;
    if (about.shape.length > 0) {
      this.#cell(target, row);
      return;
    }
    const leaf = leaves[0] as ReadColumn;
    const empty = scanner.to === scanner.from;
    if (target.isMask) {
      const masked = scanner.is("True") || scanner.is("true");
      if (!masked && !scanner.is("False") && !scanner.is("false")) throw scanner.failField("neither True nor False");
      if (masked) this.#mask(leaf, row);
    } else if (empty && target.nulls) this.#mask(leaf, row);
    // What is beneath a mask told by another column may be empty too.
    else if (!empty || leaf.dtype.kind === "str" || leaf.dtype.kind === "bytes") leaf.read(scanner, row);
    else throw scanner.failField(`no ${leaf.dtype.kind}`);
  }

  #mask(leaf: ReadColumn, index: number): void {
    leaf.mask ??= new Uint8Array(this.#size);
    leaf.mask[index] = 1;
  }

  #cell({ about, leaves, isMask, nulls }: Target, row: number): void {
    const outer = this.#scanner;
    const bad = (message: string): FormatError => outer.fail(`"${about.name}": ${message}`);
    const across = this.#across;
    parseCell(outer.text(), about.shape, bad).forEach((value, position) => {
      const leaf = leaves[position % about.count] as ReadColumn;
      const index = row * across + Math.floor(position / about.count);
      if (value === null) {
        if (!nulls) throw bad("null in a column that has a mask beside it, or none");
        this.#mask(leaf, index);
        return;
      }
      const inner = new Scanner(value, this.#flavour, this.#limits);
      inner.to = value.length;
      if (isMask) {
        if (inner.is("true")) this.#mask(leaf, index);
        else if (!inner.is("false")) throw bad("a mask is true or false");
        return;
      }
      try {
        leaf.read(inner, index);
      } catch (error) {
        if (!isMasqueradeError(error, "FORMAT_MALFORMED") && !isMasqueradeError(error, "FORMAT_TRUNCATED")) throw error;
        // It knows the cell only, not the line.
        throw bad(`"${inner.textOf(0, Math.min(value.length, 40))}" is no ${leaf.dtype.kind}`);
      }
    });
  }
}
