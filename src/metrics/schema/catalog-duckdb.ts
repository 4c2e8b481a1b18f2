import { z } from 'zod';
import type { Catalog, Column, Constraint, ConstraintKind, Index, Relation } from '../../model/catalog.js';
import type { ScratchSpace } from '../../model/scratch-engine.js';
import { Scanner, Token } from '../../sql/lexer/scanner.js';
import { duckdbCatalogSql } from './catalog-sql.js';
import { withoutOuterParentheses } from './expression.js';
import { qualified } from './names.js';

const text = z.string().nullable();
/** A list without members comes as null. */
const list = <T extends z.ZodType>(member: T) => z.array(member).nullable();

const answer = z.object({
  relations: list(z.object({
    schema: z.string(), name: z.string(), kind: z.enum(['table', 'view']), sql: text,
    columns: list(z.object({ name: z.string(), type: z.string(), expression: text })),
  })),
  constraints: list(z.object({
    schema: z.string(), relation: z.string(), name: text, kind: z.string(), text: z.string(), expression: text,
    columns: z.array(z.string()), referenced: text, referenced_columns: list(z.string()),
  })),
  indexes: list(z.object({ schema: z.string(), relation: z.string(), name: z.string(), is_unique: z.boolean(), expressions: text })),
});
type Answer = z.infer<typeof answer>;
type Member<T> = NonNullable<T> extends readonly (infer M)[] ? M : never;

const KINDS: Readonly<Record<string, ConstraintKind>> = { 'PRIMARY KEY': 'primary_key', UNIQUE: 'unique', 'FOREIGN KEY': 'foreign_key', CHECK: 'check', 'NOT NULL': 'not_null' };

/**
 * The catalogue of what was made in a space of DuckDB.
 *
 * @throws ScratchError
 */
export async function duckdbCatalog(space: ScratchSpace): Promise<Catalog> {
  const { rows } = await space.rows(duckdbCatalogSql());
  const read = answer.parse(JSON.parse(rows[0]?.[0] ?? '{}'));
  const constraints = (read.constraints ?? []).flatMap(toConstraint);
  const relations = (read.relations ?? []).map((row) => toRelation(row, constraints));
  return {
    relations, constraints, indexes: (read.indexes ?? []).map((row) => toIndex(row, relations)),
    roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {},
  };
}

function toRelation(row: Member<Answer['relations']>, constraints: readonly Constraint[]): Relation {
  const { schema, name, kind, sql } = row;
  const required = new Set(constraints.flatMap((constraint) =>
    constraint.schema === schema && constraint.relation === name && (constraint.kind === 'not_null' || constraint.kind === 'primary_key') ? constraint.columns : []));
  return {
    schema, name, kind, owner: null, comment: null,
    columns: (row.columns ?? []).map((column) => toColumn(column, required, sql ?? '')),
    definition: kind === 'view' && sql !== null ? viewQuery(sql, (row.columns ?? []).map((column) => column.name)) : null,
    rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}

function toColumn({ name, type, expression }: { name: string; type: string; expression: string | null }, required: ReadonlySet<string>, sql: string): Column {
  const generated = [name, qualified(name)].some((written) => sql.includes(`${written} ${type} GENERATED ALWAYS AS(`));
  return {
    name, type, nullable: !required.has(name), comment: null, label: null,
    enumValues: type.startsWith('ENUM(') ? Array.from(type.matchAll(/'((?:[^']|'')*)'/g), ([, member]) => (member ?? '').replaceAll("''", "'")) : null,
    ...(expression === null ? {} : generated ? { generated: expression } : { default: expression }),
  };
}

/** `CREATE VIEW app.v (a, b) AS SELECT …;` → its query, the columns named as those of the view. */
function viewQuery(sql: string, columns: readonly string[]): string | null {
  const scanner = new Scanner(sql, { backticks: false });
  let depth = 0;
  let isRenamed = false;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const token = sql.slice(scanner.start, scanner.end);
    if (token === '(') isRenamed = ++depth > 0;
    else if (token === ')') depth--;
    else if (depth === 0 && kind === Token.Word && token.toLowerCase() === 'as') {
      const query = sql.slice(scanner.end).trim().replace(/;$/, '');
      return isRenamed ? `SELECT * FROM (${query}) AS renamed(${columns.map((name) => qualified(name)).join(', ')})` : query;
    }
  }
  return null;
}

const REFERENCED = / REFERENCES (?:("(?:[^"]|"")*"|[^\s."(]+)\.)?(?:"(?:[^"]|"")*"|[^\s."(]+)\(/;

function toConstraint(row: Member<Answer['constraints']>): Constraint[] {
  const kind = KINDS[row.kind];
  if (kind === undefined) return [];
  const parent = REFERENCED.exec(row.text)?.[1];
  // A CHECK names a column as often as it uses it.
  const columns = [...new Set(row.columns)];
  return [{
    schema: row.schema, relation: row.relation, name: row.name ?? `${row.relation}_${columns.join('_')}_${kind}`, kind, columns,
    expression: row.expression === null ? null : withoutOuterParentheses(row.expression),
    references: row.referenced === null
      ? null
      : { schema: parent?.replace(/^"|"$/g, '').replaceAll('""', '"') ?? row.schema, relation: row.referenced, columns: row.referenced_columns ?? [] },
    validated: true, enforced: true,
  }];
}

/** `[case_id, lower(status)]`: where there is an expression, columns cannot be told apart. */
function toIndex(row: Member<Answer['indexes']>, relations: readonly Relation[]): Index {
  const known = new Set(relations.find(({ schema, name }) => schema === row.schema && name === row.relation)?.columns.map(({ name }) => name));
  const inner = (row.expressions ?? '').replace(/^\[|\]$/g, '');
  const columns = inner.includes('(') ? [null] : inner.split(', ').map((part) => part.replace(/^["']+|["']+$/g, '')).map((name) => (known.has(name) ? name : null));
  return { schema: row.schema, relation: row.relation, name: row.name, columns, unique: row.is_unique, primary: false, predicate: null, valid: true, scans: null, size_bytes: null };
}
