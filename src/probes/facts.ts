import { z } from 'zod';
import { DeadlineExceeded } from '../stores/live.js';
import { plainText } from '../text/plain-text.js';
import { hasTexts } from './engines.js';
import type { ProbeInput, StoreProbe } from './probe.js';
import { grantFor, messageWithoutValues, rethrowFatal } from './warehouse/error.js';
import { factTables, type FactTable } from './warehouse/fact-tables.js';
import { PlanGuard, tooCostly } from './warehouse/guard.js';
import { keyOf, quoted, quotedRelation, written, writtenRelation } from './warehouse/name.js';
import { sqlOf } from './warehouse/sql.js';
import { isoDay } from './warehouse/time.js';

export const payload = z.object({
  as_of: z.number().nullable(),
  relations: z.array(
    z.object({
      relation: z.string(),
      /** The data product whose fact table it is; null where none is configured. */
      product: z.string().nullable(),
      /** Rows by day of the time column, oldest first, the last 15 days; empty without one. */
      days: z.array(z.object({ day: z.string(), rows: z.number() })),
      /** Rows beyond the first of each event id, over those days; null without an event id. */
      duplicate_rows: z.number().nullable(),
      /** Rows that point to an unknown member of a dimension, over those days; null where nothing tells. */
      unknown_dimension_rows: z.number().nullable(),
      unread: z.string().nullable(),
    }),
  ),
});
export type FactsPayload = z.output<typeof payload>;

type Entry = FactsPayload['relations'][number];

const DAYS = 15;
const DAY_SECONDS = 86_400;
/** Every two minutes: about 130 ms of a core, one part in a thousand. */
const FACTS_COST_MAX = 10_000;
const TABLE_DEADLINE_MS = 4_000;
/** Within what the scheduler allows. */
const ROUND_MS = 9_000;

const dayRow = z.object({ day: z.string().nullable(), rows: z.number(), unknown_rows: z.number().nullable() });
const duplicateRow = z.object({ rows: z.number() });

/**
 * Rows of fact tables by day of the last fifteen, of today so far: sudden drops, duplicates of source events, rows that point to
 * the unknown member of a dimension. Which tables: see `factTables`. On PostgreSQL only what the planner finds cheap.
 */
export const probe: StoreProbe<FactsPayload> = {
  kind: 'store',
  id: 'facts',
  pace_seconds: 120,
  deadline_ms: 10_000,
  weight: 'heavy',
  payload,
  applies: (target) => hasTexts(target) && factTables(target).length > 0,
  create: (target) => {
    const guard = new PlanGuard();
    const tables = factTables(target);
    let first = 0;
    return async (input) => {
      const started = input.now();
      const relations = new Map<FactTable, Entry>();
      for (let turn = 0; turn < tables.length; turn++) {
        const table = tables[(first + turn) % tables.length];
        if (table === undefined) continue;
        const left_ms = ROUND_MS - (input.now() - started) * 1000;
        relations.set(table, left_ms < 500 ? unread(table, 'there was no time for it in this round') : await look(table, input, guard, Math.min(left_ms, TABLE_DEADLINE_MS)));
      }
      // Where the time does not do for all, the next round begins with another one.
      first = (first + 1) % Math.max(tables.length, 1);
      return { as_of: input.session.asOf(), relations: tables.map((table) => relations.get(table) ?? unread(table, 'it was not looked at')) };
    };
  },
};

function unread(table: FactTable, reason: string): Entry {
  return { relation: keyOf(table), product: table.product, days: [], duplicate_rows: null, unknown_dimension_rows: null, unread: plainText(reason, 400) };
}

async function look(table: FactTable, input: ProbeInput, guard: PlanGuard, deadline_ms: number): Promise<Entry> {
  const { session, signal } = input;
  if (table.problem !== null) return unread(table, table.problem);
  const range = rangeOf(table, input);
  const relation = quotedRelation(table);
  const values = { relation, range, day: sqlOf(session, `facts_day_of_${table.time_form}`, { column: quoted(table.time_column) }) };
  const byDay = sqlOf(session, 'facts', { ...values, unknown: unknownOf(table, input) });
  const duplicates = table.event_column === null ? null : sqlOf(session, 'facts_duplicates', { ...values, event: quoted(table.event_column) });
  try {
    signal.throwIfAborted();
    const cost = Math.max((await guard.excess(session, byDay, input.now(), FACTS_COST_MAX)) ?? 0, duplicates === null ? 0 : ((await guard.excess(session, duplicates, input.now(), FACTS_COST_MAX)) ?? 0));
    if (cost > 0) return unread(table, `${tooCostly(cost, FACTS_COST_MAX)}; CREATE INDEX ON ${writtenRelation(table)} (${written(table.time_column)}); makes it cheap`);
    const days = await session.query(dayRow, byDay, { deadline_ms });
    const [repeated] = duplicates === null ? [] : await session.query(duplicateRow, duplicates, { deadline_ms });
    return {
      relation: keyOf(table),
      product: table.product,
      days: days.flatMap(({ day, rows }) => (day === null ? [] : [{ day: isoDayOf(day), rows }])),
      duplicate_rows: repeated?.rows ?? null,
      unknown_dimension_rows: table.dimension_keys.length === 0 ? null : days.reduce((sum, { unknown_rows }) => sum + (unknown_rows ?? 0), 0),
      unread: null,
    };
  } catch (error) {
    rethrowFatal(error, signal);
    if (error instanceof DeadlineExceeded) return unread(table, `it took longer than ${(deadline_ms / 1000).toFixed(1)} s`);
    const grant = grantFor(error, table, session.identity().role);
    return unread(table, `${messageWithoutValues(error)}${grant === null ? '' : `; ${grant}`}`);
  }
}

/** SQL for the days that are looked at; of numbers and names only. */
function rangeOf(table: FactTable, { session, now }: ProbeInput): string {
  const today = Math.floor(now() / DAY_SECONDS) * DAY_SECONDS;
  const from = today - (DAYS - 1) * DAY_SECONDS;
  const to = today + DAY_SECONDS;
  const key = (at: number): string => isoDay(at).replaceAll('-', '');
  return sqlOf(session, `facts_range_of_${table.time_form}`, { column: quoted(table.time_column), from: String(from), to: String(to), from_key: key(from), to_key: key(to) });
}

function unknownOf({ dimension_keys }: FactTable, { session }: ProbeInput): string {
  if (dimension_keys.length === 0) return 'null';
  const conditions = dimension_keys.map(({ column, null_is_unknown }) =>
    sqlOf(session, null_is_unknown ? 'facts_unknown_or_null' : 'facts_unknown_member', { column: quoted(column) }),
  );
  return sqlOf(session, 'facts_unknown', { condition: conditions.join(' or ') });
}

/** `20260630` and `2026-06-30` → `2026-06-30`. */
function isoDayOf(day: string): string {
  const match = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(day);
  return match ? `${match[1]}-${match[2]}-${match[3]}` : plainText(day, 10);
}
