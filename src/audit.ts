import { setImmediate } from 'node:timers/promises';
import type { StoreFacts } from './facts/store.js';
import type { Subject } from './facts/subjects.js';
import { tempered } from './findings/temper.js';
import { verdicts } from './findings/verdict.js';
import { assumptionsOf } from './graph/assumptions.js';
import { type ReadQuery, type StoreBoundary, buildBoundary, readQuery } from './graph/boundary.js';
import { contractSubjects } from './graph/contract-subjects.js';
import { contractsOf } from './graph/contracts.js';
import { withDeclaredContracts } from './graph/declared-contracts.js';
import { coverageOf } from './graph/coverage.js';
import { byDialect, federateAll } from './graph/federation/federate-all.js';
import { withoutSeen } from './graph/federation/seen-through.js';
import { placeQueries, unplacedGaps } from './graph/placement.js';
import { privacySubjects } from './graph/privacy-subjects/index.js';
import { StatementReader } from './graph/statement-reader.js';
import { StoreReaders } from './graph/store-reader.js';
import { unreadGaps } from './graph/unread.js';
import { type StatisticsState, storeFacts } from './graph/store-facts.js';
import { subjectsOf } from './graph/subjects.js';
import { metricAnalysis, metricSummaries, subjectsOfMetrics, type MetricOptions } from './graph/metric-subjects.js';
import { personalColumns } from './graph/journeys.js';
import { type Followed, type SampledValues, followed } from './graph/personal-data.js';
import { usageClock } from './graph/usage.js';
import { reviewedSubjects } from './audit/reviewed-subjects.js';
import { classifyConsumers } from './classify/index.js';
import type { ClassifiedConsumer } from './model/classified-consumer.js';
import type { Configuration } from './model/configuration.js';
import type { RelationMovement } from './model/movement.js';
import type { PrivacyReport } from './model/personal-column.js';
import type { CollectedQuery } from './model/query.js';
import type { Report } from './model/report.js';
import type { Gap, Snapshot, StoreSnapshot } from './model/snapshot.js';
import type { Rule } from './rules/rule.js';
import { judge } from './rules/run.js';
import { emptyCatalog } from './sql/catalog.js';
import { dialectOfEngine } from './sql/dialect.js';
import { type Parsers, createParsers } from './sql/parse/parsers.js';
import type { Interval } from './workload/interval.js';
import { type StatisticsWindow, statisticsWindow, storeWorkload } from './workload/store-workload.js';

/** A report with the join that it rests on. */
export interface Audited {
  report: Report;
  boundaries: StoreBoundary[];
  /** Every consumer with its decision type, its level and its controls; none where only a part is judged. */
  consumers: ClassifiedConsumer[];
  movements: RelationMovement[];
}

/** The join alone, with what of a report does not depend on rules. */
export interface Joined {
  report: Pick<Report, 'tool' | 'takenAt' | 'gaps' | 'assumptions'>;
  boundaries: StoreBoundary[];
}

export interface AuditOptions {
  /** Warehouse SQL is read by two parsers, and what they read differently is doubted. */
  thorough?: boolean;
  signal?: AbortSignal;
  /** By the name of the store, where the snapshot is of what ran between several (see `between`). */
  intervals?: ReadonlyMap<string, readonly Interval[]>;
  /** A space of an engine with the semantics of a store, in which definitions of metrics are told apart; without it only proofs decide. */
  scratch?: MetricOptions['scratch'];
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
  return withParsers(options, async (parsers, pause) => {
    const joint = await join(parsers, { snapshot, configuration, version }, pause);
    return judgeJoint(parsers, joint, { configuration, rules, intervals: options.intervals ?? new Map(), scratch: options.scratch }, pause);
  });
}

/** Judges several snapshots of one system, two sides of a change: what both hold is read once. */
export interface Court {
  parsers: Parsers;
  /** @param cards by whose use it is told whether an export is old; those of the snapshot where they are not given */
  join: (given: Given, cards?: readonly CollectedQuery[]) => Promise<Joint>;
  /** Rules speak of what `chosen` lets through only; without it of everything. Throws UnknownRuleError. */
  judge: (joint: Joint, judging: Omit<Judging, 'intervals'>) => Promise<Report>;
}

/** A court for as long as `work` takes. */
export async function inCourt<T>(options: Pick<AuditOptions, 'signal'>, work: (court: Court) => Promise<T>): Promise<T> {
  return withParsers(options, (parsers, pause) => {
    const readers = new StoreReaders();
    return work({
      parsers,
      join: (given, cards) => join(parsers, { ...given, readers, ...(cards === undefined ? {} : { cards }) }, pause),
      judge: async (joint, judging) => (await judgeJoint(parsers, joint, { ...judging, intervals: new Map() }, pause)).report,
    });
  });
}

/** Reads the SQL of a snapshot and joins it with the statistics, and judges nothing: for who asks what ran and who sent it. */
export async function joinOnly(snapshot: Snapshot, configuration: Configuration, version: string, options: Pick<AuditOptions, 'signal'> = {}): Promise<Joined> {
  return withParsers(options, async (parsers, pause) => {
    const { report, boundaries } = await join(parsers, { snapshot, configuration, version }, pause);
    return { report, boundaries };
  });
}

/** What `withJoin` hands over: the join with every query that was read, and the snapshot with the contracts that are declared. */
export type JoinedInFull = Joined & { snapshot: Snapshot; read: ReadQuery[] };

/** The join with the parsers at hand, for who reads more texts against the stores: migrations, rewritten queries. */
export async function withJoin<T>(
  snapshot: Snapshot, configuration: Configuration, version: string, work: (joined: JoinedInFull, parsers: Parsers) => Promise<T>, options: Pick<AuditOptions, 'signal'> = {},
): Promise<T> {
  return withParsers(options, async (parsers, pause) => work(await join(parsers, { snapshot, configuration, version }, pause), parsers));
}

/** What is known of personal data: where it stands, which ways it goes, and who uses it. */
export interface Followable {
  report: Joined['report'];
  privacy: PrivacyReport;
  movements: RelationMovement[];
}

export interface PrivacyOptions extends Pick<AuditOptions, 'signal'> {
  /** What was counted over sampled values, where that was asked for. */
  values?: SampledValues;
}

/** Follows every column of personal data from where it stands first to those who use it. Judges nothing. */
export async function privacyOf(snapshot: Snapshot, configuration: Configuration, version: string, options: PrivacyOptions = {}): Promise<Followable> {
  return withJoin(snapshot, configuration, version, async ({ report, boundaries, snapshot: joined }, parsers) => {
    const { movements, carried, notes, looked, disagreements } = followed({ boundaries, snapshot: joined, configuration, parsers, values: options.values });
    const columns = personalColumns({ boundaries, movements, classified: carried, configuration, declarations: joined.columnDeclarations ?? [] });
    const { tool, takenAt, gaps, assumptions } = report;
    return { report: { tool, takenAt, gaps, assumptions: [...assumptions, ...notes] }, privacy: { columns, looked, disagreements }, movements };
  }, options);
}

async function withParsers<T>(options: AuditOptions, work: (parsers: Parsers, pause: () => Promise<void>) => Promise<T>): Promise<T> {
  const parsers = await createParsers(options);
  try {
    return await work(parsers, () => turn(options.signal));
  } finally {
    await parsers.close();
  }
}

/** Lets the process see that it is asked to end: judging itself never waits for anything. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

export type Given = { snapshot: Snapshot; configuration: Configuration; version: string };

/** What rules are let speak of. */
export interface Joint extends Joined {
  /** With the contracts that the configuration declares. */
  snapshot: Snapshot;
  /** Every query that was read, with what of it was. */
  read: ReadQuery[];
  /** Of queries that lead nowhere. */
  gaps: Gap[];
}

async function join(parsers: Parsers, { snapshot: given, configuration, version, readers = new StoreReaders(), cards = given.queries }: Given & { readers?: StoreReaders; cards?: readonly CollectedQuery[] }, pause: () => Promise<void>): Promise<Joint> {
  const snapshot = withDeclaredContracts(given, configuration);
  const { byStore, unplaced, waiting, guesses } = placeQueries(snapshot, configuration);
  for (const store of snapshot.stores) await parsers.prepare(dialectOfEngine(store.engine), textsOf(store, byStore.get(store) ?? []));
  const elsewhere = [...unplaced, ...waiting];
  for (const [dialect, own] of byDialect(elsewhere)) await parsers.prepare(dialect, own.flatMap(({ variants }) => variants.map(({ sql }) => sql)));
  const federated = federateAll(byStore, elsewhere, snapshot, configuration, parsers);
  for (const [store, own] of federated.byStore) await parsers.prepare(dialectOfEngine(store.engine), textsOfQueries(own));
  const clock = usageClock({ takenAt: snapshot.takenAt, queries: cards }, configuration.thresholds.unused_days);
  const boundaries: StoreBoundary[] = [];
  for (const store of snapshot.stores) {
    await pause();
    const queries = [...(byStore.get(store) ?? []), ...(federated.byStore.get(store) ?? [])];
    const parse = parsers.parse(dialectOfEngine(store.engine));
    boundaries.push(buildBoundary(store, queries, configuration, parse, clock, readers.of(store, configuration, parse)));
  }
  const withoutStore = await readWithoutStore(elsewhere, parsers, pause);
  const read = [
    ...boundaries.flatMap((boundary) => readAll(byStore.get(boundary.store) ?? [], boundary.reader)),
    ...withoutStore,
  ].map((query) => withoutSeen(query, federated.seenThrough.get(query.query)));
  // Of what others send only what could not be read is told: it is counted where it is sent.
  const sent = boundaries.flatMap(({ store, reader }) => readAll(federated.byStore.get(store) ?? [], reader));
  const gaps = [...snapshot.gaps, ...unplacedGaps(unplaced)];
  const report: Joined['report'] = {
    tool: { name: 'tidemark', version },
    takenAt: snapshot.takenAt,
    gaps: [...gaps, ...unreadGaps([...read, ...sent], boundaries)],
    assumptions: [...guesses, ...federated.guesses, ...assumptionsOf(snapshot, boundaries, clock.notes)],
  };
  return { snapshot, boundaries, read, gaps, report };
}

export interface Judging {
  configuration: Configuration;
  rules: readonly Rule[];
  intervals: ReadonlyMap<string, readonly Interval[]>;
  scratch: AuditOptions['scratch'] | undefined;
  /** Which subjects and which groups of metrics are judged, and no work is divided then; without it everything is. */
  chosen?: { subject: (subject: Subject) => boolean; metric: NonNullable<MetricOptions['wanted']> };
}

async function judgeJoint(parsers: Parsers, joint: Joint, { configuration, rules, intervals, scratch, chosen }: Judging, pause: () => Promise<void>): Promise<Audited> {
  const { snapshot, boundaries, read, gaps } = joint;
  const { takenAt } = snapshot;
  const ofBoundary = (boundary: StoreBoundary) => ({ boundary, intervals: intervals.get(boundary.store.name), takenAt, thresholds: configuration.thresholds });
  const workloads = chosen ? [] : boundaries.map((boundary) => storeWorkload(ofBoundary(boundary)));
  const windows: StatisticsWindow[] = chosen ? boundaries.map((boundary) => statisticsWindow(ofBoundary(boundary))) : workloads;
  const facts = new Map(boundaries.map((boundary, index) => [boundary, storeFacts(boundary, statisticsOf(windows[index], takenAt))]));
  const { groups } = await metricAnalysis(boundaries, parsers, { metrics: configuration.metrics ?? [], contracts: snapshot.contracts ?? [], audit: true, ...(scratch ? { scratch } : {}), ...(chosen ? { wanted: chosen.metric } : {}) });
  const data = followed({ boundaries, snapshot, configuration, parsers });
  await pause();
  const all = [...judgedSubjects(facts, data, { snapshot, configuration }, parsers), ...contractSubjects({ boundaries, facts, snapshot, configuration, parsers }), ...subjectsOfMetrics(groups, boundaries, facts)];
  const asked = { boundaries, facts, snapshot, configuration, metrics: metricSummaries(groups), movements: data.movements };
  const consumers = chosen ? [] : classifyConsumers(asked);
  if (!chosen) all.push(...reviewedSubjects({ ...asked, consumers }));
  const subjects = chosen ? all.filter(chosen.subject) : all;
  await pause();
  const judged = judge(rules, subjects, { levels: configuration.rules, thresholds: configuration.thresholds });
  const measured = rules.filter(({ area, weight }) => area === 'workload' && typeof weight !== 'number' && (weight.group === 'cost' || weight.group === 'store'));
  const findings = tempered(judged.findings, new Set(measured.map(({ id }) => id)), new Map(windows.map(({ store, trust }) => [store, trust])));
  const coverage = coverageOf(boundaries, read, boundaries.map(({ reader }) => reader.check));
  const tallies = new Map(rules.flatMap(({ id, tally }) => (tally ? [[id, tally] as const] : [])));
  const report: Report = {
    ...joint.report,
    schemaVersion: 1,
    // The verdict counts what could not be read by the coverage.
    verdicts: verdicts(findings, { subjects, coverage, gaps, undecided: judged.undecided, tallies }),
    findings,
    coverage,
    stores: snapshot.stores.map(({ name, engine, role, version, cost }) => ({ name, engine, role, version, cost })),
    workload: workloads.flatMap(({ store, since, until, trust: ofStore, classes, changes }, index) =>
      boundaries[index]?.store.statementWindow ? [{ store, since, until, trust: ofStore, classes, changes }] : [],
    ),
    metrics: asked.metrics,
  };
  return { report, boundaries, consumers, movements: data.movements };
}

function statisticsOf(window: StatisticsWindow | undefined, takenAt: string): StatisticsState | null {
  return window ? { trust: window.trust, window_seconds: window.window_seconds, takenAt } : null;
}

function judgedSubjects(facts: ReadonlyMap<StoreBoundary, StoreFacts>, data: Followed, { snapshot, configuration }: Pick<Given, 'snapshot' | 'configuration'>, parsers: Parsers): Subject[] {
  const { stores, takenAt } = snapshot;
  const ofStores = [...facts].flatMap(([boundary, ofStore]) =>
    subjectsOf({
      boundary,
      facts: ofStore,
      contracts: contractsOf(boundary, parsers.parse(dialectOfEngine(boundary.store.engine))),
      classified: data.carried.get(boundary.store.name) ?? new Map(),
      confidence_min: configuration.thresholds.privacy_confidence,
      stores,
      takenAt,
      thresholds: configuration.thresholds,
    }),
  );
  return [...ofStores, ...privacySubjects({ ...data, boundaries: [...facts.keys()], facts, snapshot, configuration })];
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
