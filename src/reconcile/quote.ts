/** A name as SQL of PostgreSQL and DuckDB writes it, always in quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;
}

/** A text as SQL with standard_conforming_strings writes it. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
}

/** `schema.name` → both in quotes. */
export function quoteRelation(relation: string): string {
  const { schema, name } = splitRelation(relation);
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** The configuration takes names with exactly one point. */
export function splitRelation(relation: string): { schema: string; name: string } {
  const point = relation.indexOf('.');
  return { schema: relation.slice(0, point), name: relation.slice(point + 1) };
}
