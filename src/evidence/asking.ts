import { z } from 'zod';
import type { Catalog } from '../model/catalog.js';
import type { CollectionCost, Gap } from '../model/snapshot.js';
import type { Engine, StoreRole } from '../model/store.js';
import { DeadlineExceeded, type LiveSession } from '../stores/live.js';
import { loadSqlFrom } from '../stores/sql/load.js';
import { ConnectError, PermissionGap, StoreLost } from '../stores/store.js';
import { plainText } from '../text/plain-text.js';
import { sqlQualified, sqlIdentifier } from '../text/sql-name.js';

/** Keeps what is asked of one store within a budget, at its pace. */
export interface Care {
  /** Waits until the store may be asked again. Resolves with why it may not be asked any more, null where it may. */
  permit(): Promise<string | null>;
  /** Counts what a statement takes. */
  timed<T>(work: () => Promise<T>): Promise<T>;
  /** Nothing more is asked. */
  giveUp(why: string): void;
}

/** A live store that may be asked, read-only, on one connection. */
export interface AskedStore {
  name: string;
  role: StoreRole;
  engine: AskedEngine;
  catalog: Catalog;
  session: LiveSession;
  care: Care;
}

/** One statement over a relation of the user, and what stays unseen where it is not answered. */
export interface Question<T> {
  relation: { schema: string; name: string };
  sql: string;
  row: z.ZodType<T>;
  /** As a gap says it: `what the columns of app.officer hold`. */
  missing: string;
  deadline_ms: number;
  /** In the planner's units; null runs it whatever it costs. */
  cost_max: number | null;
  settings?: Record<string, string>;
}

export type Answer<T> = { rows: T[] } | { gap: Gap };

/** The engines whose rows can be asked about. */
export type AskedEngine = Extract<Engine, 'duckdb' | 'postgres'>;

const EXPLAIN_DEADLINE_MS = 2_000;

const planRow = z.object({ 'QUERY PLAN': z.unknown() });
const plan = z.tuple([z.object({ Plan: z.object({ 'Total Cost': z.number() }) })]);

/** The text `<name>.sql` of this folder for the engine of a store. Values are SQL: quoted names, numbers, texts made here. */
export function sqlOf({ session }: Pick<AskedStore, 'session'>, name: string, values: Readonly<Record<string, string>>): string {
  return loadSqlFrom(new URL(`./sql/${session.engine}/`, import.meta.url), name, session.version_num, values);
}

/**
 * Asks once, within the store's budget and the planner's estimate. What is not answered is a gap that names the relation, the
 * cause and the next step; no text of the server that may quote a value is in it.
 * @throws what an abort gives.
 */
export async function ask<T>(store: AskedStore, question: Question<T>): Promise<Answer<T>> {
  const refused = await store.care.permit();
  if (refused !== null) return { gap: gapOf(store, question, refused, null) };
  try {
    const cost = await costOf(store, question);
    if (question.cost_max !== null && cost > question.cost_max) {
      const cause = `reading it would cost about ${Math.round(cost).toLocaleString('en-US')} of the planner's units, and tidemark allows ${question.cost_max.toLocaleString('en-US')}`;
      return { gap: gapOf(store, question, cause, 'Ask a replica or a smaller copy of it, or run ANALYZE on it where its statistics are old.') };
    }
    const bounds = { deadline_ms: question.deadline_ms, ...(question.settings === undefined ? {} : { settings: question.settings }) };
    return { rows: await store.care.timed(() => store.session.query(question.row, question.sql, bounds)) };
  } catch (error) {
    return { gap: failed(store, question, error) };
  }
}

/** The planner's estimate of the statement, which is not run for it; DuckDB has none. */
async function costOf<T>({ session, care }: AskedStore, { sql, cost_max, settings }: Question<T>): Promise<number> {
  if (cost_max === null || session.engine !== 'postgres') return 0;
  const bounds = { deadline_ms: EXPLAIN_DEADLINE_MS, ...(settings === undefined ? {} : { settings }) };
  const [row] = await care.timed(() => session.query(planRow, `explain (format json) ${sql}`, bounds));
  const value: unknown = row?.['QUERY PLAN'];
  const [{ Plan }] = plan.parse(typeof value === 'string' ? JSON.parse(value) : value);
  return Plan['Total Cost'];
}

function failed<T>(store: AskedStore, question: Question<T>, error: unknown): Gap {
  if (error instanceof Error && error.name === 'AbortError') throw error;
  if (error instanceof StoreLost || error instanceof ConnectError) {
    store.care.giveUp('the connection was lost before');
    return { ...gapOf(store, question, error instanceof StoreLost ? `the connection was lost: ${error.detail}` : error.detail, null), severity: 'blind' };
  }
  return gapOf(store, question, ...causeOf(error, store, question));
}

function causeOf<T>(error: unknown, { session }: AskedStore, { relation, deadline_ms }: Question<T>): [cause: string, remedy: string | null] {
  const role = sqlIdentifier(session.identity().role ?? 'tidemark');
  if (error instanceof PermissionGap) {
    if (/row-level security/i.test(error.detail)) {
      return ['row-level security hides rows of it from tidemark', `Let a role that sees all rows ask (ALTER ROLE ${role} BYPASSRLS, or a policy with USING (true) for it).`];
    }
    if (/\bschema\b/.test(error.detail)) return [plainText(error.detail), `GRANT USAGE ON SCHEMA ${sqlIdentifier(relation.schema)} TO ${role};`];
    // A statement may read a second relation, which the server names without its schema.
    const [, denied = relation.name] = / for (?:table|view|materialized view|foreign table|relation) (\S+)$/.exec(error.detail) ?? [];
    return [plainText(error.detail), `GRANT SELECT ON ${denied === relation.name ? sqlQualified(relation) : sqlIdentifier(denied)} TO ${role};`];
  }
  if (error instanceof DeadlineExceeded) return [`it gave no answer within ${deadline_ms / 1000} s`, 'Ask when the server has less to do, or a replica of it.'];
  if (error instanceof z.ZodError) return ['the answer has an unknown form', null];
  return [classOf(error), null];
}

/** SQLSTATE or the class of DuckDB's error: texts of errors about data quote the data. */
function classOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === '55P03') return 'it is locked by another session (SQLSTATE 55P03)';
  if (code === '42P01' || code === '42703') return `it is no longer as the catalogue showed it (SQLSTATE ${code})`;
  if (/^[0-9A-Z]{5}$/.test(code)) return `the server refused (SQLSTATE ${code})`;
  const kind = /^([A-Z][A-Za-z]+(?: [A-Za-z]+){0,3} Error)\b/.exec(error instanceof Error ? error.message : '')?.[1];
  return kind === undefined ? 'the answer was not understood' : `the store says ${kind}`;
}

export function gapOf(store: Pick<AskedStore, 'name'>, { missing }: { missing: string }, cause: string, remedy: string | null): Gap {
  return { subject: store.name, missing, cause, remedy, severity: 'partial' };
}

/** What was asked of a store on its connection, as its page and records tell it. */
export interface AskedCost extends CollectionCost {
  store: string;
}

/** Gaps of one store that have the same cause become one that counts them, so that a lost store is one line. */
export function gathered(gaps: readonly Gap[]): Gap[] {
  const groups = new Map<string, Gap[]>();
  for (const gap of gaps) {
    const key = JSON.stringify([gap.subject, gap.cause, gap.remedy]);
    groups.set(key, [...(groups.get(key) ?? []), gap]);
  }
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const missing = own.length === 1 ? first.missing : `${first.missing}, and likewise ${own.length - 1} more`;
    return [{ ...first, missing, severity: own.some(({ severity }) => severity === 'blind') ? 'blind' : 'partial' } satisfies Gap];
  });
}
