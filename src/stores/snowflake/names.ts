import type { RelationName } from '../description.js';

/** A name in quotes. Without them Snowflake would put it in upper case. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;
}

/** A text constant; the backslash escapes here. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '')}'`;
}

/** A pattern of SHOW … LIKE that means the name alone. */
export function likeName(name: string): string {
  return quoteText(name.replace(/[\\%_]/g, (char) => `\\${char}`));
}

/** `SCHEMA` of the session's database, or `DATABASE.SCHEMA`. */
export function schemaParts({ schema }: Pick<RelationName, 'schema'>, database: string): { database: string; schema: string } {
  const point = schema.indexOf('.');
  return point < 0 ? { database, schema } : { database: schema.slice(0, point), schema: schema.slice(point + 1) };
}
