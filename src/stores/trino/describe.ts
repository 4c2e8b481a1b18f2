import { z } from 'zod';
import type { DescribedRelation, DescribedSource, RelationFacts, RelationName } from '../description.js';
import { StatementFailed } from '../http/failure.js';
import { HttpLiveSession } from '../http/session.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap } from '../store.js';
import { columnRow } from './catalog.js';
import { locate, quoteName, quoteText } from './names.js';

const COLUMNS_MAX = '5000';
/** Where the catalogue keeps when a table was changed, by its connector. */
const MODIFIED: Readonly<Record<string, { file: string; suffix: string }>> = {
  iceberg: { file: 'iceberg_modified', suffix: '$snapshots' },
  delta_lake: { file: 'delta_modified', suffix: '$history' },
};
/** SHOW STATS: one row a column, and one without a name that has the number of rows. */
const amount = z.union([z.number(), z.nan()]).nullable().transform((value) => (value === null || Number.isNaN(value) ? null : value));
const statsRow = z.object({ column_name: z.string().nullable(), data_size: amount, row_count: amount });

/**
 * `describe` of Trino; a query by an answer without rows. Filters of rows by an access control do not
 * show, not even to those whom they concern.
 */
export async function describeTrino(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if ('query' in source) {
    const columns = session instanceof HttpLiveSession ? await session.columns(source.query, bounds) : null;
    return columns === null ? null : { kind: 'query', columns, keys: [], hidesRows: false, suffix: '' };
  }
  const { catalog, schema, name } = locate(source, session.identity().database);
  const read = <T>(file: string, row: z.ZodType<T>, values: Record<string, string>): Promise<T[]> => session.query(row, loadSql('trino', file, session.version_num, { catalog: quoteName(catalog), catalog_text: quoteText(catalog), row_max: COLUMNS_MAX, ...values }), bounds);
  const [relation] = await read('relation_kind', z.object({ kind: z.string() }), { schema: quoteText(schema), name: quoteText(name) });
  if (relation === undefined) return null;
  const columns = await read('columns', columnRow, { only: `and table_schema = ${quoteText(schema)} and table_name = ${quoteText(name)}` });
  const materialized = await read('materialized_views', z.object({ name: z.string() }), { only: `and schema_name = ${quoteText(schema)} and name = ${quoteText(name)}` }).catch(unknown);
  return {
    kind: materialized.length > 0 ? 'materialized_view' : relation.kind === 'VIEW' ? 'view' : 'table',
    columns: columns.map((column) => ({ name: column.name, type: column.type, nullable: column.nullable !== 'NO' })),
    keys: [],
    // Row filters of an access control are shown to nobody.
    hidesRows: false,
    policiesUnknown: true,
    suffix: '',
  };
}

/** Rows and bytes by SHOW STATS, which reads statistics of the connector; the last change where the table format keeps its commits. */
export async function trinoFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]> {
  const connectors = new Map<string, string | null>();
  const facts: RelationFacts[] = [];
  for (const relation of relations) {
    const { catalog, schema, name } = locate(relation, session.identity().database);
    const table = `${quoteName(catalog)}.${quoteName(schema)}.${quoteName(name)}`;
    const stats = await session.query(statsRow, `show stats for ${table}`, bounds).catch(unknown);
    const rows = stats.find(({ column_name }) => column_name === null)?.row_count ?? null;
    const sizes = stats.filter(({ column_name }) => column_name !== null).map(({ data_size }) => data_size);
    const known = sizes.filter((size) => size !== null);
    if (!connectors.has(catalog)) connectors.set(catalog, await connectorOf(session, catalog, bounds));
    const kept = MODIFIED[connectors.get(catalog) ?? ''];
    const modified_at = kept === undefined ? null : await modifiedAt(session, kept.file, `${quoteName(catalog)}.${quoteName(schema)}.${quoteName(name + kept.suffix)}`, bounds);
    if (rows === null && modified_at === null) continue;
    const bytes = sizes.length > 0 && known.length === sizes.length ? known.reduce((total, size) => total + size, 0) : null;
    facts.push({ ...relation, rows: rows === null ? null : Math.round(rows), rowsExact: false, bytes, modified_at });
  }
  return facts;
}

async function connectorOf(session: LiveSession, catalog: string, bounds?: LiveBounds): Promise<string | null> {
  const sql = loadSql('trino', 'connector', session.version_num, { catalog_text: quoteText(catalog) });
  const [row] = await session.query(z.object({ connector: z.string().nullable() }), sql, bounds).catch(unknown);
  return row?.connector?.replaceAll('-', '_') ?? null;
}

async function modifiedAt(session: LiveSession, file: string, snapshots: string, bounds?: LiveBounds): Promise<number | null> {
  const sql = loadSql('trino', file, session.version_num, { snapshots });
  const [row] = await session.query(z.object({ modified_at: z.number().nullable() }), sql, bounds).catch(unknown);
  return row?.modified_at ?? null;
}

/** What a connector does not tell, or a right keeps, is unknown; anything else is an error. */
function unknown(error: unknown): never[] {
  if (error instanceof PermissionGap || error instanceof StatementFailed) return [];
  throw error;
}
