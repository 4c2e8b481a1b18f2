import type { ContractFacts } from '../facts/contract.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import type { Constraint, Relation } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { ContractedColumn, DeclaredContract, RegisteredContract } from '../model/contract.js';
import type { Snapshot } from '../model/snapshot.js';
import { dialectOfEngine } from '../sql/dialect.js';
import type { LineageContext } from '../sql/lineage.js';
import type { Parsers } from '../sql/parse/parsers.js';
import { relationKey } from '../sql/schema-index.js';
import type { StoreBoundary } from './boundary.js';
import { type Differences, type PromisedColumn, differencesOf } from './contract-differences.js';
import { ContractReaders } from './contract-readers.js';
import { mayBeNull, wholeOf, withPassedTypes } from './contract-views.js';
import { resolveView, viewContext } from './contracts.js';
import { declaredIn, isDeprecated, isInForce } from './declared-contracts.js';
import { publicationSubjects } from './publication-subjects.js';
import { namesView, registrationOf, versionOf } from './registered-contracts.js';
import { subject } from './subject.js';

export interface ContractSubjectInput {
  boundaries: readonly StoreBoundary[];
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  snapshot: Pick<Snapshot, 'contracts' | 'stores' | 'takenAt'>;
  configuration: Configuration;
  parsers: Pick<Parsers, 'parse'>;
}

/** Whatever is promised to others, and internal tables that leave by replication, as subjects of rules. */
export function contractSubjects(input: ContractSubjectInput): Subject[] {
  return input.boundaries.flatMap((boundary) => {
    const store = input.facts.get(boundary);
    return store === undefined ? [] : [...new StoreContracts(boundary, store, input).subjects(), ...publicationSubjects(boundary, store)];
  });
}

/** A source of promises about one relation. */
interface Promised {
  by: string;
  columns: readonly PromisedColumn[];
}

const MS_PER_DAY = 86_400_000;
/** Policies that bind the list of columns itself. BACKWARD, FORWARD and FULL all let a view have one more. */
const FIXED_POLICY = /^(strict|exact|frozen|immutable|fixed|closed)$/i;

class StoreContracts {
  readonly #boundary: StoreBoundary;
  readonly #store: StoreFacts;
  readonly #takenAt: string;
  readonly #context: LineageContext;
  readonly #registration: ReturnType<typeof registrationOf>;
  readonly #declared: ReturnType<typeof declaredIn>;
  readonly #readers: ContractReaders;
  /** `schema.name.column` of columns of which a CHECK says that they have a value. */
  readonly #checked: ReadonlySet<string>;

  constructor(boundary: StoreBoundary, store: StoreFacts, { snapshot, configuration, parsers }: ContractSubjectInput) {
    this.#boundary = boundary;
    this.#store = store;
    this.#takenAt = snapshot.takenAt;
    this.#context = viewContext(boundary, parsers.parse(dialectOfEngine(boundary.store.engine)));
    this.#registration = registrationOf(boundary.store);
    this.#declared = declaredIn(boundary.store, (snapshot.contracts ?? []).filter(isInForce), snapshot.stores, configuration);
    this.#readers = new ContractReaders(boundary, this.#context);
    this.#checked = new Set(boundary.store.catalog.constraints.filter(asksForValue).flatMap((constraint) => constraint.columns.map((column) => `${constraint.schema}.${constraint.relation}.${column}`)));
  }

  subjects(): Subject[] {
    const { store, zones } = this.#boundary;
    const declared = new Set(this.#declared.found.map(({ key }) => key));
    const promised = store.catalog.relations.filter((relation) => {
      const key = relationKey(relation);
      return zones.get(key)?.zone === 'contract' || this.#registration.byRelation.has(key) || declared.has(key);
    });
    return [...promised.map((relation) => this.#existing(relation)), ...this.#absent()];
  }

  #existing(relation: Relation): Subject {
    const key = relationKey(relation);
    const row = this.#registration.byRelation.get(key);
    const files = this.#declared.found.filter((found) => found.key === key);
    const view = resolveView(relation, this.#context);
    const whole = view === null ? { stars: [], listed: [] } : wholeOf(relation, view, this.#context);
    const zone = this.#boundary.zones.get(key);
    const { readers, calls } = this.#readers.of(key);
    const facts: ContractFacts = {
      ...this.#described(row, files.map(({ contract }) => contract)),
      ...this.#differences(relation, view, [...this.#promisesOfRow(row), ...files.flatMap(({ contract, declared }) => promisesOfFile(contract, declared.columns))]),
      name: key,
      exists: true,
      kind: relation.kind.replaceAll('_', ' '),
      zone: zone?.zone ?? 'unknown',
      zone_reason: zone?.reason ?? '',
      starred: whole.stars,
      listed_whole: whole.listed,
      starred_views: [...whole.stars, ...whole.listed].filter((name) => this.#isChangingView(name)).sort(),
      successors: this.#successors(relation),
      readers,
      reader_count: readers.length,
      calls,
    };
    return this.#subject(facts);
  }

  #subject(facts: ContractFacts): Subject {
    return subject('contract', { contract: facts, store: this.#store }, { consumer: '', owner: facts.owner === '' ? null : facts.owner, store: this.#boundary.store.name, relation: facts.name, locations: [] });
  }

  /** What registry and files say besides columns. */
  #described(row: RegisteredContract | undefined, files: readonly DeclaredContract[]): Pick<ContractFacts, 'registry' | 'registered' | 'declared_in' | 'version' | 'owner' | 'policy' | 'additions_allowed' | 'deprecated' | 'deprecated_since' | 'deprecated_days'> {
    const registry = this.#boundary.store.contractRegistry;
    const since = row?.deprecatedAt ?? null;
    const passed_ms = since === null ? Number.NaN : Date.parse(this.#takenAt) - Date.parse(since);
    const isDropped = files.length > 0 && files.every(isDeprecated);
    const rowSays = row === undefined ? null : passed_ms >= 0;
    return {
      registry: registry === undefined || registry.isPartial === true ? '' : registry.relation,
      registered: row !== undefined,
      declared_in: [...(row === undefined ? [] : [this.#registryWords()]), ...files.map(fileWords)],
      version: row?.version ?? files.find(({ version }) => version !== null)?.version ?? '',
      owner: row?.owner ?? files.find(({ owner }) => owner !== null)?.owner ?? '',
      policy: row?.policy ?? '',
      additions_allowed: !FIXED_POLICY.test(row?.policy ?? ''),
      deprecated: rowSays === true || isDropped,
      deprecated_since: since !== null && passed_ms >= 0 ? since.slice(0, 10) : '',
      deprecated_days: since !== null && passed_ms >= 0 ? Math.floor(passed_ms / MS_PER_DAY) : Number.NaN,
    };
  }

  #registryWords(): string {
    return `the registry ${this.#boundary.store.contractRegistry?.relation ?? ''}`;
  }

  #promisesOfRow(row: RegisteredContract | undefined): Promised[] {
    if (!row?.columns) return [];
    return [{ by: this.#registryWords(), columns: row.columns.map(({ name, type, nullable, isLogicalType }) => ({ name, type, nullable, isLogical: isLogicalType === true })) }];
  }

  #differences(relation: Relation, view: ReturnType<typeof resolveView>, promises: readonly Promised[]): Pick<ContractFacts, 'differs_from' | 'missing_columns' | 'extra_columns' | 'other_types' | 'nullable_columns'> {
    const nullable = mayBeNull(relation, view, this.#context, (stored, column) => this.#checked.has(`${relationKey(stored)}.${column}`));
    const typed = withPassedTypes(relation, view, this.#context);
    const found = promises.map(({ by, columns }) => ({ by, ...differencesOf(typed, columns, nullable) }));
    const all = (part: (differences: Differences) => string[]): string[] => [...new Set(found.flatMap(part))];
    return {
      differs_from: found.filter(({ missing, extra, types, nullable: empty }) => [missing, extra, types, empty].some(({ length }) => length > 0)).map(({ by }) => by),
      missing_columns: all(({ missing }) => missing),
      extra_columns: all(({ extra }) => extra),
      other_types: all(({ types }) => types),
      nullable_columns: all(({ nullable: empty }) => empty),
    };
  }

  /** A view that nobody promised, so that its columns may change without a word. */
  #isChangingView(key: string): boolean {
    const relation = this.#boundary.reader.index.get(key);
    return relation?.definition != null && this.#boundary.zones.get(key)?.zone !== 'contract';
  }

  /** Later versions that are in force, and registered where there is a registry. */
  #successors(relation: Relation): string[] {
    const own = versionOf(relation.name);
    if (own === null) return [];
    const { store, zones } = this.#boundary;
    return store.catalog.relations.flatMap((other) => {
      const key = relationKey(other);
      const later = versionOf(other.name);
      if (other.schema !== relation.schema || later?.stem !== own.stem || later.version <= own.version || zones.get(key)?.zone !== 'contract') return [];
      if (store.deprecatedContracts?.has(key) === true) return [];
      return store.contractRegistry === undefined || this.#registration.byRelation.has(key) || this.#declared.found.some((found) => found.key === key) ? [key] : [];
    });
  }

  /** What is registered or declared as a view of this store, and is not there. */
  #absent(): Subject[] {
    const { store } = this.#boundary;
    // Where the catalogue is empty it could not be read, which its gap says.
    if (store.catalog.relations.length === 0) return [];
    const rows = this.#registration.absent.filter((row) => row.deprecatedAt === null && namesView(row, store)).map((row) => ({ name: row.name, facts: this.#described(row, []) }));
    const files = this.#declared.absent.filter(({ contract }) => !isDeprecated(contract)).map(({ contract, declared, schema }) => ({ name: `${schema}.${declared.name}`, facts: this.#described(undefined, [contract]) }));
    const byName = new Map([...files, ...rows].map((absent) => [absent.name, absent.facts]));
    return [...byName].map(([name, facts]) => this.#subject({
      ...facts, name, exists: false, kind: '', zone: 'unknown', zone_reason: '', starred: [], listed_whole: [], starred_views: [], differs_from: [], missing_columns: [], extra_columns: [],
      other_types: [], nullable_columns: [], successors: [], readers: [], reader_count: 0, calls: Number.NaN,
    }));
  }
}

function fileWords({ name, version }: DeclaredContract): string {
  return `the data contract ${name}${version === null ? '' : ` ${version}`}`;
}

/** A contract that lists no column promises none; what it requires must have a value. */
function promisesOfFile(contract: DeclaredContract, columns: readonly ContractedColumn[]): Promised[] {
  if (columns.length === 0) return [];
  return [{ by: fileWords(contract), columns: columns.map(({ name, type, required, isLogicalType }) => ({ name, type: type ?? null, nullable: required === true ? false : null, isLogical: isLogicalType === true })) }];
}

function asksForValue({ kind, expression, validated }: Constraint): boolean {
  return validated && (kind === 'not_null' || kind === 'primary_key' || (kind === 'check' && /is not null/i.test(expression ?? '')));
}
