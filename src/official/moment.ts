import { z } from 'zod';
import type { EngineExpressions } from '../stores/expressions/expression.js';
import { expressionsOf } from '../stores/expressions/index.js';
import type { LiveSession } from '../stores/live.js';

/** The control table of watermarks, by the article's names (Part 066, section 8) or those that the configuration maps them to. */
export interface WatermarkNames {
  /** `schema.name`; null where it is looked for by its columns. */
  relation: string | null;
  product: string;
  watermark: string;
}

const WATERMARKS_MAX = 500;
const relationRow = z.object({ schema: z.string(), name: z.string() });
const watermarkRow = z.object({ product: z.string(), watermark: z.string() });

/** Relations of a store that have all of some columns, as this role sees them. Both engines keep the views of the SQL standard. */
export async function relationsWith(session: LiveSession, columns: readonly string[], name: string | null = null): Promise<{ schema: string; name: string }[]> {
  const { text } = expressionsOf(session.engine);
  const named = name === null ? '' : ` AND lower(table_name) = ${text(name)}`;
  const sql = `SELECT table_schema AS schema, table_name AS name FROM information_schema.columns WHERE lower(column_name) IN (${columns.map((column) => text(column.toLowerCase())).join(', ')})${named}
 AND table_schema NOT IN ('information_schema', 'pg_catalog') GROUP BY table_schema, table_name HAVING count(DISTINCT lower(column_name)) = ${columns.length} ORDER BY 1, 2 LIMIT 20`;
  return session.query(relationRow, sql, { settings: catalogPath(session) });
}

function catalogPath({ engine }: LiveSession): Record<string, string> {
  return engine === 'postgres' ? { search_path: 'pg_catalog' } : {};
}

/**
 * How far each data product was loaded, by the store's control table; null where there is none or there are several.
 * @param of products by name; all of the table where it is null
 * @throws what the store says where the table cannot be read
 */
export async function sourceWatermarks(session: LiveSession, names: WatermarkNames, of: ReadonlySet<string> | null): Promise<Record<string, string> | null> {
  const relation = names.relation ?? (await only(session, names));
  if (relation === null) return null;
  const expressions = expressionsOf(session.engine);
  const point = relation.indexOf('.');
  const from = expressions.relation({ schema: relation.slice(0, point), name: relation.slice(point + 1) });
  const [product, watermark] = [expressions.name(names.product), expressions.name(names.watermark)];
  const type = session.engine === 'postgres' ? 'text' : 'varchar';
  // The newest of a product, where the table keeps a row a load.
  const sql = `SELECT CAST(${product} AS ${type}) AS product, ${moment(`max(${watermark})`, expressions)} AS watermark FROM ${from} WHERE ${product} IS NOT NULL AND ${watermark} IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT ${WATERMARKS_MAX}`;
  const rows = await session.query(watermarkRow, sql, { settings: catalogPath(session) });
  return Object.fromEntries(rows.filter((row) => of === null || of.has(row.product)).map((row) => [row.product, row.watermark]));
}

/** A moment in UTC to the microsecond, and anything else as it is written; equal texts are equal watermarks. */
function moment(expression: string, { engine }: EngineExpressions): string {
  return engine === 'postgres' ? `CAST(${expression} AS text)` : `CAST(${expression} AS varchar)`;
}

async function only(session: LiveSession, { product, watermark }: WatermarkNames): Promise<string | null> {
  const [found, another] = await relationsWith(session, [product, watermark]);
  return found === undefined || another !== undefined ? null : `${found.schema}.${found.name}`;
}

const positionRow = z.object({ position: z.string().nullable() });

/**
 * The moment of a store, in words that say what it is: `wal 0/1A2B3C4, snapshot 742:742:` of PostgreSQL, `as of 2026-07-01T00:00:00Z` of
 * DuckDB; null where it does not tell.
 */
export async function positionOf(session: LiveSession): Promise<string | null> {
  if (session.engine === 'duckdb') {
    const at = session.asOf();
    return at === null ? null : `as of ${new Date(Math.floor(at) * 1000).toISOString().replace('.000Z', 'Z')}`;
  }
  // Neither function needs a right; on a standby the position is what it has replayed.
  const position = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END";
  const [row] = await session.query(positionRow, `SELECT 'wal ' || (${position})::text || ', snapshot ' || pg_current_snapshot()::text AS position`, { settings: catalogPath(session) });
  return row?.position ?? null;
}

/** Seconds since 1970 of a watermark as it is written; null for what is no moment. A moment without a zone is taken for UTC. */
export function epochOf(watermark: string): number | null {
  const written = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(watermark.trim());
  if (written === null) return null;
  const [, day = '', time = '00:00:00', zone = 'Z'] = written;
  const offset = zone === 'Z' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const fraction = /\.(\d+)$/.exec(time)?.[1] ?? '';
  const whole = Date.parse(`${day}T${(fraction === '' ? time : time.slice(0, -(fraction.length + 1))).padEnd(8, ':00')}${offset}`);
  return Number.isNaN(whole) ? null : whole / 1000 + (fraction === '' ? 0 : Number(`0.${fraction}`));
}

/** The earliest of several watermarks: up to there everything of all sources is in. Null where one of them is no moment. */
export function commonWatermark(watermarks: Readonly<Record<string, string>>): string | null {
  const moments = Object.values(watermarks).map((text) => ({ text, at: epochOf(text) }));
  if (moments.length === 0 || moments.some(({ at }) => at === null)) return null;
  return moments.reduce((least, one) => ((one.at ?? 0) < (least.at ?? 0) ? one : least)).text;
}
