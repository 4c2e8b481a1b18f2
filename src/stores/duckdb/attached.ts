import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Catalog } from '../../model/catalog.js';
import { BOUNDS } from './database-file.js';

export type AttachedFiles = Readonly<Record<string, string>>;

/**
 * Opens a database file, with others attached by name, all read-only. Nothing outside of them can be read afterwards, and settings
 * are locked.
 */
export async function openFiles(path: string, attached: AttachedFiles, bounds: Partial<typeof BOUNDS> = {}): Promise<{ instance: DuckDBInstance; connection: DuckDBConnection }> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const files = Object.entries(attached);
  if (files.length === 0) {
    const instance = await DuckDBInstance.create(path, { ...BOUNDS, ...bounds });
    return { instance, connection: await instance.connect() };
  }
  // A file is attached from outside, so the door is shut after the last one.
  const instance = await DuckDBInstance.create(path, { ...BOUNDS, ...bounds, enable_external_access: 'true', lock_configuration: 'false' });
  try {
    const connection = await instance.connect();
    for (const [alias, file] of files) await attach(connection, alias, file);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
    return { instance, connection };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function attach(connection: DuckDBConnection, alias: string, file: string): Promise<void> {
  try {
    await connection.run(`attach '${file.replaceAll("'", "''")}' as ${quoted(alias)} (read_only)`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(`the file attached as ${alias}: ${error.message}`, { cause: error });
  }
}

/** Of an attached file, as queries of the main one see it: each schema behind the name of the file. */
export function behindName(alias: string, catalog: Catalog): Catalog {
  const schema = <T extends { schema: string }>(object: T): T => ({ ...object, schema: `${alias}.${object.schema}` });
  return {
    ...catalog,
    relations: catalog.relations.map(schema),
    constraints: catalog.constraints.map((constraint) => ({ ...schema(constraint), references: constraint.references === null ? null : schema(constraint.references) })),
    indexes: catalog.indexes.map(schema),
    functions: catalog.functions.map(schema),
  };
}

/** All relations of both, in the order of names. */
export function merged(main: Catalog, others: readonly Catalog[]): Catalog {
  const all = [main, ...others];
  const sorted = <T extends { schema: string; name: string }>(objects: readonly T[]): T[] => objects.toSorted((left, right) => compare(`${left.schema}\0${left.name}`, `${right.schema}\0${right.name}`));
  return {
    ...main,
    relations: sorted(all.flatMap(({ relations }) => relations)),
    constraints: all.flatMap(({ constraints }) => constraints),
    indexes: sorted(all.flatMap(({ indexes }) => indexes)),
    functions: sorted(all.flatMap(({ functions }) => functions)),
  };
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
