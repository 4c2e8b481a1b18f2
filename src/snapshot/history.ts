import { createHash } from 'node:crypto';
import type { StatementActivity } from '../model/snapshot.js';
import type { StatementStatistics } from '../model/statement.js';
import type { Engine } from '../model/store.js';
import { Scanner, Token } from '../sql/lexer.js';
import { OF_TEXT, summedEntry } from '../stores/shared/history.js';
import { sortedBy } from '../stores/shared/order.js';
import type { StatementReading } from '../stores/store.js';
import { maskStatementOf } from './mask-dialect.js';

/**
 * A history of queries with its texts masked, and runs that differ in literals and comments only as one entry a user: a history
 * has each text as it was sent, where pg_stat_statements has one of a kind. The text of the entry that took longest stands for all.
 * What is no history stays as it is.
 */
export function mergedHistory(engine: Engine, reading: StatementReading): StatementReading {
  if (reading.activity === undefined) return reading;
  const merged = new Map<string, StatementStatistics>();
  /** Under which number each entry counts now, by user. */
  const numbers = new Map<string, string>();
  const heaviest = reading.statements.toSorted((left, right) => right.execution_ms - left.execution_ms);
  for (const entry of heaviest) {
    const text = entry.text === null ? null : maskStatementOf(engine, entry.text);
    const key = JSON.stringify([entry.role, entry.database, text === null ? entry.queryId : shapeOf(text)]);
    const known = merged.get(key);
    const number = known === undefined ? numberOf(entry.queryId, text) : known.queryId;
    merged.set(key, known === undefined ? { ...entry, queryId: number, text } : summedEntry(known, entry));
    if (entry.queryId !== null && number !== null) numbers.set(numberKey(entry.queryId, entry.role), number);
  }
  const statements = sortedBy([...merged.values()], ({ role, queryId }) => [role, queryId ?? '']);
  const { window } = reading;
  return { ...reading, statements, window: window === null ? null : { ...window, entries: statements.length }, activity: renumbered(reading.activity, numbers) };
}

function renumbered(activity: readonly StatementActivity[], numbers: ReadonlyMap<string, string>): StatementActivity[] {
  const merged = new Map<string, StatementActivity>();
  for (const seen of activity) {
    const queryId = numbers.get(numberKey(seen.queryId, seen.role)) ?? seen.queryId;
    const key = JSON.stringify([queryId, seen.role, seen.application]);
    const known = merged.get(key);
    merged.set(key, { ...seen, queryId, seen: seen.seen + (known?.seen ?? 0) });
  }
  return sortedBy([...merged.values()], ({ queryId, role, application }) => [queryId, role, application]);
}

/** Of the engine, or else made of the masked text, so that it is the same in the next snapshot. */
function numberOf(queryId: string | null, masked: string | null): string | null {
  if (queryId?.startsWith(OF_TEXT) !== true || masked === null) return queryId;
  return createHash('sha256').update(shapeOf(masked)).digest('hex').slice(0, 16);
}

function numberKey(queryId: string, role: string): string {
  return `${queryId} ${role}`;
}

/** The words of a masked text; comments name a run as often as they name who sent it. */
function shapeOf(masked: string): string {
  const scanner = new Scanner(masked);
  const words: string[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind !== Token.LineComment && kind !== Token.BlockComment) words.push(masked.slice(scanner.start, scanner.end));
  }
  return words.join(' ');
}
