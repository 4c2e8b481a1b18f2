import { z } from 'zod';
import type { DescribedColumn, DescribedRelation, DescribedSource, RelationFacts, RelationName } from '../description.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { loadSql } from '../sql/load.js';
import { PermissionGap } from '../store.js';
import { columnRow, constraintRow, keyColumns, maskedColumns, maskingRow, nameRow, namedColumnRow, relationRow, tableInfoRow } from './catalog.js';
import { quoteName, quoteText } from './names.js';

const ROW_MAX = '5000';
/** A plan shows it above each scan whose rows are filtered by policies (Redshift guide, Row-level security, EXPLAIN). */
const SECURED = /\bRLS SecureScan\b/;

const writtenRow = z.object({ id: z.string().nullable(), name: z.string().nullable(), modified_at: z.number() });

/** `describe` of Redshift; a query's columns cannot be told without running it. */
export async function describeRedshift(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if ('query' in source) return null;
  const read = <T>(file: string, row: z.ZodType<T>, only: string): Promise<T[]> => session.query(row, loadSql('redshift', file, session.version_num, { only, row_max: ROW_MAX, database: quoteText(session.identity().database) }), bounds);
  const [relation] = await read('relations', relationRow, `and n.nspname = ${quoteText(source.schema)} and c.relname = ${quoteText(source.name)}`);
  if (relation === undefined) return describeExternal(source, read);
  const only = `and c.oid = ${/^\d+$/.exec(relation.id)?.[0] ?? '0'}`;
  const attributes = await read('columns', columnRow, only);
  const numbers = new Map(attributes.map(({ relation: id, number, name }) => [`${id} ${number}`, name]));
  const late = relation.kind === 'v' ? await read('late_binding_columns', namedColumnRow, `and view_schema = ${quoteText(source.schema)} and view_name = ${quoteText(source.name)}`) : [];
  const materialized = relation.kind === 'v' ? await read('materialized_views', nameRow, `and schema_name = ${quoteText(source.schema)} and name = ${quoteText(source.name)}`) : [];
  const columns: DescribedColumn[] = late.length > 0 ? late.map(optional) : attributes.map(({ name, type, required }) => ({ name, type, nullable: !required }));
  const never = new Set(attributes.filter(({ required }) => required).map(({ name }) => name));
  const keys = (await read('constraints', constraintRow, only))
    .filter(({ kind }) => kind === 'p' || kind === 'u')
    .map((row) => keyColumns(row.relation, row.columns, numbers) ?? [])
    .filter((names) => names.length > 0 && names.every((name) => never.has(name)));
  return {
    kind: relation.kind !== 'v' ? 'table' : materialized.length > 0 ? 'materialized_view' : 'view',
    columns: await withMasks(session, source, columns, read),
    // Redshift notes keys and does not hold them (guide, Defining table constraints).
    keys: keys.map((names) => ({ columns: names, enforced: false })),
    hidesRows: await hidesRows(session, source, bounds),
    suffix: '',
  };
}

type Read = <T>(file: string, row: z.ZodType<T>, only: string) => Promise<T[]>;

/** Marks what masking policies may change for this user. Only superusers and sys:secadmin see policies; nobody else is told of any. */
async function withMasks(session: LiveSession, { schema, name }: RelationName, columns: DescribedColumn[], read: Read): Promise<DescribedColumn[]> {
  const policies = await read('masking_policies', maskingRow, `and schema_name = ${quoteText(schema)} and table_name = ${quoteText(name)}`).catch((error: unknown) => {
    if (error instanceof PermissionGap) return [];
    throw error;
  });
  const concerning = policies.filter(({ grantee, grantee_type }) => grantee_type !== 'user' || grantee === session.identity().role);
  const masked = new Set(concerning.flatMap((policy) => [...maskedColumns(policy)]));
  return columns.map((column) => (masked.has(column.name) ? { ...column, masked: true } : column));
}

async function describeExternal(source: RelationName, read: Read): Promise<DescribedRelation | null> {
  const only = `and t.schemaname = ${quoteText(source.schema)} and t.tablename = ${quoteText(source.name)}`;
  const columns = await read('external_columns', namedColumnRow, only);
  if (columns.length === 0) return null;
  return { kind: 'foreign_table', columns: columns.map(optional), keys: [], hidesRows: false, suffix: '' };
}

function optional({ name, type }: { name: string; type: string }): DescribedColumn {
  return { name, type, nullable: true };
}

/** Who may not see policies sees in the plan that there are some. */
async function hidesRows(session: LiveSession, { schema, name }: RelationName, bounds?: LiveBounds): Promise<boolean> {
  const sql = `explain select 1 from ${quoteName(schema)}.${quoteName(name)}`;
  const lines = await session.query(z.object({ 'QUERY PLAN': z.string() }), sql, bounds).catch((error: unknown) => {
    if (error instanceof PermissionGap) return [];
    throw error;
  });
  return lines.some((line) => SECURED.test(line['QUERY PLAN']));
}

/**
 * Rows and sizes by SVV_TABLE_INFO; the last change only for a user who sees the work of all, else what others changed would be
 * missing from it. What may not be read is unknown.
 */
export async function redshiftFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]> {
  if (relations.length === 0) return [];
  const read = <T>(file: string, row: z.ZodType<T>, values: Record<string, string>): Promise<T[]> =>
    session.query(row, loadSql('redshift', file, session.version_num, values), bounds).catch((error: unknown) => {
      if (error instanceof PermissionGap) return [];
      throw error;
    });
  const wanted = relations.map(({ schema, name }) => `("schema" = ${quoteText(schema)} and "table" = ${quoteText(name)})`).join(' or ');
  const infos = await read('table_info', tableInfoRow, { only: `and (${wanted})`, row_max: String(relations.length + 1), database: quoteText(session.identity().database) });
  const ids = infos.map(({ id }) => id).filter((id) => /^\d+$/.test(id));
  const seesAll = ids.length > 0 && (await seesAllUsers(session, bounds));
  const full = ({ schema, name }: RelationName): string => `${session.identity().database}.${schema}.${name}`;
  const written = seesAll ? await read('written_tables', writtenRow, { ids: ids.join(', '), names: infos.map((info) => quoteText(full(info))).join(', ') }) : [];
  const modifiedAt = (info: RelationName & { id: string }): number | null => written.filter(({ id, name }) => id === info.id || name === full(info)).reduce<number | null>((last, { modified_at }) => Math.max(last ?? 0, modified_at), null);
  return infos.map(({ schema, name, id, rows, bytes }) => ({ schema, name, rows: rows === null ? null : Math.round(rows), rowsExact: false, bytes, modified_at: modifiedAt({ schema, name, id }) }));
}

/** True for superusers and users with SYSLOG ACCESS UNRESTRICTED. */
export async function seesAllUsers(session: LiveSession, bounds?: LiveBounds): Promise<boolean> {
  if (session.identity().superuser) return true;
  const [row] = await session.query(z.object({ syslog_access: z.string().nullable() }), loadSql('redshift', 'syslog_access', session.version_num), bounds);
  return row?.syslog_access === 'UNRESTRICTED';
}
