import type { RelationName } from '../description.js';

/** A text constant; a backslash escapes in it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('\0', '').replaceAll('`', '``')}\``;
}

/** `schema` may bring its catalogue along, `main.mart`. */
export function locate({ schema, name }: RelationName, catalog: string): { catalog: string; schema: string; name: string } {
  const at = schema.indexOf('.');
  return at < 0 ? { catalog, schema, name } : { catalog: schema.slice(0, at), schema: schema.slice(at + 1), name };
}
