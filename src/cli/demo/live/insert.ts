import type { DuckDBConnection } from '@duckdb/node-api';

/** Writes a row of a table whose last column is the time of loading. */
export async function insert(connection: DuckDBConnection, table: string, values: readonly unknown[]): Promise<void> {
  await connection.run(`INSERT INTO ${table} VALUES (${values.map(literal).join(', ')}, now())`);
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return `'${value.toISOString()}'`;
  return `'${String(value).replaceAll("'", "''")}'`;
}
