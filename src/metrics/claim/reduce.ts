import type { Catalog, Relation } from '../../model/catalog.js';
import type { Expression, FromItem, Join, Query, Select, Span, SqlStatement, TableReference } from '../../model/syntax-tree.js';
import { SchemaIndex } from '../../sql/schema-index.js';
import { hasAggregate, refuseSets } from './aggregate.js';
import { NotReducible } from './not-reducible.js';
import { rewrite } from './rewrite.js';

/** A relation in the FROM of a query. `joined`: a column of a relation that was looked up by key. */
interface Visible {
  alias: string;
  schema: string | null;
  columns: Map<string, Expression | 'joined'>;
}

/** A unique key. The columns of a primary one are never null. */
export interface Key {
  name: string;
  primary: boolean;
}

/** Rows of one relation: those for which all conditions are true. */
export interface RowSource {
  relation: Relation;
  /** Over the bare names of the relation's columns. */
  conditions: Expression[];
  /** Constraints without which a join would add or lose rows. */
  assumes: string[];
  visible: Visible[];
}

/** Common tables in reach, by name. */
export type CommonTables = ReadonlyMap<string, { query: Query; outer: CommonTables }>;

const NONE: Span = { start: 0, end: 0 };
const SEARCH_PATH = ['public'];

/** Reads queries over the relations of one catalogue. Made once for a store. */
export class Reduction {
  readonly #index: SchemaIndex;
  readonly #catalog: Catalog;

  constructor(catalog: Catalog) {
    this.#index = new SchemaIndex(catalog);
    this.#catalog = catalog;
  }

  /** The relation that a name means; null where the catalogue has none. */
  relation(reference: TableReference): Relation | null {
    return this.#index.find(reference.schema, reference.name, SEARCH_PATH);
  }

  /**
   * The rows that a SELECT reads, before it groups them.
   *
   * @throws NotReducible when they are not rows of one relation, each once.
   */
  source(select: Select, tables: CommonTables): RowSource {
    const [only, another] = select.from;
    if (only === undefined) throw new NotReducible('reads no relation');
    if (another !== undefined) throw new NotReducible('reads several relations side by side');
    const source = this.#item(only, tables);
    const conditions = conjuncts(select.where).map((condition) => this.rewrite(condition, source));
    for (const { expression } of select.projections) refuseSets(expression);
    return { ...source, conditions: [...source.conditions, ...conditions] };
  }

  /** An expression of a query over the bare columns of its relation. */
  rewrite(expression: Expression, source: RowSource): Expression {
    return rewrite(expression, (parts) => {
      const found = resolve(parts, source.visible);
      if (found === null) throw new NotReducible(`uses ${parts.join('.')}, which is no column that the catalogue knows`);
      if (found === 'joined') throw new NotReducible(`depends on ${parts.join('.')} of a joined relation`);
      return found;
    });
  }

  #item(item: FromItem, tables: CommonTables): RowSource {
    switch (item.type) {
      case 'table':
        return this.#table(item, tables);
      case 'derived':
        if (item.lateral) throw new NotReducible('joins a lateral sub-query');
        return this.#derived(item.query, item.alias ?? '', item.columnAliases, tables);
      case 'join':
        return this.#join(item, tables);
      case 'function':
        throw new NotReducible(`reads the function ${item.functions[0]?.name ?? ''}()`);
      case 'opaque_table':
        throw new NotReducible(`reads ${item.what}, which is not understood`);
    }
  }

  #table(reference: TableReference, tables: CommonTables): RowSource {
    const common = reference.schema === null ? tables.get(reference.name) : undefined;
    if (common !== undefined) return this.#derived(common.query, reference.alias ?? reference.name, reference.columnAliases, common.outer);
    const relation = this.relation(reference);
    if (relation === null) throw new NotReducible(`reads ${nameOf(reference)}, which is not in the catalogue`);
    if (reference.only) throw new NotReducible(`reads ONLY ${nameOf(reference)}`);
    if (reference.columnAliases.length > 0) throw new NotReducible('renames the columns of a relation');
    const columns = new Map(relation.columns.map(({ name }) => [name, columnNode(name)]));
    const visible = { alias: reference.alias ?? reference.name, schema: reference.alias === null ? relation.schema : null, columns };
    return { relation, conditions: [], assumes: [], visible: [visible] };
  }

  #derived(query: Query, alias: string, columnAliases: readonly string[], tables: CommonTables): RowSource {
    const { body } = query;
    const inner = withCommonTables(query, tables);
    if (body.type !== 'select') throw new NotReducible('reads a set operation or a list of values');
    if (query.limit !== null || query.offset !== null) throw new NotReducible('reads a limited number of rows');
    if (body.distinct !== null) throw new NotReducible('reads distinct rows');
    if (body.groupBy.length > 0 || body.having !== null || body.projections.some(({ expression }) => hasAggregate(expression))) {
      throw new NotReducible('reads rows that a sub-query has aggregated');
    }
    if (columnAliases.length > 0) throw new NotReducible('renames the columns of a sub-query');
    const source = this.source(body, inner);
    const columns = new Map<string, Expression | 'joined'>();
    for (const { expression, alias: name } of body.projections) {
      if (expression.type === 'star') addStar(expression.qualifier, source.visible, columns);
      else columns.set(name ?? outputName(expression), this.#output(expression, source));
    }
    return { ...source, visible: [{ alias, schema: null, columns }] };
  }

  #output(expression: Expression, source: RowSource): Expression | 'joined' {
    if (expression.type === 'column' && resolve(expression.parts, source.visible) === 'joined') return 'joined';
    return this.rewrite(expression, source);
  }

  /** A join by a unique key adds no rows; one along a foreign key loses none. */
  #join(join: Join, tables: CommonTables): RowSource {
    if (join.natural || join.alias !== null) throw new NotReducible('joins relations by the names of their columns');
    if (join.kind === 'left') return this.#lookUp(this.#item(join.left, tables), join.right, join, tables);
    if (join.kind === 'right') return this.#lookUp(this.#item(join.right, tables), join.left, join, tables);
    if (join.kind !== 'inner') throw new NotReducible(`has a ${join.kind} join`);
    try {
      return this.#lookUp(this.#item(join.left, tables), join.right, join, tables);
    } catch (error) {
      if (!(error instanceof NotReducible) || join.left.type !== 'table') throw error;
      try {
        return this.#lookUp(this.#item(join.right, tables), join.left, join, tables);
      } catch {
        throw error;
      }
    }
  }

  #lookUp(source: RowSource, item: FromItem, join: Join, tables: CommonTables): RowSource {
    const reference = item.type === 'table' ? item : null;
    const relation = reference === null || (reference.schema === null && tables.has(reference.name)) ? null : this.relation(reference);
    if (reference === null || relation === null) throw new NotReducible('joins something that is no relation of the catalogue');
    const name = `${relation.schema}.${relation.name}`;
    const pairs = this.#joinedColumns(join, source, reference, relation);
    const key = this.#uniqueKey(relation, [...pairs.keys()]);
    if (key === null) throw new NotReducible(`joins ${name}, which may multiply rows`);
    const columns = new Map<string, Expression | 'joined'>(relation.columns.map((column) => [column.name, 'joined']));
    const visible = { alias: reference.alias ?? reference.name, schema: reference.alias === null ? relation.schema : null, columns };
    if (join.kind !== 'inner') return { ...source, assumes: [...source.assumes, key.name], visible: [...source.visible, visible] };

    const foreign = this.#foreignKey(source.relation, relation, pairs);
    if (foreign === null) throw new NotReducible(`joins ${name}, which may leave rows out`);
    for (const [theirs, own] of pairs) columns.set(theirs, columnNode(own));
    const present = [...pairs.values()].map((own): Expression => ({ type: 'operation', operator: 'is_not_null', operands: [columnNode(own)], span: NONE }));
    return {
      ...source,
      conditions: [...source.conditions, ...present],
      assumes: [...source.assumes, key.name, foreign],
      visible: [...source.visible, visible],
    };
  }

  /** Columns of the joined relation with the column of the source that each is equal to. */
  #joinedColumns(join: Join, source: RowSource, reference: TableReference, relation: Relation): Map<string, string> {
    const pairs = new Map<string, string>();
    const alias = reference.alias ?? reference.name;
    const ofJoined = (expression: Expression): string | null => {
      if (expression.type !== 'column') return null;
      const [qualifier, column] = expression.parts.slice(-2);
      return column !== undefined && qualifier === alias && relation.columns.some(({ name }) => name === column) ? column : null;
    };
    const ofSource = (expression: Expression): string | null => {
      const found = expression.type === 'column' ? resolve(expression.parts, source.visible) : null;
      return found !== null && found !== 'joined' && found.type === 'column' ? (found.parts[0] ?? null) : null;
    };
    for (const condition of conjuncts(join.on)) {
      const [left, right] = condition.type === 'operation' && condition.operator === '=' ? condition.operands : [];
      const pair = left && right ? ([[ofJoined(left), ofSource(right)], [ofJoined(right), ofSource(left)]] as const).find(([a, b]) => a !== null && b !== null) : undefined;
      if (pair?.[0] == null || pair[1] == null) throw new NotReducible(`joins ${relation.schema}.${relation.name} by more than equal columns`);
      pairs.set(pair[0], pair[1]);
    }
    for (const column of join.using) {
      const own = ofSource({ type: 'column', parts: [column], span: NONE });
      if (own !== null) pairs.set(column, own);
    }
    return pairs;
  }

  #uniqueKey(relation: Relation, columns: string[]): Key | null {
    const covers = (key: readonly (string | null)[]): boolean => key.length > 0 && key.every((column) => column !== null && columns.includes(column));
    const constraint = this.#catalog.constraints.find(
      (entry) => isOf(entry, relation) && (entry.kind === 'primary_key' || entry.kind === 'unique') && entry.enforced && covers(entry.columns),
    );
    if (constraint !== undefined) {
      return { name: keyName(constraint.kind, constraint.name, relation), primary: constraint.kind === 'primary_key' };
    }
    const index = this.#catalog.indexes.find((entry) => isOf(entry, relation) && entry.unique && entry.valid && entry.predicate === null && covers(entry.columns));
    return index === undefined ? null : { name: keyName('unique', index.name, relation), primary: index.primary };
  }

  #foreignKey(child: Relation, parent: Relation, pairs: ReadonlyMap<string, string>): string | null {
    const found = this.#catalog.constraints.find(({ kind, validated, enforced, references, ...entry }) => {
      if (kind !== 'foreign_key' || !validated || !enforced || references === null || !isOf(entry, child)) return false;
      if (references.schema !== parent.schema || references.relation !== parent.name || references.columns.length !== pairs.size) return false;
      return references.columns.every((column, index) => pairs.get(column) === entry.columns[index]);
    });
    return found === undefined ? null : `FOREIGN KEY ${found.name} on ${child.schema}.${child.name}`;
  }

  /** The key that makes the values of one column distinct; null where there is none. */
  keyOf(relation: Relation, column: string): Key | null {
    return this.#uniqueKey(relation, [column]);
  }
}

function isOf(entry: { schema: string; relation: string }, relation: Relation): boolean {
  return entry.schema === relation.schema && entry.relation === relation.name;
}

function keyName(kind: string, name: string, relation: Relation): string {
  return `${kind === 'primary_key' ? 'PRIMARY KEY' : 'UNIQUE'} ${name} on ${relation.schema}.${relation.name}`;
}

function columnNode(name: string): Expression {
  return { type: 'column', parts: [name], span: NONE };
}

function nameOf(reference: TableReference): string {
  return [reference.schema, reference.name].filter((part) => part !== null).join('.');
}

/** What a column reference means; null when nothing or more than one thing. */
function resolve(parts: readonly string[], visible: readonly Visible[]): Expression | 'joined' | null {
  const [column, table, schema, more] = parts.toReversed();
  if (column === undefined || more !== undefined) return null;
  const candidates = visible.filter(
    (entry) => (table === undefined || entry.alias === table) && (schema === undefined || entry.schema === schema) && entry.columns.has(column),
  );
  const [first, ...others] = candidates.map((entry) => entry.columns.get(column) ?? null);
  if (first === undefined || first === null) return null;
  // After USING both sides have the column; the source's own comes first and is the one that is meant.
  return others.every((other) => other === 'joined' || JSON.stringify(other) === JSON.stringify(first)) ? first : null;
}

function addStar(qualifier: readonly string[], visible: readonly Visible[], columns: Map<string, Expression | 'joined'>): void {
  const alias = qualifier.at(-1);
  for (const entry of visible) {
    if (alias !== undefined && entry.alias !== alias) continue;
    for (const [name, expression] of entry.columns) if (!columns.has(name)) columns.set(name, expression);
  }
}

/** How PostgreSQL names an output without alias, as far as it can be referred to. */
function outputName(expression: Expression): string {
  if (expression.type === 'column') return expression.parts.at(-1) ?? '';
  if (expression.type === 'cast') return outputName(expression.operand);
  if (expression.type === 'call') return expression.name.at(-1) ?? '';
  return '?column?';
}

/** The parts of a condition that must all be true. */
export function conjuncts(condition: Expression | null): Expression[] {
  if (condition === null) return [];
  return condition.type === 'operation' && condition.operator === 'and' ? condition.operands.flatMap(conjuncts) : [condition];
}

export function withCommonTables(query: Query, outer: CommonTables): CommonTables {
  if (query.recursive) throw new NotReducible('is recursive');
  let tables: CommonTables = outer;
  for (const { name, statement, columns } of query.ctes) {
    const inner = queryOf(statement);
    if (inner === null || columns.length > 0) throw new NotReducible(`has the common table ${name}, which is not a plain query`);
    tables = new Map([...tables, [name, { query: inner, outer: tables }]]);
  }
  return tables;
}

function queryOf(statement: SqlStatement): Query | null {
  return statement.type === 'query_statement' ? statement.query : null;
}
