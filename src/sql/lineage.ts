import type { Relation } from '../model/catalog.js';
import type { Expression, GroupItem, OrderItem, Projection, Query, Select, Span, SqlStatement, TableReference } from '../model/syntax-tree.js';
import { type Flows, mergeFlows, through } from './flow.js';
import { ExpressionFlows } from './expression-flows.js';
import { resolveFrom } from './from.js';
import type { Parse } from './parse/postgres.js';
import { type Block, emptyBlock } from './reach.js';
import type { ConditionRole, Resolution, Use } from './resolution.js';
import { isSystemSchema, relationKey, type SchemaIndex } from './schema-index.js';
import { Scope, type Slot, type VisibleRelation, resolveName } from './scope.js';
import { conjuncts } from './walk.js';

/** What is known around a statement. */
export interface LineageContext {
  index: SchemaIndex;
  /** Schemas in which unqualified names are looked for, in order. */
  searchPath: readonly string[];
  /** Reads view definitions. */
  parse: Parse;
  /** Views already resolved, by key. Share it between statements on one catalogue. */
  views: Map<string, ViewResolution>;
}

export interface ViewResolution {
  columns: Slot[];
  uses: Use[];
  base: Set<string>;
  block: Block;
}

/** Resolves a statement against a catalogue. Never throws; what it cannot resolve is counted in the result. */
export function resolveStatement(statement: SqlStatement, context: LineageContext): Resolution {
  const lineage = new Lineage(context);
  lineage.statement(statement);
  return lineage.result;
}

/** One pass over one statement. Recursion follows the tree; results gather in `result`. */
export class Lineage {
  readonly context: LineageContext;
  readonly result: Resolution = {
    outputs: [], uses: [], direct: new Map(), base: new Set(), writes: new Map(), unknownRelations: new Set(),
    references: { total: 0, resolved: 0 }, opaque: new Set(), block: emptyBlock(),
  };
  readonly expressions: ExpressionFlows;
  /** Views being expanded, against cycles. */
  readonly #expanding: ReadonlySet<string>;

  constructor(context: LineageContext, expanding: ReadonlySet<string> = new Set()) {
    this.context = context;
    this.expressions = new ExpressionFlows(this);
    this.#expanding = expanding;
  }

  statement(statement: SqlStatement): void {
    const scope = new Scope(null);
    const { block } = this.result;
    switch (statement.type) {
      case 'query_statement':
        this.result.outputs = this.query(statement.query, scope, block);
        return;
      case 'create':
        this.#write(statement.target, this.query(statement.query, scope, block), statement.columns);
        return;
      case 'copy':
        if (statement.query) this.result.outputs = this.query(statement.query, scope, block);
        else if (statement.table) this.#copyTable(statement.table, statement.columns, statement.direction, block);
        return;
      case 'utility':
        if (statement.inner) this.statement(statement.inner);
        return;
      default:
        this.result.outputs = this.#dataModification(statement, scope, block);
    }
  }

  /** The outputs of a query; its conditions and tables go to the result and to `block`. */
  query(query: Query, scope: Scope, block: Block): Slot[] {
    const inner = new Scope(scope);
    this.#commonTables(query, inner, block);
    const { body } = query;
    if (body.type === 'select') return this.#select(body, query.orderBy, inner, block);
    if (body.type === 'values') {
      const rows = body.rows.map((row) => row.map((value) => this.flows(value, inner, block)));
      return (rows[0] ?? []).map((_, column) => ({
        name: `column${column + 1}`,
        flows: rows.reduce<Flows>((merged, row) => mergeFlows(merged, row[column] ?? new Map()), new Map()),
      }));
    }
    // Each branch is a block of its own: what binds one says nothing of the other.
    const left = this.query(body.left, inner, child(block));
    const right = this.query(body.right, inner, child(block));
    return combineBranches(left, right, body.operator, (flows) => this.use(flows, 'condition', 'filter', null));
  }

  flows(expression: Expression, scope: Scope, block: Block): Flows {
    return this.expressions.of(expression, scope, block);
  }

  /** Notes a use of every column in `flows`. */
  use(flows: Flows, kind: Use['kind'], role: Use['role'], span: Span | null): void {
    for (const [column, flow] of flows) this.result.uses.push({ column, kind, role, mask: flow.mask, span });
  }

  /** An expression that decides and is not shown. Its equalities tell how far the tables must be read. */
  condition(expression: Expression | null, role: ConditionRole, scope: Scope, block: Block): void {
    for (const part of conjuncts(expression)) this.#conjunct(part, role, scope, block);
  }

  #conjunct(part: Expression, role: ConditionRole, scope: Scope, block: Block): void {
    const equality = part.type === 'operation' && EQUALITIES.has(part.operator);
    if (equality || (part.type === 'subquery' && part.kind === 'in' && part.operand)) {
      const [first, ...rest] = part.type === 'operation' ? part.operands : part.operand ? [part.operand] : [];
      if (!first) return;
      const left = pieces(first).map((piece) => this.flows(piece, scope, block));
      const others = rest.map((other) => pieces(other).map((piece) => this.flows(piece, scope, block)));
      if (part.type === 'subquery') others.push(this.query(part.query, scope, child(block)).map((slot) => slot.flows));
      for (const flows of [...left, ...others.flat()]) this.use(flows, 'condition', role, part.span);
      // A list longer than one is a set of constants; a row is compared piece by piece.
      for (const other of others) left.forEach((flows, position) => equate(flows, other[position] ?? new Map(), other.length === left.length, block));
      return;
    }
    this.use(this.flows(part, scope, block), 'condition', role, part.span);
  }

  #select(select: Select, orderBy: OrderItem[], scope: Scope, block: Block): Slot[] {
    for (const item of select.from) scope.add(resolveFrom(item, scope, this, block));
    const outputs = select.projections.flatMap((projection) => this.projection(projection, scope, block));
    this.condition(select.where, 'filter', scope, block);
    for (const item of select.groupBy) this.#group(item, outputs, scope, block);
    this.condition(select.having, 'having', scope, block);
    for (const { window } of select.windows) this.expressions.window(window, scope, block);
    if (Array.isArray(select.distinct)) {
      for (const expression of select.distinct) this.use(this.#byOutput(expression, outputs, scope, block), 'grouping', 'distinct', expression.span);
    }
    for (const { expression } of orderBy) this.use(this.#byOutput(expression, outputs, scope, block), 'condition', 'order', expression.span);
    return outputs;
  }

  /** The columns that one item of a select list gives. */
  projection(projection: Projection, scope: Scope, block: Block): Slot[] {
    const { expression } = projection;
    if (expression.type === 'star') return this.expressions.star(expression.qualifier, scope);
    return [{ name: projection.alias ?? outputName(expression), flows: this.flows(expression, scope, block) }];
  }

  #group(item: GroupItem, outputs: Slot[], scope: Scope, block: Block): void {
    if (item.type === 'sets') {
      for (const inner of item.items) this.#group(inner, outputs, scope, block);
      return;
    }
    const { expression } = item;
    // GROUP BY prefers the input column to an output of the same name; ORDER BY the other way round (SELECT, "GROUP BY Clause").
    const isInput = expression.type === 'column' && resolveName(expression.parts, scope) !== null;
    const flows = isInput ? this.flows(expression, scope, block) : this.#byOutput(expression, outputs, scope, block);
    this.use(flows, 'grouping', 'group', expression.span);
  }

  /** The flows of an expression that may be the number or the name of an output. */
  #byOutput(expression: Expression, outputs: Slot[], scope: Scope, block: Block): Flows {
    if (expression.type === 'literal' && expression.kind === 'number') return outputs[Number(expression.value) - 1]?.flows ?? new Map();
    if (expression.type === 'column' && expression.parts.length === 1) {
      const output = outputs.find((slot) => slot.name === expression.parts[0]);
      if (output) return output.flows;
    }
    return this.flows(expression, scope, block);
  }

  #commonTables(query: Pick<Query, 'ctes' | 'recursive'>, scope: Scope, block: Block): void {
    for (const table of query.ctes) {
      let known: { columns: Slot[]; block: Block } | null = null;
      const evaluate = (): { columns: Slot[]; block: Block } => {
        if (known) return known;
        const own = emptyBlock();
        const entry: { columns: Slot[]; block: Block } = { columns: [], block: own };
        known = entry;
        const run = (): void => {
          entry.columns = rename(this.#commonTable(table.statement, scope, own), table.columns);
        };
        const seed = query.recursive ? nonRecursiveBranch(table.statement) : null;
        if (!seed) {
          run();
          return entry;
        }
        // The fixpoint: sources can move from column to column once a round, so that as many rounds as columns are enough.
        entry.columns = rename(this.query(seed, scope, own), table.columns);
        for (let round = 0; round <= entry.columns.length; round++) {
          const size = flowCount(entry.columns);
          run();
          if (flowCount(entry.columns) === size) break;
        }
        return entry;
      };
      scope.commonTables.set(table.name, { resolve: evaluate });
      // PostgreSQL runs a writing WITH item whether it is read or not.
      if (table.statement.type !== 'query_statement') block.children.push(evaluate().block);
    }
  }

  #commonTable(statement: SqlStatement, scope: Scope, block: Block): Slot[] {
    if (statement.type === 'query_statement') return this.query(statement.query, scope, block);
    if (statement.type === 'insert' || statement.type === 'update' || statement.type === 'delete' || statement.type === 'merge') {
      return this.#dataModification(statement, scope, block);
    }
    return [];
  }

  #dataModification(
    statement: Extract<SqlStatement, { type: 'insert' | 'update' | 'delete' | 'merge' }>,
    parent: Scope,
    block: Block,
  ): Slot[] {
    const scope = new Scope(parent);
    this.#commonTables({ ctes: statement.ctes, recursive: false }, scope, block);
    const written: Slot[] = [];
    if (statement.type === 'insert') {
      const source = statement.source ? this.query(statement.source, scope, child(block)) : [];
      const target = this.table(statement.target, scope, null);
      const names = statement.columns.length > 0 ? statement.columns : target.columns.map((slot) => slot.name);
      written.push(...source.map((slot, position) => ({ name: names[position] ?? slot.name, flows: slot.flows })));
      scope.add({ relations: [target, { ...target, alias: 'excluded', key: null, columns: written, open: [] }], star: target.columns, merged: [] });
      for (const { column, value } of statement.conflict?.assignments ?? []) written.push({ name: column, flows: this.flows(value, scope, block) });
      this.condition(statement.conflict?.where ?? null, 'filter', scope, block);
    } else {
      const target = this.table(statement.target, scope, block);
      scope.add({ relations: [target], star: target.columns, merged: [] });
      if (statement.type === 'merge') {
        scope.add(resolveFrom(statement.source, scope, this, block));
        this.condition(statement.condition, 'join', scope, block);
        for (const clause of statement.clauses) {
          this.condition(clause.condition, 'filter', scope, emptyBlock());
          clause.assignments.forEach((assignment, position) => {
            const name = assignment.column || (target.columns[position]?.name ?? '');
            written.push({ name, flows: this.flows(assignment.value, scope, block) });
          });
        }
      } else {
        for (const item of statement.from) scope.add(resolveFrom(item, scope, this, block));
        this.condition(statement.where, 'filter', scope, block);
        if (statement.type === 'update') {
          for (const assignment of statement.assignments) written.push({ name: assignment.column, flows: this.#assigned(assignment, scope, block) });
        }
      }
    }
    this.#write(statement.target, written, []);
    return statement.returning.flatMap((projection) => this.projection(projection, scope, block));
  }

  #assigned(assignment: { value: Expression; ordinal: number | null }, scope: Scope, block: Block): Flows {
    const { value, ordinal } = assignment;
    if (ordinal === null) return this.flows(value, scope, block);
    if (value.type === 'subquery') return this.query(value.query, scope, child(block))[ordinal - 1]?.flows ?? new Map();
    const element = value.type === 'composite' ? value.elements[ordinal - 1] : undefined;
    return element ? this.flows(element, scope, block) : this.flows(value, scope, block);
  }

  #write(target: TableReference, slots: Slot[], columns: readonly string[]): void {
    const relation = this.context.index.find(target.schema, target.name, this.context.searchPath);
    const key = relation ? relationKey(relation) : writtenName(target);
    const known = this.result.writes.get(key) ?? [];
    this.result.writes.set(key, [...known, ...rename(slots, columns)]);
  }

  #copyTable(table: TableReference, columns: string[], direction: 'to' | 'from', block: Block): void {
    if (direction === 'from') {
      this.#write(table, columns.map((name) => ({ name, flows: new Map() })), []);
      return;
    }
    const relation = this.table(table, new Scope(null), block);
    const slots = columns.length > 0 ? relation.columns.filter((slot) => columns.includes(slot.name)) : relation.columns;
    this.refer(relation, slots.map((slot) => slot.name), new Map());
    this.result.outputs = slots;
  }

  /** A named relation as FROM sees it. `block` takes the tables that reading it reaches; null when it is only written. */
  table(reference: TableReference, scope: Scope, block: Block | null): VisibleRelation {
    const alias = reference.alias ?? reference.name;
    const entry = reference.schema === null ? scope.commonTable(reference.name) : undefined;
    if (entry) {
      const { columns, block: inner } = entry.resolve();
      if (block && !block.children.includes(inner)) block.children.push(inner);
      return { ...relationFromColumns(alias, columns, reference.columnAliases), schema: null };
    }
    const relation = this.context.index.find(reference.schema, reference.name, this.context.searchPath);
    const key = relation ? relationKey(relation) : writtenName(reference);
    const schema = reference.alias === null ? (relation?.schema ?? reference.schema) : null;
    if (block) this.#noteRead(relation, key, reference);
    const columns = relation ? this.#columnsOf(relation, key, block) : [];
    const renamed = columns.map((slot, position) => ({ name: reference.columnAliases[position] ?? slot.name, flows: slot.flows }));
    return { alias, schema, key, columns: renamed, open: relation ? [] : [key], scalar: false };
  }

  #noteRead(relation: Relation | null, key: string, reference: TableReference): void {
    if (isSystemSchema(relation?.schema ?? reference.schema ?? '') || (reference.schema === null && reference.name.startsWith('pg_'))) return;
    if (!relation) this.result.unknownRelations.add(key);
    if (!this.result.direct.has(key)) this.result.direct.set(key, new Set());
  }

  #columnsOf(relation: Relation, key: string, block: Block | null): Slot[] {
    if (relation.definition !== null && !this.#expanding.has(key)) {
      const view = this.#view(relation, key, relation.definition);
      if (view) {
        for (const table of view.base) this.result.base.add(table);
        this.result.uses.push(...view.uses);
        block?.children.push(view.block);
        return view.columns;
      }
    }
    this.result.base.add(key);
    block?.tables.push(key);
    return relation.columns.map((column) => ({ name: column.name, flows: new Map([[`${key}.${column.name}`, { mask: 'raw', identity: true }]]) }));
  }

  #view(relation: Relation, key: string, definition: string): ViewResolution | null {
    // A materialised view is stored: reading it does not read its sources.
    if (relation.kind === 'materialized_view') return null;
    const known = this.context.views.get(key);
    if (known) return known;
    const statement = this.context.parse(definition).statements[0]?.statement;
    if (!statement) return null;
    const inner = new Lineage(this.context, new Set([...this.#expanding, key]));
    inner.statement(statement);
    const outputs = statement.type === 'create' ? (inner.result.writes.values().next().value ?? []) : inner.result.outputs;
    const names = relation.columns.map((column) => column.name);
    const view: ViewResolution = {
      columns: rename(outputs, names),
      uses: inner.result.uses.map((use) => ({ ...use, span: null })),
      base: inner.result.base,
      block: inner.result.block,
    };
    this.context.views.set(key, view);
    return view;
  }

  /** Counts columns of a directly named relation as referred to. */
  refer(owner: VisibleRelation | null, names: readonly string[], flows: Flows): void {
    const columns = owner?.key ? this.result.direct.get(owner.key) : undefined;
    if (columns) for (const name of names) columns.add(name);
    if (owner?.key) return;
    // Behind the alias of a join stand columns of the relations joined.
    for (const [source, { identity }] of flows) {
      const point = source.lastIndexOf('.');
      if (identity) this.result.direct.get(source.slice(0, point))?.add(source.slice(point + 1));
    }
  }
}

/** The first branch of `… UNION …`, which a recursive common table starts from. */
function nonRecursiveBranch(statement: SqlStatement): Query | null {
  if (statement.type !== 'query_statement' || statement.query.body.type !== 'set_operation') return null;
  return { ...statement.query.body.left, ctes: [...statement.query.ctes, ...statement.query.body.left.ctes] };
}

/** A new block below one. */
export function child(block: Block): Block {
  const inner = emptyBlock();
  block.children.push(inner);
  return inner;
}

const EQUALITIES = new Set(['=', 'in', '= any', 'is_not_distinct']);

function pieces(expression: Expression): Expression[] {
  return expression.type === 'composite' && expression.kind === 'row' ? expression.elements : [expression];
}

/** Records that a column equals a constant or another column. Only columns that nothing was done to can use an index. */
function equate(left: Flows, right: Flows, sameLength: boolean, block: Block): void {
  const pair = sameLength ? ([left, right] as const) : ([left, new Map()] as const);
  const [columns, others] = pair.map((flows) => [...flows].filter(([, flow]) => flow.identity).map(([column]) => column));
  if (!columns || !others) return;
  if (right.size === 0) for (const column of columns) block.bindings.add(column);
  if (left.size === 0) for (const column of others) block.bindings.add(column);
  for (const column of columns) for (const other of others) block.equalities.push([column, other]);
}

function combineBranches(left: Slot[], right: Slot[], operator: 'union' | 'intersect' | 'except', asCondition: (flows: Flows) => void): Slot[] {
  return left.map((slot, position) => {
    const other = right[position]?.flows ?? new Map();
    if (operator !== 'except') return { name: slot.name, flows: mergeFlows(new Map(slot.flows), other) };
    asCondition(through(other, 'predicate'));
    return slot;
  });
}

function rename(slots: readonly Slot[], names: readonly string[]): Slot[] {
  return slots.map((slot, position) => ({ name: names[position] ?? slot.name, flows: slot.flows }));
}

function relationFromColumns(alias: string, columns: Slot[], aliases: readonly string[]): VisibleRelation {
  const known = columns.filter((slot) => slot.name !== '*');
  const open = columns.filter((slot) => slot.name === '*').flatMap((slot) => [...slot.flows.keys()].map((source) => source.replace(/\.\*$/, '')));
  return { alias, schema: null, key: null, columns: rename(known, aliases), open, scalar: false };
}

function writtenName(reference: { schema: string | null; name: string }): string {
  return reference.schema === null ? reference.name : `${reference.schema}.${reference.name}`;
}

function flowCount(slots: readonly Slot[]): number {
  return slots.reduce((count, slot) => count + slot.flows.size, 0);
}

/** The name that PostgreSQL gives an output without an alias (FigureColname in parse_target.c). */
export function outputName(expression: Expression): string {
  switch (expression.type) {
    case 'column':
      return expression.parts.at(-1) ?? '?column?';
    case 'call':
      return expression.name.at(-1) ?? '?column?';
    case 'cast': {
      const inner = outputName(expression.operand);
      return inner === '?column?' ? expression.target.replace(/\(.*$/, '') : inner;
    }
    case 'case':
      return expression.otherwise?.type === 'column' ? outputName(expression.otherwise) : 'case';
    case 'operation':
      return ['coalesce', 'nullif', 'greatest', 'least'].includes(expression.operator) ? expression.operator : '?column?';
    case 'composite':
      return expression.kind === 'field' && expression.field !== '*' ? (expression.field ?? '?column?') : expression.kind === 'subscript' && expression.elements[0] ? outputName(expression.elements[0]) : expression.kind;
    case 'subquery': {
      if (expression.kind !== 'scalar') return expression.kind === 'exists' ? 'exists' : expression.kind === 'array' ? 'array' : '?column?';
      const body = expression.query.body;
      const first = body.type === 'select' ? body.projections[0] : undefined;
      return first ? (first.alias ?? outputName(first.expression)) : '?column?';
    }
    default:
      return '?column?';
  }
}

