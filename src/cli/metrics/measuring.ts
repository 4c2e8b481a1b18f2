import { setTimeout as pause } from 'node:timers/promises';
import type { Catalog } from '../../model/catalog.js';
import type { MetricClaim, MetricGroup } from '../../model/metric-report.js';
import { sampleFailure } from '../../probes/failure.js';
import { dialectOfEngine } from '../../sql/dialect.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import type { LiveSession } from '../../stores/live.js';
import { StoreLost } from '../../stores/store.js';
import type { Planned } from './parting.js';
import { partingSql } from './parting.js';
import { planOf } from './measure-plan.js';
import { relationsOf, type Pair } from './classes.js';
import { CareOfStore } from './care.js';
import { asked, valueOf } from './measured-value.js';

/** A store that may be asked. */
export interface AskedStore {
  name: string;
  engine: 'postgres' | 'duckdb';
  catalog: Catalog;
  open(): Promise<LiveSession>;
}

export interface Measuring {
  stores: readonly AskedStore[];
  parsers: Parsers;
  signal: AbortSignal;
  /** Called before each statement, with what it is for. */
  onProgress(text: string): void;
  /** What one statement may take, and all of them on one store; the default is `LIMITS`. */
  limits?: typeof LIMITS;
  /** Rests between two statements. */
  wait?: (ms: number) => Promise<void>;
}

const LIMITS = { deadline_ms: 10_000, budget_ms: 60_000 };
const PAIRS_MAX = 40;

type Value = NonNullable<MetricClaim['value']>;

/** One statement with whom it is for. */
interface Question {
  sql: string;
  members: MetricClaim[];
}

/**
 * The same groups with today's numbers: each definition is run once on the store it belongs to, read-only and bounded, one
 * after the other, and gives one row of aggregates at most. What cannot be run or fails costs itself only and says why.
 *
 * @throws the reason of an abort
 */
export async function measured(groups: readonly MetricGroup[], measuring: Measuring): Promise<MetricGroup[]> {
  const answered = structuredClone([...groups]);
  for (const name of new Set(answered.flatMap(({ members }) => members.map(({ store }) => store)))) {
    const store = measuring.stores.find((one) => one.name === name);
    const own = answered.filter(({ members }) => members.some((claim) => claim.store === name));
    if (store === undefined) refuseAll(own, name, 'its store was not looked at');
    else await measureStore(own, store, measuring);
  }
  return answered;
}

function refuseAll(groups: readonly MetricGroup[], store: string, error: string): void {
  for (const claim of groups.flatMap(({ members }) => members)) if (claim.store === store) claim.value ??= { error };
  for (const group of groups) for (const pair of toldPairs(group)) if (isOf(group, pair, store)) pair.today ??= { error };
}

async function measureStore(groups: readonly MetricGroup[], store: AskedStore, measuring: Measuring): Promise<void> {
  let session: LiveSession;
  try {
    session = await store.open();
  } catch (error) {
    measuring.signal.throwIfAborted();
    refuseAll(groups, store.name, causeOf(error, store, null, measuring.limits));
    return;
  }
  const { signal, limits = LIMITS, wait = (ms) => pause(ms, undefined, { signal }) } = measuring;
  const care = new CareOfStore(session, { budget_ms: limits.budget_ms, signal, wait });
  try {
    for (const group of groups) await measureGroup(group, store, { session, care, measuring });
  } finally {
    await session.close();
  }
}

interface Asking {
  session: LiveSession;
  care: CareOfStore;
  measuring: Measuring;
}

async function measureGroup(group: MetricGroup, store: AskedStore, asking: Asking): Promise<void> {
  const { measuring } = asking;
  const questions = questionsOf(group, store.name);
  await measuring.parsers.prepare(dialectOfEngine(store.engine), questions.map(({ sql }) => sql));
  const values = new Map<string, Value>();
  for (const { sql, members } of questions) {
    measuring.onProgress(`measuring ${group.name} on ${store.name}`);
    const [first] = members;
    const value = first === undefined ? { error: 'it has no card' } : await ask(planned(sql, first, store, measuring), store, asking, first.timeZone);
    values.set(sql, value);
    for (const claim of members) claim.value = value;
  }
  for (const pair of toldPairs(group)) if (isOf(group, pair, store.name)) pair.today = await part(group, pair, store, asking);
}

/** Each text once, whoever shows it. */
function questionsOf(group: MetricGroup, store: string): Question[] {
  const questions = new Map<string, Question>();
  for (const { members, sql, unreadable } of group.definitions) {
    for (const claim of members.flatMap((member) => group.members[member] ?? [])) {
      if (claim.store !== store) continue;
      const text = claim.sql === undefined ? sql : claim.sql;
      if (text === null || text.trim() === '') {
        claim.value = { error: unreadable ?? 'its measure could not be taken out of its query' };
        continue;
      }
      const key = `${claim.timeZone ?? ''} ${text}`;
      const known = questions.get(key);
      if (known === undefined) questions.set(key, { sql: text, members: [claim] });
      else known.members.push(claim);
    }
  }
  return [...questions.values()];
}

function planned(sql: string, { relations: preferred }: MetricClaim, { engine, catalog }: AskedStore, { parsers }: Measuring): Planned {
  const relations = new Set(catalog.relations.map(({ schema, name }) => `${schema}.${name}`));
  return { sql, plan: planOf(sql, parsers.parse(dialectOfEngine(engine))(sql), { relations, preferred }) };
}

async function ask({ sql, plan }: Planned, store: AskedStore, { session, care, measuring }: Asking, timeZone: string | null): Promise<Value> {
  if ('refused' in plan) return { error: `not run: ${plan.refused}` };
  const elsewhere = store.engine === 'duckdb' ? plan.schemas.filter((schema) => schema !== 'main') : [];
  if (elsewhere.length > 0) return { error: `not run: its names without a schema are of ${elsewhere.join(', ')}, and in DuckDB they are looked up in main` };
  const question = asked(sql, store.engine, { schemas: plan.schemas, timeZone, parse: measuring.parsers.postgres });
  if (question === null) return { error: 'not run: its text could not be put into a statement that only reads' };
  const refused = await care.permit();
  if (refused !== null) return { error: `not run: ${refused}` };
  try {
    return valueOf(question.valuesOf(await care.timed(() => session.query(question.row, question.sql, { deadline_ms: measuring.limits?.deadline_ms ?? LIMITS.deadline_ms, settings: question.settings }))));
  } catch (error) {
    measuring.signal.throwIfAborted();
    if (error instanceof StoreLost) care.giveUp('the connection was lost before');
    return { error: causeOf(error, store, session, measuring.limits) };
  }
}

async function part(group: MetricGroup, { first, second }: Pair, store: AskedStore, asking: Asking): Promise<NonNullable<Pair['today']>> {
  const claims = [first, second].map((place) => group.members[group.definitions[place]?.members[0] ?? -1]);
  const [one, other] = claims;
  if (one === undefined || other === undefined) return { error: 'one of them has no card' };
  const texts = [first, second].map((place, index) => claims[index]?.sql ?? group.definitions[place]?.sql ?? '');
  const built = partingSql(planned(texts[0] ?? '', one, store, asking.measuring), planned(texts[1] ?? '', other, store, asking.measuring));
  if ('refused' in built) return { error: built.refused };
  if (one.timeZone !== other.timeZone) return { error: 'they are read in different time zones' };
  await asking.measuring.parsers.prepare(dialectOfEngine(store.engine), [built.sql]);
  const value = await ask(planned(built.sql, { ...one, relations: [...one.relations, ...other.relations] }, store, asking.measuring), store, asking, one.timeZone);
  if ('error' in value) return value;
  return /^\d+$/.test(value.text) ? { rows: Number(value.text) } : { error: 'the store gave no number' };
}

/** Of definitions that are equal to each other one speaks for all, and there is an end to what is asked. */
function toldPairs(group: MetricGroup): Pair[] {
  const leaders = new Set(relationsOf(group).classes.map(({ definitions }) => definitions[0]));
  return group.pairs.filter(({ first, second }) => leaders.has(first) && leaders.has(second)).slice(0, PAIRS_MAX);
}

function isOf(group: MetricGroup, { first, second }: Pair, store: string): boolean {
  return [first, second].every((place) => group.members[group.definitions[place]?.members[0] ?? -1]?.store === store);
}

function causeOf(error: unknown, { name }: AskedStore, session: LiveSession | null, { deadline_ms } = LIMITS): string {
  const { reason, message, next_step } = sampleFailure(error, { probe: 'this definition', store: name, role: session?.identity().role ?? null, deadline_ms });
  return reason === 'permission' || reason === 'connect' ? `${message}. ${next_step}` : message;
}
