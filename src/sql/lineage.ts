import type { Expression, Query, SetOperation, SqlStatement, TableReference, Values } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock } from './block.js';
import { resolveCommonTables } from './common-tables.js';
import { bindCondition, pushableColumns } from './conditions.js';
import { type Dialect, POSTGRES } from './dialect.js';
import { ExpressionFlows } from './expression-flows.js';
import { type Flows, type MaskLevel, rank, through } from './flow.js';
import { resolveModification } from './modification.js';
import type { Parse } from './parse/front-end.js';
import type { ConditionRole, Resolution, Use } from './resolution.js';
import { relationKey, type SchemaIndex } from './schema-index.js';
import { Scope, type Slot, type VisibleRelation, relation, uniteSlots } from './scope.js';
import { byOutput, defineNames, resolveSelect } from './select.js';
import { combineBranches, mergedByName, rename } from './slots.js';
import type { FunctionResolution } from './stored-function.js';
import type { UsingPlaces } from './parse/using-places.js';
import { readTable, writtenName } from './stored-relation.js';
import { diagnoseUtility } from './uncertain.js';
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
  /** Functions already resolved, by signature. Share it as `views`. */
  functions: Map<string, FunctionResolution>;
  /** What the configuration says of functions, by name as written or `schema.name`: how much of their argument they leave. */
  declaredMasks: ReadonlyMap<string, MaskLevel>;
  /** Where the statement's text names the columns of USING. */
  usingPlaces: UsingPlaces;
}

/** A context with nothing resolved yet. */
export function lineageContext(index: SchemaIndex, parse: Parse, more: Partial<Omit<LineageContext, 'index' | 'parse'>> = {}): LineageContext {
  return { index, parse, dialect: POSTGRES, searchPath: [], views: new Map(), functions: new Map(), declaredMasks: new Map(), usingPlaces: new Map(), ...more };
}

export interface ViewResolution {
  columns: Slot[];
  uses: Use[];
  base: Set<string>;
  block: Block;
  /** What is uncertain in its definition. */
  uncertain: string[];
}

/**
 * Resolves a statement against a catalogue. What cannot be resolved is counted in the result, and what is uncertain is said there.
 *
 * @throws RangeError for queries within queries beyond the depth of the stack
 */
export function resolveStatement(statement: SqlStatement, context: LineageContext): Resolution {
  const lineage = new Lineage(context);
  lineage.statement(statement);
  return lineage.result;
}

/** What surrounds the definition of a view or function that is being expanded. */
export interface Within {
  /** Views and functions being expanded, against cycles. */
  expanding: ReadonlySet<string>;
  /** The parameters of a function, looked at after every column. */
  parameters?: VisibleRelation;
}

/** One pass over one statement. Recursion follows the tree; results gather in `result`. */
export class Lineage {
  readonly context: LineageContext;
  readonly result: Resolution = {
    outputs: [], uses: [], direct: new Map(), base: new Set(), writes: new Map(), unknownRelations: new Set(),
    references: { total: 0, resolved: 0 }, opaque: new Set(), diagnostics: [], block: emptyBlock(),
  };
  readonly within: Within;
  readonly expressions: ExpressionFlows;
  /** What the condition at hand decides; what a sub-query in it is tested for decides the same. */
  role: ConditionRole = 'filter';
  #places = 0;
  readonly #uses = new Map<string, Use>();
  readonly #said = new Set<string>();

  constructor(context: LineageContext, within: Within = { expanding: new Set() }) {
    this.context = context;
    this.within = within;
    this.expressions = new ExpressionFlows(this);
  }

  statement(statement: SqlStatement): void {
    this.result.outputs = this.#outputs(statement).map(spelled);
  }

  #outputs(statement: SqlStatement): Slot[] {
    const scope = this.#outermost();
    const { block } = this.result;
    switch (statement.type) {
      case 'query_statement':
        return this.query(statement.query, scope, block);
      case 'create':
        this.write(statement.target, this.query(statement.query, scope, block), statement.columns);
        return [];
      case 'copy':
        if (statement.query) return this.query(statement.query, scope, block);
        if (statement.table) return this.#copyTable(statement.table, statement.columns, statement.direction, block);
        this.diagnose('COPY takes what a writing statement returns: what that reads is not known', null);
        return [];
      case 'table_definition':
        return [];
      case 'utility':
        diagnoseUtility(statement, this);
        return statement.inner ? this.#outputs(statement.inner) : [];
      default:
        return resolveModification(statement, this, scope, block);
    }
  }

  /** The scope around a statement: in the body of a function it has the parameters. */
  #outermost(): Scope {
    const scope = new Scope(null);
    if (this.within.parameters) scope.relations.push(this.within.parameters);
    return scope;
  }

  /** The outputs of a query; its conditions and tables go to the result and to `block`. */
  query(query: Query, scope: Scope, block: Block): Slot[] {
    const { role } = this;
    this.role = 'filter';
    block.query = query;
    const outputs = this.#query(query, scope, block);
    this.role = role;
    return outputs;
  }

  #query(query: Query, scope: Scope, block: Block): Slot[] {
    const inner = new Scope(scope);
    defineNames(query.definitions, inner, this, block);
    resolveCommonTables(query, inner, this, block);
    // The number of rows is worked out once, before any row is read: no column of FROM is in sight.
    for (const count of [query.limit, query.offset]) if (count) this.use(this.flows(count, inner, block), 'condition', 'filter');
    const { body } = query;
    if (body.type === 'select') {
      const outputs = resolveSelect(body, query.orderBy, inner, this, block);
      block.pushable = pushableColumns(query, (expression) => this.expressions.quietly(expression, inner));
      return outputs;
    }
    const outputs = body.type === 'values' ? this.#values(body, inner, block) : this.#branches(query, inner, block);
    const sorted = new Scope(inner);
    sorted.relations.push(relation('', outputs));
    for (const { expression } of query.orderBy) this.use(byOutput(expression, outputs, sorted, this, block), 'condition', 'order');
    return outputs;
  }

  #values({ rows }: Values, scope: Scope, block: Block): Slot[] {
    const slots = rows.map((row) => row.map((value): Slot => ({ name: '', flows: this.flows(value, scope, block) })));
    const prefix = VALUES_NAMES[this.context.dialect.id] ?? 'column1';
    const first = Number(/\d+$/.exec(prefix)?.[0] ?? 1);
    return (slots[0] ?? []).map((_, column) => ({
      name: `${prefix.replace(/\d+$/, '')}${column + first}`,
      flows: uniteSlots(slots.flatMap((row) => row[column] ?? [])),
    }));
  }

  #branches({ body, limit, offset }: Query, scope: Scope, block: Block): Slot[] {
    if (body.type !== 'set_operation') return [];
    if (limit || offset || body.operator === 'except') block.pushable = new Set();
    // Each branch is a block of its own: what binds one says nothing of the other.
    if (body.operator !== 'except') {
      const [first = [], ...others] = branchesOf(body).map((branch) => this.query(branch, scope, child(block)));
      return others.reduce((left, right) => combineBranches(left, right, body.byName), first);
    }
    const left = this.query(body.left, scope, child(block));
    // What EXCEPT takes away only decides.
    for (const slot of this.query(body.right, scope, child(block))) this.use(through(slot.flows, 'predicate'), 'condition', 'filter');
    return left;
  }

  flows(expression: Expression, scope: Scope, block: Block): Flows {
    return this.expressions.of(expression, scope, block);
  }

  /** Notes a use of every column in `flows`, at every place where the query at hand names it. */
  use(flows: Flows, kind: Use['kind'], role: Use['role'], placed = true): void {
    for (const [column, { mask, transformation, here }] of flows) {
      const places = placed && here && here.length > 0 ? here : [null];
      for (const span of places) this.noteUse({ column, kind, role, mask, transformation, span });
    }
  }

  /** Notes one use; the same one twice is one, and of two masks the one that shows more counts. */
  noteUse(use: Use): void {
    const key = `${use.role} ${use.span?.start ?? ''} ${use.column}`;
    const known = this.#uses.get(key);
    if (known === undefined) {
      this.#uses.set(key, use);
      this.result.uses.push(use);
    } else if (rank(use.mask) < rank(known.mask)) known.mask = use.mask;
  }

  /** Says once what is uncertain. */
  diagnose(message: string, offset: number | null): void {
    const key = `${offset ?? ''} ${message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.result.diagnostics.push({ severity: 'warning', message, offset });
  }

  /** An expression that decides and is not shown. Its equalities tell how far the tables must be read. */
  condition(expression: Expression | null, role: ConditionRole, scope: Scope, block: Block): void {
    const outer = this.role;
    this.role = role;
    for (const part of conjuncts(expression)) bindCondition(part, role, scope, this, block);
    this.role = outer;
  }

  /** A number for the next relation in FROM: the same table there twice is two places. */
  nextPlace(): number {
    return ++this.#places;
  }

  /** Notes what flows into a written relation, a column once. Gives the columns under the names of the relation. */
  write(target: TableReference, slots: Slot[], columns: readonly string[]): void {
    const found = this.context.index.find(target.schema, target.name, this.context.searchPath);
    const key = found ? relationKey(found) : writtenName(target);
    const names = new Map(found?.columns.map(({ name }) => [this.folded(name), name]));
    const written = rename(slots, columns).map((slot) => ({ ...slot, name: slot.spelling ?? names.get(slot.name) ?? slot.name }));
    const known = this.result.writes.get(key);
    this.result.writes.set(key, known ? mergedByName([...known, ...written]) : written);
  }

  /** A name of the catalogue as the front ends fold names. */
  folded(name: string): string {
    return this.context.dialect.folding === 'insensitive' ? name.toLowerCase() : name;
  }

  #copyTable(table: TableReference, columns: string[], direction: 'to' | 'from', block: Block): Slot[] {
    if (direction === 'from') {
      this.write(table, columns.map((name) => ({ name, flows: new Map() })), []);
      return [];
    }
    const copied = this.table(table, new Scope(null), block);
    const slots = columns.length > 0 ? columns.flatMap((name) => this.expressions.columnOf(copied, name)) : this.expressions.starOfRelation(copied, null);
    this.refer(copied, slots.map((slot) => slot.name), new Map());
    return slots;
  }

  /** A named relation as FROM sees it. `block` takes the tables that reading it reaches; null when it is only written. */
  table(reference: TableReference, scope: Scope, block: Block | null): VisibleRelation {
    return readTable(reference, scope, this, block);
  }

  /** Counts columns of a directly named relation as referred to. */
  refer(owner: VisibleRelation | null, names: readonly string[], flows: Flows): void {
    const columns = owner?.key ? this.result.direct.get(owner.key) : undefined;
    if (columns) for (const name of names) columns.add(storedName(owner, name));
    if (owner?.key) return;
    // Behind the alias of a join stand columns of the relations joined.
    for (const [source, { identity }] of flows) {
      const point = source.lastIndexOf('.');
      if (identity) this.result.direct.get(source.slice(0, point))?.add(source.slice(point + 1));
    }
  }
}

/** The branches of a chain of one operator; generated texts have thousands, and each would nest in the one before. */
function branchesOf(operation: SetOperation): Query[] {
  const branches: Query[] = [];
  let current = operation;
  for (;;) {
    branches.push(current.right);
    const { body, ctes, definitions, orderBy, limit, offset } = current.left;
    const isPlain = body.type === 'set_operation' && body.operator === operation.operator && body.byName === operation.byName;
    if (!isPlain || ctes.length > 0 || definitions.length > 0 || orderBy.length > 0 || limit || offset) break;
    current = body;
  }
  return [...branches, current.left].reverse();
}

function storedName(owner: VisibleRelation | null, name: string): string {
  const slot = owner?.columns.find((candidate) => candidate.name === name);
  return slot?.stored ?? slot?.spelling ?? name;
}

/** The names of the columns of VALUES, where they are not `column1`, `column2` … */
const VALUES_NAMES: Partial<Record<Dialect['id'], string>> = { duckdb: 'col0', mysql: 'column_0', spark: 'col1', databricks: 'col1', trino: '_col0', athena: '_col0' };

function spelled(slot: Slot): Slot {
  return slot.spelling === undefined ? slot : { ...slot, name: slot.spelling };
}
