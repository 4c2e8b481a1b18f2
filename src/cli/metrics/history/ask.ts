import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { relationsBelow } from '../../../history/below.js';
import type { Look } from '../../../history/fold.js';
import { movesByItself } from '../../../history/moves-by-itself.js';
import { bucketOf, closedBuckets, periodStart } from '../../../history/period.js';
import { historySql, type HistoryQuestion } from '../../../history/question.js';
import type { StoreSnapshot } from '../../../model/snapshot.js';
import { sampleFailure } from '../../../probes/failure.js';
import { dialectOfEngine } from '../../../sql/dialect.js';
import type { Parsers } from '../../../sql/parse/parsers.js';
import type { LiveSession } from '../../../stores/live.js';
import { StoreLost } from '../../../stores/store.js';
import { CareOfStore } from '../care.js';
import { planOf } from '../measure-plan.js';
import type { PeriodKey } from './journal.js';
import { hashOf, type PeriodValue } from './period-hash.js';

/** What one statement may take, and all of them on one store. A view over three years is heavier than one number of today. */
const LIMITS = { deadline_ms: 30_000, budget_ms: 120_000 };

const row = z.object({ bucket: z.union([z.number(), z.string(), z.null()]), value: z.union([z.string(), z.null()]), kind: z.union([z.string(), z.null()]) });

export interface AskingHistory {
  store: StoreSnapshot;
  parsers: Parsers;
  key: PeriodKey;
  /** When it is looked, by this machine's clock. */
  now_seconds: number;
  signal: AbortSignal;
  open(): Promise<LiveSession>;
  onProgress(text: string): void;
}

export interface HistoryOfStore {
  looks: Look[];
  /** What could not be asked, and why, in words that follow the name of the metric. */
  refused: { question: HistoryQuestion; why: string; /** True where a look would be possible: the store failed or refused. */ isGap: boolean }[];
  cost: { store: string; statements: number; elapsed_ms: number };
}

/** Asks one store for the closed periods of its metrics: one statement each, read-only, one after the other, within `LIMITS`. */
export async function askStore(questions: readonly HistoryQuestion[], asking: AskingHistory): Promise<HistoryOfStore> {
  const { store, signal, onProgress } = asking;
  const answer: HistoryOfStore = { looks: [], refused: [], cost: { store: store.name, statements: 0, elapsed_ms: 0 } };
  const allowed: HistoryQuestion[] = [];
  for (const question of questions) {
    const why = await refusedBefore(question, asking);
    if (why === null) allowed.push(question);
    else answer.refused.push({ question, why, isGap: false });
  }
  if (allowed.length === 0) return answer;
  let session: LiveSession;
  try {
    session = await asking.open();
  } catch (error) {
    signal.throwIfAborted();
    const why = causeOf(error, store.name, null);
    answer.refused.push(...allowed.map((question) => ({ question, why, isGap: true })));
    return answer;
  }
  const care = new CareOfStore(session, { budget_ms: LIMITS.budget_ms, signal, wait: (ms) => pause(ms, undefined, { signal }) });
  try {
    for (const question of allowed) {
      onProgress(`${question.metric} on ${store.name}`);
      const found = await askOne(question, session, care, asking);
      if ('why' in found) answer.refused.push({ question, why: found.why, isGap: true });
      else answer.looks.push(found);
    }
    const { queries, elapsed_ms } = session.cost();
    answer.cost = { store: store.name, statements: queries, elapsed_ms };
  } finally {
    await session.close();
  }
  return answer;
}

/** A text of the configuration is run only where it gives one row of aggregates and does nothing else. */
async function refusedBefore(question: HistoryQuestion, { store, parsers, now_seconds }: AskingHistory): Promise<string | null> {
  const dialect = dialectOfEngine(store.engine);
  const sql = historySql(question, now_seconds);
  const below = new Set(relationsBelow(question.relation, store.catalog));
  const definitions = store.catalog.relations.flatMap(({ schema, name, definition }) => (definition !== null && below.has(`${schema}.${name}`) ? [definition] : []));
  await parsers.prepare(dialect, [question.whole, sql, ...definitions]);
  const parse = parsers.parse(dialect);
  const relations = new Set(store.catalog.relations.map(({ schema, name }) => `${schema}.${name}`));
  const plan = planOf(question.whole, parse(question.whole), { relations, preferred: [question.relation] });
  if ('refused' in plan) return `not asked: ${plan.refused}`;
  const [only, another] = parse(sql).statements;
  if (only?.statement.type !== 'query_statement' || another !== undefined) return 'not asked: its text could not be put into a statement that only reads';
  return movesByItself(question, store, parse);
}

async function askOne(question: HistoryQuestion, session: LiveSession, care: CareOfStore, { store, key, now_seconds, signal }: AskingHistory): Promise<Look | { why: string }> {
  const refused = await care.permit();
  if (refused !== null) return { why: `not asked: ${refused}` };
  const schema = question.relation.slice(0, question.relation.indexOf('.'));
  const settings = store.engine === 'postgres' ? { search_path: `pg_catalog, "${schema.replaceAll('"', '""')}"`, timezone: 'UTC' } : undefined;
  try {
    const rows = await care.timed(() => session.query(row, historySql(question, now_seconds), { deadline_ms: LIMITS.deadline_ms, ...(settings === undefined ? {} : { settings }) }));
    return lookOf(question, rows, { key, now_seconds, watermark_seconds: watermarkOf(question, store) });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StoreLost) care.giveUp('the connection was lost before');
    return { why: causeOf(error, store.name, session) };
  }
}

function lookOf(question: HistoryQuestion, rows: readonly z.output<typeof row>[], { key, now_seconds, watermark_seconds }: { key: PeriodKey; now_seconds: number; watermark_seconds: number | null }): Look {
  const { metric, owner, store, relation, product, period, provisional_seconds, definition } = question;
  const values = new Map<string, PeriodValue>();
  const open = bucketOf(periodStart(period, now_seconds));
  let newest: string | null = null;
  for (const { bucket: start, value, kind } of rows) {
    if (start === null || !Number.isFinite(Number(start))) continue;
    const bucket = bucketOf(Number(start));
    values.set(bucket, { value, kind: kind ?? '' });
    if (bucket <= open && (newest === null || bucket > newest)) newest = bucket;
  }
  const closed = closedBuckets({ period, now_seconds, provisional_seconds, newest, watermark_seconds });
  return {
    at: new Date(now_seconds * 1000).toISOString(), key: key.id, metric, owner, store, relation, product, period,
    definition: key.hash('definition', definition),
    hashes: closed.map((bucket) => ({ bucket, hash: hashOf(key, question, bucket, values.get(bucket)) })),
  };
}

/** How far the control table says that the product is loaded. */
function watermarkOf({ product }: HistoryQuestion, { control }: StoreSnapshot): number | null {
  const own = (control?.watermarks ?? []).flatMap((one) => (one.product === product && one.sourceHighWatermark !== null ? [Date.parse(one.sourceHighWatermark) / 1000] : []));
  const known = own.filter((seconds) => Number.isFinite(seconds));
  return known.length === 0 ? null : Math.min(...known);
}

function causeOf(error: unknown, store: string, session: LiveSession | null): string {
  const { reason, message, next_step } = sampleFailure(error, { probe: 'its closed periods', store, role: session?.identity().role ?? null, deadline_ms: LIMITS.deadline_ms });
  return reason === 'permission' || reason === 'connect' ? `${message}. ${next_step}` : message;
}
