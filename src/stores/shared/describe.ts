import { z } from 'zod';
import type { DescribedColumn, DescribedRelation, DescribedSource, RelationFacts, RelationName } from '../description.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { loadSql } from '../sql/load.js';

const KINDS: Readonly<Record<string, DescribedRelation['kind']>> = { r: 'table', p: 'table', v: 'view', m: 'materialized_view', f: 'foreign_table' };

const columns = z.array(z.object({ name: z.string(), type: z.string(), nullable: z.boolean() }));
const keys = z.array(z.array(z.string()));
const describedRow = z.object({ kind: z.string(), hides_rows: z.boolean().optional(), columns: z.string(), keys: z.string().nullable() });

/** `describe` of the engines that keep `describe_relation.sql`; their names are quoted by `text`. */
export async function describeRelation(session: LiveSession, source: { schema: string; name: string }, text: (text: string) => string, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  const sql = loadSql(session.engine, 'describe_relation', session.version_num, { schema: text(source.schema), name: text(source.name) });
  const [row] = await session.query(describedRow, sql, bounds);
  if (row === undefined) return null;
  const found: DescribedColumn[] = columns.parse(JSON.parse(row.columns));
  const unique = row.keys === null ? [] : keys.parse(JSON.parse(row.keys));
  // A key over columns that may be null lets two rows share it.
  const never = new Set(found.filter(({ nullable }) => !nullable).map(({ name }) => name));
  return {
    kind: KINDS[row.kind] ?? 'table',
    columns: found,
    keys: unique.filter((names) => names.every((name) => never.has(name))).map((names) => ({ columns: names, enforced: true })),
    hidesRows: row.hides_rows ?? false,
    suffix: '',
  };
}

export function isQuery(source: DescribedSource): source is { query: string } {
  return 'query' in source;
}

const factsRow = z.object({ schema: z.string(), name: z.string(), rows: z.number().nullable(), bytes: z.number().nullable() });

/** `relationFacts` of the engines that keep `relation_facts.sql`; their figures are estimates. */
export async function estimatedFacts(session: LiveSession, relations: readonly RelationName[], text: (text: string) => string, bounds?: LiveBounds): Promise<RelationFacts[]> {
  if (relations.length === 0) return [];
  const values = relations.map(({ schema, name }) => `(${text(schema)}, ${text(name)})`).join(', ');
  const rows = await session.query(factsRow, loadSql(session.engine, 'relation_facts', session.version_num, { relations: values }), bounds);
  return rows.map((row) => ({ ...row, rows: row.rows === null ? null : Math.round(row.rows), rowsExact: false, modified_at: null }));
}

/** A query by its columns: nothing is known of keys, and any value may be null. */
export function describedQuery(columns: readonly { name: string; type: string }[]): DescribedRelation {
  return { kind: 'query', columns: columns.map((column) => ({ ...column, nullable: true })), keys: [], hidesRows: false, suffix: '' };
}

/** A statement of the configuration as it stands within another. */
export function withoutSemicolon(query: string): string {
  return query.replace(/[\s;]+$/, '');
}
