import type { AreaChange, Comparison, Direction, FindingChange } from '../../compare/comparison.js';
import { FINDING_CHANGES } from '../../compare/comparison.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { paragraph, type Mark, type Page } from '../../report/layout/page.js';
import { type Column, table } from '../../report/layout/table.js';
import { pad } from '../../report/layout/wrap.js';
import { heading, remark } from '../lines.js';
import { AREA_WORDS, areaInWords, CHANGE_WORDS, clean, coverageInWords, gapInWords, headline, measuresOf, metricInWords, number, sideInWords, whoInWords } from './words.js';

const FINDINGS_MAX = 12;
const NAMES_MAX = 8;
const ROWS_MAX = 10;

export interface PageOptions {
  all: boolean;
  /** Only what is worse and what was not seen. */
  quiet: boolean;
}

/** The comparison for people: the answer and its measures, then what was not seen, then area by area and finding by finding. Pure. */
export function comparisonPage(page: Page, comparison: Comparison, options: PageOptions): string[] {
  const { before, after } = comparison;
  const kinds = FINDING_CHANGES.filter((kind) => !options.quiet || kind === 'new' || kind === 'risen' || kind === 'unseen');
  const lists = kinds.map((kind) => findingLines(page, comparison.findings.filter(({ change }) => change === kind), options.all));
  const sections = options.quiet
    ? [unseenLines(page, comparison), ...lists]
    : [
        [
          ...paragraph(page, `${sideInWords(before)} → ${sideInWords(after)}`, { first: `${page.strong('tidemark')}  `, columns: 10, paint: page.faint }),
          '',
          ...heading(page, headline(comparison)),
          ...measuresOf(comparison).flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 })),
        ],
        unseenLines(page, comparison),
        comparison.areas.flatMap((area) => areaLines(page, area)),
        ruleLines(page, comparison, options.all),
        ownerLines(page, comparison, options.all),
        ...lists,
        storeLines(page, comparison),
        listLines(page, 'Metrics', comparison.metrics.map(metricInWords), options.all),
        listLines(page, 'Not looked at any more, or worse than before', comparison.gaps.opened.map(gapInWords), options.all),
        listLines(page, 'Could be looked at that could not before', comparison.gaps.closed.map(gapInWords), options.all),
        [...paragraph(page, coverageInWords(comparison), { first: `${page.strong('Coverage')}  `, columns: 10 })],
        listLines(page, 'What limits the comparison', comparison.notes.map((note) => clean(note, 600)), true),
      ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function markOf(page: Page, direction: Direction): Mark {
  if (direction === 'unknown') return page.unknown;
  if (direction === 'worse') return { ...page.level('error'), word: 'worse' };
  if (direction === 'mixed') return { ...page.level('warning'), word: 'mixed' };
  return direction === 'better' ? { ...page.outcome('holds', null), word: 'better' } : { ...page.level('note'), word: 'same', paint: page.faint };
}

function unseenLines(page: Page, { unseen, after }: Comparison): string[] {
  if (unseen.length === 0) return [];
  return [
    ...heading(page, `Not seen by ${clean(after.file)}, so nothing of it counts as fixed`),
    ...unseen.flatMap((text) => paragraph(page, clean(text, 400), { first: `  ${page.unknown.paint(page.unknown.glyph)} `, columns: 4 })),
  ];
}

function areaLines(page: Page, area: AreaChange): string[] {
  const mark = markOf(page, area.direction);
  const first = `${mark.paint(pad(`${mark.glyph} ${mark.word}`, 11))}${page.strong(pad(AREA_WORDS[area.area], 12))}`;
  const [was, is] = [area.before?.sentence ?? '', area.after?.sentence ?? ''];
  const said = was === is ? [['', is]] : [['before: ', was], ['now: ', is]];
  return [
    ...paragraph(page, areaInWords(area), { first, columns: 23 }),
    ...said.flatMap(([word = '', sentence = '']) => (sentence === '' ? [] : paragraph(page, `${word}${clean(sentence, 400)}`, { first: ' '.repeat(23), columns: 23, paint: page.faint }))),
  ];
}

interface Row {
  name: string;
  before: number;
  after: number;
  fixed: number;
  new: number;
  unseen: number;
}

function tallyTable(page: Page, head: string, rows: readonly Row[], all: boolean): string[] {
  if (rows.length === 0) return [];
  const shown = all ? rows : rows.slice(0, ROWS_MAX);
  const numbers = (name: string, value: (row: Row) => number): Column => ({ head: name, cells: shown.map((row) => number(value(row))), align: 'right', leaves: 0 });
  const drawn = table(page, [
    { head, cells: shown.map(({ name }) => name), align: 'left', leaves: 0, wraps: true },
    numbers('before', ({ before }) => before),
    numbers('after', ({ after }) => after),
    numbers('fixed', ({ fixed }) => fixed),
    numbers('new', (row) => row.new),
    { head: 'not seen', cells: shown.map(({ unseen }) => (unseen === 0 ? '' : number(unseen))), align: 'right', leaves: 1 },
  ]);
  const rest = rows.length - shown.length;
  return [drawn.head, ...drawn.rows.flat(), ...(rest > 0 ? remark(page, `… and ${amount(rest)} more; --all shows them`) : [])];
}

function ruleLines(page: Page, { rules }: Comparison, all: boolean): string[] {
  return tallyTable(page, 'findings by rule', rules.map(({ ruleId, ...row }) => ({ name: clean(ruleId), ...row })), all);
}

function ownerLines(page: Page, { owners }: Comparison, all: boolean): string[] {
  return tallyTable(page, 'findings by owner', owners.map(({ owner, ...row }) => ({ name: owner === null ? 'nobody known' : clean(owner, 60), ...row })), all);
}

/** One list: what is worse finding by finding, what is better as names under their rule. */
function findingLines(page: Page, changes: readonly FindingChange[], all: boolean): string[] {
  const [first] = changes;
  if (first === undefined) return [];
  const title = heading(page, `${CHANGE_WORDS[first.change]} (${amount(changes.length)})`);
  const isWorse = first.change === 'new' || first.change === 'risen';
  if (!isWorse) return [...title, ...groupLines(page, changes, all)];
  const shown = all ? changes : changes.slice(0, FINDINGS_MAX);
  const rest = changes.length - shown.length;
  return [...title, ...shown.flatMap((change) => oneFinding(page, change)), ...(rest > 0 ? remark(page, `… and ${amount(rest)} more; --all shows them`) : [])];
}

function oneFinding(page: Page, { finding, levelBefore }: FindingChange): string[] {
  const mark = page.level(finding.level);
  const [place, ...more] = finding.locations;
  const where = place === undefined ? [] : [`${clean(place.file)}:${place.line}${more.length === 0 ? '' : ` and ${counted(more.length, 'more place')}`}`];
  const level = levelBefore === null ? mark.word : `${levelBefore} → ${finding.level}`;
  const about = [`${level} ${clean(finding.ruleId)}`, finding.owner === null ? 'no known owner' : `owner ${clean(finding.owner, 60)}`, ...where, ...((finding.suppressions ?? []).length > 0 ? ['let pass'] : [])];
  return [
    ...paragraph(page, finding.message, { first: `  ${mark.paint(mark.glyph)} `, columns: 4 }),
    ...paragraph(page, about.join(' · '), { first: '    ', columns: 4, paint: page.faint }),
  ];
}

function groupLines(page: Page, changes: readonly FindingChange[], all: boolean): string[] {
  const groups = new Map<string, FindingChange[]>();
  for (const change of changes) {
    const key = `${change.finding.ruleId}\n${change.why ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const shown = all ? [...groups.values()] : [...groups.values()].slice(0, FINDINGS_MAX);
  const rest = groups.size - shown.length;
  return [
    ...shown.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const names = [...new Set(group.map(whoInWords))];
      const cut = all ? names : names.slice(0, NAMES_MAX);
      const level = first.levelBefore !== null && first.levelAfter !== null ? `, ${first.levelBefore} → ${first.levelAfter}` : '';
      const text = `${clean(first.finding.ruleId)} (${amount(group.length)}${level}): ${cut.join(', ')}${names.length > cut.length ? ` and ${counted(names.length - cut.length, 'other')}` : ''}`;
      return [
        ...paragraph(page, text, { first: '  - ', columns: 4 }),
        ...(first.why === null ? [] : paragraph(page, clean(first.why, 400), { first: '    ', columns: 4, paint: page.faint })),
      ];
    }),
    ...(rest > 0 ? remark(page, `… and ${counted(rest, 'more rule')}; --all shows them`) : []),
  ];
}

function storeLines(page: Page, { stores, before, after }: Comparison): string[] {
  const lines = stores.filter(({ change }) => change !== 'same').map(({ store, role, engine, change }) =>
    change === 'added' ? `${clean(store)} (${clean(role)}, ${clean(engine)}) is in ${clean(after.file)} only` : `${clean(store)} (${clean(role)}, ${clean(engine)}) is in ${clean(before.file)} only`,
  );
  return listLines(page, 'Stores', lines, true);
}

function listLines(page: Page, title: string, lines: readonly string[], all: boolean): string[] {
  if (lines.length === 0) return [];
  const shown = all ? lines : lines.slice(0, ROWS_MAX);
  const rest = lines.length - shown.length;
  return [
    ...heading(page, title),
    ...shown.flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 })),
    ...(rest > 0 ? remark(page, `… and ${amount(rest)} more; --all shows them`) : []),
  ];
}
