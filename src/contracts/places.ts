import type { ColumnReference, Expression, FromItem, Query, Select, SqlStatement, TableReference } from '../model/syntax-tree.js';
import { walkExpression, walkStatement } from '../sql/walk.js';

/** Where a statement names a relation of the store, and how. */
export interface Place {
  reference: TableReference;
  /** `schema.name` as the catalogue has it. */
  relation: string;
  /** The SELECT in whose FROM it stands; null for the targets of what changes rows. */
  select: Select | null;
  /** An outer join may show no row of it. */
  optional: boolean;
  /** Conditions of the inner joins around it. */
  joinConditions: Expression[];
}

/** Where a statement names relations of the store and columns. */
export interface Places {
  relations: Place[];
  /** Each column as it is written → the SELECTs whose FROM it can be of, the innermost first. Only within queries. */
  levels: ReadonlyMap<ColumnReference, readonly Select[]>;
}

/** Every place where a statement names a stored relation; names of its own common tables are not among them. */
export function placesOf(statement: SqlStatement, relations: Iterable<string>): Place[] {
  return namesOf(statement, relations).relations;
}

/** The same with the columns that it names. */
export function namesOf(statement: SqlStatement, relations: Iterable<string>): Places {
  return new PlaceFinder([...relations]).of(statement);
}

interface Around {
  select: Select | null;
  optional: boolean;
  joinConditions: Expression[];
}

class PlaceFinder {
  readonly #relations: readonly string[];
  readonly #found: Place[] = [];
  readonly #columns = new Map<ColumnReference, readonly Select[]>();
  #hidden: ReadonlySet<string> = new Set();
  #levels: readonly Select[] = [];

  constructor(relations: readonly string[]) {
    this.#relations = relations;
  }

  of(statement: SqlStatement): Places {
    this.#statement(statement);
    return { relations: this.#found, levels: this.#columns };
  }

  /** Every query is entered through `#query`, which knows the names of its common tables. */
  #statement(statement: SqlStatement): void {
    walkStatement(statement, {
      query: (query) => {
        this.#query(query);
        return false;
      },
      from: (item) => {
        if (item.type === 'table') this.#table(item, NOWHERE);
      },
    });
  }

  #query(query: Query): void {
    const outer = this.#hidden;
    const names = new Set(outer);
    if (query.recursive) for (const { name } of query.ctes) names.add(name);
    this.#hidden = names;
    for (const { name, statement } of query.ctes) {
      this.#statement(statement);
      names.add(name);
    }
    const { body } = query;
    if (body.type === 'set_operation') {
      this.#query(body.left);
      this.#query(body.right);
    }
    const levels = this.#levels;
    if (body.type === 'select') {
      for (const item of body.from) this.#from(item, { select: body, optional: false, joinConditions: [] });
      this.#levels = [body, ...levels];
    }
    for (const expression of expressionsOf(query)) this.#expression(expression);
    this.#levels = levels;
    this.#hidden = outer;
  }

  #expression(expression: Expression): void {
    walkExpression(expression, {
      query: (query) => {
        this.#query(query);
        return false;
      },
      expression: (inner) => {
        if (inner.type === 'column') this.#columns.set(inner, this.#levels);
      },
    });
  }

  /** An expression of FROM may look at what stands beside it. */
  #besides(expression: Expression, { select }: Around): void {
    const levels = this.#levels;
    if (select !== null) this.#levels = [select, ...levels];
    this.#expression(expression);
    this.#levels = levels;
  }

  #from(item: FromItem, around: Around): void {
    switch (item.type) {
      case 'table':
        return this.#table(item, around);
      case 'derived':
        return this.#derived(item, around);
      case 'function':
        for (const { call } of item.functions) this.#besides(call, around);
        return;
      case 'opaque_table':
        for (const input of item.inputs) this.#besides(input, around);
        return item.source ? this.#from(item.source, { ...around, optional: true }) : undefined;
      case 'join': {
        const conditions = item.kind === 'inner' && item.on ? [...around.joinConditions, item.on] : around.joinConditions;
        const isFull = item.kind === 'full';
        this.#from(item.left, { ...around, joinConditions: conditions, optional: around.optional || isFull || item.kind === 'right' });
        this.#from(item.right, { ...around, joinConditions: conditions, optional: around.optional || isFull || item.kind === 'left' });
        if (item.on) this.#besides(item.on, around);
      }
    }
  }

  /** LATERAL looks at what stands beside it. */
  #derived({ query, lateral }: Extract<FromItem, { type: 'derived' }>, { select }: Around): void {
    const levels = this.#levels;
    if (lateral && select !== null) this.#levels = [select, ...levels];
    this.#query(query);
    this.#levels = levels;
  }

  #table(reference: TableReference, around: Around): void {
    const { schema, name } = reference;
    if (schema === null && this.#hidden.has(name)) return;
    const named = this.#relations.filter((key) => key === `${schema ?? ''}.${name}` || (schema === null && key.slice(key.indexOf('.') + 1) === name));
    const [relation, another] = named;
    if (relation !== undefined && another === undefined) this.#found.push({ reference, relation, ...around });
  }
}

const NOWHERE: Around = { select: null, optional: true, joinConditions: [] };

/** The expressions of a query outside its FROM. */
function expressionsOf({ body, definitions, orderBy, limit, offset }: Query): Expression[] {
  const own = [...definitions.map(({ expression }) => expression), ...orderBy.map(({ expression }) => expression), ...present([limit, offset])];
  if (body.type === 'values') return [...own, ...body.rows.flat()];
  if (body.type === 'set_operation') return own;
  const grouped: Expression[] = [];
  const visit = (item: Select['groupBy'][number]): void => {
    if (item.type === 'expression') grouped.push(item.expression);
    if (item.type === 'sets') for (const inner of item.items) visit(inner);
  };
  for (const item of body.groupBy) visit(item);
  return [
    ...own, ...grouped, ...(Array.isArray(body.distinct) ? body.distinct : []), ...body.projections.map(({ expression }) => expression),
    ...present([body.where, body.having, body.qualify]), ...body.windows.flatMap(({ window }) => [...window.partitionBy, ...window.orderBy.map(({ expression }) => expression)]),
  ];
}

function present(expressions: readonly (Expression | null)[]): Expression[] {
  return expressions.filter((expression) => expression !== null);
}
