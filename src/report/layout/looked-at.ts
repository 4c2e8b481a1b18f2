import type { Coverage, Report, StatusCounts } from '../../model/report.js';
import type { Gap } from '../../model/snapshot.js';
import { amount, counted } from './amounts.js';
import { paragraph, type Page } from './page.js';

const PARTIAL_GAPS_MAX = 10;
const ASSUMPTIONS_MAX = 8;

/** What was looked at, in one line. */
export function coverageLines(page: Page, coverage: Coverage): string[] {
  const { statements, queries, columns, views } = coverage;
  const problems = queries.problems > 0 ? `, ${amount(queries.problems)} with problems` : '';
  const parts = [
    `${read(statements)} statements parsed${rest(statements)}`,
    `${read(queries)} dashboard queries parsed${rest(queries)}${problems}`,
    counted(coverage.relations, 'relation'),
    ...(views.total === 0 ? [] : [`views: ${amount(views.agree)} of ${amount(views.total)} read as the server recorded them`]),
    columns.total === 0
      ? 'no column references'
      : `${amount(columns.resolved / columns.total, 'share')} of column references resolved`,
    coverage.attributedBlockShare === null
      ? 'no statistics of blocks read'
      : `${amount(coverage.attributedBlockShare, 'share')} of blocks read attributed`,
  ];
  return paragraph(page, parts.join(' · '), { first: `${page.strong('Coverage')}  `, columns: 10 });
}

function read(counts: StatusCounts): string {
  if (counts.total === 0) return 'no';
  const share = counts.parsed === counts.total ? '' : ` (${amount(counts.parsed / counts.total, 'share')})`;
  return `${amount(counts.parsed)} of ${amount(counts.total)}${share}`;
}

function rest(counts: StatusCounts): string {
  const partial = counts.partial > 0 ? `, ${amount(counts.partial)} partial` : '';
  const unparsed = counts.unparsed > 0 ? `, ${amount(counts.unparsed)} unparsed` : '';
  return partial + unparsed;
}

/** What could not be looked at, why, and what would mend it; whole stores and sources first. `flag` shows those that are cut. */
export function gapLines(page: Page, gaps: readonly Gap[], all: boolean, flag = '--all'): string[] {
  if (gaps.length === 0) return [];
  const blind = gaps.filter((gap) => gap.severity === 'blind');
  const partial = gaps.filter((gap) => gap.severity === 'partial');
  const shown = all ? partial : partial.slice(0, PARTIAL_GAPS_MAX);
  const hidden = partial.length - shown.length;
  return [
    page.strong(`Not looked at, so not counted as clean (${gaps.length})`),
    ...[...blind, ...shown].flatMap((gap) => gapLine(page, gap)),
    ...(hidden > 0 ? [`  … and ${amount(hidden)} more; ${flag} shows them`] : []),
  ];
}

/** One gap: the thing and what stays unseen, its cause, the next step. */
function gapLine(page: Page, gap: Gap): string[] {
  const word = gap.severity === 'blind' ? 'nothing seen' : 'partly seen ';
  const first = `  ${page.unknown.paint(`${page.unknown.glyph} ${word}`)}  `;
  return [
    ...paragraph(page, `${gap.subject}: ${gap.missing}: ${gap.cause}`, { first, columns: 18 }),
    ...(gap.remedy === null ? [] : paragraph(page, gap.remedy, { first: `${' '.repeat(16)}${page.faint('→')} `, columns: 18 })),
  ];
}

export function assumptionLines(page: Page, assumptions: readonly string[], all: boolean, flag = '--all'): string[] {
  if (assumptions.length === 0) return [];
  const shown = all ? assumptions : assumptions.slice(0, ASSUMPTIONS_MAX);
  const hidden = assumptions.length - shown.length;
  return [
    page.strong('Assumed, because the configuration does not say'),
    ...shown.flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 })),
    ...(hidden > 0 ? [`  - … and ${amount(hidden)} more; ${flag} shows them`] : []),
  ];
}

/** tidemark's own cost on each store. */
export function costLines(page: Page, stores: Report['stores']): string[] {
  if (stores.length === 0) return [];
  const costs = stores.map(({ name, cost }) => {
    const queries = counted(cost.queries, 'query', 'queries');
    return `${name} ${amount(cost.elapsed_ms, 'ms')} in ${queries}, ${amount(cost.received_bytes, 'bytes')} received`;
  });
  return paragraph(page, costs.join(' · '), { first: `${page.strong('Own cost')}  `, columns: 10 });
}
