import type { Expression, GroupItem, OrderItem, Projection, Query, Select, Span, SqlStatement, TableReference } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { bindCondition, pushableColumns } from './conditions.js';
import { type Dialect, POSTGRES } from './dialect.js';
import { type Flows, type MaskLevel, mergeFlows } from './flow.js';
import { ExpressionFlows } from './expression-flows.js';
import { resolveFrom } from './from.js';
import { resolveModification } from './modification.js';
import { outputName } from './output-name.js';
import type { Parse } from './parse/front-end.js';
import type { ConditionRole, Resolution, Use } from './resolution.js';
import { relationKey, type SchemaIndex } from './schema-index.js';
import { Scope, type Slot, type VisibleRelation, resolveName } from './scope.js';
import { combineBranches, flowCount, relationFromColumns, rename } from './slots.js';
import { columnsOf, noteRead } from './stored-relation.js';
import { conjuncts } from './walk.js';

/** What is known around a statement. */
export interface LineageContext {
  index: SchemaIndex;
  /** Schemas in which unqualified names are looked for, in order. */
  searchPath: readonly string[];
  /** Reads view definitions and bodies of functions. */
  parse: Parse;
  dialect: Dialect;
  /** Views already resolved, by key. Share it between statements on one catalogue. */
  views: Map<string, ViewResolution>;
  /** What the configuration says of functions, by name as written or `schema.name`: how much of their argument they leave. */
  declaredMasks: ReadonlyMap<string, MaskLevel>;
}

/** A context with nothing resolved yet. */
export function lineageContext(index: SchemaIndex, parse: Parse, more: Partial<Omit<LineageContext, 'index' | 'parse'>> = {}): LineageContext {
  return { index, parse, dialect: POSTGRES, searchPath: [], views: new Map(), declaredMasks: new Map(), ...more };
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
    references: { total: 0, resolved: 0 }, opaque: new Set(), diagnostics: [], block: emptyBlock(),
  };
  #places = 0;
  readonly expressions: ExpressionFlows;
  /** Views being expanded, against cycles. */
  readonly expanding: ReadonlySet<string>;

  constructor(context: LineageContext, expanding: ReadonlySet<string> = new Set()) {
    this.context = context;
    this.expressions = new ExpressionFlows(this);
    this.expanding = expanding;
  }

  statement(statement: SqlStatement): void {
    const scope = new Scope(null);
    const { block } = this.result;
    switch (statement.type) {
      case 'query_statement':
        this.result.outputs = this.query(statement.query, scope, block);
        return;
      case 'create':
        this.write(statement.target, this.query(statement.query, scope, block), statement.columns);
        return;
      case 'copy':
        if (statement.query) this.result.outputs = this.query(statement.query, scope, block);
        else if (statement.table) this.#copyTable(statement.table, statement.columns, statement.direction, block);
        return;
      case 'table_definition':
        return;
      case 'utility':
        if (statement.inner) this.statement(statement.inner);
        return;
      default:
        this.result.outputs = resolveModification(statement, this, scope, block);
    }
  }

  /** The outputs of a query; its conditions and tables go to the result and to `block`. */
  query(query: Query, scope: Scope, block: Block): Slot[] {
    const inner = new Scope(scope);
    this.commonTables(query, inner, block);
    // The number of rows is worked out once, before any row is read: no column of FROM is in sight.
    for (const count of [query.limit, query.offset]) {
      if (count) this.use(this.flows(count, inner, block), 'condition', 'filter', count.span);
    }
    const { body } = query;
    if (body.type === 'select') {
      const outputs = this.#select(body, query.orderBy, inner, block);
      block.pushable = pushableColumns(query, (expression) => this.expressions.quietly(expression, inner));
      return outputs;
    }
    if (body.type === 'values') {
      const rows = body.rows.map((row) => row.map((value) => this.flows(value, inner, block)));
      return (rows[0] ?? []).map((_, column) => ({
        name: `column${column + 1}`,
        flows: rows.reduce<Flows>((merged, row) => mergeFlows(merged, row[column] ?? new Map()), new Map()),
      }));
    }
    if (query.limit || query.offset || body.operator === 'except') block.pushable = new Set();
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
    for (const [column, flow] of flows) this.result.uses.push({ column, kind, role, mask: flow.mask, transformation: flow.transformation, span });
  }

  /** An expression that decides and is not shown. Its equalities tell how far the tables must be read. */
  condition(expression: Expression | null, role: ConditionRole, scope: Scope, block: Block): void {
    for (const part of conjuncts(expression)) bindCondition(part, role, scope, this, block);
  }

  /** A number for the next relation in FROM: the same table there twice is two places. */
  nextPlace(): number {
    return ++this.#places;
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
    if (item.type === 'all') return;
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

  /** Makes the WITH items of a query known to a scope. */
  commonTables(query: Pick<Query, 'ctes' | 'recursive'>, scope: Scope, block: Block): void {
    for (const table of query.ctes) {
      // Without RECURSIVE an item sees the ones before it, with it all; the FROM beside it never.
      const around = new Scope(scope.parent, query.recursive ? scope.commonTables : new Map(scope.commonTables));
      let known: { columns: Slot[]; block: Block } | null = null;
      let running = false;
      const evaluate = (): { columns: Slot[]; block: Block } => {
        // What is read twice is computed once, in full ("WITH Queries": Common Table Expression Materialization).
        if (known && !running) known.block.pushable = new Set();
        if (known) return known;
        running = true;
        const own = emptyBlock();
        const entry: { columns: Slot[]; block: Block } = { columns: [], block: own };
        known = entry;
        const run = (): void => {
          entry.columns = rename(this.#commonTable(table.statement, around, own), table.columns);
        };
        const seed = query.recursive ? nonRecursiveBranch(table.statement) : null;
        if (!seed) {
          run();
          running = false;
          return entry;
        }
        // The fixpoint: sources can move from column to column once a round, so that as many rounds as columns are enough.
        entry.columns = rename(this.query(seed, around, own), table.columns);
        for (let round = 0; round <= entry.columns.length; round++) {
          const size = flowCount(entry.columns);
          run();
          if (flowCount(entry.columns) === size) break;
        }
        running = false;
        own.pushable = new Set();
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
      return resolveModification(statement, this, scope, block);
    }
    return [];
  }

  /** Notes what flows into a written relation. */
  write(target: TableReference, slots: Slot[], columns: readonly string[]): void {
    const relation = this.context.index.find(target.schema, target.name, this.context.searchPath);
    const key = relation ? relationKey(relation) : writtenName(target);
    const known = this.result.writes.get(key) ?? [];
    this.result.writes.set(key, [...known, ...rename(slots, columns)]);
  }

  #copyTable(table: TableReference, columns: string[], direction: 'to' | 'from', block: Block): void {
    if (direction === 'from') {
      this.write(table, columns.map((name) => ({ name, flows: new Map() })), []);
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
    if (block) noteRead(relation, key, reference, this);
    const columns = relation ? columnsOf(relation, key, this, block) : [];
    const renamed = columns.map((slot, position) => ({ name: reference.columnAliases[position] ?? slot.name, flows: slot.flows, stored: slot.name }));
    return { alias, schema, key, columns: renamed, open: relation ? [] : [key], scalar: false };
  }

  /** Counts columns of a directly named relation as referred to. */
  refer(owner: VisibleRelation | null, names: readonly string[], flows: Flows): void {
    const columns = owner?.key ? this.result.direct.get(owner.key) : undefined;
    if (columns) for (const name of names) columns.add(owner?.columns.find((slot) => slot.name === name)?.stored ?? name);
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

function writtenName(reference: { schema: string | null; name: string }): string {
  return reference.schema === null ? reference.name : `${reference.schema}.${reference.name}`;
}
