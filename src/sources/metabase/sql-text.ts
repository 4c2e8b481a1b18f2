/** SQL in the very style that Metabase generates, so that it matches what the server has seen. */

export function identifier(...parts: (string | null)[]): string {
  return parts
    .filter((part): part is string => part !== null && part !== '')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

export function stringLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A piece of SQL with what is known of its type. */
export interface TypedSql {
  sql: string;
  /** As the database names it; null where Metabase does not know it either, which makes it cast. */
  databaseType: string | null;
  baseType: string | null;
}

export function untyped(sql: string): TypedSql {
  return { sql, databaseType: null, baseType: null };
}
