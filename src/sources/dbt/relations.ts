import { readReference, relationIn, type Reference } from '../metricflow/relation.js';
import type { DbtNode, DbtRelation, DbtSource } from './model.js';

interface Referable {
  project: string;
  version: string | null;
  relation: DbtRelation;
  uniqueId: string;
}

/** What `ref` and `source` give, of everything that a project and its manifest know. */
export class Relations {
  constructor(readonly adapter: string | null = null) {}

  readonly #nodes = new Map<string, Referable[]>();
  readonly #sources = new Map<string, DbtRelation>();
  readonly #byId = new Map<string, DbtRelation>();
  /** Of models with versions: the one that a bare name means. */
  readonly #latest = new Map<string, string>();

  addNode({ name, project, version, relation, uniqueId }: Pick<DbtNode, 'name' | 'project' | 'version' | 'relation' | 'uniqueId'>): void {
    const known = this.#nodes.get(name);
    const entry = { project, version, relation, uniqueId };
    if (known === undefined) this.#nodes.set(name, [entry]);
    else known.push(entry);
    this.#byId.set(uniqueId, relation);
  }

  setLatest(name: string, version: string): void {
    this.#latest.set(name, version);
  }

  addSource({ source, name, relation, uniqueId }: DbtSource): void {
    this.#sources.set(`${source}\n${name}`, relation);
    this.#byId.set(uniqueId, relation);
  }

  byId(uniqueId: string): DbtRelation | null {
    return this.#byId.get(uniqueId) ?? null;
  }

  /** Null where no file knows the node. */
  ref(project: string | null, name: string, version: string | null): DbtRelation | null {
    const found = (this.#nodes.get(name) ?? []).filter((one) => project === null || one.project === project);
    const wanted = version ?? this.#latest.get(name) ?? newest(found);
    return (found.find((one) => one.version === wanted) ?? (version === null ? found[0] : undefined))?.relation ?? null;
  }

  source(source: string, name: string): DbtRelation | null {
    return this.#sources.get(`${source}\n${name}`) ?? null;
  }

  /** The relation of a reference in a property file; its bare names where nobody knows it. */
  resolve(reference: Reference): DbtRelation {
    const { kind, names, version } = reference;
    const last = names.at(-1) ?? '';
    if (kind === 'source') return this.source(names[0] ?? '', last) ?? bareRelation(names.length > 1 ? (names[0] ?? null) : null, last, null, this.adapter);
    return this.ref(names.length > 1 ? (names[0] ?? null) : null, last, version) ?? bareRelation(null, version === null ? last : `${last}_v${version}`, null, this.adapter);
  }

  /** Of `ref('orders')`, `source('shop', 'orders')` or a unique id; null for anything else. */
  read(text: string): DbtRelation | null {
    const reference = readReference(text);
    return reference === null ? this.byId(text) : this.resolve(reference);
  }
}

function newest(found: readonly Referable[]): string | null {
  const versions = found.flatMap(({ version }) => version ?? []);
  return versions.toSorted((one, other) => Number(one) - Number(other) || (one < other ? -1 : 1)).at(-1) ?? null;
}

export function bareRelation(schema: string | null, identifier: string, database: string | null = null, adapter: string | null = null): DbtRelation {
  return { sql: relationIn(adapter, [schema === null ? null : database, schema, identifier]), identifier, schema, database };
}
