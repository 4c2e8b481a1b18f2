import type { MetricGroup } from '../../model/metric-report.js';
import { amount } from '../../report/layout/amounts.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { table, type Column } from '../../report/layout/table.js';
import { widthOf } from '../../report/layout/wrap.js';
import { letterOf, relationsOf, type EqualClass, type Relations } from './classes.js';
import { heading, remark } from '../lines.js';
import { SIGNS, type SignId } from './signs.js';
import { clean, constraintsInWords, OWNER_UNKNOWN, placeOf } from './words.js';

const HEAD_LETTERS_MAX = 4;
/** So many columns of definitions are drawn without `--limit all`. */
const COLUMNS_MAX = 26;
const NOTES_MAX = 4;
/** Cards that are less sure to be of this metric say why they are here. */
const SURE_MIN = 0.9;
/** What the columns before the matrix need at least. */
const BEFORE_WIDTH = 32;
const BETWEEN = 2;

interface MatrixRow {
  member: number;
  definition: number;
}

/** Who defines it how: cards down, equal definitions across. Cut to `limit` cards, infinite for all. */
export function matrixLines(page: Page, group: MetricGroup, limit: number): string[] {
  const relations = relationsOf(group);
  const rows = group.definitions.flatMap(({ members }, definition) => members.map((member): MatrixRow => ({ member, definition })));
  const shown = rows.slice(0, limit);
  const classes = Number.isFinite(limit) ? relations.classes.slice(0, COLUMNS_MAX) : relations.classes;
  const used = new Set<SignId>();
  const blocks = columnBlocks(page, classes).map((block) => blockLines(page, group, shown, { block, relations, used }));
  const hidden = [
    ...(rows.length > shown.length ? [`${amount(rows.length - shown.length)} more cards`] : []),
    ...(relations.classes.length > classes.length ? [`${amount(relations.classes.length - classes.length)} more definitions`] : []),
  ];
  return [
    ...heading(page, 'Who defines it how'),
    ...blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    ...(hidden.length === 0 ? [] : remark(page, `… and ${hidden.join(', ')}; --limit all shows them`)),
    ...(relations.classes.length > 1 ? legendLines(page, used) : []),
    ...classes.flatMap((own) => restLines(page, own)),
  ];
}

function headOf({ definitions, restsOn }: EqualClass): string {
  const letters = definitions.slice(0, HEAD_LETTERS_MAX).map(letterOf);
  return `${letters.join('=')}${definitions.length > HEAD_LETTERS_MAX ? '=…' : ''}${restsOn.length > 0 ? '*' : ''}`;
}

/** As many columns side by side as the page holds. */
function columnBlocks(page: Page, classes: readonly EqualClass[]): EqualClass[][] {
  const blocks: EqualClass[][] = [[]];
  let left = page.width_columns - BEFORE_WIDTH;
  for (const own of classes) {
    const width = widthOf(headOf(own)) + BETWEEN;
    if (width > left && (blocks.at(-1)?.length ?? 0) > 0) {
      blocks.push([]);
      left = page.width_columns - BEFORE_WIDTH;
    }
    blocks.at(-1)?.push(own);
    left -= width;
  }
  return blocks;
}

interface Drawing {
  block: readonly EqualClass[];
  relations: Relations;
  used: Set<SignId>;
}

function blockLines(page: Page, group: MetricGroup, rows: readonly MatrixRow[], { block, relations, used }: Drawing): string[] {
  const members = rows.map(({ member }) => group.members[member]);
  const built = table(page, [
    { head: '', cells: rows.map(({ definition }) => letterOf(definition)), align: 'left', leaves: 0 },
    { head: 'card', cells: members.map((claim) => (claim === undefined ? '' : clean(claim.title))), align: 'left', leaves: 0, wraps: true },
    ...block.map((own): Column => ({ head: headOf(own), cells: rows.map(({ definition }) => cell(definition, own, relations, used)), align: 'left', leaves: 0 })),
    { head: 'sure', cells: members.map((claim) => amount(claim?.score ?? 0, 'share')), align: 'right', leaves: 3 },
    { head: 'on', cells: members.map((claim) => (claim === undefined ? '' : placeOf(claim))), align: 'left', leaves: 2, wraps: true },
    { head: 'owner', cells: members.map((claim) => clean(claim?.owner ?? OWNER_UNKNOWN)), align: 'left', leaves: 1, wraps: true },
  ]);
  return [
    built.head,
    ...rows.flatMap(({ member }, index) => [...(built.rows[index] ?? []), ...noteLines(page, group, member)]),
  ];
}

function cell(definition: number, own: EqualClass, relations: Relations, used: Set<SignId>): string {
  const [first = definition] = own.definitions;
  const sign = (own.definitions.includes(definition) ? 'same' : relations.sign(definition, first)) ?? 'undecided';
  used.add(sign);
  return SIGNS[sign].sign;
}

/** In what a card is shown otherwise than most, though it defines the same, what its declaration lacks, and why it is here at all. */
function noteLines(page: Page, group: MetricGroup, member: number): string[] {
  const claim = group.members[member];
  if (claim === undefined) return [];
  const { notes, clock, declared, score, evidence } = claim;
  const all = [
    ...notes,
    ...(clock === 'ingestion' ? ['by the time of loading, not of the event'] : []),
    ...(declared !== null && declared.missing.length > 0 ? [`its declaration lacks ${declared.missing.join(', ')}`] : []),
    ...(score < SURE_MIN && evidence.length > 0 ? [`put here by ${evidence.join(', ')}`] : []),
  ];
  if (all.length === 0) return [];
  const rest = all.length - NOTES_MAX;
  const shown = all.slice(0, NOTES_MAX).map((note) => clean(note, 160));
  return remark(page, [...shown, ...(rest > 0 ? [`${amount(rest)} more in --format json`] : [])].join('; '), 7);
}

function legendLines(page: Page, used: ReadonlySet<SignId>): string[] {
  const ids: readonly SignId[] = ['same', 'stricter', 'looser', 'overlapping', 'different', 'empty', 'undecided'];
  const parts = ids.filter((id) => used.has(id)).map((id) => `${SIGNS[id].sign} ${SIGNS[id].words}`);
  return remark(page, `a row against the definition above: ${parts.join(' · ')}`);
}

function restLines(page: Page, { definitions, restsOn }: EqualClass): string[] {
  if (restsOn.length === 0) return [];
  return paragraph(page, `${definitions.slice(0, HEAD_LETTERS_MAX).map(letterOf).join(' = ')} only while ${constraintsInWords(restsOn)}`, { first: '  * ', columns: 4 });
}
