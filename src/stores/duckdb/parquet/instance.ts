import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { z } from 'zod';
import type { ParquetListing, ParquetTable } from './listing.js';

/** Footers that are read for the number of rows of one table, and for its columns: a file may have some that others lack. */
const FOOTERS_MAX = 1_000;

export interface OpenedParquet {
  instance: DuckDBInstance;
  connection: DuckDBConnection;
  /** Tables that could not be read, each with the cause in one line. */
  unread: { name: string; cause: string }[];
  /** Tables whose columns are those of their first file, each with the cause why the others were not asked. */
  partly: { name: string; cause: string }[];
}

/**
 * A database in memory with a view over each table. It can read the files of the listing and nothing else: no other file, no
 * network, no extension; and its settings are locked before the first file is opened.
 */
export async function openParquet(listing: ParquetListing, bounds: { threads: string; max_memory: string }): Promise<OpenedParquet> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  // What needs more memory fails: a folder for it would have to be written to.
  const instance = await DuckDBInstance.create(':memory:', { ...bounds, temp_directory: '', autoload_known_extensions: 'false', autoinstall_known_extensions: 'false' });
  try {
    const connection = await instance.connect();
    const tables = listing.tables.filter(({ refused }) => refused === null);
    await connection.run(`set allowed_paths = ${listOf(tables.flatMap(({ files }) => files))}`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
    const unread = listing.tables.flatMap(({ name, refused }) => (refused === null ? [] : [{ name, cause: refused }]));
    const partly: OpenedParquet['partly'] = [];
    for (const table of tables) {
      const isMany = table.files.length > FOOTERS_MAX;
      const apart = isMany ? `it has ${table.files.length} files, and only the first was asked` : await view(connection, table, true);
      if (apart === null) continue;
      const cause = await view(connection, table, false);
      if (cause === null) partly.push({ name: table.name, cause: isMany ? apart : `files of it do not go together: ${apart}` });
      else unread.push({ name: table.name, cause });
    }
    return { instance, connection, unread, partly };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Makes the view; why it could not, or null. `whole`: with the columns of all files, as tables grow them; else with those of the first. */
async function view(connection: DuckDBConnection, { name, files }: ParquetTable, whole: boolean): Promise<string | null> {
  try {
    await connection.run(`create view ${quoted(name)} as select * from read_parquet(${listOf(files)}, hive_partitioning = ${files.some((file) => /[\\/][^\\/=]+=[^\\/]*[\\/]/.test(file))}, union_by_name = ${whole})`);
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.split('\n')[0] ?? error.message;
  }
}

const rowsRow = z.object({ rows: z.coerce.number().nullable() });

/** Rows by the footers of its files; null where they are too many or one cannot be read. */
export async function rowsOf(connection: DuckDBConnection, { files }: ParquetTable): Promise<number | null> {
  if (files.length > FOOTERS_MAX) return null;
  try {
    const reader = await connection.runAndReadAll(`select sum(num_rows)::double as rows from parquet_file_metadata(${listOf(files)})`);
    return z.array(rowsRow).parse(reader.getRowObjectsJson())[0]?.rows ?? null;
  } catch (error) {
    if (error instanceof z.ZodError) throw error;
    return null;
  }
}

function listOf(files: readonly string[]): string {
  return `[${files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')}]`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
