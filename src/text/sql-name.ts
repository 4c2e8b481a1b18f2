import { plainText } from './plain-text.js';

/**
 * Words that PostgreSQL does not take as a bare name of a role, relation or column: its reserved key words and those
 * reserved except as function or type (PostgreSQL 18, appendix C; `pg_get_keywords()` with catcode R and T).
 */
const reserved = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column ' +
    'concurrently constraint create cross current_catalog current_date current_role current_schema current_time ' +
    'current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from ' +
    'full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime ' +
    'localtimestamp natural none not notnull null offset on only or order outer overlaps placing primary references returning ' +
    'right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user ' +
    'using variadic verbose when where window with'
  ).split(' '),
);

/** The name of a role or column as SQL to be run by a person: quoted where it must be. */
export function sqlIdentifier(name: string): string {
  const clean = plainText(name, 500);
  if (/^[a-z_][a-z0-9_$]*$/.test(clean) && !reserved.has(clean)) return clean;
  return `"${clean.replaceAll('"', '""')}"`;
}

/** `schema.name` as SQL, part by part. A schema whose name has a point in it is taken apart wrongly, but stays quoted. */
export function sqlRelation(name: string): string {
  const dot = name.indexOf('.');
  return dot === -1 ? sqlIdentifier(name) : sqlQualified({ schema: name.slice(0, dot), name: name.slice(dot + 1) });
}

/** A relation of a catalogue as SQL; without its schema where it has none. */
export function sqlQualified({ schema, name }: { schema: string; name: string }): string {
  return schema === '' ? sqlIdentifier(name) : `${sqlIdentifier(schema)}.${sqlIdentifier(name)}`;
}
