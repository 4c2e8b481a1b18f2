import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** The statement of `sql/<name>.sql` without its comments. */
export async function loadStatement(name: string): Promise<string> {
  const text = await readFile(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim();
}

const columnRow = z.object({ table_name: z.string(), column_name: z.string() });

/** The tables that there are, and their columns. */
export class Columns {
  readonly #tables = new Map<string, Set<string>>();

  constructor(rows: readonly Record<string, unknown>[]) {
    for (const row of rows) {
      const { table_name, column_name } = columnRow.parse(row);
      const known = this.#tables.get(table_name);
      if (known === undefined) this.#tables.set(table_name, new Set([column_name]));
      else known.add(column_name);
    }
  }

  hasTable(table: string): boolean {
    return this.#tables.has(table);
  }

  has(table: string, column: string): boolean {
    return this.#tables.get(table)?.has(column) === true;
  }
}

/**
 * A statement for the columns that there are: each that is missing becomes NULL. Null where a table is missing. Every column
 * of these statements is qualified by the alias of its table.
 */
export function adaptStatement(statement: string, columns: Columns): string | null {
  const tables = new Map([...statement.matchAll(/\b(?:from|join) (\w+) (\w+)\b/g)].map(([, table = '', alias = '']) => [alias, table]));
  if ([...tables.values()].some((table) => !columns.hasTable(table))) return null;
  return statement.replace(/\b([a-z])\.(\w+)\b/g, (reference: string, alias: string, column: string) => {
    const table = tables.get(alias);
    return table === undefined || columns.has(table, column) ? reference : 'null';
  });
}
