import { z } from 'zod';
import type { RelationFacts, RelationName } from '../description.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { loadSql } from '../sql/load.js';
import { engineOf } from './engines.js';
import { textOf } from './names.js';

const factsRow = z.object({
  database: z.string(), name: z.string(), engine: z.string(), engine_full: z.string(), create_table_query: z.string(),
  rows: z.string().nullable(), bytes: z.string().nullable(), modified_at: z.number().nullable(), masked: z.number(),
});

/**
 * Rows and bytes of the active parts, and when the last part was written: by an insert, a mutation or a merge. Exact where parts
 * hold each row once: not where rows of one key are merged in the background, and not where rows are deleted by a mask. Of a table
 * that stands for another, and of a view, nothing is known.
 */
export async function relationFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]> {
  if (relations.length === 0) return [];
  const wanted = relations.map(({ schema, name }) => `(${textOf(schema || session.identity().database)}, ${textOf(name)})`).join(', ');
  const rows = await session.query(factsRow, loadSql('clickhouse', 'relation_facts', session.version_num, { relations: wanted }), bounds);
  return rows.flatMap((row) => {
    const engine = engineOf(row);
    if (engine.kind !== 'table' || (row.rows === null && row.modified_at === null)) return [];
    const count = row.rows === null ? null : Number(row.rows);
    return [{ schema: row.database, name: row.name, rows: count, rowsExact: count !== null && !engine.mergesRows && row.masked === 0, bytes: row.bytes === null ? null : Number(row.bytes), modified_at: row.modified_at }];
  });
}
