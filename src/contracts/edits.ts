import type { Segment } from '../model/query.js';
import type { Span } from '../model/syntax-tree.js';

/** A part of a text that another one takes the place of; empty where something is put in. */
export interface Edit extends Span {
  text: string;
}

/** Edits of a text, and what they make of the tree that was read from it. */
export class Edits {
  readonly list: Edit[] = [];
  /** Nodes of the tree → what stands in their place; an array takes the place of one member of a list. */
  readonly #replaced = new Map<object, object>();
  /** Nodes → fields that they have besides. */
  readonly #added = new Map<object, object>();
  readonly #kept = new Set<object>();

  replace(node: object, { start, end }: Span, text: string, by: object): void {
    this.list.push({ start, end, text });
    this.#replaced.set(node, by);
  }

  insert(node: object, at: number, text: string, fields: object): void {
    this.list.push({ start: at, end: at, text });
    this.#added.set(node, fields);
  }

  /** The node stays as it is. */
  keep(node: object): void {
    this.#kept.add(node);
  }

  keeps(node: object): boolean {
    return this.#kept.has(node);
  }

  /** The tree as it must read after the edits: a text that is equal for equal trees, wherever they stand. */
  expected(tree: object): string {
    return JSON.stringify(this.#rebuilt(tree));
  }

  #rebuilt(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const by = this.#replaced.get(value);
    if (by !== undefined) return withoutPlaces(by);
    if (Array.isArray(value)) return value.flatMap((member: unknown) => (Array.isArray(member) ? [this.#rebuilt(member)] : this.#rebuilt(member)));
    return Object.fromEntries(fieldsOf({ ...value, ...this.#added.get(value) }).map(([name, inner]) => [name, this.#rebuilt(inner)]));
  }
}

/** A tree as a text that is equal for equal trees, wherever they stand. */
export function structureOf(tree: object): string {
  return JSON.stringify(withoutPlaces(tree));
}

function withoutPlaces(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutPlaces);
  return Object.fromEntries(fieldsOf(value).map(([name, inner]) => [name, withoutPlaces(inner)]));
}

/** Where something stands, and how its name is spelled, is not what it means. */
function fieldsOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([name]) => name !== 'span' && name !== 'spelling');
}

/** The text with all edits made; null where two of them overlap and are not the same. */
export function edited(text: string, edits: readonly Edit[]): string | null {
  const sorted = distinct(edits).toSorted((a, b) => a.start - b.start || a.end - b.end);
  if (sorted.some((edit, index) => edit.start < (sorted[index - 1]?.end ?? 0))) return null;
  return sorted.reduceRight((rest, { start, end, text: by }) => `${rest.slice(0, start)}${by}${rest.slice(end)}`, text);
}

function distinct(edits: readonly Edit[]): Edit[] {
  return [...new Map(edits.map((edit) => [JSON.stringify([edit.start, edit.end, edit.text]), edit])).values()];
}

/**
 * Edits of a variant, at their places in the text that it was made of; null where one of them touches what a template put in.
 *
 * @param map of the variant; empty where both texts are one
 */
export function inRaw(edits: readonly Edit[], map: readonly Segment[]): Edit[] | null {
  if (map.length === 0) return [...edits];
  const moved: Edit[] = [];
  for (const { start, end, text } of edits) {
    const segment = map.find(({ copy, out, length }) => copy && out <= start && end <= out + length);
    if (segment === undefined) return null;
    const offset = segment.src - segment.out;
    moved.push({ start: start + offset, end: end + offset, text });
  }
  return moved;
}
