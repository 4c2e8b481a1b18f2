import { relationKey } from '../sql/schema-index.js';
import type { CollectedQuery } from '../model/query.js';
import type { StoreSnapshot } from '../model/snapshot.js';

/** Letters beyond ASCII by their range: classes of Unicode cost several times as much over thousands of texts. */
const WORD = /[\w$\u0080-\uffff]+/g;
/** Names of relations that no scan for words finds: with blanks or signs. */
const ODD = /[^\w$\u0080-\uffff]/;

/**
 * The names of what the stores hold, and which of them a text mentions. A name that stands in a text as a word counts, whatever it
 * stands for there: what is looked at may be more than what is meant, never less.
 */
export class NamedRelations {
  readonly #names = new Set<string>();
  readonly #odd: string[] = [];
  /** By the name of a view or function: the names in its text, and the other way round. */
  readonly #behind = new Map<string, Set<string>>();
  readonly #above = new Map<string, Set<string>>();

  constructor(stores: readonly Pick<StoreSnapshot, 'catalog'>[], built: readonly CollectedQuery[]) {
    const texts: { name: string; text: string }[] = [];
    for (const { catalog } of stores) {
      for (const { name, definition } of catalog.relations) {
        this.#add(name);
        if (definition !== null) texts.push({ name: name.toLowerCase(), text: definition });
      }
      for (const { name, body } of catalog.functions) {
        if (body === null) continue;
        this.#add(name);
        texts.push({ name: name.toLowerCase(), text: body });
      }
      for (const { name, partitionOf } of catalog.relations) {
        const table = partitionOf?.slice(partitionOf.lastIndexOf('.') + 1).toLowerCase();
        if (table !== undefined) this.#edge(name.toLowerCase(), table);
      }
    }
    for (const { builds } of built) if (builds !== undefined) this.#add(builds.name);
    for (const { name, text } of texts) for (const inner of this.of(text)) if (inner !== name) this.#edge(name, inner);
  }

  #add(name: string): void {
    const folded = name.toLowerCase();
    if (this.#names.has(folded)) return;
    this.#names.add(folded);
    if (ODD.test(folded)) this.#odd.push(folded);
  }

  #edge(view: string, inner: string): void {
    append(this.#behind, view, inner);
    append(this.#above, inner, view);
  }

  /** The names that a text mentions, in lower case. */
  of(text: string): Set<string> {
    const folded = text.toLowerCase();
    const found = new Set<string>();
    for (const [word] of folded.matchAll(WORD)) if (this.#names.has(word)) found.add(word);
    for (const name of this.#odd) if (folded.includes(name)) found.add(name);
    return found;
  }

  /** These with everything that views and functions of these names read, at any depth. */
  withSources(names: Iterable<string>): Set<string> {
    return closed(names, this.#behind);
  }

  /** These with every view and function that reads one of them, at any depth. */
  withViews(names: Iterable<string>): Set<string> {
    return closed(names, this.#above);
  }
}

function closed(names: Iterable<string>, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const all = new Set(names);
  for (const name of all) for (const next of edges.get(name) ?? []) all.add(next);
  return all;
}

/** Every text of a query, as it is stored and as it is sent. */
export function textsOf({ raw, variants, builds }: Pick<CollectedQuery, 'raw' | 'variants' | 'builds'>): string[] {
  return [raw, ...variants.map(({ sql }) => sql), builds?.name ?? ''];
}

/** `schema.name` of every relation of these names, by store. */
export function relationsNamed(stores: readonly Pick<StoreSnapshot, 'name' | 'catalog'>[], names: ReadonlySet<string>): string[] {
  return stores.flatMap(({ name: store, catalog }) => catalog.relations.filter(({ name }) => names.has(name.toLowerCase())).map((relation) => `${store} ${relationKey(relation)}`));
}

function append(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known) known.add(value);
  else sets.set(key, new Set([value]));
}
