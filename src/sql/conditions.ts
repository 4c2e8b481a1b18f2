import type { Expression, Query } from '../model/syntax-tree.js';
import { type Block, child, emptyBlock, tableOf, withoutPlace } from './block.js';
import { type Flows, constantFlow, placesOf } from './flow.js';
import type { Lineage } from './lineage.js';
import type { ConditionRole } from './resolution.js';
import { Scope } from './scope.js';
import { walkExpression } from './walk.js';

/** Notes one condition that must hold: the columns that it uses, and to what it narrows the tables. */
export function bindCondition(part: Expression, role: ConditionRole, scope: Scope, lineage: Lineage, block: Block): void {
  if (part.type === 'operation' && EQUALITIES.has(part.operator)) return bindComparison(part.operator, part.operands, role, scope, lineage, block);
  if (part.type === 'operation' && part.operator === 'is_not_distinct') noteLikened(part.operands.map((side): Expression => (side.type === 'column' ? { type: 'cast', operand: side, target: '', span: side.span } : side)), scope, lineage, block);
  if (part.type === 'operation' && part.operator === 'or') return bindAlternatives(part.operands, role, scope, lineage, block);
  if (part.type === 'subquery' && part.kind === 'in' && part.operand) {
    const left = pieces(part.operand).map((piece) => lineage.flows(piece, scope, block));
    const right = lineage.query(part.query, scope, child(block)).map((slot) => slot.flows);
    for (const flows of [...left, ...right]) lineage.use(flows, 'condition', role);
    left.forEach((flows, position) => equate(flows, right[position] ?? NOTHING, block));
    return;
  }
  if (part.type === 'subquery' && part.kind === 'exists') {
    lineage.query(part.query, scope, child(block, 'semijoin'));
    return;
  }
  lineage.use(lineage.flows(part, scope, block), 'condition', role);
}

const EQUALITIES = new Set(['=', 'in', '= any']);
const NOTHING: Flows = new Map();

function bindComparison(operator: string, operands: readonly Expression[], role: ConditionRole, scope: Scope, lineage: Lineage, block: Block): void {
  const [first, ...rest] = operands;
  if (!first) return;
  noteLikened(operands, scope, lineage, block);
  const left = compared(first, scope, lineage, block);
  const others = rest.map((other) => compared(other, scope, lineage, block));
  for (const { shown } of [...left, ...others.flat()]) lineage.use(shown, 'condition', role);
  const isRow = others.every((other) => other.length === left.length);
  const list = others.length !== 1 || operator === '= any';
  left.forEach(({ flows }, position) => {
    const values = others.map((other) => (isRow ? (other[position]?.flows ?? NOTHING) : UNKNOWN));
    // A list narrows only when every member is a constant; so does an array, whose members nobody sees.
    if (!list) equate(flows, values[0] ?? NOTHING, block);
    else if (values.every((value) => value.size === 0)) equate(flows, NOTHING, block);
  });
}

/** Functions of which no two values that people tell apart have the same. */
const KEEPS_APART = new Set(['lower', 'upper', 'trim', 'btrim']);

function noteLikened(operands: readonly Expression[], scope: Scope, lineage: Lineage, block: Block): void {
  operands.forEach((side, position) => {
    const inner = side.type === 'cast' ? side.operand : side.type === 'call' && KEEPS_APART.has(side.name.at(-1) ?? '') ? side.arguments[0] : undefined;
    if (inner?.type !== 'column' || operands.some((other, at) => at !== position && !isValue(other))) return;
    for (const place of columnPlaces(lineage.expressions.quietly(inner, scope))) {
      (side.type === 'call' || (side.type === 'cast' && changesType(place, side.target, lineage)) ? block.likenedByCall : block.likened).add(place);
    }
  });
}

/** Texts of any length are one type to an index (binary-coercible, pg_cast). */
const TEXTS = /^(?:(?:pg_catalog\.)?"?(?:text|varchar|character varying|name|citext|string))(?:"?\(|"?$)/i;

/** Whether an index on a column cannot serve a comparison of what it is cast to: only the same type, or one text as another, keeps it. */
function changesType(place: string, target: string, { context: { index } }: Lineage): boolean {
  const key = withoutPlace(tableOf(place));
  const name = withoutPlace(place).slice(key.length + 1);
  const type = index.get(key)?.columns.find((column) => index.fold(column.name) === name)?.type;
  // Where no catalogue tells the type, only what certainly is another one counts.
  if (target === '' || type === undefined) return false;
  return plainType(type) !== plainType(target) && !(TEXTS.test(type) && TEXTS.test(target));
}

/** Without length, precision and the name of the schema; short names written out. */
function plainType(type: string): string {
  const plain = type.toLowerCase().replace(/\([^)]*\)/g, '').replace(/^pg_catalog\./, '').replace(/"/g, '').replace(/\s+/g, ' ').trim();
  return SHORT_NAMES[plain] ?? plain;
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  int: 'integer', int4: 'integer', int8: 'bigint', int2: 'smallint', serial: 'integer', bigserial: 'bigint', decimal: 'numeric', bool: 'boolean',
  timestamptz: 'timestamp with time zone', timestamp: 'timestamp without time zone', float8: 'double precision', float4: 'real', bpchar: 'character', char: 'character',
};

/** No column is in it. */
function isValue(expression: Expression): boolean {
  let found = true;
  walkExpression(expression, {
    query: () => false,
    expression: (inner) => {
      if (inner.type === 'column' || inner.type === 'subquery') found = false;
      return found;
    },
  });
  return found;
}

/** Flows that are neither a constant nor a column. */
const UNKNOWN: Flows = new Map([['', constantFlow()]]);

/** The parts of one side of a comparison. `flows` are empty for what is one value during the whole statement. */
function compared(side: Expression, scope: Scope, lineage: Lineage, block: Block): { shown: Flows; flows: Flows }[] {
  return pieces(side).map((piece) => {
    if (piece.type !== 'subquery' || piece.kind !== 'scalar') {
      const shown = lineage.flows(piece, scope, block);
      if (piece.type === 'cast' && piece.operand.type === 'column' && columnPlaces(shown).some((place) => changesType(place, piece.target, lineage))) return { shown, flows: UNKNOWN };
      // Nobody knows whose column it is: it is no constant, and may be that of each.
      return { shown, flows: shown.size > 0 ? shown : (lineage.expressions.candidates(piece, scope) ?? shown) };
    }
    const boundary = new Scope(scope);
    const shown = lineage.flows(piece, boundary, block);
    return { shown, flows: boundary.crossed ? UNKNOWN : NOTHING };
  });
}

function pieces(expression: Expression): Expression[] {
  return expression.type === 'composite' && expression.kind === 'row' ? expression.elements : [expression];
}

/** OR narrows a column only when each alternative does. */
function bindAlternatives(alternatives: readonly Expression[], role: ConditionRole, scope: Scope, lineage: Lineage, block: Block): void {
  const parts = alternatives.map((alternative) => {
    const own = emptyBlock();
    lineage.condition(alternative, role, scope, own);
    // What stands in one alternative says nothing of the others, nor of what is read outside.
    for (const inner of own.children) block.children.push(inner.role === null ? inner : { ...inner, role: null });
    return own.bindings;
  });
  const [first, ...others] = parts;
  if (parts.every((bindings) => bindings.size > 0)) block.either.push(parts);
  for (const column of first ?? []) if (others.every((bindings) => bindings.has(column))) block.bindings.add(column);
}

/** Records that a column equals a constant or another column. Only columns that nothing was done to can use an index. */
function equate(left: Flows, right: Flows, block: Block): void {
  const [columns, others] = [columnPlaces(left), columnPlaces(right)];
  if (right.size === 0) for (const column of columns) block.bindings.add(column);
  if (left.size === 0) for (const column of others) block.bindings.add(column);
  for (const column of columns) for (const other of others) block.equalities.push([column, other]);
}

/** A star over a relation whose columns are not known is none of them. */
function columnPlaces(flows: Flows): string[] {
  return placesOf(flows).filter((place) => !place.includes('.*@'));
}

/** The columns of a SELECT by which a condition on its outputs may narrow what it reads; null for all (PostgreSQL 18, allpaths.c). */
export function pushableColumns(query: Query, flowsOf: (expression: Expression) => Flows): Set<string> | null {
  const { body } = query;
  if (body.type !== 'select') return null;
  if (query.limit || query.offset || body.groupBy.some((item) => item.type === 'sets')) return new Set();
  const places = (expressions: readonly Expression[]): Set<string> => new Set(expressions.flatMap((expression) => placesOf(flowsOf(expression))));
  const sets: Set<string>[] = Array.isArray(body.distinct) ? [places(body.distinct)] : [];
  for (const { expression } of body.projections) {
    walkExpression(expression, {
      query: () => false,
      expression: (inner) => {
        if (inner.type !== 'call' || !inner.over) return;
        const named = body.windows.find(({ name }) => name === inner.over?.reference)?.window;
        sets.push(places([...inner.over.partitionBy, ...(named?.partitionBy ?? [])]));
      },
    });
  }
  const [first, ...others] = sets;
  return first ? new Set([...first].filter((column) => others.every((set) => set.has(column)))) : null;
}
