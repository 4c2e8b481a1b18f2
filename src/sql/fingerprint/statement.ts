import type {
  Assignment, CommonTable, DeleteStatement, Expression, GroupItem, InsertStatement, MergeStatement, OrderItem, Projection, Query, Select, SqlStatement,
  TableReference, UpdateStatement,
} from '../../model/syntax-tree.js';
import type { Dialect } from '../dialect.js';
import { nameOf, unwrap } from '../unwrap.js';
import { direction, ExpressionText } from './expression.js';
import { FromText } from './from.js';
import { Outputs, mentions, namesAhead, withAliases } from './outputs.js';
import { type KnownRelation, NameScope, NumberedRelation, type OutputNames } from './scope.js';

/** A query as it is written, with the names of its outputs for those who read it. */
export interface WrittenQuery {
  text: string;
  names: OutputNames;
}

/**
 * Writes a statement so that two texts are equal when the statements are, but for values, aliases and formatting. Names that
 * a statement gives are replaced by numbers in the order in which they appear; names that it finds are kept.
 */
export class StatementText {
  readonly outputNames: Dialect['outputNames'];
  /** `FROM t, t.items` reads an array of the row (BigQuery, Redshift). */
  readonly readsArrays: boolean;
  readonly relationOf: (schema: string | null, name: string) => KnownRelation | null;
  readonly #expressions = new ExpressionText(this);
  readonly #from = new FromText(this, this.#expressions);
  readonly #interned = new Map<string, string>();
  #windows = new Map<string, string>();
  #relations = 0;
  #tables = 0;
  #values = 0;

  constructor({ id, outputNames }: Dialect, relationOf: (schema: string | null, name: string) => KnownRelation | null) {
    this.outputNames = outputNames;
    this.readsArrays = id === 'bigquery' || id === 'redshift';
    this.relationOf = relationOf;
  }

  nextRelation(): number {
    return ++this.#relations;
  }

  nextValue(): string {
    return `$${++this.#values}`;
  }

  /** A long text the first time, its number from then on: what is repeated must not make the whole as long as its square. */
  intern(text: string): string {
    const known = this.#interned.get(text);
    if (known !== undefined) return known;
    this.#interned.set(text, `w${this.#interned.size}`);
    return text;
  }

  namedWindow(name: string): string | undefined {
    return this.#windows.get(name);
  }

  statement(statement: SqlStatement, parent: NameScope | null = null): WrittenQuery {
    switch (statement.type) {
      case 'query_statement':
        return statement.form === 'cursor' ? this.#prefixed('cursor ', this.query(statement.query, parent)) : this.query(statement.query, parent);
      case 'create':
        return this.#prefixed(`create ${statement.object} ${this.#from.relationName(statement.target)}(${statement.columns.join(',')}) `, this.query(statement.query, parent));
      case 'insert':
        return this.#insert(statement, parent);
      case 'update':
      case 'delete':
        return this.#change(statement, parent);
      case 'merge':
        return this.#merge(statement, parent);
      case 'table_definition':
        return { text: `table ${this.#from.relationName(statement.target)}(${statement.columns.map(({ name, dataType }) => `${name} ${dataType}`).join(',')})`, names: [] };
      case 'copy': {
        const table = statement.table ? `${this.#from.relationName(statement.table)}(${statement.columns.join(',')})` : '';
        return { text: `copy ${statement.direction} ${table}${statement.query ? this.query(statement.query, parent).text : ''}`, names: [] };
      }
      case 'utility': {
        const relations = statement.relations.map((relation) => this.#from.relationName(relation)).join(',');
        return { text: `${statement.verb} ${relations} ${statement.inner ? this.statement(statement.inner, parent).text : ''}`, names: [] };
      }
    }
  }

  #prefixed(prefix: string, { text, names }: WrittenQuery): WrittenQuery {
    return { text: `${prefix}${text}`, names };
  }

  /** @param outer where the query stands; its relations are in sight. */
  query(written: Query, outer: NameScope | null): WrittenQuery {
    const { query, names: renamed } = unwrap(written, 'nothing');
    const scope = new NameScope(outer);
    const tables = this.#commonTables(query.ctes, query.recursive, scope);
    const definitions = query.definitions.map(({ expression, alias }) => {
      const text = this.#expressions.of(expression, scope);
      const mark = this.nextValue();
      scope.values.set(alias ?? '', mark);
      return text;
    });
    const body = this.#body(query, scope);
    const counts = [query.limit, query.offset].map((count) => (count ? this.#expressions.of(count, scope) : ''));
    const locks = query.locks.map(({ strength, skipLocked }) => `${strength}${skipLocked ? '!' : ''}`).join(',');
    const text = `(${tables}${definitions.length > 0 ? `def ${definitions.join(',')} ` : ''}${body.text}${counts[0] === '' ? '' : ` limit ${counts[0]}`}${counts[1] === '' ? '' : ` offset ${counts[1]}`}${locks})`;
    return { text, names: renamed ?? body.names };
  }

  #commonTables(tables: readonly CommonTable[], recursive: boolean, scope: NameScope): string {
    if (tables.length === 0) return '';
    if (recursive) {
      // Every item sees every other; what they show is known by name before anything is written.
      for (const table of tables) scope.tables.set(table.name, { mark: `c${++this.#tables}`, names: namesAhead(table) });
    }
    const texts = tables.map((table) => {
      const { text, names } = this.statement(table.statement, scope);
      const mark = recursive ? (scope.tables.get(table.name)?.mark ?? '') : `c${++this.#tables}`;
      scope.tables.set(table.name, { mark, names: withAliases(names, table.columns) });
      return text;
    });
    return `with${recursive ? ' recursive' : ''} ${texts.join(',')} `;
  }

  #body(query: Query, scope: NameScope): WrittenQuery {
    const { body } = query;
    if (body.type === 'select') return this.#select(body, query.orderBy, scope);
    if (body.type === 'values') {
      const rows = new Set(body.rows.map((row) => `[${this.#expressions.all(row, scope)}]`));
      const names = (body.rows[0] ?? []).map((_, position) => `column${position + 1}`);
      return { text: `values ${[...rows].join(',')}${this.#outerOrder(query.orderBy, new Outputs(names, []), scope)}`, names };
    }
    const left = this.query(body.left, scope);
    const right = this.query(body.right, scope);
    const text = `${left.text} ${body.operator}${body.all ? ' all' : ''}${body.byName ? ' by name' : ''} ${right.text}`;
    return { text: `${text}${this.#outerOrder(query.orderBy, new Outputs(left.names, []), scope)}`, names: left.names };
  }

  #select(select: Select, orderBy: readonly OrderItem[], outer: NameScope): WrittenQuery {
    const scope = new NameScope(outer);
    const from = this.#from.items(select.from, scope);
    const windows = this.#windows;
    this.#windows = new Map(windows);
    this.#seeOutputs(select.projections, scope);
    for (const { name, window } of select.windows) this.#windows.set(name, this.#expressions.windowText(window, scope));
    const shown = this.#projections(select.projections, scope);
    const names = this.#outputs(select.projections, scope);
    const outputs = new Outputs(select.projections.map((projection) => (projection.expression.type === 'star' ? null : nameOf(projection))), shown);
    const distinct = this.#distinct(select.distinct, outputs, scope);
    const where = select.where ? ` where ${this.#expressions.of(select.where, scope)}` : '';
    const group = select.groupBy.length > 0 ? ` group ${select.groupBy.map((item) => this.#group(item, outputs, scope)).join(',')}` : '';
    const having = select.having ? ` having ${this.#afterGrouping(select.having, select, scope)}` : '';
    const qualify = select.qualify ? ` qualify ${this.#afterGrouping(select.qualify, select, scope)}` : '';
    const order = this.#outerOrder(orderBy, outputs, scope);
    this.#windows = windows;
    return { text: `select ${distinct}${shown.join(',')} from ${from}${where}${group}${having}${qualify}${order}`, names };
  }

  /** Makes aliases known to the other expressions, where the dialect does. */
  #seeOutputs(projections: readonly Projection[], scope: NameScope): void {
    if (this.outputNames === 'none') return;
    projections.forEach(({ alias, expression }, position) => {
      // An expression that uses a column of its own name shows that there is such a column, and columns go first.
      if (alias === null || (this.outputNames === 'after_columns' && mentions(expression, alias))) return;
      scope.outputs.set(alias, position);
    });
  }

  #distinct(distinct: Select['distinct'], outputs: Outputs, scope: NameScope): string {
    if (distinct === null) return '';
    if (distinct === 'all') return 'distinct ';
    return `distinct on(${distinct.map((expression) => this.#output(expression, outputs, scope, 'order')).join(',')}) `;
  }

  /** HAVING and QUALIFY may use the name of an output that is computed from groups or windows, in every dialect that has such names. */
  #afterGrouping(condition: Expression, { projections }: Select, scope: NameScope): string {
    const inner = new NameScope(scope);
    projections.forEach(({ alias, expression }, position) => {
      if (alias !== null && expression.type !== 'column' && scope.sure(alias) === null) inner.aliases.set(alias, `@${position}`);
    });
    return this.#expressions.of(condition, inner);
  }

  #projections(projections: readonly Projection[], scope: NameScope): string[] {
    const shown = projections.map(({ expression }, position) => {
      scope.current = position;
      return this.#expressions.of(expression, scope);
    });
    scope.current = null;
    return shown;
  }

  /** The outputs by position; a star gives those of the relations, as far as they are known. */
  #outputs(projections: readonly Projection[], scope: NameScope): OutputNames {
    return projections.flatMap((projection): OutputNames => {
      const { expression } = projection;
      if (expression.type !== 'star') return [nameOf(projection)];
      const alias = expression.qualifier.at(-1);
      const one = alias === undefined ? null : scope.relation(alias, expression.qualifier.at(-2) ?? null);
      if (expression.except.length + expression.rename.length > 0) return [null];
      return alias === undefined ? scope.relations.flatMap(({ names }) => names) : (one?.names ?? [null]);
    });
  }

  #group(item: GroupItem, outputs: Outputs, scope: NameScope): string {
    if (item.type === 'all') return 'all';
    if (item.type === 'expression') return this.#output(item.expression, outputs, scope, 'group');
    return `${item.kind}(${item.items.map((inner) => this.#group(inner, outputs, scope)).join(',')})`;
  }

  #outerOrder(items: readonly OrderItem[], outputs: Outputs, scope: NameScope): string {
    if (items.length === 0) return '';
    return ` order ${items.map((item) => `${this.#output(item.expression, outputs, scope, 'order')}${direction(item)}`).join(',')}`;
  }

  /**
   * An expression that may be the number or the name of an output, by the place of the first output that is the same. GROUP BY
   * prefers a column of FROM to an output of the same name, ORDER BY the other way round (PostgreSQL 18, SELECT).
   */
  #output(expression: Expression, outputs: Outputs, scope: NameScope, clause: 'group' | 'order'): string {
    if (expression.type === 'literal' && expression.kind === 'number') return outputs.atOrdinal(Number(expression.value));
    if (expression.type === 'column' && expression.parts.length === 1) {
      const [name = ''] = expression.parts;
      const named = clause === 'group' && scope.sure(name) !== null ? null : outputs.named(name);
      if (named !== null) return named;
    }
    const text = this.#expressions.of(expression, scope);
    return outputs.same(text) ?? text;
  }

  #target(target: TableReference, scope: NameScope): string {
    return this.#from.item(target, scope);
  }

  #insert(statement: InsertStatement, parent: NameScope | null): WrittenQuery {
    const scope = new NameScope(parent);
    const tables = this.#commonTables(statement.ctes, false, scope);
    const source = statement.source ? this.query(statement.source, scope).text : 'default';
    const inner = new NameScope(scope);
    const target = this.#target(statement.target, inner);
    inner.relations.push(new NumberedRelation(this.nextRelation(), { visible: 'excluded', aliased: false, names: [] }));
    const { conflict } = statement;
    const update = conflict ? ` conflict ${this.#assignments(conflict.assignments, inner)}${conflict.where ? ` where ${this.#expressions.of(conflict.where, inner)}` : ''}` : '';
    return this.#returning(`${tables}insert ${target}(${statement.columns.join(',')}) ${source}${update}`, statement.returning, inner);
  }

  #change(statement: UpdateStatement | DeleteStatement, parent: NameScope | null): WrittenQuery {
    const scope = new NameScope(parent);
    const tables = this.#commonTables(statement.ctes, false, scope);
    const inner = new NameScope(scope);
    const target = this.#target(statement.target, inner);
    const from = this.#from.items(statement.from, inner);
    const assignments = statement.type === 'update' ? ` set ${this.#assignments(statement.assignments, inner)}` : '';
    const where = statement.where ? ` where ${this.#expressions.of(statement.where, inner)}` : '';
    return this.#returning(`${tables}${statement.type} ${target}${assignments} from ${from}${where}`, statement.returning, inner);
  }

  #merge(statement: MergeStatement, parent: NameScope | null): WrittenQuery {
    const scope = new NameScope(parent);
    const tables = this.#commonTables(statement.ctes, false, scope);
    const inner = new NameScope(scope);
    const relations = `${this.#target(statement.target, inner)} using ${this.#from.item(statement.source, inner)}`;
    const clauses = statement.clauses.map(({ action, condition, assignments }) =>
      `${action} ${condition ? this.#expressions.of(condition, inner) : ''} ${this.#assignments(assignments, inner)}`,
    );
    return this.#returning(`${tables}merge ${relations} on ${this.#expressions.of(statement.condition, inner)} ${clauses.join(';')}`, statement.returning, inner);
  }

  #assignments(assignments: readonly Assignment[], scope: NameScope): string {
    return assignments.map(({ column, value, ordinal }) => `${column}${ordinal === null ? '' : `/${ordinal}`}=${this.#expressions.of(value, scope)}`).join(',');
  }

  #returning(text: string, projections: readonly Projection[], scope: NameScope): WrittenQuery {
    if (projections.length === 0) return { text, names: [] };
    return { text: `${text} returning ${this.#projections(projections, scope).join(',')}`, names: this.#outputs(projections, scope) };
  }
}
