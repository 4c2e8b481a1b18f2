import type { Call, Expression, FromItem, GroupItem, Join, ParseOutcome, Query, Select, SqlStatement } from '../../model/syntax-tree.js';
import { canonicalStatement } from '../../sql/canonical.js';
import { choice, isCondition } from '../../sql/canonical/nodes.js';
import { dialectOf } from '../../sql/dialect.js';
import { mapExpression, mapStatement } from '../../sql/map-tree.js';
import type { Definition, MetricSchema } from '../definition.js';
import type { Parse } from '../rows/constraints.js';
import { type ColumnNames, schemaInDialect, typeInDialect } from './dialect-schema.js';
import { looksAt, refuseForeignComparison } from './dialect-comparison.js';
import { isAggregateAlone, mergesColumns, NAMED, OutputNames, unnamed, withNulls, withoutQualify } from './dialect-query.js';
import { type DialectRules, rulesOf } from './dialect-rules.js';
import { refuseNotHeld } from './dialect-text.js';
import { call, hasAggregate, number, operation, Refused, some } from './expression.js';

/** Definitions and their schema in PostgreSQL's words: what they mean there is what the texts mean in their dialect. */
export interface InPostgres {
  statements: SqlStatement[];
  schema: MetricSchema;
  parse: Parse;
  /** Rows of its tables can be given for those of the catalogue: names and types are the same. */
  hasRows: boolean;
}

/**
 * Reads definitions of one dialect so that the rules of PostgreSQL hold of them. What means something else there is written as
 * what it means, or under a name that no rule knows, so that only the same is the same.
 *
 * @throws Refused for what is not surely understood
 */
export function inPostgres(definitions: readonly Definition[], schema: MetricSchema, parse: Parse): InPostgres {
  const [first] = definitions;
  if (first === undefined) throw new Refused('there is nothing to compare');
  if (definitions.some(({ dialect }) => dialect !== first.dialect)) throw new Refused('the two are written for different engines');
  if (first.dialect === 'postgres') return { statements: definitions.map(({ statement }) => canonicalStatement(statement, 'postgres')), schema, parse, hasRows: true };
  const rules = rulesOf(first.dialect);
  if (rules === null) throw new Refused(`the rules of ${first.dialect} are not proved with`);
  if (/\bcollate\b/i.test(schema.ddl)) throw new Refused('a column has a collation of its own');
  const translated = schemaInDialect(schema, rules);
  const reader = new DialectReader(rules, translated.columns);
  const statements = definitions.map(({ text, statement }) => {
    refuseNotHeld(text);
    return reader.statement(statement);
  });
  return { statements, schema: translated.schema, parse: parseWith(parse, reader), hasRows: rules.id === 'duckdb' && !translated.renamed };
}

/** A text of the schema that is not understood says nothing. */
function parseWith(parse: Parse, reader: DialectReader): Parse {
  return async (text: string): Promise<ParseOutcome> => {
    const outcome = await parse(text);
    try {
      refuseNotHeld(text);
      return { ...outcome, statements: outcome.statements.map((parsed) => ({ ...parsed, statement: reader.statement(parsed.statement) })) };
    } catch (error) {
      if (error instanceof Refused) return { ...outcome, statements: [] };
      throw error;
    }
  };
}

const OPERATORS = new Set(
  'and or not = <> != == < <= > >= + - * / % || in not_in between not_between is_null is_not_null is_true is_not_true is_false is_not_false is_distinct is_not_distinct coalesce nullif greatest least like not_like ilike not_ilike at_time_zone <=>'.split(' '),
);
const ORDERING = new Set(['<', '<=', '>', '>=', 'between', 'not_between']);
const COMPARING = new Set([...ORDERING, '=', '<>', '!=', '==', 'in', 'not_in', 'is_distinct', 'is_not_distinct', '<=>']);
const AGGREGATES = new Set('count sum avg min max bool_or bool_and countif count_if stddev stddev_samp stddev_pop variance var_samp var_pop median quantile_cont quantile_disc percentile_cont percentile_disc uniqexact'.split(' '));
const WINDOWS = new Set('row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value'.split(' '));
const UNITS = new Set('year quarter month day hour minute'.split(' '));
const UNITS_OF_DUCKDB = new Set([...UNITS, 'week', 'dow', 'isodow', 'doy', 'isoyear']);
const SHIFTS = new Set('date_add dateadd date_sub timestamp_add timestamp_sub datetime_add datetime_sub'.split(' '));
const MONTHS = /^(?:mm?|mons?|months?|q|qtr|quarters?|y|yy|yyyy|years?)$/i;

class DialectReader {
  readonly #rules: DialectRules;
  readonly #columns: ColumnNames;
  readonly #outputsCount: boolean;

  constructor(rules: DialectRules, columns: ColumnNames) {
    this.#rules = rules;
    this.#columns = columns;
    this.#outputsCount = dialectOf(rules.id)?.outputNames === 'after_columns';
  }

  statement(statement: SqlStatement): SqlStatement {
    if (statement.type !== 'query_statement') throw new Refused('only queries are compared');
    const canonical = canonicalStatement({ ...statement, query: this.#query(statement.query) }, this.#rules.id);
    // Quotients last: a CASE around one is read as its guard before.
    return mapStatement(canonical, { expression: (inner) => this.#quotient(inner) });
  }

  #quotient(expression: Expression): Expression {
    if (expression.type !== 'operation' || expression.operator !== '/') return expression;
    const [over, under] = expression.operands;
    return over === undefined || under === undefined ? expression : call(['%fdiv'], [over, under]);
  }

  #query(query: Query): Query {
    const { nullOrder } = this.#rules;
    const read: Query = {
      ...query,
      ctes: query.ctes.map((table) => ({ ...table, statement: this.statement(table.statement) })),
      orderBy: query.orderBy.map((item) => withNulls({ ...item, expression: this.#expression(item.expression) }, nullOrder)),
      limit: query.limit && this.#expression(query.limit), offset: query.offset && this.#expression(query.offset),
    };
    if (read.limit !== null && read.orderBy.some(({ expression }) => expression.type === 'column' && expression.parts.join('.') === 'all')) throw new Refused('ORDER BY ALL with a limit is not compared');
    // Without a limit the order of rows is no part of the answer.
    const ordered = read.limit === null && read.offset === null && !(query.body.type === 'select' && Array.isArray(query.body.distinct)) ? { ...read, orderBy: [] } : read;
    switch (query.body.type) {
      case 'select':
        return withoutQualify(this.#select(query.body), ordered);
      case 'set_operation':
        return { ...ordered, body: { ...query.body, left: this.#query(query.body.left), right: this.#query(query.body.right) } };
      case 'values':
        return { ...ordered, body: { ...query.body, rows: query.body.rows.map((row) => row.map((value) => this.#expression(value))) } };
    }
  }

  #select(select: Select): Select {
    const names = new OutputNames(this.#columns);
    const projections = select.projections.map((projection) => {
      const expression = this.#expression(projection.expression);
      const read = { ...projection, expression: this.#outputsCount ? (names.put(expression) ?? expression) : expression };
      names.add(read);
      return read;
    });
    const after = (expression: Expression | null): Expression | null => {
      const read = expression && this.#expression(expression);
      const put = names.put(read);
      return this.#outputsCount ? put : read;
    };
    if (projections.some(({ expression }) => expression.type === 'star' && expression.qualifier.length === 0) && select.from.some(mergesColumns)) throw new Refused('a star over a join with USING is not compared');
    const group = (item: GroupItem): GroupItem => {
      if (item.type === 'expression') {
        if (item.expression.type !== 'literal') names.check(item.expression);
        return { type: 'expression', expression: this.#expression(item.expression) };
      }
      return item.type === 'all' ? item : { ...item, items: item.items.map(group) };
    };
    const groupBy = select.groupBy.map(group);
    if (groupBy.some(({ type }) => type === 'all') && projections.some(({ expression }) => expression.type === 'literal' || (hasAggregate(expression) && some(expression, (inner) => inner.type === 'column') && !isAggregateAlone(expression)))) throw new Refused('GROUP BY ALL over such outputs is not compared');
    if (this.#rules.defaultsForNothing && groupBy.length === 0 && projections.some(({ expression }) => some(expression, (inner) => inner.type === 'call' && ['sum', 'avg', 'min', 'max', 'median'].includes(inner.name[0] ?? '')))) throw new Refused('an aggregate of no rows is another one in this dialect');
    return {
      ...select, projections, groupBy,
      distinct: Array.isArray(select.distinct) ? select.distinct.map((expression) => this.#expression(expression)) : select.distinct,
      from: select.from.map((item) => this.#from(item)), where: after(select.where), having: after(select.having), qualify: after(select.qualify),
      windows: select.windows.map(({ name, window }) => ({ name, window: { ...window, partitionBy: window.partitionBy.map((one) => this.#expression(one)), orderBy: window.orderBy.map((item) => withNulls({ ...item, expression: this.#expression(item.expression) }, this.#rules.nullOrder)) } })),
    };
  }

  #from(item: FromItem): FromItem {
    switch (item.type) {
      case 'table':
        return item;
      case 'derived':
        return { ...item, query: this.#query(item.query) };
      case 'join':
        return this.#join(item);
      default:
        throw new Refused('a function in FROM is not compared in this dialect');
    }
  }

  #join(join: Join): Join {
    if (this.#rules.defaultsForNothing && join.kind !== 'inner' && join.kind !== 'cross') throw new Refused('an outer join fills with defaults in this dialect');
    if (join.kind === 'right' && (join.natural || join.using.length > 0)) throw new Refused('a RIGHT JOIN with USING is not compared');
    if (this.#rules.textEquality === 'collation' && (join.natural || join.using.some((name) => this.#columns.texts.has(name)))) throw new Refused('texts are compared by a collation');
    return { ...join, left: this.#from(join.left), right: this.#from(join.right), on: join.on && this.#expression(join.on) };
  }

  #expression(expression: Expression): Expression {
    return mapExpression(expression, { keepsQueries: true, expression: (inner) => this.#one(inner) });
  }

  #one(expression: Expression): Expression {
    switch (expression.type) {
      case 'subquery':
        return { ...expression, query: this.#query(expression.query) };
      case 'call':
        return this.#call(expression);
      case 'operation':
        return this.#operation(expression);
      case 'cast':
        return this.#cast(expression);
      case 'composite':
        return expression.kind === 'json' ? expression : expression.kind === 'array' || expression.kind === 'row' ? expression : this.#own(expression.kind, expression.field === null ? expression.elements : [...expression.elements, { type: 'literal', kind: 'string', value: expression.field, span: expression.span }]);
      case 'parameter':
      case 'opaque':
        return expression;
      default:
        return expression;
    }
  }

  /** A call that no rule knows: only the same is the same. */
  #own(name: string, operands: Expression[]): Expression {
    return call([this.#rules.id, name], operands);
  }

  #call(written: Call): Expression {
    const [name = '', more] = written.name.filter((part) => part !== 'pg_catalog');
    if (more !== undefined) throw new Refused(`${written.name.join('.')}() is not known`);
    const { nullOrder } = this.#rules;
    const read: Call = {
      ...written, name: [name], orderBy: written.orderBy.map((item) => withNulls(item, nullOrder)),
      over: written.over && { ...written.over, orderBy: written.over.orderBy.map((item) => withNulls(item, nullOrder)) },
    };
    // A parser takes `f(status = 'OPEN')` for an argument with a name.
    read.arguments = read.arguments.map((argument) => unnamed(argument, this.#rules.own.has(name)));
    if (AGGREGATES.has(name)) return this.#aggregate(read);
    if (read.over !== null && WINDOWS.has(name)) return read;
    if (read.over === null && this.#rules.same.has(name)) return this.#same(read, name);
    if (read.over === null && this.#rules.own.has(name) && read.filter === null && !read.distinct) return this.#own(name, read.arguments);
    throw new Refused(`${name}() is not known in ${this.#rules.id}`);
  }

  #aggregate(read: Call): Expression {
    const [name = ''] = read.name;
    const [argument, another] = read.arguments;
    if (another !== undefined && !name.startsWith('quantile')) throw new Refused(`${name}() of several values is not compared`);
    if (name === 'count' && argument === undefined && !read.star) return { ...read, star: true };
    if (argument === undefined) return read;
    // The sum of a condition is NULL where no row has one that is true or false, and `canonicalStatement` would give 0.
    // So is DuckDB's count_if (version 1.5).
    if (this.#rules.id === 'snowflake' && name === 'count_if') throw new Refused('COUNT_IF is NULL where no row fits');
    const counts = this.#rules.id === 'duckdb' && (name === 'count_if' || name === 'countif');
    if (counts || (name === 'sum' && isCondition(argument))) {
      const { span } = argument;
      return { ...read, name: ['sum'], arguments: [choice([{ when: argument, then: number(1) }, { when: operation('not', argument), then: number(0) }], null, span)] };
    }
    if (name === 'avg' && !read.distinct && read.over === null) {
      if (this.#rules.id === 'duckdb') return operation('/', { ...read, name: ['sum'] }, { ...read, name: ['count'] });
      return { ...read, arguments: [this.#own('averaged', [argument])] };
    }
    return read;
  }

  #same(read: Call, name: string): Expression {
    const [first, second] = read.arguments;
    if ((name === 'greatest' || name === 'least') && !this.#rules.greatestSkipsNull) return this.#own(name, read.arguments);
    if (name === 'extract' || name === 'date_part' || name === 'datepart') {
      const unit = first?.type === 'literal' ? (first.value ?? '').toLowerCase() : '';
      return (this.#rules.id === 'duckdb' ? UNITS_OF_DUCKDB : UNITS).has(unit) ? { ...read, name: ['extract'] } : this.#own(name, read.arguments);
    }
    if (SHIFTS.has(name) && first?.type === 'literal' && MONTHS.test(first.value ?? '')) return this.#own(name, read.arguments);
    if (name.endsWith('trunc') && name !== 'trunc') {
      if ([first, second].some((unit) => unit?.type === 'literal' && /week/i.test(unit.value ?? '')) && this.#rules.id !== 'duckdb' && this.#rules.id !== 'bigquery') return this.#own(name, read.arguments);
    }
    return read;
  }

  #operation(expression: Extract<Expression, { type: 'operation' }>): Expression {
    const { operator, operands } = expression;
    if (NAMED.test(operator)) return expression;
    if (!OPERATORS.has(operator)) return / (?:any|all)$/.test(operator) ? expression : this.#own(operator, operands);
    if (operator === '||' && !this.#rules.barsJoin) throw new Refused('|| is OR in this dialect');
    if (this.#isOwn(expression)) return this.#own(operator, operands);
    if (operator === '+' || operator === '-') this.#refuseDateAsNumber(operands);
    if (COMPARING.has(operator)) refuseForeignComparison(operator, operands, this.#rules, this.#columns);
    if (!ORDERING.has(operator) || !looksAt(operands, this.#columns.enums)) return expression;
    // Beside a text the members are texts, in their order.
    return { ...expression, operands: operands.map((operand) => (operand.type === 'literal' ? operand : { type: 'cast', operand, target: 'text', span: operand.span })) };
  }

  /** Whether an operator does something else here. */
  #isOwn({ operator, operands }: Extract<Expression, { type: 'operation' }>): boolean {
    const [first, second, third] = operands;
    switch (operator) {
      case '%':
        return second?.type !== 'literal' || !/^[1-9]\d*$/.test(second.value ?? '');
      case 'at_time_zone':
        // Cut to a period a date has no time zone here, and has one in PostgreSQL.
        return first?.type !== 'column' && first?.type !== 'cast';
      case 'greatest':
      case 'least':
        return !this.#rules.greatestSkipsNull;
      case '+':
      case '-':
      case '*':
        return this.#rules.defaultsForNothing && operands.length > 1;
      default:
        return operator.endsWith('like') && (third !== undefined || this.#rules.textEquality === 'collation' || second?.type !== 'literal' || (second.value ?? '').includes('\\'));
    }
  }

  #refuseDateAsNumber(operands: readonly Expression[]): void {
    if (this.#rules.dateArithmetic || operands.some((operand) => operand.type === 'cast' && operand.target.startsWith('interval'))) return;
    const moment = operands.some((operand) => some(operand, (inner) => inner.type === 'call' && /^(?:now|current_|curdate|getdate|today)/.test(inner.name[0] ?? '')));
    if (moment || looksAt(operands, this.#columns.dates)) throw new Refused('a date is added to a number');
  }

  #cast(expression: Extract<Expression, { type: 'cast' }>): Expression {
    const { target, operand } = expression;
    if (target.startsWith('interval')) return expression;
    const literal = operand.type === 'literal';
    const type = typeInDialect(target, this.#rules);
    if (type === 'unknown') return this.#own(`as ${target}`, [operand]);
    if (this.#rules.id === 'duckdb' || literal || /^(?:date$|timestamp|double|real|numeric)/.test(type)) return { ...expression, target: type };
    return this.#own(`as ${type}`, [operand]);
  }
}
