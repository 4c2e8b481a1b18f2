import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * A database in memory cannot be opened read-only, and COPY … TO may overwrite a file that may be read (seen on DuckDB 1.5, with
 * USE_TMP_FILE false): only what is one SELECT is let through.
 * @throws Error
 */
export async function refuseWrites(connection: DuckDBConnection, sql: string): Promise<void> {
  const { StatementType } = await import('@duckdb/node-api');
  const statements = await connection.extractStatements(sql);
  const prepared = statements.count === 1 ? await statements.prepare(0) : null;
  const isSelect = prepared?.statementType === StatementType.SELECT;
  prepared?.destroySync();
  if (!isSelect) throw new Error('only SELECT is run on Parquet files');
}
