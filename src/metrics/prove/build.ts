import type { Expression, GroupItem, OrderItem, Query, Select } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import type { Block, Limit, Node, Order, Session } from './block.js';
import { conjuncts, hasAggregate, isAggregate, isNull, Refused, visit } from './expression.js';
import { type Ctes, type Scope, FromReader } from './from.js';
import { absentParts, groupingSets, groupOf } from './grouping-sets.js';
import { outputType } from './type.js';
import { simplified } from './simplify.js';
import { hasDistance } from './window.js';

const DEPTH_MAX = 24;

/** Reads queries into blocks: names resolved, common tables and views read in place, each block simplified. */
export class Builder {
  readonly #session: Session;
  readonly #from: FromReader;
  #depth = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#from = new FromReader(session, (query, scope, ctes) => this.node(query, scope, ctes), (expression, scope) => this.resolve(expression, scope));
  }

  /** @throws Refused for what is not read */
  node(query: Query, outer: Scope | null, ctes: Ctes): Node {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new Refused('the statement is nested too deeply');
    const node = this.#read(query, outer, ctes);
    this.#depth -= 1;
    return node;
  }

  #read(query: Query, outer: Scope | null, before: Ctes): Node {
    if (query.definitions.length > 0) throw new Refused('expressions under a name are not compared');
    if (query.locks.length > 0) throw new Refused('a lock is not compared');
    const ctes: Ctes = new Map(before);
    for (const table of query.ctes) {
      if (query.recursive && mentions(table.statement, table.name)) throw new Refused('a recursive query is not compared');
      if (table.statement.type !== 'query_statement') throw new Refused('a common table that writes is not compared');
      ctes.set(table.name, { query: table.statement.query, columns: table.columns, ctes: new Map(ctes) });
    }
    const { body } = query;
    if (body.type === 'values') throw new Refused('a list of values by itself is not compared');
    if (body.type === 'select') return this.#select(body, query, outer, ctes);
    if (body.byName) throw new Refused('UNION BY NAME is not compared');
    const parts = [this.node(body.left, outer, ctes), this.node(body.right, outer, ctes)];
    const [left, right] = parts;
    if (left === undefined || right === undefined || left.names.length !== right.names.length) throw new Refused('the branches of a set operation have different numbers of columns');
    const limit = query.limit === null && query.offset === null ? null : this.#setLimit(query, left.names);
    return simplified({ type: 'set', operator: body.operator, all: body.all, parts, names: left.names, limit }, this.#session);
  }

  #setLimit(query: Query, names: readonly string[]): Limit {
    const order = query.orderBy.map((item): Order => {
      const { expression } = item;
      const place = expression.type === 'literal' ? Number(expression.value) - 1 : expression.type === 'column' ? names.indexOf(expression.parts.at(-1) ?? '') : -1;
      if (!(place >= 0)) throw new Refused('the order of a set operation is not compared');
      return ordered(item, { type: 'literal', kind: 'number', value: String(place), span: expression.span });
    });
    return { order, count: query.limit, offset: query.offset };
  }

  #select(select: Select, query: Query, outer: Scope | null, ctes: Ctes): Node {
    if (select.qualify !== null) throw new Refused('QUALIFY is not compared');
    const sets = groupingSets(select.groupBy);
    if (sets.length === 1) return this.#grouped(select, sets[0] ?? null, null, query, outer, ctes);
    if (query.limit !== null || query.offset !== null || select.distinct !== null) throw new Refused('a limit over GROUPING SETS, ROLLUP or CUBE is not compared');
    // Each of its sets is a grouping of its own.
    const parts = sets.map((set) => this.#grouped(select, set, sets.flat(), { ...query, orderBy: [] }, outer, ctes));
    return simplified({ type: 'set', operator: 'union', all: true, parts, names: parts[0]?.names ?? [], limit: null }, this.#session);
  }

  /** @param all the expressions of all grouping sets: those that are not of this one are NULL */
  #grouped(select: Select, set: GroupItem[] | null, all: GroupItem[] | null, query: Query, outer: Scope | null, ctes: Ctes): Node {
    const scope: Scope = { outer, items: [], ctes };
    const read = this.#from.read(select.from, scope);
    const windows = new Map(select.windows.map(({ name, window }) => [name, window]));
    const named = (expression: Expression): Expression => (windows.size === 0 ? expression : withWindows(expression, windows));
    const outputs: Expression[] = [];
    const names: string[] = [];
    for (const projection of select.projections) {
      const { expression } = projection;
      if (expression.type === 'star') {
        for (const [name, value] of this.#from.star(expression, scope)) {
          names.push(name);
          outputs.push(value);
        }
        continue;
      }
      outputs.push(this.resolve(named(expression), scope));
      names.push(projection.alias ?? nameOfOutput(expression));
    }
    const reference = (expression: Expression, aliasFirst: boolean): Expression => this.#reference(named(expression), scope, outputs, names, aliasFirst);
    const group = select.groupBy.length === 0 ? null : groupOf(set ?? [], outputs, reference);
    const absent = absentParts(all === null ? [] : groupOf(all, outputs, reference), group ?? []);
    const having = conjuncts(select.having === null ? null : this.resolve(select.having, scope)).map(absent);
    if (all !== null) outputs.splice(0, outputs.length, ...outputs.map(absent));
    const where = [...read.where, ...conjuncts(select.where === null ? null : this.resolve(select.where, scope))];
    const order = query.orderBy.map((item) => ordered(item, reference(item.expression, true)));
    const limit = query.limit === null && query.offset === null ? null : { order, count: isNull(query.limit) ? null : query.limit, offset: query.offset };
    const onKeys = Array.isArray(select.distinct) ? select.distinct.map((expression) => reference(expression, true)) : [];
    const block: Block = {
      type: 'block', sources: read.sources, tree: { type: 'inner', items: read.trees }, where, having, outputs, names, limit, onKeys,
      group: group ?? ([...outputs, ...having, ...order.map(({ expression }) => expression)].some(hasAggregate) ? [] : null),
      distinct: select.distinct === 'all', distinctOn: Array.isArray(select.distinct) ? order : null,
    };
    return simplified(having.length > 0 && block.group === null ? { ...block, group: [] } : block, this.#session);
  }

  /** What ORDER BY and GROUP BY name: an output by its number or name, or an expression. */
  #reference(expression: Expression, scope: Scope, outputs: readonly Expression[], names: readonly string[], aliasFirst: boolean): Expression {
    if (expression.type === 'literal' && expression.kind === 'number') {
      const output = outputs[Number(expression.value) - 1];
      if (output === undefined) throw new Refused(`there is no output ${expression.value ?? ''}`);
      return output;
    }
    if (expression.type === 'column' && expression.parts.length === 1) {
      const place = names.indexOf(expression.parts[0] ?? '');
      const output = outputs[place];
      if (output !== undefined && (aliasFirst || this.#from.resolve(expression.parts, scope, true) === null)) return output;
    }
    return this.resolve(expression, scope);
  }

  /** Columns by their sources, sub-queries as blocks. */
  resolve(expression: Expression, scope: Scope): Expression {
    return mapExpression(expression, {
      keepsQueries: true,
      expression: (inner) => {
        if (inner.type === 'column') {
          const found = this.#from.resolve(inner.parts, scope, false);
          if (found === null) throw new Refused(`${inner.parts.join('.')} is not a column of its relations`);
          return found;
        }
        if (inner.type === 'star') throw new Refused('a whole row is not compared');
        if (inner.type === 'parameter') throw new Refused('a parameter has no value');
        return inner.type === 'subquery' ? this.#sub(inner, scope) : inner;
      },
    });
  }

  #sub(expression: Extract<Expression, { type: 'subquery' }>, scope: Scope): Expression {
    const node = this.node(expression.query, scope, scope.ctes);
    const { kind, operator, operand } = expression;
    if (kind === 'exists' || kind === 'scalar' || kind === 'array') return this.#session.sub(kind, node, null);
    const negated = operator === '<>' && kind === 'all';
    if (operand === null || (operand.type === 'composite' && (operand.kind !== 'row' || operand.elements.length !== node.names.length)) || (kind !== 'in' && !(operator === '=' && kind === 'any') && !negated)) {
      throw new Refused('a comparison with all rows of a sub-query is not compared');
    }
    const test = this.#session.sub('in', node, operand);
    return negated || operator === 'not_in' ? { type: 'operation', operator: 'not', operands: [test], span: expression.span } : test;
  }

  /** The type of an output, for a query that is a source. */
  typeOf(node: Node, place: number): ReturnType<typeof outputType> {
    return outputType(node, place, this.#session);
  }
}

function mentions(statement: unknown, name: string): boolean {
  return JSON.stringify(statement).includes(`"type":"table","catalog":null,"schema":null,"name":${JSON.stringify(name)}`);
}

/** PostgreSQL 18, "Sorting Rows": NULL is above everything unless the text says otherwise. */
function ordered({ descending, nulls }: Omit<OrderItem, 'expression'>, expression: Expression): Order {
  return { expression, descending, nulls: nulls ?? (descending ? 'first' : 'last') };
}

function nameOfOutput(expression: Expression): string {
  if (expression.type === 'column') return expression.parts.at(-1) ?? '';
  if (expression.type === 'call') return expression.name.at(-1) ?? '';
  return expression.type === 'cast' ? nameOfOutput(expression.operand) : expression.type === 'operation' && expression.operator === 'coalesce' ? 'coalesce' : '?column?';
}

function withWindows(expression: Expression, windows: ReadonlyMap<string, Select['windows'][number]['window']>): Expression {
  return mapExpression(expression, {
    keepsQueries: true,
    expression: (inner) => {
      if (inner.type !== 'call' || inner.over?.reference === null || inner.over === null) return inner;
      const base = windows.get(inner.over.reference);
      if (base === undefined || base.reference !== null) throw new Refused('a window is not found');
      if (hasDistance(base.frame)) throw new Refused('a window frame with distances is not compared');
      const { over } = inner;
      return { ...inner, over: { ...base, ...(over.frame === undefined ? {} : { frame: over.frame }), orderBy: over.orderBy.length > 0 ? over.orderBy : base.orderBy, reference: null } };
    },
  });
}

/** Aggregates of a block, each once by its text. */
export function aggregatesOf(expressions: readonly Expression[]): Expression[] {
  const found: Expression[] = [];
  for (const expression of expressions) visit(expression, (inner) => (isAggregate(inner) ? found.push(inner) : 0));
  return found;
}
