import type { SourceFile } from '../common/source-file.js';
import type { Item, Node } from './scan.js';

/** One property of a LookML object, and what it replaced in what the object refines or extends (`${EXTENDED}`). */
export interface Property {
  key: string;
  value: string;
  items: readonly Item[];
  isExpression: boolean;
  /** Of the value's first character. */
  start: number;
  file: SourceFile;
  /** The view, explore … in whose text it stands. */
  home: string;
  base: Property | null;
}

/** What an object does not take over from what it extends. */
const OWN_ONLY = new Set(['extends', 'extends__all', 'extension']);

/** A LookML object: properties, named objects within (`dimension id`) and nameless ones, which may be several. Never changed once made. */
export class Part {
  readonly properties = new Map<string, Property>();
  /** By key and name: `measure total`; nameless ones by their key. */
  readonly parts = new Map<string, Part>();
  readonly many = new Map<string, Part[]>();

  private constructor(
    readonly key: string,
    readonly name: string,
    readonly file: SourceFile,
    readonly start: number,
    readonly home: string,
  ) {}

  static of(node: Node, file: SourceFile, home = node.text.value.replace(/^\+/, '')): Part {
    const part = new Part(node.key, node.text.value.replace(/^\+/, ''), file, node.start, home);
    for (const child of node.children) part.#add(child);
    return part;
  }

  /** An object from the pairs of a whole file. */
  static ofFile(nodes: readonly Node[], file: SourceFile): Part {
    const part = new Part('file', '', file, 0, '');
    for (const node of nodes) part.#add(node);
    return part;
  }

  /** This object with what `over` says instead or besides. `isExtension` where `over` is another object that extends this one. */
  under(over: Part, isExtension: boolean): Part {
    const origin = isExtension ? over : this;
    const merged = new Part(over.key, over.name, origin.file, origin.start, origin.home);
    for (const [key, property] of this.properties) if (!isExtension || !OWN_ONLY.has(key)) merged.properties.set(key, property);
    for (const [key, property] of over.properties) {
      const base = this.properties.get(key) ?? null;
      merged.properties.set(key, property.isExpression && base !== null ? { ...property, base } : property);
    }
    for (const [key, part] of this.parts) merged.parts.set(key, part);
    for (const [key, part] of over.parts) merged.parts.set(key, merged.parts.get(key)?.under(part, false) ?? part);
    for (const [key, list] of [...this.many, ...over.many]) merged.many.set(key, list);
    return merged;
  }

  value(key: string): string | null {
    const value = this.properties.get(key)?.value ?? null;
    return value === '' ? null : value;
  }

  isSet(key: string): boolean {
    return /^(yes|true)$/i.test(this.value(key) ?? '');
  }

  /** The words of a list, or the one value that stands in its place. */
  words(key: string): string[] {
    const property = this.properties.get(key);
    if (property === undefined) return [];
    return property.items.length > 0 ? property.items.map(({ value }) => value) : property.value === '' ? [] : [property.value];
  }

  /** `filters: [field: "value"]` and the older `filters: { field: … value: … }`. */
  filters(key = 'filters'): [string, string][] {
    const found: [string, string][] = [];
    for (const { value, to, children } of this.properties.get(key)?.items ?? []) {
      if (to !== null) found.push([value, to]);
      const [field, text] = ['field', 'value'].map((name) => children.find((child) => child.key === name)?.text.value);
      if (field !== undefined && text !== undefined) found.push([field, text]);
    }
    for (const part of this.many.get(key) ?? []) {
      const field = part.value('field');
      if (field !== null) found.push([field, part.properties.get('value')?.value ?? '']);
    }
    return found;
  }

  named(...keys: string[]): Part[] {
    return [...this.parts.values()].filter((part) => keys.includes(part.key));
  }

  #add(node: Node): void {
    if (node.kind !== 'block') {
      const { key, text, items, kind } = node;
      const base = kind === 'expression' ? (this.properties.get(key) ?? null) : null;
      this.properties.set(key, { key, value: text.value, items, isExpression: kind === 'expression', start: text.start, file: this.file, home: this.home, base });
      return;
    }
    const part = Part.of(node, this.file, this.home || node.text.value.replace(/^\+/, ''));
    const key = part.name === '' ? node.key : `${node.key} ${part.name}`;
    this.parts.set(key, this.parts.get(key)?.under(part, false) ?? part);
    const list = this.many.get(node.key);
    if (list === undefined) this.many.set(node.key, [part]);
    else list.push(part);
  }
}

/** Every text of a key that may stand more than once, in the order of the file. */
export function repeated(part: Part, key: string): Property[] {
  const found: Property[] = [];
  const last = part.properties.get(key);
  for (let property: Property | null = last ?? null; property !== null; property = property.base) found.unshift(property);
  return found;
}
