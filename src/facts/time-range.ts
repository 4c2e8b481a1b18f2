import type { Expression, SqlStatement } from '../model/syntax-tree.js';
import { children, walkStatement } from '../sql/walk.js';

export interface TimeRange {
  /** The column as the text names it. */
  column: string;
  /** The width where literals tell it; null for parameters and open ends. */
  days: number | null;
}

const COMPARISONS = new Set(['>', '>=', '<', '<=', 'between']);

/** The first time range in a statement's conditions: a column compared with a moment, or with now minus an interval. */
export function timeRangeOf(statement: SqlStatement): TimeRange | null {
  let found: TimeRange | null = null;
  walkStatement(statement, {
    expression: (expression) => {
      if (found || expression.type !== 'operation' || !COMPARISONS.has(expression.operator)) return;
      const [left, ...others] = expression.operands;
      const column = left?.type === 'column' ? left : others.find((other) => other.type === 'column');
      const moments = expression.operands.filter((operand) => operand !== column);
      if (column?.type !== 'column' || !moments.some(isMoment)) return;
      found = { column: column.parts.at(-1) ?? '', days: daysOf(moments) };
    },
  });
  return found;
}

/** Something that reads as a moment: a date literal, now(), a cast to a date or time type, arithmetic over these. */
function isMoment(expression: Expression): boolean {
  switch (expression.type) {
    case 'literal':
      return expression.kind === 'string' && /^\d{4}-\d{2}-\d{2}/.test(expression.value ?? '');
    case 'cast':
      return /^(date|timestamp)/.test(expression.target) || isMoment(expression.operand);
    case 'call':
      return ['now', 'current_timestamp', 'current_date', 'localtimestamp', 'clock_timestamp', 'statement_timestamp', 'to_timestamp'].includes(expression.name.at(-1) ?? '') || expression.arguments.some(isMoment);
    default:
      return children(expression).some(isMoment);
  }
}

function daysOf(moments: readonly Expression[]): number | null {
  const [from, to] = moments.map((moment) => dateOf(moment));
  if (from !== undefined && from !== null && to !== undefined && to !== null) return Math.abs(to - from) / 86_400_000;
  for (const moment of moments) {
    const days = intervalDays(moment);
    if (days !== null) return days;
  }
  return null;
}

function dateOf(expression: Expression): number | null {
  if (expression.type === 'cast') return dateOf(expression.operand);
  if (expression.type !== 'literal' || expression.kind !== 'string') return null;
  const time = Date.parse(expression.value ?? '');
  return Number.isNaN(time) ? null : time;
}

const UNIT_DAYS: Record<string, number> = { minute: 1 / 1440, hour: 1 / 24, day: 1, week: 7, mon: 30.4, month: 30.4, year: 365.25 };

function intervalDays(expression: Expression): number | null {
  if (expression.type === 'cast' && expression.target.startsWith('interval') && expression.operand.type === 'literal') {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*$/i.exec(expression.operand.value ?? '');
    const unit = UNIT_DAYS[match?.[2]?.toLowerCase() ?? ''];
    return match && unit !== undefined ? Number(match[1]) * unit : null;
  }
  for (const child of children(expression)) {
    const days = intervalDays(child);
    if (days !== null) return days;
  }
  return null;
}
