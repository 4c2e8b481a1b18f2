import { z } from 'zod';
import { plainText } from '../text/plain-text.js';
import type { Engine } from '../model/store.js';
import { WATERMARK_NAME, WATERMARK_PARTS } from '../stores/control/conventions.js';
import { expressionsOf } from '../stores/expressions/index.js';
import { deadlineOn, hasTexts, paceOn } from './engines.js';
import { ProbeUnsupported, type ProbeInput, type ProbeTarget, type StoreProbe } from './probe.js';
import { readingError } from './warehouse/error.js';
import { ControlTablePlace, hasControlTable, presenceOf, textOf, timeIn, type ControlTable, type Convention } from './warehouse/control-table.js';
import { anyText, anyTruth } from './warehouse/expressed.js';
import { PlanGuard, tooCostly } from './warehouse/guard.js';
import { keyOf, quoted, quotedRelation, written, writtenRelation } from './warehouse/name.js';
import { sqlOf } from './warehouse/sql.js';

export const payload = z.object({
  /** The moment that the rows speak of, by this machine's clock, where it is not now. */
  as_of: z.number().nullable(),
  /** `schema.name` of the control table. */
  relation: z.string(),
  products: z.array(
    z.object({
      name: z.string(),
      source_system: z.string().nullable(),
      /** Everything of the source up to here is in. Epoch seconds. */
      watermark_at: z.number().nullable(),
      loaded_at: z.number().nullable(),
      failed_at: z.number().nullable(),
      status: z.string().nullable(),
      has_error: z.boolean(),
    }),
  ),
  /** True where the table holds more rows than are read, so that some products may be missing. */
  left_off: z.boolean().optional(),
});
export type WatermarksPayload = z.output<typeof payload>;

/** More products than any screen shows; a table with a row for every load is read from the newest on. */
const ROWS_MAX = 2_000;
const STATUS_LENGTH_MAX = 40;

type Part = keyof typeof WATERMARK_PARTS;

const convention: Convention<Part> = {
  name: 'data_product_watermark',
  setting: 'control.watermarks',
  likeName: WATERMARK_NAME,
  parts: WATERMARK_PARTS,
  byColumns: ({ name, watermark }) => watermark?.kind === 'time' && name?.name !== 'name' && !['watermark', 'max_event_time'].includes(watermark.name.toLowerCase()),
};

const row = z.object({ name: anyText, source_system: anyText, watermark: anyText, loaded: anyText, failed: anyText, status: anyText, has_error: anyTruth });

/**
 * The control table of watermarks: `data_product_watermark` and its like, found by name or columns or named by the
 * configuration. A value that cannot be read as a time costs that value only. The text of an error never leaves the store.
 */
export const probe: StoreProbe<WatermarksPayload> = {
  kind: 'store',
  id: 'watermarks',
  pace_seconds: 10,
  paceOf: ({ engine }) => paceOn(engine, 10),
  deadline_ms: 5_000,
  weight: 'light',
  payload,
  applies: (target) => hasControlTable(target, convention, target.settings.control.watermarks),
  create: (target) => {
    const guard = new PlanGuard();
    const place = new ControlTablePlace(target, convention, target.settings.control.watermarks);
    return async (input) => place.use(input.session, (table) => read(target, table, input, guard));
  },
};

async function read(target: ProbeTarget, table: ControlTable<Part>, { session, signal, now }: ProbeInput, guard: PlanGuard): Promise<WatermarksPayload> {
  const { columns } = table;
  const order = (columns.loaded ?? columns.watermark)?.name ?? '';
  const values = {
    name: textOf(session, columns.name),
    source_system: textOf(session, columns.source_system),
    watermark: textOf(session, columns.watermark),
    loaded: textOf(session, columns.loaded),
    failed: textOf(session, columns.failed),
    status: textOf(session, columns.status),
    has_error: presenceOf(session, columns.error),
    row_max: String(ROWS_MAX + 1),
  };
  const sql = hasTexts(session) ? sqlOf(session, 'watermarks', { ...values, relation: quotedRelation(table), order: quoted(order) }) : expressed(session.engine, table, order, values);
  signal.throwIfAborted();
  const failed = (error: unknown): never => {
    signal.throwIfAborted();
    throw readingError(error, target.store, writtenRelation(table));
  };
  const cost = await guard.excess(session, sql, now()).catch(failed);
  if (cost !== null) {
    const index = `CREATE INDEX ON ${writtenRelation(table)} (${written(order)});`;
    throw new ProbeUnsupported(`${target.store}: ${plainText(writtenRelation(table))} is not read: ${tooCostly(cost)}`, plainText(`An index makes it cheap: ${index}`, 300));
  }
  const rows = await session.query(row, sql, { deadline_ms: deadlineOn(session.engine, probe.deadline_ms) }).catch(failed);
  return {
    as_of: session.asOf(),
    relation: keyOf(table),
    products: newestOfEach(rows.slice(0, ROWS_MAX)).map((found) => productOf(found, table)),
    ...(rows.length > ROWS_MAX ? { left_off: true } : {}),
  };
}

/** The same for engines without a text of their own. */
function expressed(engine: Engine, table: ControlTable<Part>, order: string, { row_max, ...values }: Readonly<Record<string, string>>): string {
  const expressions = expressionsOf(engine);
  const columns = Object.entries(values).map(([name, value]) => `${value} as ${name}`);
  return `select ${columns.join(', ')} from ${expressions.relation(table)} as t order by t.${expressions.name(order)} desc nulls last limit ${row_max}`;
}

/** Rows come newest first; those without a name speak of nothing. */
function newestOfEach(rows: z.output<typeof row>[]): (z.output<typeof row> & { name: string })[] {
  const seen = new Set<string>();
  return rows.flatMap((found) => {
    const { name } = found;
    if (name === null || name.trim() === '' || seen.has(name)) return [];
    seen.add(name);
    return [{ ...found, name }];
  });
}

function productOf(found: z.output<typeof row> & { name: string }, { columns }: ControlTable<Part>): WatermarksPayload['products'][number] {
  return {
    name: plainText(found.name),
    source_system: found.source_system === null ? null : plainText(found.source_system),
    watermark_at: timeIn(columns.watermark, found.watermark),
    loaded_at: timeIn(columns.loaded, found.loaded),
    failed_at: timeIn(columns.failed, found.failed),
    status: found.status === null ? null : plainText(found.status, STATUS_LENGTH_MAX),
    has_error: found.has_error,
  };
}
