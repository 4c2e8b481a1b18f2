import type { MetricWitness } from '../../model/metric-verdict.js';
import { amount } from '../../report/layout/amounts.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { table, type Column } from '../../report/layout/table.js';
import { widthOf } from '../../report/layout/wrap.js';
import { remark } from '../lines.js';
import { answerText, clean, valueText } from './words.js';

const RELATIONS_MAX = 4;
const NAMES_MAX = 4;
const ROWS_MAX = 6;
const COLUMNS_MAX = 8;
const HEAD_LENGTH_MAX = 30;
/** The least width of a column that wraps. */
const WRAPPED_HEAD_MAX = 18;
const TEXT_LENGTH_MAX = 20_000;
const INDENT = 6;

/** What the two definitions of a witness look at: `schema.name` of relations, and their texts. */
export interface Looking {
  relations: readonly string[];
  texts: readonly string[];
}

/**
 * The rows that show a difference: the sentence, what the definitions look at of them as small tables, and what each answers. Rows
 * that are there because others refer to them are only named.
 */
export function witnessLines(page: Page, witness: MetricWitness, letters: readonly [string, string], looking: Looking): string[] {
  const all = Object.entries(witness.rows);
  const read = all.filter(([relation]) => looking.relations.some((name) => name === relation || name.endsWith(`.${relation}`) || relation.endsWith(`.${name}`)));
  const shown = (read.length > 0 ? read : all).slice(0, RELATIONS_MAX);
  const others = all.filter((entry) => !shown.includes(entry)).map(([relation]) => clean(relation));
  const rest = others.length - NAMES_MAX;
  return [
    ...(witness.words === '' ? [] : paragraph(page, clean(witness.words, 400), { first: '    ', columns: 4 })),
    ...(all.length === 0 ? paragraph(page, 'on an empty database', { first: '    ', columns: 4 }) : []),
    ...shown.flatMap(([relation, rows]) => relationLines(page, relation, rows, looking)),
    ...(others.length === 0 ? [] : remark(page, `with what must be there besides in ${others.slice(0, NAMES_MAX).join(', ')}${rest > 0 ? ` and ${amount(rest)} more` : ''}: --sql has all rows`, 4)),
    ...paragraph(page, `there ${letters[0]} answers ${answerText(witness.a)}, and ${letters[1]} ${answerText(witness.b)}`, { first: '    ', columns: 4 }),
  ];
}

function relationLines(page: Page, relation: string, rows: MetricWitness['rows'][string], { texts }: Looking): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const words = new Set(texts.flatMap((text) => text.slice(0, TEXT_LENGTH_MAX).toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []));
  // The first column is the key, most often: it tells rows apart.
  const used = names.filter((name, index) => index === 0 || words.has(name.toLowerCase()));
  const columns = (used.length > 1 || names.length === 1 ? used : names).slice(0, COLUMNS_MAX);
  const shown = rows.slice(0, ROWS_MAX);
  const built = table(page, columns.map((name, index) => column(name, shown.map((row) => valueText(row[name] ?? null)), index)), INDENT);
  const rest = rows.length - shown.length;
  return [
    ...paragraph(page, clean(relation), { first: '    ', columns: 4, paint: page.strong }),
    built.head,
    ...built.rows.flat(),
    ...(rest > 0 ? remark(page, `… and ${amount(rest)} more rows in --sql`, INDENT) : []),
  ];
}

/** Cells wrap, heads cannot: under a long one the cells are cut in place of it. */
function column(name: string, cells: string[], index: number): Column {
  const head = clean(name, HEAD_LENGTH_MAX);
  const leaves = index === 0 ? 0 : index + 1;
  if (widthOf(head) <= WRAPPED_HEAD_MAX) return { head, cells, align: 'left', leaves, wraps: true };
  return { head, cells: cells.map((cell) => clean(cell, HEAD_LENGTH_MAX)), align: 'left', leaves };
}
