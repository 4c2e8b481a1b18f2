import { z } from 'zod';
import type { DescribedRelation, DescribedSource } from '../description.js';
import type { LiveBounds, LiveSession } from '../live.js';
import { describedQuery, describeRelation, isQuery, withoutSemicolon } from '../shared/describe.js';
import { loadSql } from '../sql/load.js';

const namesRow = z.record(z.string(), z.null());
const typesRow = z.object({ types: z.string().nullable() });
const types = z.array(z.string());

/** `describe` of PostgreSQL. Of a query's columns the length and scale of types are not known. */
export async function describeSource(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  if (!isQuery(source)) return describeRelation(session, source, quoteText, bounds);
  const query = withoutSemicolon(source.query);
  const [row] = await session.query(namesRow, loadSql('postgres', 'describe_query_names', session.version_num, { query }), bounds);
  const names = Object.keys(row ?? {});
  const oids = names.map((name) => `pg_typeof(q."${name.replaceAll('"', '""')}")::oid`).join(', ');
  const [found] = await session.query(typesRow, loadSql('postgres', 'describe_query_types', session.version_num, { query, types: oids }), bounds);
  const typesOf = found?.types == null ? [] : types.parse(JSON.parse(found.types));
  return describedQuery(names.map((name, at) => ({ name, type: typesOf[at] ?? 'unknown' })));
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
}
