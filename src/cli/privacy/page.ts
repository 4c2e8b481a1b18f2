import type { PersonalColumn } from '../../model/personal-column.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { assumptionLines, gapLines } from '../../report/layout/looked-at.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { table } from '../../report/layout/table.js';
import { widthOf } from '../../report/layout/wrap.js';
import { heading, headLines, painted, remark } from '../lines.js';
import type { PrivacyAnswer } from './answer.js';
import { askedLines } from './ask/page.js';
import { nothingMatches, viewOf } from './filter.js';
import type { Filters } from './options.js';
import { levelOf, type Reach, reachOf } from './reach.js';
import { clean, copiesInWords, reachMark, usesInWords } from './words.js';

export interface PageOptions {
  filters: Filters;
  /** Rows of each list; infinite for all. */
  limit: number;
  quiet: boolean;
}

const ALL_FLAG = '--limit all';
const NAMES_MAX = 3;
const BELOW = 6;
const NAME_WIDTH_MAX = 44;
/** What the first column takes of a line at most, with what stands around it. */
const REACH_WIDTH = 20;

/** All columns of personal data for people, those that get furthest first. Pure. */
export function privacyPage(page: Page, answer: PrivacyAnswer, { filters, limit, quiet }: PageOptions): string[] {
  const all = !Number.isFinite(limit);
  const nothing = nothingMatches(answer.columns, filters);
  const columns = viewOf(answer.columns, filters);
  const shown = quiet ? columns.filter((column) => levelOf(reachOf(column)) !== null) : columns;
  const sections = [
    quiet ? [] : [...headLines(page, answer), '', ...heading(page, headline(answer))],
    nothing === null ? [] : paragraph(page, nothing, { first: '', columns: 0 }),
    columnLines(page, shown, columns.length < answer.columns.length, limit),
    disagreementLines(page, answer, limit),
    answer.asked === undefined ? [] : askedLines(page, { ...answer.asked, gaps: answer.gaps }),
    gapLines(page, answer.gaps, all, ALL_FLAG),
    quiet ? [] : assumptionLines(page, answer.assumptions, all, ALL_FLAG),
    quiet || columns.length === 0 ? [] : paragraph(page, 'tidemark privacy show COLUMN draws where one of them goes and what is left of it there.', { first: '', columns: 0, paint: page.faint }),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

const COUNTED: readonly { reaches: readonly Reach[]; words: string }[] = [
  { reaches: ['public'], words: 'public' },
  { reaches: ['exported'], words: 'exported' },
  { reaches: ['shown'], words: 'shown as they are' },
  { reaches: ['secret-read'], words: 'read outside its program although it is a secret' },
  { reaches: ['pseudonym'], words: 'shown as a hash that can be tried out' },
  { reaches: ['copied'], words: 'copied to where everybody reads' },
];

/** The answer in one sentence, the gravest first. */
function headline({ columns, looked }: PrivacyAnswer): string {
  if (columns.length === 0) return looked === 0 ? 'No column was looked at.' : `None of ${counted(looked, 'column')} seems to hold personal data or a secret.`;
  const secrets = columns.filter(({ class: columnClass }) => columnClass === 'secret').length;
  const direct = columns.filter(({ class: columnClass }) => columnClass === 'direct').length;
  const quasi = columns.length - secrets - direct;
  const what = [
    `${amount(direct)} ${direct === 1 ? 'tells' : 'tell'} who a person is`,
    ...(quasi === 0 ? [] : [`${amount(quasi)} ${quasi === 1 ? 'does' : 'do'} together with others`]),
    ...(secrets === 0 ? [] : [`${amount(secrets)} ${secrets === 1 ? 'holds a secret' : 'hold secrets'}`]),
  ];
  const far = COUNTED.flatMap(({ reaches, words }) => {
    const found = columns.filter((column) => reaches.includes(reachOf(column))).length;
    return found === 0 ? [] : [`${amount(found)} ${words}`];
  });
  return `Of ${counted(looked, 'column')}, ${what.join(', ')}. ${far.length === 0 ? 'None of them gets further than it should, as far as was looked.' : `By the furthest that each gets: ${far.join(', ')}.`}`;
}

function columnLines(page: Page, columns: readonly PersonalColumn[], isPart: boolean, limit: number): string[] {
  if (columns.length === 0) return [];
  const shown = columns.slice(0, limit);
  const several = new Set(columns.map(({ place }) => place.store)).size > 1;
  const reaches = shown.map(reachOf);
  const marks = reaches.map((reach) => reachMark(page, reach));
  const names = shown.map(({ place }) => clean(`${place.relation}.${place.column}${several ? ` on ${place.store}` : ''}`));
  const built = table(page, [
    { head: 'reach', cells: marks.map(({ text }) => text), align: 'left', leaves: 0 },
    // A name that is parted can be neither read nor copied: first the numbers leave.
    { head: 'column', cells: names, align: 'left', leaves: 0, wraps: names.some((name) => widthOf(name) > Math.min(NAME_WIDTH_MAX, page.width_columns - REACH_WIDTH)) },
    { head: 'kind', cells: shown.map(({ kind }) => clean(kind, 40)), align: 'left', leaves: 1 },
    { head: 'copies', cells: shown.map(({ copies }) => amount(copies.length)), align: 'right', leaves: 3 },
    { head: 'read by', cells: shown.map(({ uses }) => amount(new Set(uses.map(({ consumer }) => consumer)).size)), align: 'right', leaves: 2 },
  ]);
  const part = shown.length < columns.length ? ` (${amount(shown.length)} of ${amount(columns.length)})` : '';
  return [
    ...heading(page, `${isPart ? 'Columns chosen' : 'Personal data and secrets'}, by how far they get${part}`),
    built.head,
    ...shown.flatMap((column, index) => [...painted(built.rows[index] ?? [], marks[index]), ...belowColumn(page, column, reaches[index] ?? 'kept')]),
    ...(shown.length < columns.length ? remark(page, `… and ${amount(columns.length - shown.length)} more; ${ALL_FLAG} shows them`) : []),
  ];
}

function belowColumn(page: Page, column: PersonalColumn, reach: Reach): string[] {
  const indent = { first: ' '.repeat(BELOW), columns: BELOW };
  const uses = usesInWords(column, reach, NAMES_MAX);
  const copies = column.copies.length === 0 ? '' : `copied to ${copiesInWords(column, NAMES_MAX)}`;
  return [uses, copies].flatMap((text) => (text === '' ? [] : paragraph(page, text, { ...indent, paint: page.faint })));
}

function disagreementLines(page: Page, { disagreements }: PrivacyAnswer, limit: number): string[] {
  if (disagreements.length === 0) return [];
  const lines = disagreements.slice(0, limit).flatMap(({ place, declarations, inferred }) => {
    const said = declarations.map(({ by, words }) => `${clean(by)} says “${clean(words)}”`);
    const guessed = inferred === null ? [] : [`by name and type it looks like ${clean(inferred.kind)} (${amount(inferred.confidence, 'share')})`];
    return paragraph(page, `${place.relation}.${place.column} on ${place.store}: ${[...said, ...guessed].join('; ')}`, { first: '  - ', columns: 4 });
  });
  return [
    ...heading(page, 'What was declared does not fit together'),
    ...lines,
    ...(disagreements.length > limit ? remark(page, `… and ${amount(disagreements.length - limit)} more; ${ALL_FLAG} shows them`) : []),
  ];
}
