import type { ErasedCheck, ErasedCopy } from '../../../evidence/erased/find.js';
import type { GroupSizes } from '../../../evidence/groups/count.js';
import { amount, counted } from '../../../report/layout/amounts.js';
import { paragraph, type Page } from '../../../report/layout/page.js';
import { plainText } from '../../../text/plain-text.js';
import { sqlIdentifier, sqlRelation } from '../../../text/sql-name.js';
import { heading, remark } from '../../lines.js';
import { isPresent, type AskedAnswer } from './answer.js';

const NAMES_MAX = 4;

/** What live stores answered, for people, the consequence first. Pure. */
export function askedLines(page: Page, asked: AskedAnswer): string[] {
  const sections = [erasedLines(page, asked), groupLines(page, asked), samplingLines(page, asked), costLines(page, asked)].filter((section) => section.length > 0);
  return sections.flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function erasedLines(page: Page, { erased }: AskedAnswer): string[] {
  if (erased === null) return [];
  const compared = erased.checks.flatMap(({ copies }) => copies);
  const present = compared.filter(isPresent);
  const unknown = unknownLines(page, erased.unknown, 'copy', 'copies', 'compared');
  if (compared.length === 0) return [...heading(page, erased.unknown === 0 ? 'No stored copy of persons is known, so none was searched for erased ones' : 'No copy of persons could be searched for erased ones'), ...unknown];
  if (present.length === 0) return [...heading(page, `Nobody whom production erased is in the ${counted(compared.length, 'copy', 'copies')} that ${compared.length === 1 ? 'was' : 'were'} compared`), ...unknown];
  return [
    ...heading(page, `Erased in production and still present in ${present.length} of ${counted(compared.length, 'copy', 'copies')}`),
    ...erased.checks.flatMap((check) => check.copies.filter(isPresent).flatMap((copy) => copyLines(page, check, copy))),
    ...unknown,
    ...remark(page, 'Compared by digests of keys inside the stores. A copy that was filled from elsewhere as well has subjects that production never had.'),
  ];
}

function copyLines(page: Page, check: ErasedCheck, copy: ErasedCopy): string[] {
  const mark = page.level('error');
  const from = `${check.relation} on ${check.store}`;
  const parts = [
    ...(copy.absent > 0 ? [`${amount(copy.absent)} in no row of ${from} any more`] : []),
    ...(copy.marked > 0 ? [`${amount(copy.marked)} marked there by ${check.marks.join(', ')}`] : []),
  ];
  const columns = copy.columns.map(({ column, kind, mask }) => `${column} (${mask === 'raw' ? kind : `${kind}, ${mask}`})`);
  const first = `  ${mark.paint(mark.glyph)} `;
  return [
    ...paragraph(page, `${copy.relation} on ${copy.store} still holds ${counted(copy.absent + copy.marked, 'subject')} of ${amount(copy.subjects)}: ${parts.join(', ')}`, { first, columns: 4 }),
    ...below(page, `what is left of them: ${listed(columns)}`),
    ...below(page, `came by ${copy.by.map((by) => plainText(by)).join(', then ')}${copy.confidence < 1 ? ` (inferred, ${amount(copy.confidence, 'share')} sure)` : ''}`),
    ...below(page, recipe(check, copy)),
  ];
}

/** tidemark reads no key, so the keys must be brought by a person. */
function recipe(check: ErasedCheck, copy: ErasedCopy): string {
  const keys = `production_${check.key.map((name) => name.replace(/\W/g, '_')).join('_')}`;
  const on = check.key.map((name, at) => `k.${sqlIdentifier(name)} = t.${sqlIdentifier(copy.key[at] ?? name)}`).join(' AND ');
  return `to see them, load the keys of production into ${keys} and run: SELECT * FROM ${sqlRelation(copy.relation)} t WHERE NOT EXISTS (SELECT 1 FROM ${keys} k WHERE ${on});`;
}

function groupLines(page: Page, { smallGroups }: AskedAnswer): string[] {
  if (smallGroups === null) return [];
  const { k, counted: measured } = smallGroups;
  const unknown = unknownLines(page, smallGroups.unknown, 'grouping', 'groupings', 'counted');
  const small = measured.filter(({ small: number }) => number > 0);
  if (measured.length === 0) return [...heading(page, smallGroups.unknown === 0 ? 'No consumer groups persons by what several of them share' : 'No groups of persons could be counted'), ...unknown];
  if (small.length === 0) return [...heading(page, `All groups of persons have at least ${k} rows, in ${counted(measured.length, 'grouping')}`), ...unknown];
  return [
    ...heading(page, `Groups of fewer than ${k} rows, which speak of single persons`),
    ...small.flatMap((grouping) => sizeLines(page, grouping)),
    ...unknown,
    ...remark(page, 'Over all rows of the relation: filters of a consumer can only make more groups small.'),
  ];
}

function sizeLines(page: Page, { store, relation, columns, consumers, groups, small, rowsInSmall }: GroupSizes): string[] {
  const mark = page.level('warning');
  const text = `${relation} on ${store} by ${columns.join(', ')}: ${amount(small)} of ${counted(groups, 'group')} (${amount(groups === 0 ? 0 : small / groups, 'share')}), ${counted(rowsInSmall, 'row')}`;
  return [...paragraph(page, text, { first: `  ${mark.paint(mark.glyph)} `, columns: 4 }), ...below(page, `grouped so by ${listed(consumers.map((name) => plainText(name, 80)))}`)];
}

function samplingLines(page: Page, { sampling }: AskedAnswer): string[] {
  if (sampling === null) return [];
  const { rows, relations, columns, secrets } = sampling;
  const skipped = secrets === 0 ? '' : ` ${counted(secrets, 'column')} that ${secrets === 1 ? 'holds a secret was' : 'hold secrets were'} not looked into.`;
  return remark(page, `Values were checked in at most ${amount(rows)} rows of ${counted(relations, 'relation')}, ${counted(columns, 'column')}, inside the stores; only shares came back.${skipped}`, 0);
}

function costLines(page: Page, { costs }: AskedAnswer): string[] {
  if (costs.length === 0) return [];
  const texts = costs.map(({ store, elapsed_ms, queries }) => `${plainText(store, 60)} ${amount(elapsed_ms, 'ms')} in ${counted(queries, 'query', 'queries')}`);
  return remark(page, `Asking cost ${texts.join('; ')}.`, 0);
}

/** What stayed unknown is never told as clean. */
function unknownLines(page: Page, unknown: number, one: string, many: string, done: string): string[] {
  const mark = page.unknown;
  return unknown === 0 ? [] : paragraph(page, `${counted(unknown, one, many)} could not be ${done}`, { first: `  ${mark.paint(mark.glyph)} `, columns: 4 });
}

function below(page: Page, text: string): string[] {
  return paragraph(page, text, { first: ' '.repeat(6), columns: 6, paint: page.faint });
}

function listed(names: readonly string[]): string {
  return names.length <= NAMES_MAX ? names.join(', ') : `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more`;
}
