import { z } from 'zod';

const named = z.object({ name: z.string().nullish().catch(null) });
const property = z.object({ property: named.nullish().catch(null) });
const columnShape = z.object({
  name: z.string().nullish().catch(null),
  alias: z.string().nullish().catch(null),
  parameters: z.array(named.catch({ name: null })).nullish().catch(null),
});
const builderShape = z.object({
  columns: z.array(columnShape.catch({})).nullish().catch(null),
  whereString: z.string().nullish().catch(null),
  groupBy: z.array(property.catch({})).nullish().catch(null),
  orderBy: property.nullish().catch(null),
  orderByDirection: z.string().nullish().catch(null),
  limit: z.number().nullish().catch(null),
});

/** The SQL that Grafana's query builder makes of its parts; null where they are not enough for a query. */
export function builtQuery(sql: Record<string, unknown>, dataset: string | null, table: string | null): string | null {
  const builder = builderShape.parse(sql);
  const columns = (builder.columns ?? []).flatMap((column) => columnSql(column) ?? []);
  if (columns.length === 0 || !table) return null;
  const parts = [`SELECT ${columns.join(', ')} FROM ${dataset ? `${dataset}.` : ''}${table}`];
  if (builder.whereString) parts.push(`WHERE ${builder.whereString}`);
  const groups = (builder.groupBy ?? []).flatMap((group) => group.property?.name ?? []);
  if (groups.length > 0) parts.push(`GROUP BY ${groups.join(', ')}`);
  const order = builder.orderBy?.property?.name;
  if (order) parts.push(`ORDER BY ${order}${/^desc$/i.test(builder.orderByDirection ?? '') ? ' DESC' : ''}`);
  if (builder.limit) parts.push(`LIMIT ${builder.limit}`);
  return parts.join(' ');
}

function columnSql(column: z.infer<typeof columnShape>): string | null {
  const values = (column.parameters ?? []).flatMap(({ name }) => name ?? []);
  if (values.length === 0) return null;
  const sql = column.name ? `${column.name}(${values.join(', ')})` : values.join(', ');
  return column.alias ? `${sql} AS ${column.alias.startsWith('"') ? column.alias : `"${column.alias.replaceAll('"', '""')}"`}` : sql;
}

