import type { Catalog, Column, Constraint, Relation } from '../../model/catalog.js';
import type { RestsOn } from '../../model/metric-verdict.js';
import type { Expression, ParseOutcome, Query, SqlStatement } from '../../model/syntax-tree.js';
import { canonicalExpression, canonicalStatement } from '../../sql/canonical.js';
import { walkStatement } from '../../sql/walk.js';
import type { MetricSchema } from '../definition.js';
import type { Parse } from '../rows/constraints.js';
import { columnsOf } from '../rows/opacity.js';

/** A unique key: at most one row has given values, none of them NULL. */
export interface Key {
  id: string;
  columns: string[];
  /** Two rows with NULL in the same places are one too many. */
  nullsEqual?: true;
}

export interface ForeignKey {
  id: string;
  columns: string[];
  parent: string;
  parentColumns: string[];
}

/** What the schema says about a table, constraints by their ids in `Facts`. */
export interface TableFacts {
  /** `schema.name`. */
  key: string;
  relation: Relation;
  byName: ReadonlyMap<string, Column>;
  /** By column: the constraint that keeps NULL out. */
  notNull: ReadonlyMap<string, string>;
  checks: { id: string; expression: Expression; columns: string[] }[];
  /** By column: what a generated column is generated from, over columns of the table. */
  generated: ReadonlyMap<string, Expression>;
  keys: Key[];
  foreignKeys: ForeignKey[];
}

/** Constraints that are in force while something is proved: those that are dropped say nothing, those that are used are kept. */
export class Facts {
  readonly tables: ReadonlyMap<string, TableFacts>;
  readonly views: ReadonlyMap<string, View>;
  readonly searchPath: readonly string[];
  readonly dropped: ReadonlySet<string>;
  readonly used = new Set<string>();

  constructor(known: Known, dropped: ReadonlySet<string>) {
    this.tables = known.tables;
    this.views = known.views;
    this.searchPath = known.searchPath;
    this.dropped = dropped;
  }

  /** Whether a constraint may be used. */
  holds(id: string | null | undefined): id is string {
    return id !== null && id !== undefined && !this.dropped.has(id);
  }

  /** Says that something was proved by it. */
  rest(ids: Iterable<string>): void {
    for (const id of ids) if (id !== '') this.used.add(id);
  }

  /** The key of a relation as a query names it; null for one that the catalogue does not have. */
  find(schema: string | null, name: string): string | null {
    // PostgreSQL looks into pg_catalog before anything else (documentation of search_path).
    if (schema === null && name.startsWith('pg_') && !this.searchPath.includes('pg_catalog')) return null;
    const schemas = schema === null ? this.searchPath : [schema];
    for (const candidate of schemas) {
      const key = `${candidate}.${name}`;
      if (this.tables.has(key) || this.views.has(key)) return key;
    }
    return null;
  }
}

export interface View {
  query: Query;
  columns: string[];
}

/** What is known of the relations that two definitions read. */
export interface Known {
  tables: Map<string, TableFacts>;
  views: Map<string, View>;
  searchPath: readonly string[];
  axioms: Map<string, RestsOn>;
}

interface Index {
  relations: Map<string, Relation>;
  constraints: Map<string, Constraint[]>;
  tables: Map<string, Promise<TableFacts>>;
  views: Map<string, Promise<SqlStatement | null>>;
  axioms: Map<string, RestsOn>;
}

/** Parents of parents are read too; in a large schema not all of them. */
const TABLES_MAX = 200;

const indexes = new WeakMap<Catalog, Index>();

/** Reads what is needed of the relations that statements name, through views and to the parents of foreign keys. */
export async function knownOf(statements: readonly SqlStatement[], schema: MetricSchema, parse: Parse): Promise<Known> {
  const index = indexOf(schema.catalog);
  const known: Known = { tables: new Map(), views: new Map(), searchPath: schema.searchPath, axioms: index.axioms };
  const open = [...statements];
  for (let statement = open.pop(); statement !== undefined; statement = open.pop()) {
    for (const key of namedIn(statement, schema.searchPath, index)) {
      if (known.tables.has(key) || known.views.has(key)) continue;
      const relation = index.relations.get(key);
      if (relation === undefined) continue;
      if (relation.kind === 'view' && relation.definition !== null) {
        const definition = await viewOf(index, key, relation.definition, parse);
        if (definition?.type !== 'query_statement' && definition?.type !== 'create') continue;
        known.views.set(key, { query: definition.query, columns: relation.columns.map(({ name }) => name) });
        open.push(definition);
      } else {
        await addTable(key, relation, index, known, schema, parse);
      }
    }
  }
  return known;
}

async function addTable(key: string, relation: Relation, index: Index, known: Known, schema: MetricSchema, parse: Parse): Promise<void> {
  const facts = await tableOf(index, key, relation, schema.catalog, parse);
  known.tables.set(key, facts);
  for (const { parent } of facts.foreignKeys) {
    const entry = index.relations.get(parent);
    if (entry !== undefined && !known.tables.has(parent) && known.tables.size < TABLES_MAX) await addTable(parent, entry, index, known, schema, parse);
  }
}

function indexOf(catalog: Catalog): Index {
  const existing = indexes.get(catalog);
  if (existing !== undefined) return existing;
  const constraints = new Map<string, Constraint[]>();
  for (const entry of catalog.constraints) {
    const key = `${entry.schema}.${entry.relation}`;
    const list = constraints.get(key);
    if (list === undefined) constraints.set(key, [entry]);
    else list.push(entry);
  }
  const relations = new Map(catalog.relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]));
  const index: Index = { relations, constraints, tables: new Map(), views: new Map(), axioms: new Map() };
  indexes.set(catalog, index);
  return index;
}

function namedIn(statement: SqlStatement, searchPath: readonly string[], index: Index): string[] {
  const keys: string[] = [];
  walkStatement(statement, {
    from: (item) => {
      if (item.type !== 'table') return;
      const schemas = item.schema === null ? searchPath : [item.schema];
      const found = schemas.map((candidate) => `${candidate}.${item.name}`).find((key) => index.relations.has(key));
      if (found !== undefined) keys.push(found);
    },
  });
  return keys;
}

function viewOf(index: Index, key: string, definition: string, parse: Parse): Promise<SqlStatement | null> {
  let view = index.views.get(key);
  if (view === undefined) {
    view = Promise.resolve(parse(definition)).then(({ statements: [parsed, more] }) => (parsed === undefined || more !== undefined ? null : canonicalStatement(parsed.statement)));
    index.views.set(key, view);
  }
  return view;
}

function tableOf(index: Index, key: string, relation: Relation, catalog: Catalog, parse: Parse): Promise<TableFacts> {
  let table = index.tables.get(key);
  if (table === undefined) {
    table = readTable(key, relation, index, catalog, parse);
    index.tables.set(key, table);
  }
  return table;
}

async function readTable(key: string, relation: Relation, index: Index, catalog: Catalog, parse: Parse): Promise<TableFacts> {
  const own = index.constraints.get(key) ?? [];
  const valid = own.filter(({ validated, enforced }) => validated && enforced);
  const taken = new Set<string>();
  const axiom = (entry: Omit<RestsOn, 'schema' | 'relation' | 'enforced'>, suffix: string): string => {
    // Constraints of a table that some catalogue gives one name are still several.
    const base = `${entry.kind} ${key} ${suffix}`;
    const id = taken.has(base) ? `${base} #${taken.size}` : base;
    taken.add(id);
    index.axioms.set(id, { ...entry, schema: relation.schema, relation: relation.name, enforced: true });
    return id;
  };
  const keys: Key[] = [];
  const notNull = new Map<string, string>();
  for (const entry of valid) {
    if (entry.kind !== 'primary_key' && entry.kind !== 'unique') continue;
    const word = entry.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY';
    const id = axiom({ kind: entry.kind, name: entry.name, columns: entry.columns, text: `${word} (${entry.columns.join(', ')}) on ${key}` }, entry.name);
    keys.push({ id, columns: entry.columns, ...(entry.nullsNotDistinct === true ? { nullsEqual: true as const } : {}) });
    if (entry.kind === 'primary_key') for (const column of entry.columns) notNull.set(column, id);
  }
  for (const found of uniqueIndexes(catalog, relation, keys)) {
    keys.push({ id: axiom({ kind: 'unique', name: found.name, columns: found.columns, text: `UNIQUE (${found.columns.join(', ')}) on ${key}` }, found.name), columns: found.columns, ...(found.nullsEqual ? { nullsEqual: true as const } : {}) });
  }
  // The first key is the one that names a row best.
  keys.sort((a, b) => Number(b.id.startsWith('primary_key')) - Number(a.id.startsWith('primary_key')));
  const doubtful = new Set(own.filter(({ kind, validated, enforced }) => kind === 'not_null' && !(validated && enforced)).flatMap(({ columns }) => columns));
  for (const column of relation.columns) {
    if (column.nullable || notNull.has(column.name) || doubtful.has(column.name)) continue;
    notNull.set(column.name, axiom({ kind: 'not_null', name: null, columns: [column.name], text: `NOT NULL on ${key}.${column.name}` }, column.name));
  }
  const checks: TableFacts['checks'] = [];
  const foreignKeys: ForeignKey[] = [];
  for (const entry of valid) {
    if (entry.kind === 'check' && entry.expression !== null) {
      const expression = whereOf(await parse(`SELECT 1 WHERE (${entry.expression})`));
      if (expression === null) continue;
      const canonical = canonicalExpression(expression);
      const columns = columnsOf(canonical);
      checks.push({ id: axiom({ kind: 'check', name: entry.name, columns, text: `CHECK (${entry.expression}) on ${key}` }, entry.name), expression: canonical, columns });
    }
    if (entry.kind !== 'foreign_key' || entry.references === null) continue;
    const parent = `${entry.references.schema}.${entry.references.relation}`;
    const text = `FOREIGN KEY (${entry.columns.join(', ')}) REFERENCES ${parent} (${entry.references.columns.join(', ')}) on ${key}`;
    foreignKeys.push({ id: axiom({ kind: 'foreign_key', name: entry.name, columns: entry.columns, text }, entry.name), columns: entry.columns, parent, parentColumns: entry.references.columns });
  }
  for (const column of relation.columns) {
    if (column.enumValues === null) continue;
    axiom({ kind: 'type', name: null, columns: [column.name], text: `TYPE ${column.type} of ${key}.${column.name}` }, column.name);
  }
  const generated = new Map<string, Expression>();
  for (const { name, generated: source } of relation.columns) {
    const tested = source === undefined ? null : whereOf(await parse(`SELECT 1 WHERE (${source}) IS NULL`));
    const [value] = tested?.type === 'operation' && tested.operator === 'is_null' ? tested.operands : [];
    if (value !== undefined) generated.set(name, canonicalExpression(value));
  }
  return { key, relation, generated, byName: new Map(relation.columns.map((column) => [column.name, column])), notNull, checks, keys, foreignKeys };
}

/** Unique indexes over the whole table that no constraint stands for. */
function uniqueIndexes(catalog: Catalog, relation: Relation, keys: readonly Key[]): { name: string; columns: string[]; nullsEqual: boolean }[] {
  const known = new Set(keys.map(({ columns }) => columns.join(',')));
  return catalog.indexes.flatMap(({ schema, relation: name, name: index, columns, unique, predicate, valid, nullsNotDistinct }) => {
    if (schema !== relation.schema || name !== relation.name || !unique || predicate !== null || !valid) return [];
    const plain = columns.filter((column) => column !== null);
    return plain.length === columns.length && !known.has(plain.join(',')) ? [{ name: index, columns: plain, nullsEqual: nullsNotDistinct === true }] : [];
  });
}

function whereOf(outcome: ParseOutcome): Expression | null {
  const [parsed, more] = outcome.statements;
  if (parsed?.statement.type !== 'query_statement' || more !== undefined) return null;
  const { body } = parsed.statement.query;
  return body.type === 'select' ? body.where : null;
}
