import { type Comparison, FINDING_CHANGES, type FindingChange } from '../../compare/comparison.js';
import { escaped } from '../impact/markdown.js';
import { AREA_WORDS, areaInWords, CHANGE_WORDS, coverageInWords, gapInWords, headline, measuresOf, metricInWords, number, sideInWords, whoInWords } from './words.js';

const ROWS_MAX = 60;

/** The comparison as a page for somebody else. Every text is escaped: names come from dashboards and databases. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { areas, before, after, rules, owners, unseen, findings, metrics, gaps, notes } = comparison;
  const sections = [
    [`### tidemark compare: ${escaped(sideInWords(before))} → ${escaped(sideInWords(after))}`, '', `**${escaped(headline(comparison), 600)}**`],
    bullets('', measuresOf(comparison)),
    bullets(`Not seen by ${after.file}, so nothing of it counts as fixed`, unseen),
    areas.length === 0 ? [] : ['| area | | before | now |', '| --- | --- | --- | --- |', ...areas.map((area) => `| ${AREA_WORDS[area.area]} | ${escaped(areaInWords(area))} | ${escaped(area.before?.sentence ?? '', 400)} | ${escaped(area.after?.sentence ?? '', 400)} |`)],
    tallies('rule', rules.map(({ ruleId, ...row }) => ({ name: ruleId, ...row }))),
    tallies('owner', owners.map(({ owner, ...row }) => ({ name: owner ?? 'nobody known', ...row }))),
    ...FINDING_CHANGES.map((kind) => findingRows(findings.filter(({ change }) => change === kind))),
    bullets('Metrics', metrics.map(metricInWords)),
    bullets('Not looked at any more, or worse than before', gaps.opened.map(gapInWords)),
    bullets('Could be looked at that could not before', gaps.closed.map(gapInWords)),
    bullets('Coverage', [coverageInWords(comparison)]),
    bullets('What limits the comparison', notes),
  ];
  return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n')}\n`;
}

function bullets(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [...(title === '' ? [] : [`**${escaped(title)}**`, '']), ...lines.slice(0, ROWS_MAX).map((line) => `- ${escaped(line, 600)}`), ...rest(lines.length - ROWS_MAX)];
}

function tallies(head: string, rows: readonly { name: string; before: number; after: number; fixed: number; new: number; unseen: number }[]): string[] {
  if (rows.length === 0) return [];
  const line = (row: (typeof rows)[number]): string => `| ${escaped(row.name)} | ${[row.before, row.after, row.fixed, row.new, row.unseen].map(number).join(' | ')} |`;
  return [`| findings by ${head} | before | after | fixed | new | not seen |`, '| --- | ---: | ---: | ---: | ---: | ---: |', ...rows.slice(0, ROWS_MAX).map(line), ...rest(rows.length - ROWS_MAX)];
}

function findingRows(changes: readonly FindingChange[]): string[] {
  const [first] = changes;
  if (first === undefined) return [];
  const line = (change: FindingChange): string => {
    const { finding, levelBefore, levelAfter, why } = change;
    const level = levelBefore !== null && levelAfter !== null ? `${levelBefore} → ${levelAfter}` : finding.level;
    const isWorse = change.change === 'new' || change.change === 'risen';
    return `- ${level} ${escaped(finding.ruleId)}: ${isWorse ? escaped(finding.message, 400) : escaped(whoInWords(change), 300)}${why === null ? '' : ` (${escaped(why, 300)})`}`;
  };
  return [`<details${first.change === 'new' || first.change === 'risen' ? ' open' : ''}><summary>${CHANGE_WORDS[first.change]} (${number(changes.length)})</summary>`, '', ...changes.slice(0, ROWS_MAX).map(line), ...rest(changes.length - ROWS_MAX), '', '</details>'];
}

function rest(more: number): string[] {
  return more > 0 ? ['', `… and ${number(more)} more; --format json has them`] : [];
}
