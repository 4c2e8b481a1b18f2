import type { FindingView } from '../../model/live.js';
import { count } from '../../text/quantity.js';
import { line, span, wrap, type Line } from '../cells.js';
import { heading, paragraph, ruled, stack } from '../panels.js';
import { defineScreen, type Room } from '../screen.js';
import { LEVEL_MARKS, NEW, THEME } from '../theme.js';
import { clean, cleanLines, COPY_MAX, moment } from '../words.js';

const LEVELS: readonly FindingView['level'][] = ['error', 'warning', 'note'];

/** What the audit found, with what it costs now. */
export const screen = defineScreen<FindingView>({
  id: 'findings',
  title: 'Findings',
  rows: ({ findings }) => findings,
  key: ({ rule, subject }) => `${rule}/${subject}`,
  subjects: ({ subject, rule }) => [subject, rule],
  columns: [
    { title: '', priority: 1, min: 1, max: 1, cell: ({ level }) => [span(LEVEL_MARKS[level].glyph, LEVEL_MARKS[level].style)] },
    { title: 'RULE', priority: 2, min: 24, max: 34, sort: 'rule', cell: ({ rule }) => clean(rule) },
    { title: 'SUBJECT', priority: 3, min: 20, max: 60, sort: 'subject', cell: ({ subject }) => clean(subject) },
    { title: 'OWNER', priority: 5, min: 12, max: 22, cell: ({ owner }) => (owner === null ? [span('nobody', THEME.label)] : clean(owner)) },
    { title: 'COST', priority: 4, min: 9, max: 14, align: 'right', cell: ({ cost }) => clean(cost) },
    { title: 'NEW', priority: 6, min: 3, max: 3, sort: 'new', cell: ({ is_new }) => (is_new ? [span(NEW, THEME.new)] : '') },
  ],
  sorts: [
    { name: 'level', value: ({ level }) => LEVELS.indexOf(level), descending: false },
    { name: 'new', value: ({ is_new }) => Number(is_new), descending: true },
    { name: 'rule', value: ({ rule }) => clean(rule), descending: false },
    { name: 'subject', value: ({ subject }) => clean(subject).toLowerCase(), descending: false },
  ],
  fields: {
    rule: { text: ({ rule }) => rule },
    level: { text: ({ level }) => level },
    subject: { text: ({ subject }) => subject },
    owner: { text: ({ owner }) => owner ?? '' },
    message: { text: ({ message }) => message },
    new: { text: ({ is_new }) => (is_new ? 'yes' : 'no') },
  },
  isProblem: ({ level, is_new }) => is_new || level === 'error',
  summary: ({ findings }) => {
    const fresh = findings.filter(({ is_new }) => is_new).length;
    return [count(findings.length, 'finding'), ...(fresh > 0 ? [`${NEW} ${fresh} new`] : [])];
  },
  empty: () => ['no finding', 'findings come from the last audit of the stores and dashboards in tidemark.yaml; tidemark audit runs one'],
  below,
  sentence: ({ message, is_new }) => `${message}${is_new ? `  ${NEW} new since the baseline` : ''}`,
  copy: ({ fix }) => (fix.trim() === '' ? null : { what: 'the remedy', text: () => cleanLines(fix, COPY_MAX).join('\n') }),
});

function below(finding: FindingView | null, room: Room): Line[] {
  if (finding === null) return [];
  const { glyph, word, style } = LEVEL_MARKS[finding.level];
  const title: Line = [span(` ${glyph} ${word} `, style), span(clean(finding.rule), THEME.title), span(finding.since === null ? '' : `   since ${moment(finding.since, room.view.at)}`, THEME.label)];
  const half = Math.floor((room.width - 4) * 0.48);
  const evidence = [heading('EVIDENCE'), ...(finding.evidence.length === 0 ? [line(' none', THEME.label)] : finding.evidence.flatMap((text) => bullet(text, room.wide ? half : room.width)))];
  const reason = (width: number): Line[] => [heading('WHY'), ...paragraph(finding.why, width)];
  const fix = (width: number): Line[] => [heading('FIX', 'y copies it'), ...cleanLines(finding.fix).flatMap((text) => wrapped(text, width))];
  return stack(
    [
      { rank: 1, lines: [title, ...paragraph(finding.message, room.width)] },
      ...(room.wide
        ? [{ rank: 2, lines: ruled(evidence, [...reason(half), ...fix(half)], room) }]
        : [
            { rank: 2, lines: fix(room.width) },
            { rank: 3, lines: reason(room.width) },
            { rank: 4, lines: evidence },
          ]),
    ],
    room,
  );
}

function bullet(text: string, width: number): Line[] {
  return wrap(clean(text, 400), width - 4).map((part, index) => [span(index === 0 ? ' · ' : '   ', THEME.label), span(part)]);
}

/** A line of the remedy with its indentation, which means something in SQL. */
function wrapped(text: string, width: number): Line[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  return wrap(text.trim(), width - 2 - indent.length).map((part) => [span(` ${indent}${part}`)]);
}
