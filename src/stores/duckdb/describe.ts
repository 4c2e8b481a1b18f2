import { z } from 'zod';
import type { DescribedRelation, DescribedSource } from '../description.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { describedQuery, describeRelation, isQuery, withoutSemicolon } from '../shared/describe.js';
import { loadSql } from '../sql/load.js';

const columnRow = z.object({ name: z.string(), type: z.string() });

/** `describe` of DuckDB. */
export async function describeSource(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if (!isQuery(source)) return describeRelation(session, source, quoteText, bounds);
  const sql = loadSql('duckdb', 'describe_query', session.version_num, { query: withoutSemicolon(source.query) });
  return describedQuery(await session.query(columnRow, sql, bounds));
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
}
