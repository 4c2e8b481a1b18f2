/** A name as SQL of PostgreSQL and DuckDB that means this name and nothing else, whatever it holds (PostgreSQL 18, 4.1.1). */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;
}

export function quotedRelation({ schema, name }: { schema: string; name: string }): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/** A text that was made here, as a literal; it holds no backslash, which some settings of a session give a meaning. */
export function literal(text: string): string {
  if (text.includes('\\')) throw new Error('a literal of a statement must hold no backslash');
  return `'${text.replaceAll("'", "''")}'`;
}
