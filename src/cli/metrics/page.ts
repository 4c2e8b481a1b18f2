import type { MetricCoverage } from '../../metrics/analyse.js';
import type { MetricGroup } from '../../model/metric-report.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { assumptionLines, gapLines } from '../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { table } from '../../report/layout/table.js';
import type { MetricsAnswer } from './answer.js';
import { letterOf } from './classes.js';
import { differs, gravestPair, isCosmetic, isNameOnly, isOpen } from './consequence.js';
import { nothingMatches, viewOf } from './filter.js';
import { heading, headLines, painted, remark } from '../lines.js';
import type { Filters } from './options.js';
import { verdictMark } from './signs.js';
import { clean, constraintsInWords, consumersOf, differenceInWords, shortOwners, todayOf } from './words.js';

export interface PageOptions {
  filters: Filters;
  /** Rows of each list; infinite for all. */
  limit: number;
  quiet: boolean;
}

const ALL_FLAG = '--limit all';
const NAMES_MAX = 6;
const REASONS_MAX = 6;
const BELOW = 6;

/** All metrics for people, the gravest difference first. Pure. */
export function metricsPage(page: Page, answer: MetricsAnswer, options: PageOptions): string[] {
  const { filters, limit, quiet } = options;
  const all = !Number.isFinite(limit);
  const nothing = nothingMatches(answer.groups, filters);
  const groups = viewOf(answer.groups, filters);
  const compared = groups.filter((group) => !isNameOnly(group));
  const sections = [
    quiet ? [] : [...headLines(page, answer), '', ...heading(page, headline(answer.groups.filter((group) => !isNameOnly(group))))],
    nothing === null ? [] : paragraph(page, nothing, { first: '', columns: 0 }),
    groupLines(page, quiet ? compared.filter((group) => differs(group) || isOpen(group)) : compared, groups.length < answer.groups.length, limit),
    quiet ? [] : clashLines(page, groups, limit),
    quiet ? [] : synonymLines(page, groups, limit),
    coverageLines(page, answer.coverage),
    gapLines(page, answer.gaps, all, ALL_FLAG),
    quiet ? [] : assumptionLines(page, answer.assumptions, all, ALL_FLAG),
    quiet || groups.length === 0 ? [] : paragraph(page, 'tidemark metrics show NAME draws who defines what, with the rows that part them.', { first: '', columns: 0, paint: page.faint }),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

/** The answer in one sentence; what is open is said in the same breath. */
function headline(groups: readonly MetricGroup[]): string {
  if (groups.length === 0) return 'No metric is defined more than once among the queries that were read.';
  const real = groups.filter((group) => differs(group) && !isCosmetic(group)).length;
  const cosmetic = groups.filter((group) => differs(group) && isCosmetic(group)).length;
  const under = groups.filter((group) => group.verdict === 'equal-under' && !isOpen(group)).length;
  const equal = groups.filter((group) => group.verdict === 'equal' && !isOpen(group)).length;
  const open = groups.filter((group) => !differs(group) && isOpen(group)).length;
  const parts = [
    ...(cosmetic > 0 ? [`${amount(cosmetic)} differ${cosmetic === 1 ? 's' : ''} only where nothing matches`] : []),
    ...(under > 0 ? [`${amount(under)} agree${under === 1 ? 's' : ''} only while constraints hold`] : []),
    ...(equal > 0 ? [`${amount(equal)} agree${equal === 1 ? 's' : ''} everywhere`] : []),
    ...(open > 0 ? [`${amount(open)} could not be decided`] : []),
  ];
  const many = counted(groups.length, 'metric that several define', 'metrics that several define');
  return `Of ${many}, ${[`${real === 0 ? 'none' : amount(real)} ${real > 1 ? 'are' : 'is'} ${real === 0 ? 'known to be ' : ''}defined differently`, ...parts].join(', ')}.`;
}

function groupLines(page: Page, groups: readonly MetricGroup[], isPart: boolean, limit: number): string[] {
  if (groups.length === 0) return [];
  const shown = groups.slice(0, limit);
  const several = new Set(groups.map(({ store }) => store)).size > 1;
  const marks = shown.map((group) => verdictMark(page, group.verdict, isCosmetic(group)));
  const built = table(page, [
    { head: 'verdict', cells: marks.map(({ text }) => text), align: 'left', leaves: 0 },
    { head: 'metric', cells: shown.map(({ name }) => clean(name)), align: 'left', leaves: 0, wraps: true },
    { head: 'measured', cells: shown.map(({ relation, store }) => (several ? clean(`${relation} on ${store}`) : clean(relation))), align: 'left', leaves: 3, wraps: true },
    { head: 'definitions', cells: shown.map(({ definitions }) => amount(definitions.length)), align: 'right', leaves: 1 },
    { head: 'used by', cells: shown.map((group) => amount(consumersOf(group))), align: 'right', leaves: 2 },
  ]);
  const part = shown.length < groups.length ? ` (${amount(shown.length)} of ${amount(groups.length)})` : '';
  return [
    ...heading(page, `${isPart ? 'Metrics chosen' : 'Metrics'}, by consequence${part}`),
    built.head,
    ...shown.flatMap((group, index) => [...painted(built.rows[index] ?? [], marks[index]), ...belowGroup(page, group)]),
    ...(shown.length < groups.length ? remark(page, `… and ${amount(groups.length - shown.length)} more; ${ALL_FLAG} shows them`) : []),
  ];
}

function belowGroup(page: Page, group: MetricGroup): string[] {
  const indent = { first: ' '.repeat(BELOW), columns: BELOW };
  const pair = gravestPair(group);
  const difference = pair === null ? 'all of them define the same' : differenceInWords(pair.comparison, letterOf(pair.first), letterOf(pair.second));
  const asserted = pair?.comparison.underAsserted ?? [];
  const open = group.pairs.filter(({ comparison }) => comparison.verdict === 'undecided').length;
  const unreadable = group.definitions.filter(({ unreadable: why }) => why !== null).length;
  const rest = [
    ...(open > 0 && group.verdict !== 'undecided' ? [`${amount(open)} of ${counted(group.pairs.length, 'pair')} not decided`] : []),
    ...(unreadable > 0 ? [`${counted(unreadable, 'definition')} not compared`] : []),
    ...(group.partial === null ? [] : [clean(group.partial, 200)]),
  ];
  const today = group.definitions.flatMap((_, index) => {
    const value = todayOf(group, index);
    return value === null ? [] : [`${letterOf(index)} ${value}`];
  });
  return [
    ...paragraph(page, difference, indent),
    ...(asserted.length === 0 ? [] : paragraph(page, `equal as long as ${constraintsInWords(asserted)}`, indent)),
    ...(rest.length === 0 ? [] : paragraph(page, rest.join('; '), { ...indent, paint: page.unknown.paint })),
    ...(today.length === 0 ? [] : paragraph(page, `today: ${today.join(' · ')}`, indent)),
    ...paragraph(page, shortOwners(group.members), { ...indent, paint: page.faint }),
  ];
}

function clashLines(page: Page, groups: readonly MetricGroup[], limit: number): string[] {
  const clashes = groups.flatMap((group) => {
    if (isNameOnly(group)) return [`${clean(group.name)}: ${listed(group.members)}`];
    return group.nameClashes.length === 0 ? [] : [`${clean(group.name)} of ${clean(group.relation)}, and ${listed(group.nameClashes)}`];
  });
  if (clashes.length === 0) return [];
  return [
    ...heading(page, 'One name, no table in common: not compared'),
    ...clashes.slice(0, limit).flatMap((clash) => paragraph(page, clash, { first: '  - ', columns: 4 })),
    ...restLine(page, clashes.length, limit),
  ];
}

function listed(claims: readonly { consumer: string; title: string; relations: readonly string[] }[]): string {
  const shown = claims.slice(0, NAMES_MAX).map(({ consumer, title, relations }) => `${titled(consumer, title)} (${relations.map((one) => clean(one)).slice(0, 3).join(', ')})`);
  const rest = claims.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? ` and ${amount(rest)} more` : ''}`;
}

/** Consumers are often named by their title already. */
function titled(consumer: string, title: string): string {
  return consumer.toLowerCase().includes(title.toLowerCase()) ? clean(consumer) : `“${clean(title)}” of ${clean(consumer)}`;
}

function synonymLines(page: Page, groups: readonly MetricGroup[], limit: number): string[] {
  const named = groups.filter(({ possibleSynonyms }) => possibleSynonyms.length > 0);
  if (named.length === 0) return [];
  return [
    ...heading(page, 'Perhaps the same under another name: same measure, same rows'),
    ...named.slice(0, limit).flatMap(({ name, possibleSynonyms }) => {
      const shown = possibleSynonyms.slice(0, NAMES_MAX).map(({ consumer, title }) => titled(consumer, title));
      const rest = possibleSynonyms.length - shown.length;
      return paragraph(page, `${clean(name)}: ${shown.join(', ')}${rest > 0 ? ` and ${amount(rest)} more` : ''}`, { first: '  - ', columns: 4 });
    }),
    ...restLine(page, named.length, limit),
  ];
}

function restLine(page: Page, total: number, limit: number): string[] {
  return total > limit ? remark(page, `… and ${amount(total - limit)} more; ${ALL_FLAG} shows them`) : [];
}

/** What the answer speaks of, and what it does not. */
export function coverageLines(page: Page, { cards, claims, grouped, alone, notClaimed }: MetricCoverage): string[] {
  const reasons = notClaimed.slice(0, REASONS_MAX).map(({ why, count }) => `${amount(count)} ${clean(why, 120)}`);
  const hidden = notClaimed.length - reasons.length;
  const total = notClaimed.reduce((sum, { count }) => sum + count, 0);
  const parts = [
    `${counted(cards, 'query', 'queries')} looked at`,
    `${counted(claims, 'definition')} of metrics in them`,
    `${amount(grouped)} in groups, ${amount(alone)} alone under their name`,
    ...(total === 0 ? [] : [`without a definition ${amount(total)}: ${[...reasons, ...(hidden > 0 ? [`${amount(hidden)} more reasons in --format json`] : [])].join(', ')}`]),
  ];
  return paragraph(page, parts.join(' · '), { first: `${page.strong('Coverage')}  `, columns: 10 });
}
