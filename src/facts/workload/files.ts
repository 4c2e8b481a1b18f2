import type { SqlStatement } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';

/** Functions of DuckDB, ClickHouse, SQL Server and Databricks that read files or tables elsewhere, as their manuals name them. */
const READS_FILES =
  /^(?:read_(?:parquet|csv|csv_auto|json|json_auto|json_objects|ndjson|ndjson_auto|text|blob|files|xlsx)|(?:parquet|csv|delta|iceberg|sqlite|postgres|mysql)_scan|file|url|s3|s3cluster|hdfs|gcs|azureblobstorage|deltalake|iceberg|openrowset)$/i;

/** The name of a function in FROM that reads files; null where there is none. */
export function fileFunction(statement: SqlStatement): string | null {
  let found: string | null = null;
  walkStatement(statement, {
    from: (item) => {
      if (item.type !== 'function') return;
      for (const { call } of item.functions) if (call.type === 'call' && READS_FILES.test(call.name.at(-1) ?? '')) found ??= call.name.at(-1) ?? null;
    },
  });
  return found;
}
