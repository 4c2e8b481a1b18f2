import type { Relation } from '../../model/catalog.js';
import type { Expression, FromItem, Join, ParseOutcome, Query, Select, SqlStatement, TableReference } from '../../model/syntax-tree.js';
import { ExpressionFacts, isConstant } from './expression-facts.js';
import { columnKey, type Facts } from './facts.js';
import { viewBody } from './parser.js';
import { groupExpressions, type Relations } from './references.js';
import { merged, QueryScope, type Output } from './scope.js';

const NOTHING: Output = { name: '', origins: new Set(), aggregate: false };
const DEPTH_MAX = 60;

/** Reads out of queries what values of which columns matter to them. */
export class Collector {
  private readonly expressions: ExpressionFacts;
  private depth = 0;
  private uses = new Map<string, number>();

  constructor(
    private readonly facts: Facts,
    private readonly relations: Relations,
    private readonly parse: (text: string) => ParseOutcome,
  ) {
    this.expressions = new ExpressionFacts(facts, (query, scope) => this.query(query, scope, scope.commonTables));
  }

  statement(statement: SqlStatement): void {
    if (statement.type !== 'query_statement') return;
    this.uses = new Map();
    this.query(statement.query, null, new Map());
    for (const [table, count] of this.uses) this.facts.uses.set(table, Math.max(count, this.facts.uses.get(table) ?? 0));
  }

  /** What a predicate over the rows of one table, as of a CHECK, says of its columns. */
  predicate(relation: Relation, expression: Expression): void {
    const scope = new QueryScope(null, new Map());
    scope.items.push({ alias: relation.name, outputs: storedColumns(relation) });
    this.expressions.look(expression, scope);
  }

  private query(query: Query, parent: QueryScope | null, outer: ReadonlyMap<string, readonly Output[]>): readonly Output[] {
    if (this.depth > DEPTH_MAX) return [];
    this.depth += 1;
    const commonTables = new Map(outer);
    for (const { name, columns, statement } of query.ctes) {
      if (statement.type !== 'query_statement') continue;
      // A recursive one sees what its first part gives.
      if (query.recursive && statement.query.body.type === 'set_operation') commonTables.set(name, named(this.query(statement.query.body.left, parent, commonTables), columns));
      commonTables.set(name, named(this.query(statement.query, parent, commonTables), columns));
    }
    const scope = new QueryScope(parent, commonTables);
    const outputs = this.body(query, scope);
    scope.outputs = outputs;
    for (const { expression } of query.orderBy) this.expressions.look(expression, scope);
    for (const limit of [query.limit, query.offset]) {
      const value = limit?.type === 'literal' ? Number(limit.value) : Number.NaN;
      if (Number.isInteger(value)) this.facts.thresholds.add(value);
    }
    this.depth -= 1;
    return outputs;
  }

  private body({ body }: Query, scope: QueryScope): readonly Output[] {
    if (body.type === 'select') return this.select(body, scope);
    if (body.type === 'values') {
      for (const row of body.rows) for (const value of row) this.expressions.look(value, scope);
      return (body.rows[0] ?? []).map((_, index) => ({ ...NOTHING, name: `column${index + 1}`, constants: body.rows.flatMap((row) => row[index] ?? []).filter(isConstant) }));
    }
    const left = this.query(body.left, scope.parent, scope.commonTables);
    const right = this.query(body.right, scope.parent, scope.commonTables);
    return left.map((output, index) => {
      const other = right[index] ?? NOTHING;
      this.facts.pair(this.facts.compared, output.origins, other.origins);
      return { ...merged(output.name, [output, other]) };
    });
  }

  private select(select: Select, scope: QueryScope): readonly Output[] {
    for (const item of select.from) this.from(item, scope);
    const outputs = select.projections.flatMap(({ expression, alias }): Output[] => {
      this.expressions.look(expression, scope);
      if (expression.type === 'star') return scope.star(expression);
      const name = alias ?? (expression.type === 'column' ? expression.parts.at(-1) : expression.type === 'call' ? expression.name.at(-1) : undefined);
      const origin = this.expressions.origin(expression, scope);
      return [{ ...origin, name: name ?? '?column?', constants: isConstant(expression) ? [expression] : (origin.constants ?? []) }];
    });
    scope.outputs = outputs;
    for (const expression of [select.where, select.having, select.qualify]) if (expression !== null) this.expressions.look(expression, scope);
    const grouped = select.distinct === 'all' ? outputs : [...select.groupBy.flatMap(groupExpressions), ...(select.distinct ?? [])].map((expression) => this.groupOutput(expression, outputs, scope));
    for (const { origins } of grouped) {
      for (const column of origins) {
        this.facts.grouped.add(column);
        this.facts.use(column);
      }
    }
    for (const { window } of select.windows) for (const expression of [...window.partitionBy, ...window.orderBy.map((item) => item.expression)]) this.expressions.look(expression, scope);
    return outputs;
  }

  private groupOutput(expression: Expression, outputs: readonly Output[], scope: QueryScope): Output {
    this.expressions.look(expression, scope);
    const position = expression.type === 'literal' && expression.kind === 'number' ? outputs[Number(expression.value) - 1] : undefined;
    return position ?? this.expressions.origin(expression, scope);
  }

  private from(item: FromItem, scope: QueryScope): void {
    switch (item.type) {
      case 'table':
        return this.table(item, scope);
      case 'derived': {
        const outputs = this.query(item.query, item.lateral ? scope : scope.parent, scope.commonTables);
        scope.items.push({ alias: item.alias ?? '', outputs: named(outputs, item.columnAliases) });
        return;
      }
      case 'function': {
        for (const { call } of item.functions) this.expressions.look(call, scope);
        const made = merged('', item.functions.map(({ call }) => this.expressions.origin(call, scope)));
        const bounds = item.functions.flatMap(({ call }) => (call.type === 'call' ? call.arguments : [])).filter(isConstant);
        const origins = { ...made, constants: [...(made.constants ?? []), ...bounds] };
        const names = item.columnAliases.length > 0 ? item.columnAliases : [item.alias ?? item.functions[0]?.name ?? ''];
        scope.items.push({ alias: item.alias ?? item.functions[0]?.name ?? '', outputs: names.map((name) => ({ ...origins, name })) });
        return;
      }
      case 'opaque_table':
        for (const input of item.inputs) this.expressions.look(input, scope);
        if (item.source !== null) this.from(item.source, scope);
        return;
      case 'join':
        return this.join(item, scope);
    }
  }

  private table(item: TableReference, scope: QueryScope): void {
    const alias = item.alias ?? item.name;
    const common = item.schema === null ? scope.commonTables.get(item.name) : undefined;
    if (common !== undefined) {
      scope.items.push({ alias, outputs: named(common, item.columnAliases) });
      return;
    }
    const relation = this.relations.find(item);
    if (relation === null) return;
    if (relation.kind === 'view' || relation.kind === 'materialized_view') {
      const parsed = this.parse(viewBody(relation.definition ?? '')).statements[0]?.statement;
      const query = parsed?.type === 'query_statement' || parsed?.type === 'create' ? parsed.query : null;
      const outputs = query === null ? [] : this.query(query, null, new Map());
      scope.items.push({ alias, outputs: named(named(outputs, relation.columns.map(({ name }) => name)), item.columnAliases) });
      return;
    }
    const key = `${relation.schema}.${relation.name}`;
    this.facts.readTable(key);
    this.uses.set(key, (this.uses.get(key) ?? 0) + 1);
    scope.items.push({ alias, outputs: named(storedColumns(relation), item.columnAliases) });
  }

  private join(join: Join, scope: QueryScope): void {
    const first = scope.items.length;
    this.from(join.left, scope);
    const middle = scope.items.length;
    this.from(join.right, scope);
    const left = scope.items.slice(first, middle).flatMap(({ outputs }) => outputs);
    const right = scope.items.slice(middle).flatMap(({ outputs }) => outputs);
    const names = join.natural ? left.map(({ name }) => name).filter((name) => right.some((output) => output.name === name)) : join.using;
    for (const name of names) {
      const [one, other] = [left.find((output) => output.name === name), right.find((output) => output.name === name)];
      if (one === undefined || other === undefined) continue;
      this.facts.pair(this.facts.equal, one.origins, other.origins);
      for (const column of [...one.origins, ...other.origins]) this.facts.use(column);
    }
    if (join.on !== null) this.expressions.look(join.on, scope);
    if (join.alias !== null) scope.items.push({ alias: join.alias, outputs: named([...left, ...right], join.columnAliases) });
  }
}

function storedColumns({ schema, name, columns }: Relation): Output[] {
  return columns.map((column) => ({ name: column.name, origins: new Set([columnKey(`${schema}.${name}`, column.name)]), aggregate: false }));
}

function named(outputs: readonly Output[], names: readonly string[]): readonly Output[] {
  return names.length === 0 ? outputs : outputs.map((output, index) => ({ ...output, name: names[index] ?? output.name }));
}
