import { periodName } from '../../../history/period.js';
import { amount, counted } from '../../../report/layout/amounts.js';
import { gapLines } from '../../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../../report/layout/page.js';
import { heading, headLines, remark } from '../../lines.js';
import { clean } from '../words.js';
import type { HistoryAnswer, RememberedMetric } from './answer.js';

const CHANGES_MAX = 8;
const REASONS_MAX = 12;

/** What is remembered and what changed, for people. Pure. */
export function historyPage(page: Page, answer: HistoryAnswer, { quiet, all }: { quiet: boolean; all: boolean }): string[] {
  const sections = [
    quiet ? [] : [...headLines(page, answer), '', ...heading(page, headline(answer))],
    answer.metrics.filter(({ changes }) => !quiet || changes.length > 0).flatMap((metric) => metricLines(page, metric, all)),
    quiet ? [] : notAskedLines(page, answer),
    gapLines(page, answer.gaps, all, '--format json'),
    quiet ? [] : costLines(page, answer),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function headline({ metrics }: HistoryAnswer): string {
  if (metrics.length === 0) return 'No metric is remembered.';
  const begun = metrics.filter(({ look }) => look === 'begun').length;
  const unexplained = metrics.filter(({ changes }) => changes.some(({ verdict }) => verdict === 'unexplained')).length;
  const first = unexplained === 0 ? 'no closed period changed without a restatement' : `closed periods of ${amount(unexplained)} changed without a restatement`;
  const text = begun === metrics.length ? `${counted(begun, 'metric is', 'metrics are')} remembered from now on` : `Of ${counted(metrics.length, 'metric', 'metrics')}, ${first}${begun === 0 ? '' : `, and ${amount(begun)} ${begun === 1 ? 'is' : 'are'} remembered from now on`}`;
  return `${text}.`;
}

function metricLines(page: Page, metric: RememberedMetric, all: boolean): string[] {
  const unexplained = metric.changes.some(({ verdict }) => verdict === 'unexplained');
  const mark = unexplained ? page.level('error') : metric.changes.some(({ verdict }) => verdict === 'understated') ? page.level('warning') : page.outcome('holds', null);
  const shown = all ? metric.changes : metric.changes.slice(0, CHANGES_MAX);
  const more = metric.changes.length - shown.length;
  return [
    ...paragraph(page, `${clean(metric.metric)} (${clean(metric.relation)} on ${clean(metric.store)}): ${summaryOf(metric)}`, { first: '  ', columns: 4, ...(metric.changes.length === 0 ? {} : { paint: mark.paint }) }),
    ...shown.flatMap((change) => paragraph(page, changeText(change, metric), { first: '      ', columns: 8 })),
    ...(more > 0 ? remark(page, `and ${counted(more, 'change', 'changes')} more; --format json lists them`, 6) : []),
  ];
}

function summaryOf({ look, period, periods, newPeriods, from, to, since, changes, removed }: RememberedMetric): string {
  if (from === null || to === null) return `no closed ${period} yet`;
  const span = `${counted(periods, `closed ${period}`, `closed ${period}s`)}, ${periodName(period, from)} to ${periodName(period, to)}`;
  const kept = removed === 0 ? '' : `; ${counted(removed, 'oldest one has', 'oldest ones have')} no rows any more`;
  if (look === 'begun') return `remembered ${span}${kept}`;
  if (look === 'redefined') return `its definition is another than before: remembered ${span} anew`;
  const changed = new Set(changes.map(({ bucket }) => bucket)).size;
  const news = newPeriods === 0 ? '' : `, ${amount(newPeriods)} new`;
  const state = changed === 0 ? 'all as before' : `${amount(changed)} changed`;
  return `${span}${news}: ${look === 'not asked' ? `not asked now, ${state} at the last look` : state} (since ${since.slice(0, 10)})${kept}`;
}

function changeText({ bucket, after, before, emptied, verdict, leavesOut, restatement }: RememberedMetric['changes'][number], { period, product, relation, restatementsKnown }: RememberedMetric): string {
  const name = periodName(period, bucket);
  const what = `${name} ${emptied ? 'has no rows any more' : 'changed'} between ${moment(after)} and ${moment(before)}`;
  if (verdict === 'explained') return `${what}: restatement ${clean(restatement ?? '')}`;
  if (verdict === 'understated') return `${what}: restatement ${clean(restatement ?? '')} leaves out ${leavesOut === 'product' ? clean(product ?? relation) : name}`;
  return restatementsKnown ? `${what}: no restatement explains it` : `${what}: restatements could not be looked at`;
}

function moment(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

function notAskedLines(page: Page, { notAsked }: HistoryAnswer): string[] {
  if (notAsked.length === 0) return [];
  const shown = notAsked.slice(0, REASONS_MAX);
  return [
    ...heading(page, 'Not remembered'),
    ...shown.flatMap(({ metric, why }) => paragraph(page, `${clean(metric)}: ${clean(why, 400)}`, { first: '  ', columns: 4 })),
    ...(shown.length < notAsked.length ? remark(page, `and ${amount(notAsked.length - shown.length)} more; --format json lists them`) : []),
  ];
}

function costLines(page: Page, { cost }: HistoryAnswer): string[] {
  const parts = cost.map(({ store, statements, elapsed_ms }) => `${clean(store)} ${counted(statements, 'statement', 'statements')} in ${amount(elapsed_ms, 'ms')}`);
  return parts.length === 0 ? [] : remark(page, `asked: ${parts.join(', ')}; only keyed hashes are kept`, 0);
}
