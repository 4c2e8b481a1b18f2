import type { StoreBoundary } from '../boundary.js';
import { windowDays } from './counted-since.js';

/** What runs once a week is not missed. What runs once a month may be: the finding says so. */
const WINDOW_DAYS_MIN = 7;

/** Languages whose functions run no statement of their own. */
const WITHOUT_STATEMENTS = new Set(['c', 'internal']);

/**
 * Why the store may run statements that its statistics do not show, in words; null where they show them all. Whoever claims
 * that nobody else does something must ask here first.
 */
export function unseenStatements(boundary: StoreBoundary, takenAt: string): string | null {
  const { store, readRows } = boundary;
  const window = store.statementWindow;
  if (window === null || readRows.length === 0) return 'there are no statistics of statements';
  if (window.tracked === 'none') return 'statements are not tracked';
  if (window.evictions === null) return 'it is not known whether entries were evicted';
  if (window.evictions > 0) return 'entries were evicted';
  const days = windowDays(store, takenAt);
  if (!(days >= WINDOW_DAYS_MIN)) return Number.isNaN(days) ? 'it is not known since when statements are counted' : `statements are counted for less than ${WINDOW_DAYS_MIN} days`;
  if (window.tracksUtility === false) return 'cursors, COPY and EXECUTE are not tracked';
  const unread = readRows.filter(({ row, read }) => read === null || read.status === 'unparsed' || row.textState === 'truncated').length;
  if (unread > 0) return `the texts of ${unread} statements could not be read`;
  return null;
}

/** Whether functions and DO run statements that no entry shows: below the top level, in languages that are not read. */
export function hidesNested({ store, readRows }: StoreBoundary): boolean {
  if (store.statementWindow?.tracked === 'all') return false;
  const runsBlocks = readRows.some(({ read }) => read?.parts.some(({ statement }) => statement.type === 'utility' && statement.verb === 'do'));
  return runsBlocks || store.catalog.functions.some(({ body, language, dynamic }) => dynamic || (body === null && !WITHOUT_STATEMENTS.has(language)));
}
