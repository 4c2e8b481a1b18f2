import { z } from 'zod';
import type { Catalog, Constraint, ConstraintKind, Index, Relation, StoredFunction } from '../../model/catalog.js';
import type { Gap } from '../../model/snapshot.js';
import { withoutOuterParentheses } from '../shared/expression.js';
import { sortedBy } from '../shared/order.js';
import { loadSql } from '../sql/load.js';
import type { Reading } from '../store.js';
import { enumMembers, indexColumns, referencedSchema, viewQuery } from './names.js';

const ROWS_MAX = 500_000;

/** Runs one of the SQL files; each row has the form of `row`. */
export type Run = <T>(row: z.ZodType<T>, sql: string) => Promise<T[]>;

const relationRow = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'view']),
  comment: z.string().nullable(),
  rows: z.number().nullable(),
  sql: z.string().nullable(),
});

const columnRow = z.object({
  schema: z.string(),
  relation: z.string(),
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  comment: z.string().nullable(),
});

const constraintRow = z.object({
  schema: z.string(),
  relation: z.string(),
  name: z.string().nullable(),
  kind: z.string(),
  text: z.string(),
  expression: z.string().nullable(),
  columns: z.array(z.string()),
  referenced: z.string().nullable(),
  referenced_columns: z.array(z.string()).nullable(),
});

const indexRow = z.object({
  schema: z.string(),
  relation: z.string(),
  name: z.string(),
  unique: z.boolean(),
  primary: z.boolean(),
  expressions: z.string().nullable(),
});

const functionRow = z.object({
  schema: z.string(),
  name: z.string(),
  returns_set: z.boolean(),
  names: z.array(z.string()),
  definition: z.string().nullable(),
});

const CONSTRAINT_KINDS: Readonly<Record<string, ConstraintKind>> = {
  'PRIMARY KEY': 'primary_key',
  UNIQUE: 'unique',
  'FOREIGN KEY': 'foreign_key',
  CHECK: 'check',
  'NOT NULL': 'not_null',
};

/** Reads relations, columns, constraints, views, indexes and macros of an open DuckDB file (duckdb_tables() and its kind, 1.5). */
export async function readCatalog(store: string, run: Run): Promise<Reading<Catalog>> {
  const gaps: Gap[] = [];
  const part = async <T>(file: string, row: z.ZodType<T>): Promise<T[]> => {
    const gap = (missing: string, cause: string): void => {
      gaps.push({ subject: store, missing, cause, remedy: null, severity: 'partial' });
    };
    try {
      const rows = await run(row, loadSql('duckdb', file, 0, { row_max: String(ROWS_MAX + 1) }));
      if (rows.length > ROWS_MAX) gap(`the rest of the ${file} of the catalogue`, `there are more than ${ROWS_MAX} and tidemark reads no more`);
      return rows.slice(0, ROWS_MAX);
    } catch (error) {
      gap(`${file} of the catalogue`, error instanceof Error ? error.message : String(error));
      return [];
    }
  };

  const relations = new Map<string, Relation>();
  for (const row of await part('tables', relationRow)) {
    const definition = row.sql === null ? null : viewQuery(row.sql);
    if (row.kind === 'view' && definition === null) {
      gaps.push({ subject: store, missing: `definition of view ${row.schema}.${row.name}`, cause: 'DuckDB prints it in an unknown form', remedy: null, severity: 'partial' });
    }
    relations.set(`${row.schema}\0${row.name}`, toRelation(row, definition));
  }
  for (const row of await part('columns', columnRow)) {
    const enumValues = enumMembers(row.type);
    relations.get(`${row.schema}\0${row.relation}`)?.columns.push({
      name: row.name,
      type: enumValues ? 'ENUM' : row.type,
      nullable: row.nullable,
      comment: row.comment,
      label: null,
      enumValues,
    });
  }
  const constraints = (await part('constraints', constraintRow)).flatMap(toConstraint);
  const indexes = (await part('indexes', indexRow)).map((row) => toIndex(row, relations.get(`${row.schema}\0${row.relation}`)));
  const value: Catalog = {
    relations: sortedBy([...relations.values()], (r) => [r.schema, r.name]),
    constraints: sortedBy(constraints, (c) => [c.schema, c.relation, c.name, c.kind]),
    indexes: sortedBy(indexes, (i) => [i.schema, i.relation, i.name]),
    roles: [],
    grants: [],
    policies: [],
    extensions: [],
    publications: [],
    functions: toFunctions(await part('functions', functionRow)),
    settings: {},
  };
  return { value, gaps };
}

function toRelation(row: z.infer<typeof relationRow>, definition: string | null): Relation {
  return {
    schema: row.schema,
    name: row.name,
    kind: row.kind,
    owner: null,
    comment: row.comment,
    columns: [],
    definition,
    rows: row.rows,
    size_bytes: null,
    rowSecurity: false,
    rowSecurityForced: false,
    options: [],
    partitionOf: null, recordedColumns: null,
  };
}

function toConstraint(row: z.infer<typeof constraintRow>): Constraint[] {
  const kind = CONSTRAINT_KINDS[row.kind];
  if (kind === undefined) return [];
  const references =
    row.referenced === null
      ? null
      : { schema: referencedSchema(row.text) ?? row.schema, relation: row.referenced, columns: row.referenced_columns ?? [] };
  return [
    {
      schema: row.schema,
      relation: row.relation,
      name: row.name ?? `${row.relation}_${row.columns.join('_')}_${kind}`,
      kind,
      // A CHECK names a column as often as it uses it.
      columns: [...new Set(row.columns)],
      expression: row.expression === null ? null : withoutOuterParentheses(row.expression),
      references,
      validated: true,
      enforced: true,
    },
  ];
}

function toIndex(row: z.infer<typeof indexRow>, relation: Relation | undefined): Index {
  const known = new Set(relation?.columns.map((column) => column.name));
  return {
    schema: row.schema,
    relation: row.relation,
    name: row.name,
    columns: indexColumns(row.expressions ?? '', known),
    unique: row.unique,
    primary: row.primary,
    predicate: null,
    valid: true,
    scans: null,
    size_bytes: null,
  };
}

/**
 * Macros as functions of language sql; that of a scalar one is the expression. Any parameter may have a default, unless the
 * name has several forms, of which the number of arguments then chooses one.
 */
function toFunctions(rows: z.infer<typeof functionRow>[]): StoredFunction[] {
  const name = (row: { schema: string; name: string }): string => `${row.schema}\0${row.name}`;
  const forms = new Map<string, number>();
  for (const row of rows) forms.set(name(row), (forms.get(name(row)) ?? 0) + 1);
  const functions = rows.map((row): StoredFunction => {
    const { definition, returns_set: returnsSet } = row;
    return {
      schema: row.schema,
      name: row.name,
      kind: 'function',
      language: 'sql',
      arguments: row.names.map((parameter) => ({ name: parameter, type: '', mode: 'in' })),
      defaults: forms.get(name(row)) === 1 ? row.names.length : 0,
      columns: null,
      returns: returnsSet ? 'record' : '',
      returnsSet,
      body: definition === null || returnsSet ? definition : `SELECT ${definition}`,
      dynamic: false,
    };
  });
  return sortedBy(functions, (f) => [f.schema, f.name, String(f.arguments.length)]);
}
