/** A relation as catalogues keep it: the parts are names, not SQL. */
export interface RelationName {
  schema: string;
  name: string;
}

/** As samples name a relation: `schema.name`, for people and for joining, never for SQL. */
export function keyOf({ schema, name }: RelationName): string {
  return `${schema}.${name}`;
}

/** The parts of `schema.name` as the configuration writes it, which has exactly one dot. */
export function splitKey(key: string): RelationName {
  const at = key.indexOf('.');
  return { schema: key.slice(0, at), name: key.slice(at + 1) };
}

/** A name as SQL text that means this name and nothing else, whatever it holds (PostgreSQL 18, 4.1.1; the same in DuckDB). */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quotedRelation({ schema, name }: RelationName): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/** The bytes of a text in hexadecimal: a literal of these needs no quoting rules, whatever the settings of a session are. */
export function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

/** A name as a person would write it in a statement: in quotes only where it needs them. */
export function written(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoted(name);
}

export function writtenRelation({ schema, name }: RelationName): string {
  return `${written(schema)}.${written(name)}`;
}
