import { quoteName } from '../stores/postgres/failure.js';
import { plainText } from '../text/plain-text.js';
import type { RoleSql } from './check.js';
import { valueOf, type PostgresFacts, type RelationFacts } from './facts.js';
import { keyOf, type RelationNeed } from './needs.js';
import { ROLE_DEFAULT } from './target-role.js';

/** A watch that runs on and on takes two, and so does whoever runs an audit beside it; a server ends a session a moment after it was closed. */
const CONNECTIONS = 5;

/**
 * A name as SQL of PostgreSQL, in quotes where it needs them: what is a reserved word too. Characters that a terminal would act
 * on, or that are not seen, are written by their numbers (PostgreSQL 18, 4.1.1: U&"…"), so that the SQL stays exact.
 */
function name(text: string): string {
  if (!UNSEEN.test(text)) return RESERVED.has(text) ? `"${text}"` : quoteName(text);
  const written = [...text].map((character) => {
    if (character === '\\' || character === '"') return character + character;
    return UNSEEN.test(character) ? `\\+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(6, '0')}` : character;
  });
  return `U&"${written.join('')}"`;
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Reserved words of PostgreSQL 18 (appendix C) that a role, schema or relation may be called. */
const RESERVED = new Set(
  'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with public none'.split(' '),
);

/** Statements that let a role read one relation. */
export function grants({ schema, name: relation }: Pick<RelationFacts, 'schema' | 'name'>, role: string, what: { schema: boolean; select: boolean }): string[] {
  return [
    ...(what.schema ? [`GRANT USAGE ON SCHEMA ${name(schema)} TO ${name(role)};`] : []),
    ...(what.select ? [`GRANT SELECT ON ${name(schema)}.${name(relation)} TO ${name(role)};`] : []),
  ];
}

/** A policy by which a role sees all rows of a table with row security. */
export function policy({ schema, name: relation }: Pick<RelationFacts, 'schema' | 'name'>, role: string): string {
  return `CREATE POLICY ${name(`${role}_reads_all`.slice(0, 63))} ON ${name(schema)}.${name(relation)} FOR SELECT TO ${name(role)} USING (true);`;
}

/** What is known of the server that SQL is printed for. */
interface Target {
  role: string;
  /** Null for the database that psql is connected to. */
  database: string | null;
  exists: boolean;
  about: string;
  /** Names of settings of its own that a role which exists must lose. */
  settings: readonly { name: string; inDatabase: boolean }[];
  /** A schema in which everybody may create tables. */
  creatable: string | null;
  /** Statements for the extension, and what keeps it from being created. */
  extension: string[];
  relations: string[];
}

/** The least-privilege role for a server that was looked at. */
export function roleSqlOf(facts: PostgresFacts, needs: readonly RelationNeed[]): RoleSql {
  const { target, identity } = facts;
  const isOurs = identity.role === target;
  const sql = written({
    role: target,
    database: identity.database,
    settings: valueOf(facts.targetSettings) ?? [],
    creatable: valueOf(facts.catalogue)?.public_creates_in ?? null,
    exists: isOurs || (valueOf(facts.server)?.target_exists ?? false),
    about: `${identity.database} on ${facts.place.replace(/\/[^/]*$/, '')} (PostgreSQL ${identity.version}${facts.hosting.name === null ? '' : `, ${facts.hosting.name}`})`,
    extension: extensionOf(facts),
    relations: relationsOf(facts, needs),
  });
  const server = valueOf(facts.server);
  const lacks = (valueOf(facts.relations) ?? []).some(({ uses_schema, selects, hides_rows, shows_us }) => !uses_schema || !selects || (hides_rows && !shows_us));
  const tooMuch = identity.superuser || server?.replication === true || (valueOf(facts.catalogue)?.writable ?? 0) > 0;
  const hides = isOurs && (valueOf(facts.targetSettings) ?? []).length > 0;
  return { role: target, sql, wanted: server === null ? null : tooMuch || !server.reads_statistics || lacks || hides };
}

/** The same where nothing was looked at: for what the configuration names, or for any database. */
export function roleSqlUnseen(role: string | null, database: string | null, needs: readonly RelationNeed[], wanted: boolean | null = null): RoleSql {
  const target = role ?? ROLE_DEFAULT;
  const relations = needs.flatMap((need) => {
    if (!need.required || need.schema === null) return [];
    return [commentOf(need), ...grants({ schema: need.schema, name: need.name }, target, { schema: true, select: true })];
  });
  const example = [`-- GRANT USAGE ON SCHEMA app TO ${name(target)};`, `-- GRANT SELECT ON app.case_file TO ${name(target)};`];
  const sql = written({ role: target, database, settings: [], creatable: null, exists: false, about: database ?? 'the database that psql is connected to', extension: [], relations: relations.length > 0 ? relations : example });
  return { role: target, sql, wanted };
}

function written({ role, database, settings, creatable, exists, about, extension, relations }: Target): string {
  const grantee = name(role);
  const place = database === null ? ':"DBNAME"' : name(database);
  return `${[
    `-- The least that tidemark needs in ${comment(about)}.`,
    '-- Run it with psql in that database, as a superuser or who stands in for one on a managed service.',
    ...(exists
      ? ['-- The role exists: its limits change for whoever else works under it.', `ALTER ROLE ${grantee} CONNECTION LIMIT ${CONNECTIONS};`]
      : [`CREATE ROLE ${grantee} LOGIN CONNECTION LIMIT ${CONNECTIONS};`, `-- No password stands here, where it would be logged. In psql: \\password ${comment(grantee)}`]),
    '',
    '-- It has no limits of time of its own: each session of tidemark brings them along, with read-only transactions, and what a role',
    '-- has of its own hides the defaults of the server, by which all other roles are judged.',
    ...settings.map((one) => `ALTER ROLE ${grantee}${one.inDatabase ? ` IN DATABASE ${place}` : ''} RESET ${one.name};`),
    '',
    '-- Statistics of all roles, their statements and sessions, positions of replication. It reads no row of any table.',
    `GRANT pg_monitor TO ${grantee};`,
    `GRANT CONNECT ON DATABASE ${place} TO ${grantee};`,
    ...extension,
    ...(creatable === null ? [] : ['', `-- Everybody may create tables in the schema ${comment(creatable)} (until 14 by default), this role too. What takes it from all others as well:`, `-- REVOKE CREATE ON SCHEMA ${comment(creatable)} FROM PUBLIC;`]),
    '',
    '-- The catalogue needs no SELECT. Rows are counted, and their times read, in these relations only, by the configuration:',
    ...(relations.length > 0 ? relations : ['-- (none: no reconciliation and no data product reads a relation here)']),
  ].join('\n')}\n`;
}

function extensionOf({ extension, access, hosting, target }: PostgresFacts): string[] {
  if (!('value' in extension)) return [];
  const found = extension.value;
  const isLoaded = (valueOf(access)?.entries_max ?? null) !== null;
  if (found === null) {
    const create = `CREATE EXTENSION pg_stat_statements${hosting.id === 'supabase' ? ' SCHEMA extensions' : ''};`;
    return isLoaded ? [create] : [`-- ${create}   once it is in shared_preload_libraries and the server was restarted`];
  }
  // Of a schema that PUBLIC may use, this says what holds already.
  if (found.schema === 'public') return [];
  // It arrives as quote_ident() writes it.
  const schema = name(/^".*"$/s.test(found.schema) ? found.schema.slice(1, -1).replaceAll('""', '"') : found.schema);
  return [`GRANT USAGE ON SCHEMA ${schema} TO ${name(target)};`, ...(found.may_execute ? [] : [`GRANT EXECUTE ON FUNCTION ${schema}.pg_stat_statements(boolean) TO ${name(target)};`])];
}

function relationsOf(facts: PostgresFacts, needs: readonly RelationNeed[]): string[] {
  const found = valueOf(facts.relations);
  const schemas = new Set<string>();
  return needs.flatMap((need, number) => {
    const own = (found ?? []).filter((relation) => relation.number === number);
    if (own.length === 0) return need.required ? [`${commentOf(need)}; there is no such relation`] : [];
    return own.flatMap((relation) => {
      const schema = !schemas.has(relation.schema);
      schemas.add(relation.schema);
      const hidden = relation.row_security && !relation.shows_target && (facts.identity.role !== facts.target || relation.hides_rows);
      return [commentOf({ ...need, ...relation }), ...grants(relation, facts.target, { schema, select: true }), ...(hidden ? [policy(relation, facts.target)] : [])];
    });
  });
}

function commentOf(need: Pick<RelationNeed, 'schema' | 'name' | 'purposes'>): string {
  return comment(`-- ${keyOf(need)}: ${need.purposes.join(', ')}`);
}

/** Text from outside in a comment: one line, so that nothing in it is run. */
function comment(text: string): string {
  return plainText(text, 400);
}
