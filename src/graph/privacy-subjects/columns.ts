import type { ColumnFacts } from '../../facts/column.js';
import type { Subject } from '../../facts/subjects.js';
import type { Relation } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import type { Classification } from '../../privacy/classify.js';
import { relationKey } from '../../sql/schema-index.js';
import type { StoreBoundary } from '../boundary.js';
import { placeOf } from '../movement/way.js';
import { subject } from '../subject.js';
import { type PrivacyInput, ReportReaders } from './input.js';

/** One subject for each stored column of personal data. A view shows what its tables hold: the tables are judged. */
export function columnSubjects(boundary: StoreBoundary, input: PrivacyInput): Subject[] {
  const { store, zones } = boundary;
  const facts = input.facts.get(boundary);
  if (!facts) return [];
  const classified = input.carried.get(store.name) ?? new Map<string, Classification>();
  const minimum = input.configuration.thresholds.privacy_confidence;
  const usage = new Usage(boundary);
  const ways = new Ways(store.name, input);
  const reports = new ReportReaders(boundary);
  return store.catalog.relations.flatMap((relation) => {
    if (relation.kind === 'view') return [];
    const key = relationKey(relation);
    const zone = zones.get(key)?.zone ?? 'unknown';
    return relation.columns.flatMap((column) => {
      const name = `${key}.${column.name}`;
      const classification = classified.get(name);
      if (!classification || classification.confidence < minimum) return [];
      const { kind, class: kindClass, confidence, reasons, mask = 'raw' } = classification;
      const readers = usage.readers(name, relation);
      const columnFacts: ColumnFacts = {
        name, relation: key, zone, kind, class: kindClass, mask, confidence, reasons,
        readers,
        sources: ways.sources(classification),
        copied_by: ways.copiedBy(key, column.name),
        copied_confidence: Math.min(confidence, ways.confidence(key, column.name)),
        onward: ways.onward({ relation: key, column: column.name, kind, isRaw: zone === 'raw' }, classified),
        readable_by: reports.of(key, column.name),
      };
      return [subject('column', { column: columnFacts, store: facts }, { consumer: '', owner: null, store: store.name, relation: name, locations: [] })];
    });
  });
}

/** Who uses each column of one store. */
class Usage {
  readonly #readers = new Map<string, Set<string>>();
  readonly #unread: string[] = [];
  readonly #looked: boolean;

  constructor({ accesses }: StoreBoundary) {
    for (const { part, consumer, text } of accesses) {
      if (part === null) this.#unread.push(text.toLowerCase());
      // A model moves the column on: who reads what it makes is counted there.
      if (part === null || consumer.builds !== '') continue;
      const columns = [...part.resolution.outputs.flatMap(({ flows }) => [...flows.keys()]), ...part.resolution.uses.map(({ column }) => column)];
      for (const column of columns) this.#readers.set(column, (this.#readers.get(column) ?? new Set()).add(consumer.name));
    }
    this.#looked = accesses.some(({ part, consumer }) => part !== null && consumer.builds === '');
  }

  /** How many consumers use a column; unknown where nobody's queries were looked at, and where one that could not be read may use it. */
  readers(column: string, { name }: Relation): number {
    const known = this.#readers.get(column)?.size ?? 0;
    if (known > 0) return known;
    return this.#looked && !this.#unread.some((text) => text.includes(name.toLowerCase())) ? 0 : Number.NaN;
  }
}

interface Place {
  relation: string;
  column: string;
  kind: string;
  isRaw: boolean;
}

/** The ways by which columns come into one store and leave it. */
class Ways {
  readonly #store: string;
  /** By `schema.table.column`. */
  readonly #into = new Map<string, RelationMovement[]>();
  readonly #targets = new Map<string, Set<string>>();
  /** By kind: relations with a column of it of which nothing tells how it was filled. */
  #unexplained: ReadonlyMap<string, ReadonlySet<string>> | null = null;

  constructor(store: string, { movements }: PrivacyInput) {
    this.#store = store;
    for (const movement of movements) {
      const { from, to, columns } = movement;
      for (const column of columns) {
        if (to.store === store) append(this.#into, `${to.relation}.${column.to}`, movement);
        if (from.store === store) add(this.#targets, `${from.relation}.${column.from}`, `${to.store} ${to.relation}`);
      }
    }
  }

  sources({ carriedFrom = [] }: Classification): string[] {
    return [...new Set(carriedFrom.map(({ store, relation, column }) => (store === this.#store ? `${relation}.${column}` : `${relation}.${column} of ${store}`)))].sort();
  }

  copiedBy(relation: string, column: string): string[] {
    return [...new Set(this.#intoColumn(relation, column).map(({ by }) => by))].sort();
  }

  /** Of the surest way by which it came; NaN where none is known. */
  confidence(relation: string, column: string): number {
    const known = this.#intoColumn(relation, column).map(({ confidence }) => confidence);
    return known.length === 0 ? Number.NaN : Math.max(...known);
  }

  #intoColumn(relation: string, column: string): RelationMovement[] {
    return this.#into.get(`${relation}.${column}`) ?? [];
  }

  /** The raw zone is there to fill others: where nothing tells how these were filled, they may have been filled from it. */
  onward({ relation, column, kind, isRaw }: Place, classified: ReadonlyMap<string, Classification>): number {
    const targets = this.#targets.get(`${relation}.${column}`)?.size ?? 0;
    if (targets > 0 || !isRaw) return targets;
    this.#unexplained ??= this.#unexplainedIn(classified);
    return [...(this.#unexplained.get(kind) ?? [])].every((other) => other === relation) ? 0 : Number.NaN;
  }

  #unexplainedIn(classified: ReadonlyMap<string, Classification>): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    for (const [name, { kind }] of classified) if (!this.#into.has(name)) add(found, kind, placeOf(name)[0]);
    return found;
  }
}

function append<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known) known.add(value);
  else sets.set(key, new Set([value]));
}
