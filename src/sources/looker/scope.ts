import { Part } from './part.js';
import type { Model } from './project.js';
import type { Node } from './scan.js';
import type { SourceFile } from '../common/source-file.js';

/** Parts of nodes, made once however many models include the file. */
export type PartOf = (node: Node, file: SourceFile) => Part;

export function partsOnce(): PartOf {
  const parts = new WeakMap<Node, Part>();
  return (node, file) => {
    const known = parts.get(node);
    if (known !== undefined) return known;
    const part = Part.of(node, file);
    parts.set(node, part);
    return part;
  };
}

/** Extensions of extensions, at most. */
const DEPTH_MAX = 30;

/** The objects of one model with their refinements and what they extend. */
export class Scope {
  readonly datagroups = new Map<string, Part>();
  readonly tests: Part[] = [];
  /** Objects that extend themselves. */
  readonly cyclic = new Set<string>();
  readonly #views = new Map<string, Part>();
  readonly #explores = new Map<string, Part>();
  readonly #resolved = new Map<string, Part>();

  constructor(
    readonly model: Model,
    partOf: PartOf,
  ) {
    const refinements: [Map<string, Part>, Part][] = [];
    for (const { file, nodes } of model.files) {
      for (const node of nodes) {
        if (node.kind !== 'block') continue;
        const into = node.key === 'view' ? this.#views : node.key === 'explore' ? this.#explores : null;
        if (node.key === 'datagroup') this.datagroups.set(node.text.value, partOf(node, file));
        if (node.key === 'test') this.tests.push(partOf(node, file));
        if (into === null) continue;
        const part = partOf(node, file);
        if (node.text.value.startsWith('+')) refinements.push([into, part]);
        else if (!into.has(part.name)) into.set(part.name, part);
      }
    }
    for (const [into, part] of refinements) into.set(part.name, into.get(part.name)?.under(part, false) ?? part);
  }

  get viewNames(): string[] {
    return [...this.#views.keys()];
  }

  get exploreNames(): string[] {
    return [...this.#explores.keys()];
  }

  view(name: string): Part | undefined {
    return this.#get(this.#views, 'view', name, []);
  }

  explore(name: string): Part | undefined {
    return this.#get(this.#explores, 'explore', name, []);
  }

  #get(from: ReadonlyMap<string, Part>, kind: string, name: string, inside: readonly string[]): Part | undefined {
    const key = `${kind} ${name}`;
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const own = from.get(name);
    if (own === undefined) return undefined;
    if (inside.includes(name) || inside.length > DEPTH_MAX) {
      this.cyclic.add(key);
      return own;
    }
    let part = own;
    for (const extended of new Set([...own.words('extends'), ...own.words('extends__all')])) {
      const base = this.#get(from, kind, extended, [...inside, name]);
      if (base !== undefined) part = base.under(part, true);
    }
    this.#resolved.set(key, part);
    return part;
  }
}
