import type { Expression } from '../../../model/syntax-tree.js';
import { call, composite, literal, opaque } from './build.js';
import { type Context, expressions, isDialect, optional } from './context.js';
import { dotted, ident, isQuoted, isWord, simpleName } from './names.js';
import { flag, items, list, member, text, variant } from './node.js';
import { isValueFunction } from './operators.js';

/** A name that stands alone: mostly a column. */
export function lowerIdentifier(node: unknown, at: Context): Expression {
  const span = at.positions.of(node);
  const value = text(member(node, 'value')) ?? '';
  if (!isQuoted(node)) {
    // Hive's numbers with a suffix of their size.
    if (isDialect(at, 'hive', 'spark', 'databricks') && /^\d+(l|s|y|d|f|bd)$/i.test(value)) return literal('number', value.replace(/\D+$/, ''), span);
    if (value.startsWith('@')) return { type: 'parameter', number: at.parameter(value), span };
    const word = value.toLowerCase();
    if (word === 'default') return literal('null', null, span);
    if (isValueFunction(word, at.dialect.id)) return call([word], [], span);
  }
  return column([node], at);
}

export function lowerDottedName(content: unknown, at: Context): Expression {
  const parts = items(content);
  const { insertedRow } = at;
  // MySQL's VALUES (…) AS new is what the tree calls `excluded`.
  if (insertedRow !== null && parts.length === 2 && ident(parts[0], at) === insertedRow) {
    return { type: 'column', parts: ['excluded', ident(parts[1], at)], span: dotted(parts, at).span };
  }
  return column(parts, at);
}

function column(identifiers: readonly unknown[], at: Context): Expression {
  const { parts, span } = dotted(identifiers, at);
  // BigQuery lets a relation's whole name stand in one pair of backticks before the column.
  const whole = isDialect(at, 'bigquery') && parts.length > 1 ? parts.flatMap((part, index) => (index < parts.length - 1 ? part.split('.') : [part])) : parts;
  return { type: 'column', parts: whole, span };
}

/** `a.b[1].c`, `f(x).field`, `(row).field`: a chain of steps from some expression. */
export function lowerAccess(content: unknown, at: Context): Expression {
  const root = variant(member(content, 'root'));
  const steps = [...list(content, 'access_chain')];
  let current: Expression;
  if (root.tag === 'Identifier' || root.tag === 'CompoundIdentifier') {
    const names = root.tag === 'Identifier' ? [root.content] : [...items(root.content)];
    // Names after points are one column reference up to the first subscript.
    for (let name = nextName(steps[0]); name !== undefined; name = nextName(steps[0])) {
      names.push(name);
      steps.shift();
    }
    current = names.length === 1 ? lowerIdentifier(names[0], at) : lowerDottedName(names, at);
  } else {
    current = at.expression(member(content, 'root'));
  }
  for (const step of steps) current = lowerStep(current, step, at);
  return current;
}

function nextName(step: unknown): unknown {
  const { tag, content } = variant(step);
  if (tag !== 'Dot') return undefined;
  const name = variant(content);
  return name.tag === 'Identifier' ? name.content : undefined;
}

function lowerStep(base: Expression, step: unknown, at: Context): Expression {
  const name = nextName(step);
  if (name !== undefined) return composite('field', [base], ident(name, at));
  const { tag, content } = variant(step);
  if (tag === 'Subscript') return lowerSubscript(base, content, at);
  const inner = at.expression(content);
  // A method of T-SQL or of a DuckDB chain: what stands before the point is its first argument.
  if (inner.type === 'call') return { ...inner, arguments: [base, ...inner.arguments] };
  return opaque('CompoundFieldAccess', [base, inner]);
}

function lowerSubscript(base: Expression, subscript: unknown, at: Context): Expression {
  const { tag, content } = variant(subscript);
  const names = tag === 'Index' ? ['index'] : ['lower_bound', 'upper_bound', 'stride'];
  const bounds = names.flatMap((name) => optional(member(content, name), at) ?? []);
  // BigQuery's OFFSET(n) and ORDINAL(n) only say where counting starts.
  const plain = bounds.map((bound) => (bound.type === 'call' && SUBSCRIPT_KINDS.has(bound.name.join('.')) ? (bound.arguments[0] ?? bound) : bound));
  return composite('subscript', [base, ...plain]);
}

const SUBSCRIPT_KINDS: ReadonlySet<string> = new Set(['offset', 'safe_offset', 'ordinal', 'safe_ordinal']);

/** `variant:path.field[0]`; keys of JSON keep their letters. */
export function lowerJsonAccess(content: unknown, at: Context): Expression {
  let current = at.expression(member(content, 'value'));
  for (const step of list(member(content, 'path'), 'path')) {
    const { tag, content: inner } = variant(step);
    if (tag === 'Dot') current = composite('field', [current], text(member(inner, 'key')) ?? '');
    else current = composite('subscript', [current, at.expression(member(inner, 'key'))]);
  }
  return current;
}

/** `*` and `relation.*` with what is left out, replaced and renamed. */
export function lowerStar(qualifier: unknown, options: unknown, at: Context): Expression {
  const { tag, content } = variant(qualifier);
  if (tag === 'Expr') return composite('field', [at.expression(content)], '*');
  const { parts, span } = dotted(items(content).map((part) => member(part, 'Identifier')), at);
  const own = at.positions.of({ span: member(member(options, 'wildcard_token'), 'span') });
  return {
    type: 'star',
    qualifier: parts,
    except: [...oneOrMany(member(options, 'opt_exclude')), ...excepted(member(options, 'opt_except'))].map((name) =>
      Array.isArray(name) ? simpleName(name, at) : ident(name, at),
    ),
    replace: list(member(options, 'opt_replace'), 'items').map((item) => {
      const expression = at.expression(member(item, 'expr'));
      return { expression, alias: ident(member(item, 'column_name'), at), span: expression.span };
    }),
    rename: oneOrMany(member(options, 'opt_rename')).map((item) => ({
      column: ident(member(item, 'ident'), at),
      name: ident(member(item, 'alias'), at),
    })),
    span: own.end > 0 ? { start: span.end > 0 ? span.start : own.start, end: own.end } : span,
  };
}

function oneOrMany(value: unknown): readonly unknown[] {
  const { tag, content } = variant(value);
  if (tag === 'Single') return [content];
  return tag === 'Multiple' ? items(content) : [];
}

function excepted(value: unknown): readonly unknown[] {
  const first = member(value, 'first_element');
  return first === undefined ? [] : [first, ...list(value, 'additional_elements')];
}

/** `{'a': 1}`, `STRUCT(1 AS a)`: a row whose members have names. */
export function named(name: string, value: Expression): Expression {
  return { type: 'operation', operator: `${name} =>`, operands: [value], span: value.span };
}

export function lowerStruct(content: unknown, at: Context): Expression {
  const fields = list(content, 'fields');
  const values = list(content, 'values').map((value, index) => {
    const inner = variant(value);
    if (inner.tag === 'Named') return named(ident(member(inner.content, 'name'), at), at.expression(member(inner.content, 'expr')));
    const field = member(fields[index], 'field_name');
    const expression = at.expression(value);
    return field === undefined ? expression : named(ident(field, at), expression);
  });
  return composite('row', values);
}

export function lowerDictionary(content: unknown, at: Context): Expression {
  // ClickHouse's `{region:String}` is a parameter with its type.
  const [only, more] = items(content);
  if (isDialect(at, 'clickhouse') && more === undefined) {
    const key = member(only, 'key');
    return { type: 'parameter', number: at.parameter(`{${text(member(key, 'value')) ?? ''}}`), span: at.positions.of(key) };
  }
  return composite('row', items(content).map((entry) => named(ident(member(entry, 'key'), at), at.expression(member(entry, 'value')))));
}

export function lowerMap(content: unknown, at: Context): Expression {
  return call(['map'], list(content, 'entries').flatMap((entry) => expressions([member(entry, 'key'), member(entry, 'value')], at)));
}

/** `x -> …`, `(x, y) -> …`, `lambda x: …`. */
export function lowerLambda(content: unknown, at: Context): Expression {
  const { tag, content: inner } = variant(member(content, 'params'));
  const names = tag === 'One' ? [inner] : items(inner);
  const parameters = names.map((parameter) => member(parameter, 'name'));
  const body = at.expression(member(content, 'body'));
  const [first] = parameters;
  if (isDialect(at, 'duckdb') && first !== undefined && parameters.length === 1 && member(content, 'syntax') === 'Arrow') {
    const read = readsJson(lowerIdentifier(first, at), body);
    if (read) return read;
  }
  return { type: 'lambda', parameters: parameters.map((parameter) => ident(parameter, at)), body, span: at.positions.around(content) };
}

/**
 * DuckDB's `document -> '$.path'` looks like a lambda to the parser. It is none where the body starts with a literal: the arrow
 * then belongs to that literal, the operators after it to the result.
 */
function readsJson(base: Expression, body: Expression): Expression | null {
  if (body.type === 'literal' && body.kind !== 'null') return { type: 'operation', operator: '->', operands: [base, body], span: { start: base.span.start, end: body.span.end } };
  if (body.type === 'cast') {
    const operand = readsJson(base, body.operand);
    return operand && { ...body, operand, span: operand.span };
  }
  const [first, ...rest] = body.type === 'operation' ? body.operands : [];
  const read = first ? readsJson(base, first) : null;
  if (!read || body.type !== 'operation') return null;
  return { ...body, operands: [read, ...rest], span: { start: base.span.start, end: body.span.end } };
}

/** `ARRAY<INT64>[1]`: the parser reads comparisons with a column `array`. */
export function misreadArray(content: unknown, at: Context): Expression | null {
  const left = variant(member(content, 'left'));
  const right = variant(member(content, 'right'));
  if (!isDialect(at, 'bigquery') || right.tag !== 'Array' || member(content, 'op') !== 'Gt' || left.tag !== 'BinaryOp') return null;
  const head = variant(member(left.content, 'left'));
  if (head.tag !== 'Identifier' || !isWord(head.content, 'array') || flag(right.content, 'named')) return null;
  return at.expression(member(content, 'right'));
}
