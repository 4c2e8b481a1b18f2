import type { MetricComparison, MetricWitness } from '../../../model/metric-verdict.js';
import { paragraph, type Page } from '../../../report/layout/page.js';
import { verdictMark } from '../signs.js';
import { witnessLines } from '../witness-lines.js';
import { answerText, clean, constraintsInWords, kindInWords, verdictInWords } from '../words.js';

/** One comparison for a person: the verdict, why, and on which rows. */
export function comparisonPage(page: Page, comparison: MetricComparison, names: readonly [string, string], texts: readonly [string, string]): string[] {
  const [a, b] = [clean(names[0]), clean(names[1])];
  const { witness } = comparison;
  const { text, paint } = verdictMark(page, comparison.verdict, comparison.cosmetic);
  const sections = [
    [
      ...paragraph(page, verdictInWords(comparison, a, b), { first: `${page.strong(paint(text))}  `, columns: text.length + 2 }),
      ...detailLines(page, comparison, a, b),
      ...paragraph(page, comparison.why, { first: '  ', columns: 2 }),
    ],
    witness === null ? [] : [page.strong('The rows'), ...rowLines(page, witness, [a, b], texts)],
    witness === null ? [] : paragraph(page, 'The same command with --sql prints SQL that shows it on an empty database.', { first: '', columns: 0, paint: page.faint }),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function rowLines(page: Page, witness: MetricWitness, names: readonly [string, string], texts: readonly string[]): string[] {
  const relations = Object.keys(witness.rows);
  if (relations.length > 0) return witnessLines(page, witness, names, { relations: mentioned(relations, texts), texts });
  return paragraph(page, `none: on empty tables ${names[0]} answers ${answerText(witness.a)}, and ${names[1]} ${answerText(witness.b)}`, { first: '    ', columns: 4 });
}

/** Relations, as a witness names them, of which the texts speak. */
function mentioned(relations: readonly string[], texts: readonly string[]): string[] {
  const words = new Set(texts.flatMap(wordsOf));
  return relations.filter((relation) => words.has(wordsOf(relation).at(-1) ?? ''));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
}

function detailLines(page: Page, comparison: MetricComparison, a: string, b: string): string[] {
  const { kind, region, restsOn, underAsserted } = comparison;
  const rows: [string, string | null][] = [
    ['in', kindInWords(kind)],
    ['rests on', restsOn.length === 0 ? null : constraintsInWords(restsOn)],
    [`only ${a}`, region?.onlyA ?? null],
    [`only ${b}`, region?.onlyB ?? null],
    ['equal if', underAsserted.length === 0 ? null : constraintsInWords(underAsserted)],
  ];
  const shown = rows.flatMap(([name, text]): [string, string][] => (text === null ? [] : [[name, text]]));
  const width = Math.max(0, ...shown.map(([name]) => name.length)) + 2;
  return shown.flatMap(([name, text]) => paragraph(page, text, { first: `  ${page.faint(name.padEnd(width))}`, columns: width + 2 }));
}
