import type { SuppressionEntry } from '../../model/suppression.js';
import { type Page, paragraph } from '../../report/layout/page.js';
import { count } from '../../text/quantity.js';
import { heading, remark } from '../lines.js';

const SHOWN_MAX = 40;

/** `reports/monthly.sql on app.case_file of production`. */
export function namesOf({ consumer, relation, store }: SuppressionEntry): string {
  return [consumer ?? '', relation === null ? '' : `on ${relation}`, store === null ? '' : `of ${store}`].filter((part) => part !== '').join(' ');
}

/** Entries by rule, below what happened to them; a long list is cut. */
export function entryLines(page: Page, what: string, entries: readonly SuppressionEntry[]): string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, SHOWN_MAX);
  const lines = shown.flatMap((entry, index) => [
    ...(shown[index - 1]?.rule === entry.rule ? [] : paragraph(page, `${entry.rule}`, { first: '  ', columns: 2, paint: page.strong })),
    ...paragraph(page, namesOf(entry), { first: '    ', columns: 4 }),
  ]);
  return ['', ...heading(page, `${count(entries.length, 'entry', 'entries')} ${what}`), ...lines, ...(entries.length > SHOWN_MAX ? remark(page, `and ${entries.length - SHOWN_MAX} more; --format json gives all`) : [])];
}

/** An entry for programs. */
export function entryRecord({ rule, consumer, relation, store, reason, owner, until, statements, place }: SuppressionEntry): object {
  return { rule, consumer, relation, store, reason, owner, until, statements, line: place.line === 0 ? null : place.line };
}
