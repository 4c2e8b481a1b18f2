import type { Call, Expression, FromItem, GroupItem, Query, Select, SqlStatement } from '../../model/syntax-tree.js';
import { canonicalStatement } from '../../sql/canonical.js';
import type { DialectId } from '../../sql/dialect.js';
import { expressionText } from '../../sql/expression-text.js';
import { isAggregateName } from '../../sql/functions.js';
import { normalConditions } from '../../sql/predicate.js';
import { outerQuery } from '../../sql/shape.js';
import { walkExpression, walkStatement, type Visitor } from '../../sql/walk.js';

/** What a query is made of, as texts that can be held against those of another. */
export interface Features {
  /** `sum(amount)`, without DISTINCT and FILTER; sorted. */
  aggregates: string[];
  /** Of the aggregates the functions alone; sorted. */
  functions: string[];
  /** Whether rows or values that repeat count once somewhere. */
  distinct: boolean;
  /** Names of the relations, each as often as it stands there; sorted. */
  relations: string[];
  /** Joins that may drop rows. */
  innerJoins: number;
  /** GROUP BY of the outermost SELECT, in the order of their texts. */
  grouping: string[];
  /** Steps of time that appear: `month`. */
  units: string[];
  /** Conditions of the outermost SELECT, in one form. */
  conditions: string[];
  /** Time zones written in the text. */
  zones: string[];
  /** What limits the groups or rows that are shown: LIMIT, OFFSET, HAVING, QUALIFY, DISTINCT ON. */
  limits: string[];
  /** What NULL is turned into. */
  defaults: string[];
  /** The last part of every name of a column, sorted. */
  columns: string[];
}

/** @param statement as it was written */
export function featuresOf(statement: SqlStatement, dialect: DialectId): Features {
  const canonical = canonicalStatement(statement, dialect);
  const collected = new Collector();
  walkStatement(canonical, collected.visitor);
  const outer = outerQuery(canonical);
  return { ...collected.features(canonical), grouping: outer === null ? [] : groupingOf(outer), conditions: normalConditions(statement, dialect) };
}

/** How many columns a query shows; null where its text alone does not tell. */
export function widthOf(statement: SqlStatement): number | null {
  const query = outerQuery(statement);
  return query === null ? null : widthOfQuery(query);
}

function widthOfQuery({ body }: Query): number | null {
  if (body.type === 'set_operation') return body.byName ? null : (widthOfQuery(body.left) ?? widthOfQuery(body.right));
  if (body.type === 'values') return body.rows[0]?.length ?? null;
  const isPlain = body.projections.every(({ expression }) => expression.type !== 'star' && !(expression.type === 'composite' && expression.field === '*'));
  return isPlain ? body.projections.length : null;
}

class Collector {
  readonly #aggregates: string[] = [];
  readonly #functions: string[] = [];
  readonly #relations: string[] = [];
  readonly #units = new Set<string>();
  readonly #zones = new Set<string>();
  readonly #limits: string[] = [];
  readonly #defaults: string[] = [];
  readonly #columns = new Set<string>();
  /** Calls of HAVING and QUALIFY, which are no measure. */
  readonly #conditions = new Set<Call>();
  #distinct = false;
  #isRecursive = false;
  #innerJoins = 0;

  readonly visitor: Visitor = {
    expression: (expression) => this.#expression(expression),
    query: (query) => this.#query(query),
    from: (item) => this.#from(item),
  };

  features(statement: SqlStatement): Omit<Features, 'grouping' | 'conditions'> {
    const tables = commonTables(statement);
    return {
      aggregates: this.#aggregates.sort(),
      functions: this.#functions.sort(),
      distinct: this.#distinct,
      relations: this.#relations.filter((name) => !tables.has(name)).sort(),
      innerJoins: this.#innerJoins,
      units: [...this.#units].sort(),
      zones: [...this.#zones].sort(),
      limits: this.#limits.sort(),
      defaults: this.#defaults.sort(),
      columns: [...this.#columns].sort(),
    };
  }

  #expression(expression: Expression): void {
    if (expression.type === 'column') this.#columns.add(expression.parts.at(-1) ?? '');
    if (expression.type === 'call') this.#call(expression);
    if (expression.type !== 'operation') return;
    if (expression.operator === 'coalesce') this.#defaults.push(bareText(expression));
    const zone = expression.operator === 'at_time_zone' ? expression.operands[1] : undefined;
    if (zone) this.#zones.add(expressionText(zone));
  }

  #call(call: Call): void {
    const name = call.name.at(-1) ?? '';
    const [first] = call.arguments;
    if (name === 'date_trunc' && first?.type === 'literal') this.#units.add(first.value ?? '');
    if (name === 'timezone' && first) this.#zones.add(expressionText(first));
    if (call.over !== null || !isAggregateName(name) || this.#conditions.has(call)) return;
    this.#distinct ||= call.distinct;
    if (countsRows(call)) {
      this.#functions.push('count');
      this.#aggregates.push('count(*)');
      return;
    }
    this.#functions.push(name);
    this.#aggregates.push(bareText({ ...call, distinct: false, filter: null, orderBy: call.withinGroup ? call.orderBy : [] }));
  }

  #query({ body, limit, offset, recursive }: Query): void {
    // The UNION of a recursion ends it; it is no measure.
    this.#isRecursive ||= recursive;
    if (limit) this.#limits.push(`limit ${expressionText(limit)}`);
    if (offset) this.#limits.push(`offset ${expressionText(offset)}`);
    if (body.type === 'set_operation' && !body.all && !this.#isRecursive) this.#distinct = true;
    if (body.type !== 'select') return;
    if (body.distinct === 'all') this.#distinct = true;
    else if (body.distinct) this.#limits.push(`distinct on ${body.distinct.map(bareText).join(', ')}`);
    for (const condition of [body.having, body.qualify]) if (condition) this.#passOver(condition);
    if (body.having) this.#limits.push(`having ${bareText(body.having)}`);
    if (body.qualify) this.#limits.push(`qualify ${bareText(body.qualify)}`);
    this.#innerJoins += Math.max(0, body.from.length - 1);
  }

  #passOver(condition: Expression): void {
    walkExpression(condition, {
      expression: (inner) => {
        if (inner.type === 'call') this.#conditions.add(inner);
      },
    });
  }

  #from(item: FromItem): void {
    if (item.type === 'table') this.#relations.push(item.name);
    if (item.type !== 'join') return;
    if (item.kind !== 'left' && item.kind !== 'full') this.#innerJoins += 1;
    for (const name of item.using) this.#columns.add(name);
  }
}

/** `sum(CASE WHEN … THEN 1 ELSE 0 END)` and `count(CASE WHEN … THEN 1 END)` count rows, as `count(*)` does. */
function countsRows({ name, arguments: [argument], distinct, star }: Call): boolean {
  const isCount = name.at(-1) === 'count';
  if (star || distinct || argument?.type !== 'case') return star && isCount;
  const [branch, another] = argument.branches;
  const isNumber = (expression: Expression | null, value: string): boolean => expression?.type === 'literal' && expression.value === value;
  const isEmpty = (expression: Expression | null): boolean => expression === null || (expression.type === 'literal' && expression.value === null);
  if (!branch || another || !isNumber(branch.then, '1')) return false;
  return isCount ? isEmpty(argument.otherwise) : name.at(-1) === 'sum' && (isEmpty(argument.otherwise) || isNumber(argument.otherwise, '0'));
}

function commonTables(statement: SqlStatement): Set<string> {
  const names = new Set<string>();
  walkStatement(statement, {
    query: ({ ctes }) => {
      for (const { name } of ctes) names.add(name);
    },
  });
  return names;
}

function groupingOf({ body }: Query): string[] {
  if (body.type !== 'select') return [];
  return body.groupBy.flatMap((item) => groupTexts(item, body)).sort();
}

function groupTexts(item: GroupItem, select: Select): string[] {
  if (item.type === 'all') return select.projections.map(({ expression }) => expression).filter((expression) => !hasAggregate(expression)).map(bareText);
  if (item.type === 'sets') return [`${item.kind} (${item.items.flatMap((inner) => groupTexts(inner, select)).join(', ')})`];
  return [bareText(meant(item.expression, select))];
}

/** What GROUP BY means by a number or by the name of an output. */
function meant(expression: Expression, { projections }: Select): Expression {
  if (expression.type === 'literal' && expression.kind === 'number') return projections[Number(expression.value) - 1]?.expression ?? expression;
  if (expression.type !== 'column' || expression.parts.length > 1) return expression;
  return projections.find(({ alias }) => alias === expression.parts[0])?.expression ?? expression;
}

function hasAggregate(expression: Expression): boolean {
  let found = false;
  walkExpression(expression, {
    expression: (inner) => {
      found ||= inner.type === 'call' && inner.over === null && isAggregateName(inner.name.at(-1) ?? '');
    },
  });
  return found;
}

/** An expression without the aliases before its columns. */
function bareText(expression: Expression): string {
  return expressionText(expression).replace(/\b[a-z_][\w$]*\.(?=[a-z_*"])/gi, '');
}
