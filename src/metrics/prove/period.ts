import type { Expression } from '../../model/syntax-tree.js';
import { isNumber, keyOf, operation } from './expression.js';

const MONTHS: Record<string, number> = { quarter: 3, month: 1 };

/** `year = 2024 AND quarter = 2` of one time is that quarter. */
export function wholePeriods(where: readonly Expression[]): Expression[] {
  for (const year of where) {
    const start = yearOf(year);
    if (start === null) continue;
    for (const part of where) {
      const found = partOf(part, start.time);
      if (found === null) continue;
      const month = String(found.number * found.months - found.months + 1).padStart(2, '0');
      const truncation = { ...start.truncation, arguments: [{ ...start.unit, value: found.unit }, start.time] };
      const period = operation('=', truncation, { ...start.literal, value: `${start.year}-${month}-01` });
      return [...where.filter((condition) => condition !== year && condition !== part), period];
    }
  }
  return [...where];
}

type Literal = Extract<Expression, { type: 'literal' }>;

/** `date_trunc('year', time) = '2024-01-01'`. */
function yearOf(condition: Expression): { truncation: Extract<Expression, { type: 'call' }>; unit: Literal; time: Expression; literal: Literal; year: string } | null {
  if (condition.type !== 'operation' || condition.operator !== '=') return null;
  const [truncation, literal] = condition.operands;
  if (truncation?.type !== 'call' || truncation.name[0] !== 'date_trunc' || truncation.arguments.length !== 2 || literal?.type !== 'literal') return null;
  const [unit, time] = truncation.arguments;
  const [, year] = /^(\d{4})-01-01$/.exec(literal.value ?? '') ?? [];
  return unit?.type === 'literal' && unit.value === 'year' && time !== undefined && year !== undefined ? { truncation, unit, time, literal, year } : null;
}

/** `extract(quarter from time) = 2`, of a month or quarter that there is. */
function partOf(condition: Expression, time: Expression): { unit: string; months: number; number: number } | null {
  if (condition.type !== 'operation' || condition.operator !== '=') return null;
  const [part, value] = condition.operands;
  if (part?.type !== 'call' || part.name[0] !== 'extract' || part.arguments.length !== 2 || value?.type !== 'literal') return null;
  const [unit, of] = part.arguments;
  const months = unit?.type === 'literal' ? MONTHS[unit.value ?? ''] : undefined;
  if (unit?.type !== 'literal' || months === undefined || of === undefined || keyOf(of) !== keyOf(time)) return null;
  const wanted = Number(value.value);
  return Number.isInteger(wanted) && wanted >= 1 && wanted <= 12 / months && isNumber(value, wanted) ? { unit: unit.value ?? '', months, number: wanted } : null;
}
