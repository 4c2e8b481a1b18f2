import type { Coverage, StatusCounts, ViewCounts } from '../model/report.js';
import type { CollectedQuery } from '../model/query.js';
import { attributedBlocks } from './attributed.js';
import type { ReadQuery, StoreBoundary } from './boundary.js';
import type { SelfCheck } from './self-check.js';
import type { ReadStatus } from './statement-reader.js';

/**
 * What was looked at, over all stores and queries.
 *
 * @param checks of the views of each store
 */
export function coverageOf(boundaries: readonly StoreBoundary[], queries: readonly ReadQuery[], checks: readonly SelfCheck[] = []): Coverage {
  const statements = boundaries.flatMap(({ readRows }) => readRows.map(({ read }) => read?.status ?? 'unparsed'));
  const columns = { resolved: 0, total: 0 };
  const parts = new Set(boundaries.flatMap(({ accesses }) => accesses.flatMap(({ part }) => (part ? [part] : []))));
  for (const { resolution } of parts) {
    columns.resolved += resolution.references.resolved;
    columns.total += resolution.references.total;
  }
  const operational = boundaries.filter(({ store }) => store.role === 'operational' && store.statements.length > 0);
  const blocks = operational.reduce((sum, { totals }) => sum + totals.blocks, 0);
  const attributed = operational.reduce((sum, boundary) => sum + attributedBlocks(boundary), 0);
  return {
    statements: count(statements),
    queries: { ...count(queries.map(statusOf)), problems: queries.filter(({ query }) => query.problems.length > 0).length },
    relations: boundaries.reduce((sum, { store }) => sum + store.catalog.relations.length, 0),
    views: sum(checks),
    columns,
    attributedBlockShare: blocks > 0 ? attributed / blocks : null,
  };
}

/** A query is as well understood as the worst of its variants; one without any text is not understood at all. */
function statusOf({ variants, query }: { variants: readonly { status: ReadStatus }[]; query: CollectedQuery }): ReadStatus {
  if (variants.every(({ status }) => status === 'unparsed')) return 'unparsed';
  const whole = variants.every(({ status }) => status === 'parsed') && query.problems.length === 0;
  return whole ? 'parsed' : 'partial';
}

function count(statuses: readonly ReadStatus[]): StatusCounts {
  const of = (status: ReadStatus): number => statuses.filter((candidate) => candidate === status).length;
  return { total: statuses.length, parsed: of('parsed'), partial: of('partial'), unparsed: of('unparsed') };
}

function sum(checks: readonly SelfCheck[]): ViewCounts {
  const views: ViewCounts = { total: 0, agree: 0, differ: 0 };
  for (const { counts } of checks) {
    views.total += counts.total;
    views.agree += counts.agree;
    views.differ += counts.differ;
  }
  return views;
}
