import { z } from 'zod';
import type { Catalog, Constraint, Grant, Policy, Relation, RelationKind } from '../../model/catalog.js';
import { CatalogParts, PART_ROWS_MAX } from '../http/parts.js';
import type { LiveSession } from '../live.js';
import { columnLabel, type ColumnTag } from '../shared/column-label.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import { quoteName, quoteText } from './names.js';

const relationRow = z.object({
  schema: z.string(), name: z.string(), kind: z.string(), owner: z.string().nullable(), comment: z.string().nullable(), rows: z.number().nullable(), bytes: z.number().nullable(),
  dynamic: z.string().nullable(), definition: z.string().nullable(), secure: z.string().nullable(),
});
const columnRow = z.object({ schema: z.string(), relation: z.string(), name: z.string(), type: z.string(), nullable: z.string(), comment: z.string().nullable(), default: z.string().nullable() });
const keyRow = z.object({ schema_name: z.string(), table_name: z.string(), column_name: z.string(), key_sequence: z.coerce.number(), constraint_name: z.string() });
const importedRow = z.object({
  pk_schema_name: z.string(), pk_table_name: z.string(), pk_column_name: z.string(), fk_schema_name: z.string(), fk_table_name: z.string(), fk_column_name: z.string(),
  key_sequence: z.coerce.number(), fk_name: z.string().nullable(),
});
const grantRow = z.object({ schema: z.string(), relation: z.string(), grantee: z.string(), privilege: z.string() });
const policyRow = z.object({ schema: z.string(), relation: z.string(), column: z.string().nullable(), kind: z.string(), policy: z.string() });
const warehouseRow = z.object({ name: z.string(), state: z.string(), is_current: z.string().nullish(), auto_suspend: z.coerce.number().nullish() });
const tagRow = z.object({ schema: z.string(), relation: z.string(), column: z.string(), name: z.string(), value: z.string().nullable() });

const KINDS: Readonly<Record<string, RelationKind>> = {
  'BASE TABLE': 'table', VIEW: 'view', 'MATERIALIZED VIEW': 'materialized_view', 'EXTERNAL TABLE': 'foreign_table', 'EVENT TABLE': 'table',
};
/** SHOW gives no more, without a word (SHOW PRIMARY KEYS, usage notes). */
const SHOWN_MAX = 10_000;
const GOVERNANCE = 'GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE …';

/** The catalogue of one database. SHOW runs without a warehouse; INFORMATION_SCHEMA and ACCOUNT_USAGE need one for some seconds. */
export async function readCatalog(session: LiveSession, database: string): Promise<Reading<Catalog>> {
  const parts = new CatalogParts(session);
  const values = { database: quoteName(database), database_text: quoteText(database), row_max: String(PART_ROWS_MAX + 1) };
  const grant = `GRANT USAGE ON DATABASE ${quoteName(database)} TO ROLE …; GRANT REFERENCES ON ALL TABLES IN DATABASE ${quoteName(database)} TO ROLE …;`;
  const read = <T>(row: z.ZodType<T>, file: string, missing: string, remedy: string = grant): Promise<T[]> =>
    parts.read(row, loadSql('snowflake', file, session.version_num, values), { missing, remedy });

  await sayWhatIsStarted(session, parts);

  const relations = new Map<string, Relation>();
  const key = (schema: string, name: string): string => `${schema}\0${name}`;
  let hidden = 0;
  for (const row of await read(relationRow, 'relations', 'the relations')) {
    const relation = relationOf(row);
    if (relation.kind === 'view' && relation.definition === null) hidden++;
    relations.set(key(row.schema, row.name), relation);
  }
  if (hidden > 0) parts.gap(hidden === 1 ? 'the definition of a view' : `the definitions of ${hidden} views`, 'Snowflake shows them to the owner of a view only, and never those of secure views to others', 'Collect with a role that owns the views, or read their files.');
  const policies = await read(policyRow, 'policies', 'masking and row access policies', GOVERNANCE);
  const tags = await read(tagRow, 'column_tags', 'the tags of columns', GOVERNANCE);
  const labels = labelsOf(policies, tags);
  for (const row of await read(columnRow, 'columns', 'the columns')) {
    relations.get(key(row.schema, row.relation))?.columns.push({
      name: row.name, type: row.type, nullable: row.nullable !== 'NO', comment: emptyToNull(row.comment), label: labels.get(`${key(row.schema, row.relation)}\0${row.name}`) ?? null, enumValues: null,
      ...(row.default === null ? {} : { default: row.default }),
    });
  }
  for (const policy of policies) {
    const relation = policy.kind === 'ROW_ACCESS_POLICY' ? relations.get(key(policy.schema, policy.relation)) : undefined;
    if (relation) Object.assign(relation, { rowSecurity: true, rowSecurityForced: true });
  }
  const shown = async <T>(row: z.ZodType<T>, file: string, missing: string): Promise<T[]> => {
    const rows = await read(row, file, missing);
    if (rows.length >= SHOWN_MAX) parts.gap(`the rest of ${missing}`, `Snowflake shows ${SHOWN_MAX} columns of keys at most`, null);
    return rows;
  };
  const constraints = [
    ...keysOf(await shown(keyRow, 'primary_keys', 'the primary keys'), 'primary_key'),
    ...keysOf(await shown(keyRow, 'unique_keys', 'the unique keys'), 'unique'),
    ...referencesOf(await shown(importedRow, 'imported_keys', 'the foreign keys')),
  ];
  const grants = grantsOf(await read(grantRow, 'grants', 'the grants'));
  const value: Catalog = {
    relations: sortedBy([...relations.values()], (r) => [r.schema, r.name]),
    constraints: sortedBy(constraints, (c) => [c.schema, c.relation, c.name, c.kind]),
    indexes: [],
    roles: [],
    grants,
    policies: sortedBy(policies.filter(({ kind }) => kind === 'ROW_ACCESS_POLICY').map(toPolicy), (p) => [p.schema, p.relation, p.name]),
    extensions: [],
    publications: [],
    functions: [],
    settings: {},
  };
  return { value, gaps: parts.gaps };
}

/** A suspended warehouse is resumed by the first statement that needs one, and is paid for until it suspends again. */
async function sayWhatIsStarted(session: LiveSession, parts: CatalogParts): Promise<void> {
  const warehouses = await parts.read(warehouseRow, loadSql('snowflake', 'warehouses', session.version_num), { missing: 'whether the warehouse was running', remedy: null });
  const used = warehouses.find(({ is_current }) => is_current === 'Y');
  if (used === undefined || !used.state.startsWith('SUSPEND')) return;
  const ends = used.auto_suspend == null || used.auto_suspend === 0 ? 'it does not suspend by itself' : `it suspends by itself after ${used.auto_suspend} s`;
  parts.gap('what this look cost in the end', `the warehouse ${used.name} was suspended and is resumed for it; ${ends}`, 'Name a warehouse in the URL that is running anyway.');
}

function relationOf(row: z.infer<typeof relationRow>): Relation {
  const isDynamic = row.dynamic === 'YES';
  const kind = isDynamic ? 'materialized_view' : (KINDS[row.kind] ?? 'table');
  return {
    schema: row.schema, name: row.name, kind, owner: row.owner, comment: emptyToNull(row.comment), columns: [],
    definition: row.definition === null ? null : viewQuery(row.definition),
    rows: row.rows, size_bytes: row.bytes, rowSecurity: false, rowSecurityForced: false,
    options: [...(isDynamic ? ['dynamic'] : []), ...(row.secure === 'YES' ? ['secure'] : [])],
    partitionOf: null, recordedColumns: null,
  };
}

/** VIEW_DEFINITION is the whole CREATE VIEW as it was written: what stands behind its AS. */
export function viewQuery(text: string): string | null {
  // Skips quoted names, texts, comments and the column list, in which no AS of the view can stand.
  const token = /'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[()]|\b[A-Za-z_][\w$]*\b/g;
  let depth = 0;
  for (const match of text.matchAll(token)) {
    const [word] = match;
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth === 0 && /^as$/i.test(word)) {
      const query = text.slice(match.index + word.length).trim().replace(/;\s*$/, '');
      if (/^(?:\(|select\b|with\b|--|\/\*)/i.test(query)) return query;
    } else if (depth === 0 && /^(?:select|with)$/i.test(word) && match.index === 0) return text.trim().replace(/;\s*$/, '');
  }
  return null;
}

function labelsOf(policies: readonly z.infer<typeof policyRow>[], tags: readonly z.infer<typeof tagRow>[]): Map<string, string> {
  const columns = new Map<string, { policy: string | null; tags: ColumnTag[] }>();
  const of = (row: { schema: string; relation: string; column: string }): { policy: string | null; tags: ColumnTag[] } => {
    const key = `${row.schema}\0${row.relation}\0${row.column}`;
    const known = columns.get(key) ?? { policy: null, tags: [] };
    columns.set(key, known);
    return known;
  };
  for (const { column, ...row } of policies) if (row.kind === 'MASKING_POLICY' && column !== null) of({ ...row, column }).policy = row.policy;
  for (const row of tags) of(row).tags.push({ name: row.name, value: row.value });
  return new Map([...columns].flatMap(([key, told]) => {
    const label = columnLabel(told.policy, told.tags);
    return label === null ? [] : [[key, label]];
  }));
}

/** Snowflake notes keys and does not hold them. */
function keysOf(rows: readonly z.infer<typeof keyRow>[], kind: 'primary_key' | 'unique'): Constraint[] {
  const found = new Map<string, Constraint>();
  for (const row of rows.toSorted((one, other) => one.key_sequence - other.key_sequence)) {
    const key = `${row.schema_name}\0${row.table_name}\0${row.constraint_name}`;
    const known = found.get(key);
    if (known) known.columns.push(row.column_name);
    else found.set(key, { schema: row.schema_name, relation: row.table_name, name: row.constraint_name, kind, columns: [row.column_name], expression: null, references: null, validated: false, enforced: false });
  }
  return [...found.values()];
}

function referencesOf(rows: readonly z.infer<typeof importedRow>[]): Constraint[] {
  const found = new Map<string, Constraint>();
  for (const row of rows.toSorted((one, other) => one.key_sequence - other.key_sequence)) {
    const name = row.fk_name ?? `${row.fk_table_name}_${row.pk_table_name}_fkey`;
    const key = `${row.fk_schema_name}\0${row.fk_table_name}\0${name}`;
    const known = found.get(key);
    if (known?.references) {
      known.columns.push(row.fk_column_name);
      known.references.columns.push(row.pk_column_name);
    } else {
      found.set(key, {
        schema: row.fk_schema_name, relation: row.fk_table_name, name, kind: 'foreign_key', columns: [row.fk_column_name], expression: null,
        references: { schema: row.pk_schema_name, relation: row.pk_table_name, columns: [row.pk_column_name] }, validated: false, enforced: false,
      });
    }
  }
  return [...found.values()];
}

function grantsOf(rows: readonly z.infer<typeof grantRow>[]): Grant[] {
  const found = new Map<string, Grant>();
  for (const row of rows) {
    const key = `${row.grantee}\0${row.schema}\0${row.relation}`;
    const known = found.get(key);
    if (known) known.privileges.push(row.privilege);
    else found.set(key, { grantee: row.grantee, schema: row.schema, relation: row.relation, privileges: [row.privilege] });
  }
  for (const { privileges } of found.values()) privileges.sort();
  return sortedBy([...found.values()], (g) => [g.schema, g.relation, g.grantee]);
}

function toPolicy(row: z.infer<typeof policyRow>): Policy {
  return { schema: row.schema, relation: row.relation, name: row.policy, command: 'SELECT', roles: [], using: null };
}

function emptyToNull(text: string | null): string | null {
  return text === '' ? null : text;
}
