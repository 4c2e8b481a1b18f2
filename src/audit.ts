import { setImmediate } from 'node:timers/promises';
import type { StoreFacts } from './facts/store.js';
import type { Subject } from './facts/subjects.js';
import { verdicts } from './findings/verdict.js';
import { type ReadQuery, type StoreBoundary, buildBoundary, readQuery } from './graph/boundary.js';
import { dialectOfQuery, storeOf } from './graph/connection.js';
import { contractsOf } from './graph/contracts.js';
import { withDeclaredContracts } from './graph/declared-contracts.js';
import { coverageOf } from './graph/coverage.js';
import { federate } from './graph/federation/federate.js';
import { withoutSeen } from './graph/federation/seen-through.js';
import type { PlacedQuery } from './graph/placed-query.js';
import { StatementReader } from './graph/statement-reader.js';
import { unreadGaps } from './graph/unread.js';
import { storeFacts } from './graph/store-facts.js';
import { subjectsOf } from './graph/subjects.js';
import { metricSubjects } from './graph/metric-subjects.js';
import { usageClock } from './graph/usage.js';
import type { Configuration } from './model/configuration.js';
import type { CollectedQuery } from './model/query.js';
import type { Report } from './model/report.js';
import type { Gap, Snapshot, SourceSummary, StoreSnapshot } from './model/snapshot.js';
import { classifyCatalog } from './privacy/classify.js';
import type { Rule } from './rules/rule.js';
import { judge } from './rules/run.js';
import { emptyCatalog } from './sql/catalog.js';
import { type Dialect, dialectOfEngine } from './sql/dialect.js';
import { type Parsers, createParsers } from './sql/parse/parsers.js';

/** A report with the join that it rests on. */
export interface Audited {
  report: Report;
  boundaries: StoreBoundary[];
}

export interface AuditOptions {
  /** Warehouse SQL is read by two parsers, and what they read differently is doubted. */
  thorough?: boolean;
  signal?: AbortSignal;
}

/**
 * Judges a snapshot: reads its SQL, joins it with the statistics, lets the rules speak. The result depends on nothing but
 * the arguments.
 *
 * @param version of tidemark, for the report
 * @throws UnknownRuleError for a rule level of the configuration that names no rule
 */
export async function audit(snapshot: Snapshot, configuration: Configuration, rules: readonly Rule[], version: string, options: AuditOptions = {}): Promise<Report> {
  return (await auditWithJoin(snapshot, configuration, rules, version, options)).report;
}

/** The same, for who asks about single statements too. */
export async function auditWithJoin(snapshot: Snapshot, configuration: Configuration, rules: readonly Rule[], version: string, options: AuditOptions = {}): Promise<Audited> {
  const parsers = await createParsers(options);
  try {
    return await judgeWith(parsers, snapshot, configuration, rules, version, () => turn(options.signal));
  } finally {
    await parsers.close();
  }
}

/** Lets the process see that it is asked to end: judging itself never waits for anything. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

async function judgeWith(parsers: Parsers, given: Snapshot, configuration: Configuration, rules: readonly Rule[], version: string, pause: () => Promise<void>): Promise<Audited> {
  const snapshot = withDeclaredContracts(given, configuration);
  const { byStore, unplaced, waiting, guesses } = placeQueries(snapshot, configuration);
  for (const store of snapshot.stores) await parsers.prepare(dialectOfEngine(store.engine), textsOf(store, byStore.get(store) ?? []));
  const elsewhere = [...unplaced, ...waiting];
  for (const [dialect, own] of byDialect(elsewhere)) await parsers.prepare(dialect, own.flatMap(({ variants }) => variants.map(({ sql }) => sql)));
  const federated = federateAll(byStore, elsewhere, snapshot, configuration, parsers);
  for (const [store, own] of federated.byStore) await parsers.prepare(dialectOfEngine(store.engine), textsOfQueries(own));
  const clock = usageClock(snapshot, configuration.thresholds.unused_days);
  const boundaries: StoreBoundary[] = [];
  for (const store of snapshot.stores) {
    await pause();
    const queries = [...(byStore.get(store) ?? []), ...(federated.byStore.get(store) ?? [])];
    boundaries.push(buildBoundary(store, queries, configuration, parsers.parse(dialectOfEngine(store.engine)), clock));
  }
  const withoutStore = await readWithoutStore(elsewhere, parsers, pause);
  const facts = new Map(boundaries.map((boundary) => [boundary, storeFacts(boundary)]));
  const subjects = [...judgedSubjects(facts, configuration, parsers), ...(await metricSubjects(boundaries, facts, parsers.postgres))];
  await pause();
  const { findings, undecided } = judge(rules, subjects, { levels: configuration.rules, thresholds: configuration.thresholds });
  const read = [
    ...boundaries.flatMap((boundary) => readAll(byStore.get(boundary.store) ?? [], boundary.reader)),
    ...withoutStore,
  ].map((query) => withoutSeen(query, federated.seenThrough.get(query.query)));
  // Of what others send only what could not be read is told: it is counted where it is sent.
  const sent = boundaries.flatMap(({ store, reader }) => readAll(federated.byStore.get(store) ?? [], reader));
  const coverage = coverageOf(boundaries, read, boundaries.map(({ reader }) => reader.check));
  const gaps = [...snapshot.gaps, ...unplacedGap(unplaced)];
  const tallies = new Map(rules.flatMap(({ id, tally }) => (tally ? [[id, tally] as const] : [])));
  const report: Report = {
    schemaVersion: 1,
    tool: { name: 'tidemark', version },
    takenAt: snapshot.takenAt,
    verdicts: verdicts(findings, { subjects, coverage, gaps, undecided, tallies }),
    findings,
    coverage,
    stores: snapshot.stores.map(({ name, engine, role, version: serverVersion, cost }) => ({ name, engine, role, version: serverVersion, cost })),
    // The verdict counts these by the coverage.
    gaps: [...gaps, ...unreadGaps([...read, ...sent], boundaries)],
    assumptions: [...guesses, ...federated.guesses, ...copies(snapshot.stores), ...clock.notes, ...snapshot.sources.flatMap(unrecognised), ...boundaries.flatMap(stated)],
  };
  return { report, boundaries };
}

function judgedSubjects(facts: ReadonlyMap<StoreBoundary, StoreFacts>, configuration: Configuration, parsers: Parsers): Subject[] {
  const classified = new Map([...facts.keys()].map((boundary) => [boundary, classifyCatalog(boundary.store.catalog, configuration.columns)]));
  const operationalColumns = [...classified].flatMap(([{ store }, columns]) =>
    store.role === 'warehouse' ? [] : [...columns].map(([column, { kind }]) => ({ column, kind })),
  );
  return [...facts].flatMap(([boundary, ofStore]) =>
    subjectsOf({
      boundary,
      facts: ofStore,
      contracts: contractsOf(boundary, parsers.parse(dialectOfEngine(boundary.store.engine))),
      classified: classified.get(boundary) ?? new Map(),
      confidence_min: configuration.thresholds.privacy_confidence,
      operationalColumns,
    }),
  );
}

interface Placement {
  byStore: Map<StoreSnapshot, CollectedQuery[]>;
  /** No store is known for them. */
  unplaced: CollectedQuery[];
  /** Their store could not be looked at, or they run on none: on extracts, on results of others. */
  waiting: CollectedQuery[];
  guesses: string[];
}

function placeQueries(snapshot: Snapshot, configuration: Configuration): Placement {
  const byStore = new Map<StoreSnapshot, CollectedQuery[]>();
  const unplaced: CollectedQuery[] = [];
  const waiting: CollectedQuery[] = [];
  const guesses = new Set<string>();
  for (const query of snapshot.queries) {
    // What nobody can open any more reads nothing.
    if (query.lifecycle === 'archived') continue;
    const { store, guess, waits, nowhere } = storeOf(query, snapshot.stores, configuration);
    if (guess !== null && !waits) guesses.add(guess);
    if (waits || nowhere) waiting.push(query);
    else if (store === null) unplaced.push(query);
    else append(byStore, store, query);
  }
  return { byStore, unplaced, waiting, guesses: [...guesses].sort() };
}

function readAll(queries: readonly CollectedQuery[], reader: StatementReader): ReadQuery[] {
  return queries.map((query) => readQuery(query, reader));
}

/** Every text that is read against a store. */
function textsOf({ catalog, statements }: StoreSnapshot, queries: readonly CollectedQuery[]): string[] {
  const sent = [...statements.map(({ text }) => text), ...catalog.relations.map(({ definition }) => definition), ...catalog.functions.map(({ body }) => body)];
  return [...sent.filter((text) => text !== null), ...textsOfQueries(queries)];
}

function textsOfQueries(queries: readonly CollectedQuery[]): string[] {
  return queries.flatMap(({ variants }) => variants.map(({ sql }) => sql));
}

/** Queries of databases that were not looked at are read all the same, each in the dialect that its connection names. */
async function readWithoutStore(queries: readonly CollectedQuery[], parsers: Parsers, pause: () => Promise<void>): Promise<ReadQuery[]> {
  const read: ReadQuery[] = [];
  for (const [dialect, own] of byDialect(queries)) {
    const reader = new StatementReader({ catalog: emptyCatalog(), dialect, parse: parsers.parse(dialect) });
    for (const query of own) {
      await pause();
      read.push(readQuery(query, reader));
    }
  }
  return read;
}

function byDialect(queries: readonly CollectedQuery[]): Map<Dialect, CollectedQuery[]> {
  const groups = new Map<Dialect, CollectedQuery[]>();
  for (const query of queries) append(groups, dialectOfQuery(query), query);
  return groups;
}

interface FederatedQueries {
  byStore: Map<StoreSnapshot, PlacedQuery[]>;
  guesses: string[];
  seenThrough: Map<CollectedQuery, Set<string>>;
}

/** What queries send to stores other than their own. */
function federateAll(byStore: Placement['byStore'], elsewhere: readonly CollectedQuery[], { stores }: Snapshot, configuration: Configuration, parsers: Parsers): FederatedQueries {
  const groups = [
    ...stores.map((store) => ({ from: store, queries: byStore.get(store) ?? [], dialect: dialectOfEngine(store.engine) })),
    ...[...byDialect(elsewhere)].map(([dialect, queries]) => ({ from: null, queries, dialect })),
  ];
  const all: FederatedQueries = { byStore: new Map(), guesses: [], seenThrough: new Map() };
  for (const { from, queries, dialect } of groups) {
    const { placed, guesses, seenThrough } = federate({ queries, from, stores, configuration, dialect: dialect.id, parse: parsers.parse(dialect) });
    for (const { store, query } of placed) append(all.byStore, store, query);
    for (const [query, functions] of seenThrough) all.seenThrough.set(query, functions);
    all.guesses.push(...guesses);
  }
  return { ...all, guesses: [...new Set(all.guesses)].sort() };
}

/** Stores that are one database, seen at two places. */
function copies(stores: readonly StoreSnapshot[]): string[] {
  return stores.flatMap((store, index) =>
    stores.slice(0, index).flatMap((other) => {
      if (store.systemIdentifier === undefined || store.systemIdentifier !== other.systemIdentifier || store.database !== other.database) return [];
      return store.inRecovery === other.inRecovery
        ? [`${other.name} and ${store.name} are one database: what is found is told of both`]
        : [`${store.inRecovery ? store.name : other.name} is a physical copy of ${store.inRecovery ? other.name : store.name}: both give the same system identifier`];
    }),
  );
}

/** Queries on a connection that leads to no collected store: named, with the line of configuration that mends it. */
function unplacedGap(unplaced: readonly CollectedQuery[]): Gap[] {
  const byConnection = new Map<string, CollectedQuery[]>();
  for (const query of unplaced) {
    const connection = query.connection?.name ?? query.connection?.id ?? 'no connection';
    const key = `${query.kind}: ${connection}`;
    append(byConnection, key, query);
  }
  return [...byConnection].sort(([a], [b]) => (a < b ? -1 : 1)).map(([subject, queries]) => ({
    subject,
    missing: `the judgement of ${queries.length} ${queries.length === 1 ? 'query' : 'queries'}`,
    cause: 'no configured store has this connection',
    remedy: `add to a store in tidemark.yaml:  match: [{ tool: ${queries[0]?.kind ?? ''}, name: ${JSON.stringify(queries[0]?.connection?.name ?? '')} }]`,
    severity: 'partial',
  }));
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

/** Files that hold nothing which a source knows: read me files, or exports of a tool that is not read. */
function unrecognised({ path, files, ignored }: SourceSummary): string[] {
  return ignored === 0 ? [] : [`${ignored} of ${files} files of ${path} hold no query: no source recognises them`];
}

/** The guesses that judgement rests on, one line a kind. */
function stated({ store, zones, roles, activity }: StoreBoundary): string[] {
  const guessedZones = new Map<string, number>();
  for (const [key, { zone, guessed }] of zones) {
    if (!guessed) continue;
    const schema = `${key.slice(0, key.indexOf('.'))} → ${zone}`;
    guessedZones.set(schema, (guessedZones.get(schema) ?? 0) + 1);
  }
  const guessedRoles = [...roles].filter(([role, { reason }]) => reason !== 'configured' && (activity.get(role)?.statements ?? 0) > 0);
  return [
    ...(guessedZones.size > 0 ? [`zones on ${store.name} by guess: ${[...guessedZones.keys()].sort().join(', ')}`] : []),
    ...guessedRoles.sort(([a], [b]) => (a < b ? -1 : 1)).map(([role, { purpose, reason }]) => `role ${role} on ${store.name} is ${purpose}: ${reason}`),
  ];
}
