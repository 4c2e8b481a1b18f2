import { z } from 'zod';
import type { DescribedRelation, DescribedSource, RelationFacts, RelationName } from '../description.js';
import { StatementFailed } from '../http/failure.js';
import { HttpLiveSession } from '../http/session.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap } from '../store.js';
import { columnRow, constraintsOf, filterRow, keyRow, kindOf, maskRow, relationRow } from './catalog.js';
import { locate, quoteName, quoteText } from './names.js';

const ROW_MAX = '5000';
const detailRow = z.object({ lastModified: z.string().nullish(), sizeInBytes: z.string().nullish() });
const extendedRow = z.object({ col_name: z.string(), data_type: z.string().nullable() });

/** `describe` of Databricks, by the information schema; a query by an answer without rows. */
export async function describeDatabricks(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if ('query' in source) {
    const columns = session instanceof HttpLiveSession ? await session.columns(source.query, bounds) : null;
    return columns === null ? null : { kind: 'query', columns, keys: [], hidesRows: false, suffix: '' };
  }
  const { catalog, schema, name } = locate(source, session.identity().database);
  const read = <T>(file: string, row: z.ZodType<T>, only: string): Promise<T[]> => session.query(row, loadSql('databricks', file, session.version_num, { catalog: quoteName(catalog), row_max: ROW_MAX, only }), bounds);
  const here = (prefix: string): string => `and ${prefix}table_schema = ${quoteText(schema)} and ${prefix}table_name = ${quoteText(name)}`;
  const [relation] = await read('relations', relationRow, here(''));
  if (relation === undefined) return null;
  const columns = await read('columns', columnRow, here(''));
  const keys = constraintsOf(await read('keys', keyRow, here('c.'))).filter(({ kind }) => kind === 'primary_key');
  const policies = `and schema_name = ${quoteText(schema)} and table_name = ${quoteText(name)}`;
  const filters = await read('row_filters', filterRow, policies);
  const masked = new Set((await read('column_masks', maskRow, policies)).map((mask) => mask.column));
  const never = new Set(columns.filter(({ nullable }) => nullable === 'NO').map((column) => column.name));
  const kind = kindOf(relation.kind);
  return {
    kind: kind === 'partitioned_table' || kind === 'partition' ? 'table' : kind,
    columns: columns.map((column) => ({ name: column.name, type: column.type ?? 'unknown', nullable: column.nullable !== 'NO', ...(masked.has(column.name) ? { masked: true as const } : {}) })),
    keys: keys.filter((key) => key.columns.every((column) => never.has(column))).map((key) => ({ columns: key.columns, enforced: false })),
    hidesRows: filters.length > 0,
    suffix: '',
  };
}

/**
 * Size and last commit by DESCRIBE DETAIL, which reads the log of a Delta table; rows where statistics were gathered
 * (DESCRIBE TABLE EXTENDED), as an estimate. Views and formats without a log have none.
 */
export async function databricksFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]> {
  const facts: RelationFacts[] = [];
  for (const relation of relations) {
    const { catalog, schema, name } = locate(relation, session.identity().database);
    const table = `${quoteName(catalog)}.${quoteName(schema)}.${quoteName(name)}`;
    const [detail] = await session.query(detailRow, `describe detail ${table}`, bounds).catch(unknown);
    if (detail === undefined) continue;
    const extended = await session.query(extendedRow, `describe table extended ${table}`, bounds).catch(unknown);
    const statistics = extended.find(({ col_name }) => col_name === 'Statistics')?.data_type ?? '';
    const rows = /\b(\d+) rows\b/.exec(statistics)?.[1];
    const modified = Date.parse(detail.lastModified ?? '');
    const bytes = Number(detail.sizeInBytes ?? Number.NaN);
    facts.push({ ...relation, rows: rows === undefined ? null : Number(rows), rowsExact: false, bytes: Number.isFinite(bytes) ? bytes : null, modified_at: Number.isNaN(modified) ? null : modified / 1000 });
  }
  return facts;
}

/** What a format does not tell, or a right keeps, is unknown; anything else is an error. */
function unknown(error: unknown): never[] {
  if (error instanceof PermissionGap || error instanceof StatementFailed) return [];
  throw error;
}
