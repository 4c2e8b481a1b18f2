import { type ConsumerFacts, extractCard, extractRole } from '../facts/consumer.js';
import { type CostFacts, type StoreTotals, blocksOf, extract as extractCost, totalsOf } from '../facts/cost.js';
import { type StatementFacts, extract as extractStatement, extractUnparsed } from '../facts/statement.js';
import type { Role } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import type { CollectedQuery } from '../model/query.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { StatementStatistics } from '../model/statement.js';
import type { RolePurpose } from '../model/store.js';
import type { Parse } from '../sql/parse/front-end.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { relationKey } from '../sql/schema-index.js';
import { consumerName } from './consumer-name.js';
import { ownerOf } from './owner.js';
import { type PurposeAssignment, type RoleActivity, type RoleTraits, purposeOf } from './role-purpose.js';
import { type ReadPart, type ReadText, StatementReader, parseSearchPath } from './statement-reader.js';
import { type ZoneAssignment, zoneOf } from './zone.js';

/** One consumer sending one statement to one store: the edge that holds statement, card, relation and owner together. */
export interface Access {
  query: CollectedQuery | null;
  consumer: ConsumerFacts;
  statement: StatementFacts;
  cost: CostFacts;
  /** As it was read: a variant of the card, or the server's text. */
  text: string;
  /** Null for a text that could not be read. */
  part: ReadPart | null;
  /** The entries of the statistics that are this statement. */
  rows: StatementStatistics[];
}

/** Everything that is known about one store and those who read it. */
export interface StoreBoundary {
  store: StoreSnapshot;
  reader: StatementReader;
  zones: Map<string, ZoneAssignment>;
  totals: StoreTotals;
  roles: Map<string, PurposeAssignment>;
  activity: Map<string, RoleActivity>;
  accesses: Access[];
  /** Each entry of the statistics with its reading, for coverage. */
  readRows: { row: StatementStatistics; read: ReadText | null }[];
}

/** A query with every variant read against the store it runs on. */
export interface ReadQuery {
  query: CollectedQuery;
  variants: ReadText[];
}

/** Joins what the dashboards say with what the store ran. Pure; takes the queries that run on this store. */
export function buildBoundary(store: StoreSnapshot, queries: readonly CollectedQuery[], configuration: Configuration, parse: Parse): StoreBoundary {
  return new BoundaryBuilder(store, configuration, parse).build(queries);
}

/** Every variant of a query, read. */
export function readQuery(query: CollectedQuery, reader: StatementReader): ReadQuery {
  return { query, variants: query.variants.map((variant) => reader.read(variant.sql, null)) };
}

/** Roles that dashboards should not use, and sometimes do. */
const OTHER_PURPOSES: ReadonlySet<RolePurpose> = new Set(['application', 'loader', 'administration']);

class BoundaryBuilder {
  readonly #store: StoreSnapshot;
  readonly #configuration: Configuration;
  readonly #reader: StatementReader;
  readonly #zones = new Map<string, ZoneAssignment>();
  readonly #totals: StoreTotals;
  readonly #roleSettings: Map<string, Role>;

  constructor(store: StoreSnapshot, configuration: Configuration, parse: Parse) {
    this.#store = store;
    this.#configuration = configuration;
    this.#reader = new StatementReader({ catalog: store.catalog, dialect: dialectOfEngine(store.engine), parse, declaredMasks: new Map(Object.entries(configuration.maskingFunctions)) });
    for (const relation of store.catalog.relations) this.#zones.set(relationKey(relation), zoneOf(relation, store, configuration));
    this.#totals = totalsOf(store.statements, store.statementWindow?.block_bytes ?? 8192);
    this.#roleSettings = new Map(store.catalog.roles.map((role) => [role.name, role]));
  }

  build(queries: readonly CollectedQuery[]): StoreBoundary {
    const cards = queries.map((query) => readQuery(query, this.#reader));
    const readRows = this.#store.statements.map((row) => ({ row, read: this.#readRow(row) }));
    const byFingerprint = groupByFingerprint(readRows);
    const cardFingerprints = new Set(cards.flatMap(({ variants }) => variants.flatMap((read) => read.parts.map((part) => part.fingerprint))));
    const activity = this.#activity(readRows, cardFingerprints);
    const roles = new Map([...activity].map(([role, counts]) => [role, purposeOf(role, this.#traits(role), counts, this.#configuration)]));
    const claimed = new Set<StatementStatistics>();
    const accesses = [
      ...cards.flatMap((card) => this.#cardAccesses(card, byFingerprint, roles, claimed)),
      ...this.#roleAccesses(readRows.filter(({ row }) => !claimed.has(row)), roles),
    ];
    return { store: this.#store, reader: this.#reader, zones: this.#zones, totals: this.#totals, roles, activity, accesses, readRows };
  }

  #readRow(row: StatementStatistics): ReadText | null {
    if (row.text === null || row.textState === 'hidden' || row.textState === 'lost') return null;
    const path = parseSearchPath(this.#roleSettings.get(row.role)?.settings['search_path'] ?? this.#store.catalog.settings['search_path'], row.role);
    return this.#reader.read(row.text, path);
  }

  #traits(name: string): RoleTraits {
    const { grants, relations } = this.#store.catalog;
    const role = this.#roleSettings.get(name);
    const holders = new Set([name]);
    for (const holder of holders) for (const group of this.#roleSettings.get(holder)?.memberOf ?? []) holders.add(group);
    const holdsRelations = grants.some(({ grantee }) => holders.has(grantee)) || relations.some(({ owner }) => owner !== null && holders.has(owner));
    return { superuser: role?.superuser ?? false, replication: role?.replication ?? false, memberOf: role?.memberOf ?? [], holdsRelations };
  }

  #activity(readRows: StoreBoundary['readRows'], cardFingerprints: ReadonlySet<string>): Map<string, RoleActivity> {
    const activity = new Map<string, RoleActivity>(this.#store.catalog.roles.map((role) => [role.name, noActivity()]));
    for (const { row, read } of readRows) {
      const counts = activity.get(row.role) ?? noActivity();
      activity.set(row.role, counts);
      counts.statements++;
      const [part] = read?.parts ?? [];
      if (!part) continue;
      if (part.resolution.base.size > 0) counts.readingRelations++;
      const facts = this.#statementFacts(part, read, row.calls > 0 ? [row] : []);
      if (cardFingerprints.has(part.fingerprint) && facts.class === 'analytical') counts.cards++;
      if (facts.class === 'analytical') counts.analytical++;
      if (facts.class === 'operational' && facts.writes.length > 0) counts.operationalWrites++;
    }
    return activity;
  }

  #cardAccesses(
    { query, variants }: ReadQuery,
    byFingerprint: ReadonlyMap<string, StatementStatistics[]>,
    roles: ReadonlyMap<string, PurposeAssignment>,
    claimed: Set<StatementStatistics>,
  ): Access[] {
    const name = consumerName(query);
    const done = new Set<string>();
    return variants.flatMap((read) => {
      if (read.parts.length === 0) {
        const consumer = extractCard(query, name, ownerOf(query, name, this.#configuration), null, false);
        return [{ query, consumer, text: read.text, statement: extractUnparsed(read.text), cost: extractCost([], this.#totals), part: null, rows: [] }];
      }
      return read.parts.flatMap((part): Access[] => {
        if (done.has(part.fingerprint)) return [];
        done.add(part.fingerprint);
        const rows = this.#rowsOfCard(part, byFingerprint.get(part.fingerprint) ?? [], roles);
        for (const row of rows) claimed.add(row);
        const role = rows[0] ? this.#role(rows[0].role, roles) : null;
        const consumer = extractCard(query, name, ownerOf(query, name, this.#configuration), role, rows.length > 0);
        return [{ query, consumer, text: read.text, statement: this.#statementFacts(part, read, rows), cost: extractCost(rows, this.#totals), part, rows }];
      });
    });
  }

  /**
   * The entries that a card explains. An application may send the same text as a card: where only roles of other purposes send
   * it, the entries are the card's if they are analytical, which an application's own statement seldom is.
   */
  #rowsOfCard(part: ReadPart, candidates: readonly StatementStatistics[], roles: ReadonlyMap<string, PurposeAssignment>): StatementStatistics[] {
    const likely = candidates.filter((row) => !OTHER_PURPOSES.has(roles.get(row.role)?.purpose ?? 'unknown'));
    if (likely.length > 0 || candidates.length === 0) return likely;
    return this.#statementFacts(part, null, candidates).class === 'analytical' ? [...candidates] : [];
  }

  #roleAccesses(unclaimed: StoreBoundary['readRows'], roles: ReadonlyMap<string, PurposeAssignment>): Access[] {
    const groups = new Map<string, StoreBoundary['readRows']>();
    for (const entry of unclaimed) {
      const key = `${entry.row.role}\n${entry.read?.parts[0]?.fingerprint ?? entry.row.queryId ?? ''}`;
      groups.set(key, [...(groups.get(key) ?? []), entry]);
    }
    return [...groups.values()].flatMap((entries) => {
      const [first] = entries;
      if (!first) return [];
      const rows = entries.map(({ row }) => row);
      const [part] = first.read?.parts ?? [];
      const statement = part ? this.#statementFacts(part, first.read, rows) : extractUnparsed(first.row.text ?? '');
      return [{ query: null, consumer: extractRole(this.#role(first.row.role, roles)), text: first.row.text ?? '', statement, cost: extractCost(rows, this.#totals), part: part ?? null, rows }];
    });
  }

  #role(name: string, roles: ReadonlyMap<string, PurposeAssignment>): { name: string; purpose: PurposeAssignment['purpose']; owner: string | null } {
    const known = roles.get(name);
    return { name, purpose: known?.purpose ?? 'unknown', owner: known?.owner ?? null };
  }

  #statementFacts(part: ReadPart, read: ReadText | null, rows: readonly StatementStatistics[]): StatementFacts {
    const cost = extractCost(rows, this.#totals);
    return extractStatement({
      ...part,
      text: read?.text ?? '',
      status: read?.status ?? 'parsed',
      index: this.#reader.index,
      thresholds: this.#configuration.thresholds,
      bytesPerCall: cost.known ? cost.bytes_per_call : null,
      isInternal: (relation) => this.#store.role !== 'warehouse' && this.#zones.get(relation)?.zone === 'internal',
    });
  }
}

function noActivity(): RoleActivity {
  return { cards: 0, analytical: 0, operationalWrites: 0, statements: 0, readingRelations: 0 };
}

function groupByFingerprint(readRows: StoreBoundary['readRows']): Map<string, StatementStatistics[]> {
  const groups = new Map<string, StatementStatistics[]>();
  for (const { row, read } of readRows) {
    const [part] = read?.parts ?? [];
    if (part) groups.set(part.fingerprint, [...(groups.get(part.fingerprint) ?? []), row]);
  }
  return groups;
}

/** The blocks of the store that a named card or a role of known purpose accounts for. Cards may share an entry. */
export function attributedBlocks(boundary: StoreBoundary): number {
  const rows = new Set<StatementStatistics>();
  for (const { consumer, rows: own } of boundary.accesses) {
    const known = consumer.kind === 'card' || consumer.role_purpose === 'application' || consumer.role_purpose === 'loader';
    if (known) for (const row of own) rows.add(row);
  }
  return [...rows].reduce((blocks, row) => blocks + blocksOf(row), 0);
}
