import type { Catalog } from '../../model/catalog.js';
import type { Expression } from '../../model/syntax-tree.js';
import type { DialectId } from '../../sql/dialect.js';
import { walkStatement } from '../../sql/walk.js';
import type { Definition } from '../definition.js';
import { type DialectRules, rulesOf } from './dialect-rules.js';

type Semantics = Pick<DialectRules, 'integerQuotient' | 'zeroDivisor' | 'textEquality' | 'nullOrder'>;

/** PostgreSQL 18: "Mathematical Functions", "Sorting Rows". */
const POSTGRES: Semantics = { integerQuotient: 'whole', zeroDivisor: 'error', textEquality: 'bytes', nullOrder: 'greatest' };

/** What a dialect makes of what dialects differ in; null where it is not known. */
export function semanticsOf(dialect: DialectId): Semantics | null {
  return dialect === 'postgres' ? POSTGRES : rulesOf(dialect);
}

interface Traits {
  dividesIntegers: boolean;
  dividesUnguarded: boolean;
  comparesText: boolean;
  ordersAndLimits: boolean;
  cutsTime: boolean;
}

/**
 * Why two definitions mean different things only because of where they run: on different engines, or in sessions of different time
 * zones. Null where what they use is the same on both. Only what both texts use is told.
 *
 * @param catalog where it is known, columns are looked up in it; otherwise only what is surely of a type counts
 */
export function dialectDifference(definitionA: Definition, definitionB: Definition, dialectA: DialectId, dialectB: DialectId, catalog: Catalog | null = null): string | null {
  const types = new Map((catalog?.relations ?? []).flatMap(({ columns }) => columns.map(({ name, type }) => [name.toLowerCase(), type.toLowerCase()] as const)));
  const [a, b] = [traitsOf(definitionA, types), traitsOf(definitionB, types)];
  const found: string[] = [];
  const [one, other] = [semanticsOf(dialectA), semanticsOf(dialectB)];
  if (one !== null && other !== null && dialectA !== dialectB) {
    const fraction = one.integerQuotient === 'fraction' ? dialectA : dialectB;
    if (a.dividesIntegers && b.dividesIntegers && one.integerQuotient !== other.integerQuotient) found.push(`a quotient of integers keeps its fraction in ${fraction} and loses it in ${fraction === dialectA ? dialectB : dialectA}`);
    if (a.dividesUnguarded && b.dividesUnguarded && one.zeroDivisor !== other.zeroDivisor) found.push(`a quotient by zero ${BY_ZERO[one.zeroDivisor]} in ${dialectA} and ${BY_ZERO[other.zeroDivisor]} in ${dialectB}`);
    const blind = one.textEquality === 'collation' ? dialectA : dialectB;
    if (a.comparesText && b.comparesText && one.textEquality !== other.textEquality) found.push(`texts that differ in case or in blanks at the end may be equal in ${blind} and are not in ${blind === dialectA ? dialectB : dialectA}`);
    if (a.ordersAndLimits && b.ordersAndLimits && sortsOtherwise(one, other)) found.push(`the first rows of an order have NULL in another place in ${dialectA} than in ${dialectB}`);
  }
  const [zoneA, zoneB] = [definitionA.timeZone ?? 'UTC', definitionB.timeZone ?? 'UTC'];
  if (zoneA !== zoneB && (a.cutsTime || b.cutsTime)) found.push(`a day or month of a time with zone begins at midnight of the session: ${zoneA} and ${zoneB}`);
  return found.length === 0 ? null : found.join('; ');
}

function sortsOtherwise({ nullOrder: one }: Semantics, { nullOrder: other }: Semantics): boolean {
  return one !== other && one !== 'setting' && other !== 'setting';
}

const BY_ZERO = { error: 'fails', null: 'is NULL', infinity: 'is infinity' } as const;

function traitsOf({ statement }: Definition, types: ReadonlyMap<string, string>): Traits {
  const traits: Traits = { dividesIntegers: false, dividesUnguarded: false, comparesText: false, ordersAndLimits: false, cutsTime: false };
  walkStatement(statement, {
    query: (query) => {
      if (query.limit !== null && query.orderBy.some(({ nulls }) => nulls === undefined)) traits.ordersAndLimits = true;
    },
    expression: (expression) => see(expression, types, traits),
  });
  return traits;
}

function see(expression: Expression, types: ReadonlyMap<string, string>, traits: Traits): void {
  const zoned = (part: Expression | undefined): boolean => part?.type === 'column' && /with time zone|timestamptz|timestamp_ltz/.test(types.get(part.parts.at(-1)?.toLowerCase() ?? '') ?? '');
  if (expression.type === 'call' && /trunc$|^(?:extract|date_part|year|month|day|hour)$/.test(expression.name.at(-1) ?? '') && expression.arguments.some(zoned)) traits.cutsTime = true;
  if (expression.type === 'cast' && expression.target === 'date' && zoned(expression.operand)) traits.cutsTime = true;
  if (expression.type !== 'operation') return;
  const { operator, operands } = expression;
  const [over, under] = operands;
  if (operator === '/' && over && under) {
    if (isInteger(over, types) && isInteger(under, types)) traits.dividesIntegers = true;
    const guarded = (under.type === 'literal' && Number(under.value) !== 0) || (under.type === 'operation' && under.operator === 'nullif') || (under.type === 'call' && under.name.at(-1) === 'nullif');
    if (!guarded) traits.dividesUnguarded = true;
  }
  const texts = operands.filter((operand) => operand.type === 'literal' && operand.kind === 'string' && /[a-z]/i.test(operand.value ?? ''));
  const ofText = operands.some((operand) => operand.type === 'column' && /^(?:text|n?varchar|char|string|citext)/.test(types.get(operand.parts.at(-1)?.toLowerCase() ?? 'text') ?? 'text'));
  if (['=', '<>', 'in', 'not_in', 'like', 'not_like'].includes(operator) && texts.length > 0 && ofText) traits.comparesText = true;
}

function isInteger(expression: Expression, types: ReadonlyMap<string, string>): boolean {
  switch (expression.type) {
    case 'literal':
      return expression.kind === 'number' && /^\d+$/.test(expression.value ?? '');
    case 'column':
      return /^(?:u?(?:big|small|tiny|huge)?int|integer)/.test(types.get(expression.parts.at(-1)?.toLowerCase() ?? '') ?? '');
    case 'call':
      return (expression.name.at(-1) ?? '').startsWith('count') || (['sum', 'min', 'max', 'nullif', 'coalesce'].includes(expression.name.at(-1) ?? '') && expression.arguments.length > 0 && expression.arguments.every((part) => isInteger(part, types)));
    case 'operation':
      return ['+', '-', '*', 'nullif', 'coalesce'].includes(expression.operator) && expression.operands.every((operand) => isInteger(operand, types));
    case 'case':
      return [...expression.branches.map(({ then }) => then), ...(expression.otherwise === null ? [] : [expression.otherwise])].every((part) => isInteger(part, types) || (part.type === 'literal' && part.kind === 'null'));
    default:
      return false;
  }
}
