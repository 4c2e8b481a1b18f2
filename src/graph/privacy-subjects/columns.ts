import type { ColumnFacts } from '../../facts/column.js';
import type { Subject } from '../../facts/subjects.js';
import type { Relation } from '../../model/catalog.js';
import type { RelationMovement } from '../../model/movement.js';
import type { Classification } from '../../privacy/classify.js';
import { relationKey } from '../../sql/schema-index.js';
import type { StoreBoundary } from '../boundary.js';
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
        sources: ways.sources(name, classification),
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
  readonly #into: readonly RelationMovement[];
  readonly #outOf: readonly RelationMovement[];
  readonly #operational: { column: string; kind: string }[];

  constructor(store: string, { movements, boundaries, carried }: PrivacyInput) {
    this.#store = store;
    this.#into = movements.filter(({ to }) => to.store === store);
    this.#outOf = movements.filter(({ from }) => from.store === store);
    this.#operational = boundaries.flatMap((other) =>
      other.store.role === 'warehouse' ? [] : [...(carried.get(other.store.name) ?? [])].map(([column, { kind }]) => ({ column, kind })),
    );
  }

  sources(name: string, { carriedFrom = [], kind }: Classification): string[] {
    if (carriedFrom.length > 0) {
      return [...new Set(carriedFrom.map(({ store, relation, column }) => (store === this.#store ? `${relation}.${column}` : `${relation}.${column} of ${store}`)))].sort();
    }
    const bare = name.slice(name.lastIndexOf('.'));
    return this.#operational.filter((source) => source.kind === kind && source.column !== name && source.column.endsWith(bare)).map(({ column }) => column);
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
    return this.#into.filter(({ to, columns }) => to.relation === relation && columns.some((each) => each.to === column));
  }

  /** The raw zone is there to fill others: where nothing tells how these were filled, they may have been filled from it. */
  onward({ relation, column, kind, isRaw }: Place, classified: ReadonlyMap<string, Classification>): number {
    const targets = new Set(
      this.#outOf.filter(({ from, columns }) => from.relation === relation && columns.some((each) => each.from === column)).map(({ to }) => `${to.store} ${to.relation}`),
    );
    if (targets.size > 0 || !isRaw) return targets.size;
    const elsewhere = [...classified].filter(([name, other]) => other.kind === kind && !name.startsWith(`${relation}.`));
    const explained = (name: string): boolean => this.copiedBy(name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)).length > 0;
    return elsewhere.every(([name]) => explained(name)) ? 0 : Number.NaN;
  }
}
