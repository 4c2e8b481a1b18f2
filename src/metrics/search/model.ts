import type { ParseOutcome } from '../../model/syntax-tree.js';
import type { Definition, MetricSchema } from '../definition.js';
import { Collector } from './collect.js';
import { columnKey, Facts, type ColumnKey, type Constant } from './facts.js';
import { kin } from './family.js';
import { numberText } from './number-values.js';
import { valuesOf } from './pools.js';
import type { Relations } from './references.js';
import type { Check, SearchColumn, SearchTable } from './tables.js';

/** What a column may hold. */
export interface Pool {
  /** Without NULL; the simplest and those that definitions name first. */
  values: string[];
  nullable: boolean;
  /** A definition, or a CHECK that touches what definitions look at, looks at it. */
  used: boolean;
  /** What it holds where it does not matter. */
  base: string | null;
}

/** The tables that definitions read, and what is worth putting into them. */
export interface SearchModel {
  /** Parents before those that refer to them. */
  tables: SearchTable[];
  facts: Facts;
  pools: ReadonlyMap<ColumnKey, Pool>;
  /** Columns that take part in a join. */
  joined: ReadonlySet<ColumnKey>;
  /** The class of columns that a column is joined or compared with. */
  classOf: (column: ColumnKey) => ColumnKey;
}

/** Sets of columns that are joined, compared or refer to each other. */
class Classes {
  private readonly parents = new Map<ColumnKey, ColumnKey>();

  find(column: ColumnKey): ColumnKey {
    let root = column;
    for (let next = this.parents.get(root); next !== undefined; next = this.parents.get(root)) root = next;
    return root;
  }

  unite(one: ColumnKey, other: ColumnKey): void {
    const [left, right] = [this.find(one), this.find(other)];
    if (left !== right) this.parents.set(left, right);
  }
}

type Parse = (text: string) => ParseOutcome;

/** Reads the facts of all definitions together; the tables that they read are its `used`. */
export function collectFacts(definitions: readonly Definition[], relations: Relations, parse: Parse, present?: string): Facts {
  const facts = new Facts(present);
  const collector = new Collector(facts, relations, parse);
  for (const { statement } of definitions) collector.statement(statement);
  return facts;
}

/**
 * @param constants that the engine worked out, by the columns that they meet
 * @param zones of the sessions of the definitions
 */
export function buildModel(tables: ReadonlyMap<string, SearchTable>, facts: Facts, schema: MetricSchema, relations: Relations, parse: Parse, zones: readonly string[]): SearchModel {
  for (const table of tables.values()) facts.readTable(table.key);
  const idle = new Facts();
  for (const table of tables.values()) readChecks(table, schema, facts, idle, relations, parse);
  const classes = new Classes();
  const joined = new Set<ColumnKey>();
  const columnAt = (key: ColumnKey): SearchColumn | undefined => {
    const [table = '', name = ''] = key.split('|');
    return tables.get(table)?.byName.get(name);
  };
  const areKin = (one: ColumnKey, other: ColumnKey): boolean => {
    const [left, right] = [columnAt(one), columnAt(other)];
    return left !== undefined && right !== undefined && kin(left.family) === kin(right.family);
  };
  for (const [one, other] of facts.equal) {
    if (!areKin(one, other)) continue;
    classes.unite(one, other);
    joined.add(one).add(other);
  }
  const shared = new Set(joined);
  for (const [one, other] of facts.compared) {
    if (one === other || !areKin(one, other)) continue;
    classes.unite(one, other);
    shared.add(one).add(other);
  }
  for (const table of tables.values()) {
    for (const { columns, parent, referenced } of table.foreignKeys) {
      if (tables.has(parent)) columns.forEach((column, index) => classes.unite(columnKey(table.key, column), columnKey(parent, referenced[index] ?? '')));
    }
  }
  const ofClass = constantsByClass(facts, classes);
  const pools = new Map<ColumnKey, Pool>();
  for (const table of tables.values()) {
    for (const column of table.columns) {
      const key = columnKey(table.key, column.name);
      const constants = ofClass.get(classes.find(key)) ?? [];
      pools.set(key, poolOf(table, column, { facts, idle, constants, isShared: shared.has(key), zones: [...new Set([...zones, ...facts.zones])] }));
    }
  }
  return { tables: parentsFirst(tables), facts, pools, joined, classOf: (column) => classes.find(column) };
}

/**
 * A CHECK that touches a column that is looked at pulls in its other columns, with their constants, and so does a column that
 * the engine computes. The other CHECKs need one combination of values that they admit.
 */
function readChecks(table: SearchTable, { catalog }: MetricSchema, facts: Facts, idle: Facts, relations: Relations, parse: Parse): void {
  const relation = catalog.relations.find(({ schema, name }) => schema === table.schema && name === table.name);
  if (relation === undefined) return;
  const used = facts.used.get(table.key) ?? new Set();
  const read = (check: Check, into: Facts): void => {
    const statement = parse(`select 1 where ${check.sql}`).statements[0]?.statement;
    const body = statement?.type === 'query_statement' && statement.query.body.type === 'select' ? statement.query.body : null;
    if (body?.where) new Collector(into, relations, parse).predicate(relation, body.where);
    for (const column of check.columns) into.use(columnKey(table.key, column));
  };
  const computed = table.columns.flatMap(({ name, generated }): Check[] => (generated === null ? [] : [{ sql: `(${generated}) is null`, columns: [name, ...wordsOf(generated, table)] }]));
  let waiting = [...table.checks, ...table.unheld, ...computed];
  for (let grown = true; grown; ) {
    const touching = waiting.filter(({ columns }) => columns.some((column) => used.has(column)));
    for (const check of touching) read(check, facts);
    waiting = waiting.filter((check) => !touching.includes(check));
    grown = touching.length > 0;
  }
  for (const check of waiting) read(check, idle);
}

/** The columns that an expression may name. */
function wordsOf(expression: string, table: SearchTable): string[] {
  const words = new Set(expression.match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
  return table.columns.filter(({ name }) => words.has(name)).map(({ name }) => name);
}

function constantsByClass(facts: Facts, classes: Classes): Map<ColumnKey, Constant[]> {
  const byClass = new Map<ColumnKey, Constant[]>();
  for (const [column, constants] of facts.constants) {
    const root = classes.find(column);
    const known = byClass.get(root) ?? [];
    for (const constant of constants) if (!known.some(({ value, meeting, functions }) => value === constant.value && meeting === constant.meeting && functions.join() === constant.functions.join())) known.push(constant);
    byClass.set(root, known);
  }
  return byClass;
}

interface PoolContext {
  facts: Facts;
  idle: Facts;
  constants: readonly Constant[];
  isShared: boolean;
  zones: readonly string[];
}

function poolOf(table: SearchTable, column: SearchColumn, { facts, idle, constants, isShared, zones }: PoolContext): Pool {
  const key = columnKey(table.key, column.name);
  const isKey = table.uniques.some(({ columns }) => columns.includes(column.name));
  const isIdle = idle.used.get(table.key)?.has(column.name) === true;
  const used = column.generated === null && facts.used.get(table.key)?.has(column.name) === true;
  const own = used ? constants.filter(({ aggregate, isNumber }) => !(aggregate && isNumber)) : isIdle ? (idle.constants.get(key) ?? []) : [];
  const roles = { aggregated: facts.aggregated.has(key), divisor: facts.divisors.has(key), key: isKey, shared: isShared, paths: facts.paths.get(key) ?? new Set<string>(), zones };
  const values = valuesOf(column, own, roles);
  if (used && (column.family === 'integer' || column.family === 'number')) {
    for (const value of aggregateValues(constants.filter(({ aggregate, isNumber }) => aggregate && isNumber), column)) if (!values.includes(value)) values.push(value);
  }
  return { values: used || isIdle ? values : values.slice(0, 1), nullable: column.nullable, used: used || isIdle, base: column.generated !== null || (column.nullable && !used) ? null : (values[0] ?? null) };
}

/** Contributions that bring an aggregate to the number that it is compared with. */
function aggregateValues(constants: readonly Constant[], { scale, bound }: SearchColumn): string[] {
  const numbers = constants.slice(0, 3).map(({ value }) => Number(value));
  const near = numbers.flatMap((number) => [number, number + 1, number - 1, Math.floor(number / 2), Math.floor(number / 3), number * 2]);
  return near.filter((number) => Math.abs(number) < (bound ?? Number.POSITIVE_INFINITY)).map((number) => numberText(number, scale));
}

function parentsFirst(tables: ReadonlyMap<string, SearchTable>): SearchTable[] {
  const ordered: SearchTable[] = [];
  const seen = new Set<string>();
  const add = (table: SearchTable): void => {
    if (seen.has(table.key)) return;
    seen.add(table.key);
    for (const { parent } of table.foreignKeys) {
      const found = tables.get(parent);
      if (found !== undefined) add(found);
    }
    ordered.push(table);
  };
  for (const table of tables.values()) add(table);
  return ordered;
}
