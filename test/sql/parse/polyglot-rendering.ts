import type {
  Assignment, CommonTable, Expression, FromItem, GroupItem, OrderItem, ParseOutcome, Projection, Query, SqlStatement, TableReference, Window,
} from '../../../src/model/syntax-tree.js';

/** A statement as one short line of its own, in which every part of the tree is visible. */
export function rendered({ statements, diagnostics }: ParseOutcome): string {
  const texts = statements.map(({ statement }) => statementText(statement));
  return [...texts, ...diagnostics.map(({ severity, message }) => `${severity}: ${message}`)].join('\n');
}

function list<T>(items: readonly T[], text: (item: T) => string, before = '', after = ''): string {
  return items.length === 0 ? '' : `${before}${items.map(text).join(', ')}${after}`;
}

export function statementText(statement: SqlStatement): string {
  switch (statement.type) {
    case 'query_statement':
      return queryText(statement.query);
    case 'insert':
      return `${withText(statement.ctes)}insert ${tableText(statement.target)}${list(statement.columns, String, '(', ')')}${statement.source ? ` ${queryText(statement.source)}` : ''}${
        statement.conflict ? ` on conflict${list(statement.conflict.assignments, assignmentText, ' ')}${statement.conflict.where ? ` where ${expressionText(statement.conflict.where)}` : ''}` : ''}${returningText(statement.returning)}`;
    case 'update':
      return `${withText(statement.ctes)}update ${tableText(statement.target)} set ${list(statement.assignments, assignmentText)}${list(statement.from, fromText, ' from ')}${
        statement.where ? ` where ${expressionText(statement.where)}` : ''}${returningText(statement.returning)}`;
    case 'delete':
      return `${withText(statement.ctes)}delete ${tableText(statement.target)}${list(statement.from, fromText, ' from ')}${statement.where ? ` where ${expressionText(statement.where)}` : ''}${returningText(statement.returning)}`;
    case 'merge':
      return `${withText(statement.ctes)}merge ${tableText(statement.target)} using ${fromText(statement.source)} on ${expressionText(statement.condition)}${statement.clauses
        .map((clause) => ` | ${clause.action}${clause.condition ? ` if ${expressionText(clause.condition)}` : ''}${list(clause.assignments, assignmentText, ' ')}`).join('')}${returningText(statement.returning)}`;
    case 'create':
      return `create ${statement.object} ${tableText(statement.target)}${list(statement.columns, String, '(', ')')} as ${queryText(statement.query)}`;
    case 'table_definition':
      return `table ${tableText(statement.target)} (${statement.columns.map((column) => `${column.name} ${column.dataType}${column.nullable ? '' : ' required'}`).join(', ')})${list(statement.keys, (key) => `${key.kind}(${key.columns.join(', ')})`, ' ')}`;
    case 'copy':
      return `copy ${statement.direction}${statement.table ? ` ${tableText(statement.table)}` : ''}${list(statement.columns, String, '(', ')')}${statement.query ? ` ${queryText(statement.query)}` : ''}`;
    case 'utility':
      return `utility ${statement.verb}${list(statement.relations, tableText, ' ')}${statement.inner ? ` [${statementText(statement.inner)}]` : ''}`;
  }
}

function returningText(returning: readonly Projection[]): string {
  return list(returning, projectionText, ' returning ');
}

function withText(ctes: readonly CommonTable[], recursive = false, definitions: readonly Projection[] = []): string {
  const parts = [...ctes.map(({ name, columns, statement }) => `${name}${list(columns, String, '(', ')')} as [${statementText(statement)}]`), ...definitions.map((definition) => `${definition.alias} := ${expressionText(definition.expression)}`)];
  return parts.length === 0 ? '' : `with ${recursive ? 'recursive ' : ''}${parts.join(', ')} `;
}

function assignmentText({ column, value }: Assignment): string {
  return `${column} := ${expressionText(value)}`;
}

export function queryText(query: Query): string {
  return [
    withText(query.ctes, query.recursive, query.definitions) + bodyText(query.body),
    list(query.orderBy, orderText, ' order '),
    query.limit ? ` limit ${expressionText(query.limit)}` : '',
    query.offset ? ` offset ${expressionText(query.offset)}` : '',
    list(query.locks, (lock) => `${lock.strength}${lock.skipLocked ? ' skip' : ''}`, ' lock '),
  ].join('');
}

function bodyText(body: Query['body']): string {
  if (body.type === 'values') return `values ${body.rows.map((row) => `(${list(row, expressionText)})`).join(', ')}`;
  if (body.type === 'set_operation') return `{${queryText(body.left)}} ${body.operator}${body.all ? ' all' : ''}${body.byName ? ' by name' : ''} {${queryText(body.right)}}`;
  return [
    'select ',
    body.distinct === 'all' ? 'distinct ' : body.distinct ? `distinct on (${list(body.distinct, expressionText)}) ` : '',
    list(body.projections, projectionText),
    list(body.from, fromText, ' from '),
    body.where ? ` where ${expressionText(body.where)}` : '',
    list(body.groupBy, groupText, ' group '),
    body.having ? ` having ${expressionText(body.having)}` : '',
    body.qualify ? ` qualify ${expressionText(body.qualify)}` : '',
    list(body.windows, ({ name, window }) => `${name}(${windowText(window)})`, ' window '),
  ].join('');
}

function projectionText({ expression, alias }: Projection): string {
  return `${expressionText(expression)}${alias === null ? '' : ` as ${alias}`}`;
}

function orderText({ expression, descending }: OrderItem): string {
  return `${expressionText(expression)}${descending ? ' desc' : ''}`;
}

function groupText(item: GroupItem): string {
  if (item.type === 'all') return 'all';
  return item.type === 'expression' ? expressionText(item.expression) : `${item.kind}(${list(item.items, groupText)})`;
}

function windowText({ partitionBy, orderBy, reference }: Window): string {
  return [reference ?? '', list(partitionBy, expressionText, 'by '), list(orderBy, orderText, 'order ')].filter((part) => part !== '').join(' ');
}

function tableText(table: TableReference): string {
  return `${table.only ? 'only ' : ''}${[table.catalog, table.schema, table.name].filter((part) => part !== null).join('.')}${namesText(table.alias, table.columnAliases)}`;
}

function namesText(alias: string | null, columns: readonly string[]): string {
  return `${alias === null ? '' : ` as ${alias}`}${list(columns, String, '(', ')')}`;
}

export function fromText(item: FromItem): string {
  switch (item.type) {
    case 'table':
      return tableText(item);
    case 'derived':
      return `${item.lateral ? 'lateral ' : ''}{${queryText(item.query)}}${namesText(item.alias, item.columnAliases)}`;
    case 'function':
      return `rows of ${item.functions.map(({ call, columns }) => `${expressionText(call)}${list(columns, String, ' -> (', ')')}`).join(' & ')}${item.ordinality ? ' numbered' : ''}${namesText(item.alias, item.columnAliases)}`;
    case 'opaque_table':
      return `?${item.what}(${list(item.inputs, expressionText)})${list(item.columns, String, ' -> (', ')')}${item.source ? ` of ${fromText(item.source)}` : ''}${namesText(item.alias, [])}`;
    case 'join':
      return `<${fromText(item.left)} ${item.natural ? 'natural ' : ''}${item.kind} ${fromText(item.right)}${item.on ? ` on ${expressionText(item.on)}` : ''}${list(item.using, String, ' using (', ')')}>${namesText(item.alias, item.columnAliases)}`;
  }
}

export function expressionText(expression: Expression): string {
  switch (expression.type) {
    case 'column':
      return expression.parts.join('.');
    case 'star':
      return `${expression.qualifier.map((part) => `${part}.`).join('')}*${list(expression.except, String, ' except(', ')')}${list(expression.replace, projectionText, ' replace(', ')')}${list(expression.rename, ({ column, name }) => `${column} as ${name}`, ' rename(', ')')}`;
    case 'literal':
      return expression.kind === 'string' ? `'${expression.value}'` : (expression.value ?? 'null');
    case 'parameter':
      return `$${expression.number}`;
    case 'call':
      return [
        `${expression.name.join('.')}(${expression.distinct ? 'distinct ' : ''}${expression.star ? '*' : ''}${list(expression.arguments, expressionText)}${expression.withinGroup ? '' : list(expression.orderBy, orderText, ' order ')})`,
        expression.withinGroup ? ` within(${list(expression.orderBy, orderText)})` : '',
        expression.filter ? ` filter(${expressionText(expression.filter)})` : '',
        expression.over ? ` over(${windowText(expression.over)})` : '',
      ].join('');
    case 'operation':
      return `[${expression.operator}](${list(expression.operands, expressionText)})`;
    case 'cast':
      return `${expressionText(expression.operand)}::${expression.target}`;
    case 'case':
      return `case(${expression.operand ? `${expressionText(expression.operand)}: ` : ''}${expression.branches.map(({ when, then }) => `${expressionText(when)} -> ${expressionText(then)}`).join('; ')}${expression.otherwise ? ` else ${expressionText(expression.otherwise)}` : ''})`;
    case 'subquery':
      return `${expression.kind}(${expression.operand ? `${expressionText(expression.operand)} ` : ''}${expression.operator ? `${expression.operator} ` : ''}{${queryText(expression.query)}})`;
    case 'composite':
      return `${expression.kind}<${list(expression.elements, expressionText)}>${expression.field === null ? '' : `.${expression.field}`}`;
    case 'lambda':
      return `(${expression.parameters.join(', ')} => ${expressionText(expression.body)})`;
    case 'opaque':
      return `?${expression.what}(${list(expression.parts, expressionText)})`;
  }
}

/** A tree without the places of its nodes. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'span').map(([key, inner]) => [key, withoutSpans(inner)]));
}
