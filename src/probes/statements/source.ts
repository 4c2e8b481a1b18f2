import { z } from 'zod';
import type { LiveSession } from '../../stores/live.js';
import { quoteName } from '../../stores/postgres/failure.js';
import { statementCounter } from '../../stores/postgres/statement-columns.js';
import { StatementGaps } from '../../stores/postgres/statement-gaps.js';
import { accessRow, extensionRow } from '../../stores/postgres/statements.js';
import { loadSql, loadSqlFrom } from '../../stores/sql/load.js';
import { ProbeUnsupported } from '../probe.js';
import { indexed, type Entry, type Reading } from './deltas.js';

const SQL = new URL('../sql/postgres/', import.meta.url);
/** A statement of this length is a list of constants; what it reads stands in its first part. */
const TEXT_LENGTH_MAX = 32_768;
/** All texts of one fetch together, in characters. */
const TEXTS_LENGTH_MAX = 4_000_000;
/** With its default work_mem the server would write its file of texts to a temporary file. */
const TEXTS_BOUNDS = { deadline_ms: 4_000, settings: { work_mem: '64MB' } };

/** A column that is packed as the text of an array of numbers, flags or nulls, none of which is quoted. */
const packed = z
  .string()
  .nullable()
  .transform((text) => (text === null || text === '{}' ? [] : text.slice(1, -1).split(',')));

const countersRow = z.object({
  server_time: z.number(),
  entries: z.number(),
  entries_max: z.number(),
  evictions: z.number().nullable(),
  reset_at: z.number().nullable(),
  role_ids: packed,
  query_ids: packed,
  toplevel: packed,
  calls: packed,
  execution_ms: packed,
  rows: packed,
  shared_blocks: packed,
  temp_blocks: packed,
  since: packed,
});

const textRow = z.object({
  role_id: z.string(),
  query_id: z.string(),
  toplevel: z.boolean(),
  left_out: z.boolean().nullable(),
  text: z.string().nullable(),
});
export type TextRow = z.infer<typeof textRow>;

const roleRow = z.object({ role_id: z.string(), role: z.string(), own: z.boolean(), shared: z.boolean() });
export type RoleRow = z.infer<typeof roleRow>;

export interface StatementReading extends Reading {
  /** Of all databases. */
  total: number;
  entries_max: number;
}

/** pg_stat_statements as one connection finds it. */
export class StatementSource {
  readonly #values: Readonly<Record<string, string>>;

  private constructor(
    private readonly version: number,
    schema: string,
    columns: ReadonlySet<string>,
  ) {
    const hasInfo = columns.has('toplevel');
    const info = (column: string): string => (hasInfo ? `(select ${column} from ${schema}.pg_stat_statements_info() i)` : 'null::float8');
    this.#values = {
      schema,
      toplevel: hasInfo ? 's.toplevel' : 'true',
      execution_ms: statementCounter(columns, 'execution_ms') ?? 'null::float8',
      evictions: info('i.dealloc::float8'),
      reset_at: info('extract(epoch from i.stats_reset)::float8'),
      since: columns.has('stats_since') ? "array_agg(date_part('epoch', s.stats_since)) filter (where s.here)::text" : 'null::text',
    };
  }

  /**
   * Looks the extension up: it may be in any schema and of an older version than the server's own.
   * @throws ProbeUnsupported where it is missing, not loaded or tracks nothing.
   */
  static async find(session: LiveSession): Promise<StatementSource> {
    const run = <T>(row: z.ZodType<T>, file: string): Promise<T[]> => session.query(row, loadSql('postgres', file, session.version_num));
    const [access] = await run(accessRow, 'statements_access');
    const [extension] = await run(extensionRow, 'statements_extension');
    if (!access) throw new Error('the server answered with no row');
    const gaps = new StatementGaps(session.store, quoteName(session.identity().role ?? ''));
    const gap = extension === undefined ? gaps.noExtension(access) : access.entries_max === null ? gaps.notLoaded(access) : null;
    if (gap) throw new ProbeUnsupported(gap.cause, gap.remedy ?? '');
    if (access.track === 'none') {
      throw new ProbeUnsupported(
        'pg_stat_statements.track is none, so that nothing is counted',
        "ALTER SYSTEM SET pg_stat_statements.track = 'top'; SELECT pg_reload_conf();",
      );
    }
    return new StatementSource(session.version_num, extension?.schema ?? '', new Set(extension?.columns));
  }

  async counters(session: LiveSession): Promise<StatementReading> {
    const [row] = await session.query(countersRow, loadSqlFrom(SQL, 'statements', this.version, this.#values));
    if (!row) throw new Error('the server answered with no row');
    const { server_time, reset_at, evictions, entries_max } = row;
    const list = Array.from({ length: row.query_ids.length }, (_, index) => entryAt(row, index));
    return { server_time, reset_at, evictions, entries_max, total: row.entries, entries: indexed(list) };
  }

  /** Names of the given roles, and of our own. */
  roles(session: LiveSession, roleIds: readonly string[]): Promise<RoleRow[]> {
    return session.query(roleRow, loadSqlFrom(SQL, 'statements_roles', this.version, { role_ids: numbers(roleIds) }));
  }

  /** Texts of the given statements, of each role. */
  texts(session: LiveSession, queryIds: readonly string[]): Promise<TextRow[]> {
    const values = { ...this.#values, query_ids: numbers(queryIds), text_max: String(TEXT_LENGTH_MAX), texts_max: String(TEXTS_LENGTH_MAX) };
    return session.query(textRow, loadSqlFrom(SQL, 'statements_texts', this.version, values), TEXTS_BOUNDS);
  }
}

function entryAt(row: z.infer<typeof countersRow>, index: number): Entry {
  const number = (column: readonly string[]): number => Number(column[index]);
  const id = row.query_ids[index] ?? 'NULL';
  return {
    role_id: row.role_ids[index] ?? '',
    query_id: id === 'NULL' ? null : id,
    toplevel: row.toplevel[index] === 't',
    calls: number(row.calls),
    execution_ms: number(row.execution_ms),
    rows: number(row.rows),
    shared_blocks: number(row.shared_blocks),
    temp_blocks: number(row.temp_blocks),
    since: row.since[index] ?? null,
  };
}

/** They come from the server and go back into a statement: numbers and nothing else. */
function numbers(ids: readonly string[]): string {
  return ids.filter((id) => /^-?\d{1,20}$/.test(id)).join(',');
}
