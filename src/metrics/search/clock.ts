import type { Definition } from '../definition.js';
import type { Expression } from '../../model/syntax-tree.js';
import { walkStatement } from '../../sql/walk.js';
import { DAY, momentText, readMoment } from './moments.js';
import type { Edit } from './splice.js';

/**
 * The instants at which definitions that ask for the time are evaluated: in the middle of a day on the day when clocks change
 * in Europe, which is the last of a quarter; and late on a leap day, which is the next day already east of Greenwich.
 */
export const INSTANTS = ['2024-03-31 10:30:00+00', '2024-02-29 23:30:00+00'] as const;

/**
 * The instants at which a search looks, the one that a replay will see first. A day later comes second: what differs at both does
 * not hang on the moment at which somebody looks.
 *
 * @param now with its offset; null where nobody says it
 */
export function instantsOf(now: string | null): string[] {
  const moment = now === null ? null : readMoment(now);
  return moment === null ? [...INSTANTS] : [momentText(moment.micros, true), momentText(moment.micros + DAY, true), ...INSTANTS];
}

type Form = 'instant' | 'date' | 'timestamp' | 'time' | 'timetz';

/** Functions that give the moment of the transaction. */
const CLOCKS: Record<string, Form> = {
  now: 'instant', current_timestamp: 'instant', transaction_timestamp: 'instant', statement_timestamp: 'instant', get_current_timestamp: 'instant',
  current_date: 'date', today: 'date', localtimestamp: 'timestamp', current_localtimestamp: 'timestamp', localtime: 'time', current_localtime: 'time',
  current_time: 'timetz', get_current_time: 'timetz',
};

/** What the standard writes without parentheses. */
const SPECIAL = /^(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b(?:\s*\(\s*\d*\s*\))?/i;
const CALL = /^(?:"?pg_catalog"?\s*\.\s*)?"?[a-z_]+"?\s*\(\s*\)/i;
const WORDS = new Set(['now', 'today', 'tomorrow', 'yesterday']);
const STRING = /^'[^']*'/;
const PRECEDED_BY_TYPE = /\b(?:date|timestamp|timestamptz|timestamp\s+with(?:out)?\s+time\s+zone|time|timetz)\s*$/i;

/** Whether an expression gives the moment of the transaction, and so something else at another moment. */
export function asksTheTime(expression: Expression): boolean {
  if (expression.type === 'call') return expression.arguments.every(({ type }) => type === 'literal') && clockOf(expression.name) !== null;
  return expression.type === 'cast' && expression.operand.type === 'literal' && isTimeWord(expression.operand.value, expression.target);
}

function clockOf(name: readonly string[]): Form | null {
  if (name.length > 1 && name[0] !== 'pg_catalog') return null;
  return CLOCKS[name.at(-1) ?? ''] ?? null;
}

function isTimeWord(value: string | null, target: string): boolean {
  return value !== null && WORDS.has(value.trim().toLowerCase()) && /^(date|time|timestamp)/i.test(target.replace(/^pg_catalog\./, ''));
}

export function usesClock(definition: Definition): boolean {
  let found = false;
  walkStatement(definition.statement, { expression: (expression) => void (found ||= asksTheTime(expression)) });
  return found;
}

/**
 * The changes to the text of a statement that make it see one instant as the present.
 *
 * @param instant with its offset, e.g. `2024-03-31 10:30:00+00`
 * @returns null when a place in the text cannot be found
 */
export function freezeClock(text: string, statement: Definition['statement'], instant: string): Edit[] | null {
  const edits: Edit[] = [];
  let lost = false;
  walkStatement(statement, {
    expression: (expression) => {
      if (!asksTheTime(expression)) return;
      const edit = expression.type === 'call' ? frozenCall(expression, text, instant) : expression.type === 'cast' ? frozenWord(expression, text, instant) : null;
      if (edit === null) lost = true;
      else if (!edits.some(({ start }) => start === edit.start)) edits.push(edit);
      return false;
    },
  });
  return lost ? null : edits;
}

function frozenCall(call: Extract<Expression, { type: 'call' }>, text: string, instant: string): Edit | null {
  const rest = text.slice(call.span.start);
  const [written] = SPECIAL.exec(rest) ?? CALL.exec(rest) ?? [];
  const form = clockOf(call.name);
  if (written === undefined || form === null) return null;
  return { start: call.span.start, end: call.span.start + written.length, text: literalOf(form, instant) };
}

function literalOf(form: Form, instant: string): string {
  const literal = `cast('${instant}' as timestamptz)`;
  return form === 'instant' ? literal : `cast(${literal} as ${form})`;
}

/** `'now'::timestamptz`, `date 'today'`: only the word is replaced. */
function frozenWord(cast: Extract<Expression, { type: 'cast' }>, text: string, instant: string): Edit | null {
  if (cast.operand.type !== 'literal') return null;
  const at = text.indexOf("'", cast.operand.span.start);
  const [written] = STRING.exec(text.slice(at)) ?? [];
  if (at < 0 || written === undefined) return null;
  const word = (cast.operand.value ?? '').trim().toLowerCase();
  const day = word === 'tomorrow' ? 1 : word === 'yesterday' ? -1 : 0;
  const moment = new Date(Date.parse(`${instant.slice(0, 10)}T00:00:00Z`) + day * 86_400_000).toISOString().slice(0, 10);
  const replacement = word === 'now' ? instant : moment;
  if (PRECEDED_BY_TYPE.test(text.slice(0, at)) || /^\s*::/.test(text.slice(at + written.length)) || /cast\s*\(\s*$/i.test(text.slice(0, at))) {
    return { start: at, end: at + written.length, text: `'${replacement}'` };
  }
  return null;
}
