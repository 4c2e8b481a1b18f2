import type { Assignment, CommonTable, Expression, FromItem, GroupItem, OrderItem, Projection, Query, Select, SqlStatement, TableReference, Window } from '../../../src/model/syntax-tree.js';

/** A tree as one readable line: operators before their operands, kinds of joins and sub-queries spelled out. */
export function renderStatement(statement: SqlStatement): string {
  switch (statement.type) {
    case 'query_statement':
      return (statement.form === 'cursor' ? 'cursor ' : '') + renderQuery(statement.query);
    case 'insert': {
      const columns = statement.columns.length > 0 ? `(${statement.columns.join(', ')})` : '';
      const conflict = statement.conflict ? ` on conflict ${sets(statement.conflict.assignments)}${clause(' where ', statement.conflict.where)}` : '';
      return `${ctes(statement.ctes)}insert ${table(statement.target)}${columns} ${statement.source ? renderQuery(statement.source) : 'defaults'}${conflict}${returning(statement.returning)}`;
    }
    case 'update':
      return `${ctes(statement.ctes)}update ${table(statement.target)} set ${sets(statement.assignments)}${from(statement.from)}${clause(' where ', statement.where)}${returning(statement.returning)}`;
    case 'delete':
      return `${ctes(statement.ctes)}delete ${table(statement.target)}${from(statement.from)}${clause(' where ', statement.where)}${returning(statement.returning)}`;
    case 'merge': {
      const clauses = statement.clauses.map(({ condition, action, assignments }) => ` | ${action}${clause(' if ', condition)}${assignments.length > 0 ? ` ${sets(assignments)}` : ''}`);
      return `${ctes(statement.ctes)}merge ${table(statement.target)} using ${renderFrom(statement.source)} on ${render(statement.condition)}${clauses.join('')}${returning(statement.returning)}`;
    }
    case 'create':
      return `create ${statement.object} ${table(statement.target)}${statement.columns.length > 0 ? `(${statement.columns.join(', ')})` : ''} as ${renderQuery(statement.query)}`;
    case 'table_definition': {
      const columns = statement.columns.map(({ name, dataType, nullable }) => `${name} ${dataType}${nullable ? '' : ' not null'}`);
      const keys = statement.keys.map(({ kind, columns: named }) => `${kind}(${named.join(', ')})`);
      return `table ${table(statement.target)} (${[...columns, ...keys].join(', ')})`;
    }
    case 'copy':
      return `copy ${statement.direction} ${statement.table ? table(statement.table) : ''}${statement.columns.length > 0 ? `(${statement.columns.join(', ')})` : ''}${statement.query ? renderQuery(statement.query) : ''}`;
    case 'utility':
      return `utility ${statement.verb}${statement.relations.map((relation) => ` ${table(relation)}`).join('')}${statement.inner ? ` { ${renderStatement(statement.inner)} }` : ''}`;
  }
}

function sets(assignments: readonly Assignment[]): string {
  return assignments.map(({ column, value, ordinal }) => `${column}${ordinal === null ? '' : `#${ordinal}`}=${render(value)}`).join(', ');
}

function returning(projections: readonly Projection[]): string {
  return projections.length > 0 ? ` returning ${projections.map(shown).join(', ')}` : '';
}

function clause(word: string, expression: Expression | null): string {
  return expression ? word + render(expression) : '';
}

function from(items: readonly FromItem[]): string {
  return items.length > 0 ? ` from ${items.map(renderFrom).join(', ')}` : '';
}

function ctes(tables: readonly CommonTable[], recursive = false): string {
  if (tables.length === 0) return '';
  const named = tables.map(({ name, columns, statement }) => `${name}${columns.length > 0 ? `(${columns.join(', ')})` : ''} as (${renderStatement(statement)})`);
  return `with ${recursive ? 'recursive ' : ''}${named.join(', ')} `;
}

export function renderQuery(query: Query): string {
  const { body } = query;
  const order = query.orderBy.length > 0 ? ` order by ${query.orderBy.map(ordered).join(', ')}` : '';
  const locks = query.locks.map(({ strength, skipLocked }) => ` lock ${strength}${skipLocked ? ' skip' : ''}`).join('');
  const inner =
    body.type === 'select'
      ? renderSelect(body)
      : body.type === 'values'
        ? `values ${body.rows.map((row) => `(${row.map(render).join(', ')})`).join(', ')}`
        : `{${renderQuery(body.left)}} ${body.operator}${body.all ? ' all' : ''}${body.byName ? ' by name' : ''} {${renderQuery(body.right)}}`;
  return `${ctes(query.ctes, query.recursive)}${inner}${order}${clause(' limit ', query.limit)}${clause(' offset ', query.offset)}${locks}`;
}

function renderSelect(select: Select): string {
  const distinct = select.distinct === null ? '' : select.distinct === 'all' ? 'distinct ' : `distinct on (${select.distinct.map(render).join(', ')}) `;
  const groups = select.groupBy.length > 0 ? ` group by ${select.groupBy.map(group).join(', ')}` : '';
  const windows = select.windows.map(({ name, window }) => ` window ${name} as ${over(window)}`).join('');
  return `select ${distinct}${select.projections.map(shown).join(', ')}${from(select.from)}${clause(' where ', select.where)}${groups}${clause(' having ', select.having)}${clause(' qualify ', select.qualify)}${windows}`;
}

function shown({ expression, alias }: Projection): string {
  return render(expression) + (alias === null ? '' : ` as ${alias}`);
}

function ordered({ expression, descending }: OrderItem): string {
  return render(expression) + (descending ? ' desc' : '');
}

function group(item: GroupItem): string {
  if (item.type === 'expression') return render(item.expression);
  return item.type === 'all' ? 'all' : `${item.kind}[${item.items.map(group).join(', ')}]`;
}

function over(window: Window): string {
  const parts = [
    ...(window.reference === null ? [] : [window.reference]),
    ...(window.partitionBy.length > 0 ? [`by ${window.partitionBy.map(render).join(', ')}`] : []),
    ...(window.orderBy.length > 0 ? [`order ${window.orderBy.map(ordered).join(', ')}`] : []),
  ];
  return `(${parts.join(' ')})`;
}

function named(alias: string | null, columns: readonly string[]): string {
  return `${alias === null ? '' : ` as ${alias}`}${columns.length > 0 ? `(${columns.join(', ')})` : ''}`;
}

function table({ catalog, schema, name, alias, columnAliases, only }: TableReference): string {
  return (only ? 'only ' : '') + [catalog, schema, name].filter((part) => part !== null).join('.') + named(alias, columnAliases);
}

export function renderFrom(item: FromItem): string {
  switch (item.type) {
    case 'table':
      return table(item);
    case 'derived':
      return `${item.lateral ? 'lateral ' : ''}(${renderQuery(item.query)})${named(item.alias, item.columnAliases)}`;
    case 'function':
      return `fn ${item.functions.map(({ call }) => render(call)).join(', ')}${item.ordinality ? ' with ordinality' : ''}${named(item.alias, item.columnAliases)}`;
    case 'opaque_table':
      return `${item.what}[${item.source ? `${renderFrom(item.source)}; ` : ''}${item.inputs.map(render).join(', ')} -> ${item.columns.join(', ')}]${named(item.alias, [])}`;
    case 'join': {
      const using = item.using.length > 0 ? ` using (${item.using.join(', ')})` : '';
      return `(${renderFrom(item.left)} ${item.natural ? 'natural ' : ''}${item.kind} ${renderFrom(item.right)}${clause(' on ', item.on)}${using})${named(item.alias, item.columnAliases)}`;
    }
  }
}

export function render(expression: Expression): string {
  switch (expression.type) {
    case 'column':
      return expression.parts.join('.');
    case 'star': {
      const except = expression.except.length > 0 ? ` except (${expression.except.join(', ')})` : '';
      const replace = expression.replace.length > 0 ? ` replace (${expression.replace.map(shown).join(', ')})` : '';
      const rename = expression.rename.length > 0 ? ` rename (${expression.rename.map(({ column, name }) => `${column} as ${name}`).join(', ')})` : '';
      return `${[...expression.qualifier, '*'].join('.')}${except}${replace}${rename}`;
    }
    case 'literal':
      return expression.kind === 'string' ? `'${expression.value ?? ''}'` : expression.kind === 'bits' ? `bits:${expression.value ?? ''}` : (expression.value ?? 'null');
    case 'parameter':
      return `$${expression.number}`;
    case 'call':
      return renderCall(expression);
    case 'operation':
      return `(${[expression.operator, ...expression.operands.map(render)].join(' ')})`;
    case 'cast':
      return `${render(expression.operand)}::${expression.target}`;
    case 'case': {
      const branches = expression.branches.map((branch) => ` when ${render(branch.when)} then ${render(branch.then)}`).join('');
      return `case${clause(' ', expression.operand)}${branches}${clause(' else ', expression.otherwise)} end`;
    }
    case 'subquery': {
      const operand = expression.operand ? `${render(expression.operand)} ${expression.operator ?? ''}`.trimEnd() : '';
      return `${expression.kind}[${operand === '' ? '' : `${operand} `}${renderQuery(expression.query)}]`;
    }
    case 'composite': {
      const [base, ...rest] = expression.elements.map(render);
      if (expression.kind === 'field') return `(${base ?? ''}).${expression.field ?? ''}`;
      if (expression.kind === 'subscript') return `${base ?? ''}[${rest.join(':')}]`;
      return `${expression.kind}{${expression.elements.map(render).join(', ')}}`;
    }
    case 'lambda':
      return `(${expression.parameters.join(', ')} -> ${render(expression.body)})`;
    case 'opaque':
      return `opaque:${expression.what}{${expression.parts.map(render).join(', ')}}`;
  }
}

function renderCall(call: Extract<Expression, { type: 'call' }>): string {
  const inside = call.star ? '*' : `${call.distinct ? 'distinct ' : ''}${call.arguments.map(render).join(', ')}`;
  const order = call.orderBy.length > 0 ? `${call.withinGroup ? ' within group' : ''} order by ${call.orderBy.map(ordered).join(', ')}` : '';
  return `${call.name.join('.')}(${inside}${order})${clause(' filter ', call.filter)}${call.over ? ` over ${over(call.over)}` : ''}`;
}
