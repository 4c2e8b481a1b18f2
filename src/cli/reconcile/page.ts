import type { KeyDifference, PairReport, PeriodSummary, ReconcileReport } from '../../model/reconciliation.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { NOT_KNOWN, table, type Column } from '../../report/layout/table.js';
import { NULL_TEXT, unmarked } from '../../stores/expressions/common.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import { heading, remark } from '../lines.js';
import { costInWords, moment, number, summary, verdict, watermarkInWords } from './words.js';

const PERIODS_MAX = 10;
const COLUMNS_SHOWN_MAX = 40;
const HEAD_MAX = 30;
const LABEL_COLUMNS = 13;
/** Room for what stands beside a key that is not broken, so that it can be copied. */
const BESIDE_KEY_COLUMNS = 36;

export interface PageOptions {
  quiet: boolean;
  /** Keys are values of rows: shown on the local terminal, or where they were asked for. */
  keys: boolean;
}

/** The answer for people, what differs first. Pure. */
export function reconcilePage(page: Page, { takenAt, pairs }: ReconcileReport, options: PageOptions): string[] {
  const shown = options.quiet ? pairs.filter(({ state }) => state !== 'equal') : pairs;
  const order: readonly PairReport['state'][] = ['differs', 'undetermined', 'unconfirmed', 'equal'];
  const whole = summary(pairs);
  const head = options.quiet ? [] : [headLine(page, takenAt, pairs)];
  const sections = [...head, whole === '' ? [] : heading(page, whole), ...order.flatMap((state) => shown.filter((pair) => pair.state === state)).map((pair) => pairLines(page, pair, options))];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function headLine(page: Page, takenAt: string, pairs: readonly PairReport[]): string[] {
  const stores = [...new Set(pairs.flatMap(({ source, target }) => [source, target]).map(({ store, role, engine }) => `${store} (${role}, ${engine})`))];
  return paragraph(page, [takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC'), ...stores].join(' · '), { first: `${page.strong('tidemark')}  `, columns: 10, paint: page.faint });
}

function pairLines(page: Page, pair: PairReport, options: PageOptions): string[] {
  const mark = markOf(page, pair);
  const verdictLines = paragraph(page, `${plainText(pair.name, 80)}: ${verdict(pair)}`, { first: `${mark.paint(mark.glyph)} `, columns: 2, paint: page.strong });
  const notes = pair.notes.flatMap((note) => paragraph(page, note, { first: '  - ', columns: 4 }));
  const next = pair.next_step === null ? [] : paragraph(page, pair.next_step, { first: `  ${page.faint('→')} `, columns: 4 });
  // What is equal needs no more than a line of how it was told.
  const details = options.quiet ? [] : detailLines(page, pair);
  return [...verdictLines, ...notes, ...next, ...details, ...periodLines(page, pair.periods), ...differenceLines(page, pair, options)];
}

function markOf(page: Page, { state }: PairReport): { glyph: string; paint: (text: string) => string } {
  if (state === 'equal') return page.outcome('holds', null);
  return state === 'differs' ? page.level('error') : page.unknown;
}

function labelled(page: Page, label: string, text: string): string[] {
  return paragraph(page, text, { first: `  ${page.faint(label.padEnd(LABEL_COLUMNS - 2))}`, columns: LABEL_COLUMNS });
}

function detailLines(page: Page, pair: PairReport): string[] {
  const { state, source, target, key, columns, left_out, buckets } = pair;
  const side = ({ store, relation, read_from, rows }: PairReport['source']): string =>
    `${store} ${relationInWords(relation)}${read_from === null ? '' : `, read on ${read_from}`}${rows === null ? '' : `, ${count(rows, 'row')}`}`;
  const nothingRead = source.rows === null && target.rows === null && columns.length === 0;
  const [kept, rest] = [columns.slice(0, COLUMNS_SHOWN_MAX), columns.length - COLUMNS_SHOWN_MAX];
  // How a column was written matters where something differs.
  const named = kept.map(({ source: own, target: other, form }) => `${own}${own === other ? '' : ` = ${other}`}${state === 'equal' ? '' : ` (${form})`}`).join(', ');
  return [
    ...labelled(page, 'between', `${side(source)} → ${side(target)}`),
    ...(key.length === 0 ? [] : labelled(page, 'key', key.join(', '))),
    ...(columns.length === 0 ? [] : labelled(page, 'compared', `${named}${rest > 0 ? ` and ${rest} more` : ''}`)),
    ...byReason(left_out.slice(0, COLUMNS_SHOWN_MAX)).flatMap((text, index) => labelled(page, index === 0 ? 'left out' : '', text)),
    ...(left_out.length > COLUMNS_SHOWN_MAX ? labelled(page, '', `… and ${left_out.length - COLUMNS_SHOWN_MAX} more`) : []),
    ...(nothingRead ? [] : labelled(page, 'watermark', watermarkInWords(pair))),
    ...(source.cost.queries + target.cost.queries === 0 ? [] : labelled(page, 'cost', `${costInWords(source)} · ${costInWords(target)}${buckets === null ? '' : ` · ${number(buckets.differing)} of ${count(buckets.compared, 'group')} of keys differed`} · ${formatQuantity(pair.took_ms, 'ms') ?? 'unknown'} in all${pair.resumed ? ', going on from an earlier run' : ''}`)),
  ];
}

/** `_fivetran_synced, _fivetran_id: Fivetran adds it`. */
function byReason(leftOut: PairReport['left_out']): string[] {
  const columns = new Map<string, string[]>();
  for (const { column, because } of leftOut) columns.set(because, [...(columns.get(because) ?? []), column]);
  return [...columns].map(([because, names]) => `${names.join(', ')}: ${because}`);
}

/** A side that is a query has no relation of that name. */
function relationInWords(relation: string): string {
  return relation === 'its.query' ? '(its query)' : relation;
}

/** Periods that differ, newest first; equal ones need no line each. */
function periodLines(page: Page, periods: readonly PeriodSummary[]): string[] {
  const differing = periods.filter(({ equal }) => !equal);
  if (differing.length === 0) return [];
  const shown = [...differing].sort((one, other) => (one.period < other.period ? 1 : -1)).slice(0, PERIODS_MAX);
  const rows = (value: number): string => number(value);
  const { head, rows: lines } = table(page, [
    { head: 'period', cells: shown.map(({ period }) => period), align: 'left', leaves: 0 },
    { head: 'source', cells: shown.map((one) => rows(one.source_rows)), align: 'right', leaves: 0 },
    { head: 'target', cells: shown.map((one) => rows(one.target_rows)), align: 'right', leaves: 0 },
    { head: 'gap', cells: shown.map((one) => gap(one)), align: 'right', leaves: 0 },
    { head: 'sums that differ', cells: shown.map(({ sums }) => (sums.length === 0 ? NOT_KNOWN : sums.join(', '))), align: 'left', leaves: 1, wraps: true },
    { head: 'standing', cells: shown.map(({ late }) => (late ? 'late' : '')), align: 'left', leaves: 2 },
  ]);
  const more = differing.length - shown.length;
  return ['', ...paragraph(page, `${differing.length} of ${count(periods.length, 'period')} differ${differing.length === 1 ? 's' : ''}; rows of each`, { first: '  ', columns: 2, paint: page.strong }), head, ...lines.flat(), ...(more > 0 ? remark(page, `… and ${number(more)} older ones`) : [])];
}

function gap({ source_rows, target_rows }: PeriodSummary): string {
  const difference = target_rows - source_rows;
  return difference > 0 ? `+${number(difference)}` : number(difference);
}

function differenceLines(page: Page, { key, differences, unlisted }: PairReport, { keys }: PageOptions): string[] {
  if (differences.length === 0) return unlisted === 0 ? [] : remark(page, `${count(unlisted, 'differing key')} not listed; --limit all lists them`);
  const showsKeys = keys && differences.some((one) => one.key !== null);
  const name = showsKeys ? plainText(key.join(', '), HEAD_MAX) : 'digest of the key';
  const names = differences.map((one) => (showsKeys ? keyText(one.key_text ?? one.key) : one.key_digest));
  const columns: Column[] = [
    { head: 'kind', cells: differences.map(({ kind }) => kind), align: 'left', leaves: 0 },
    { head: name, cells: names, align: 'left', leaves: 0, ...(Math.max(...names.map((text) => plainText(text).length)) > page.width_columns - BESIDE_KEY_COLUMNS ? { wraps: true } : {}) },
    { head: 'columns', cells: differences.map((one) => remarkOf(one, showsKeys)), align: 'left', leaves: 2, wraps: true },
    { head: 'standing', cells: differences.map(({ standing }) => standing), align: 'left', leaves: 1 },
    { head: 'period', cells: differences.map(({ period }) => period ?? NOT_KNOWN), align: 'left', leaves: 4 },
    { head: 'since', cells: differences.map(({ since }) => moment(since)), align: 'left', leaves: 3, narrow: differences.map(({ since }) => moment(since).slice(11, 19)) },
  ];
  const { head, rows } = table(page, columns);
  return [
    '',
    head,
    ...rows.flat(),
    ...(unlisted > 0 ? remark(page, `… and ${number(unlisted)} more; --limit all lists them`) : []),
    ...(showsKeys ? [] : remark(page, 'keys are values of rows: a terminal shows them, or --show-keys')),
  ];
}

/** An empty key is a value too. */
function keyText(key: readonly string[] | null | undefined): string {
  return key === null || key === undefined ? NOT_KNOWN : key.map((part) => (part === NULL_TEXT ? 'NULL' : part === '' ? "''" : unmarked(part))).join(', ');
}

function remarkOf({ kind, columns, source_rows, target_rows, other_key, other_key_text }: KeyDifference, showsKeys: boolean): string {
  if (kind === 'duplicate') return `${number(source_rows)} and ${count(target_rows, 'row')}`;
  if (kind === 'rekeyed') return showsKeys && other_key !== null ? `as ${keyText(other_key_text ?? other_key)}` : 'the whole row';
  return columns.length === 0 ? '' : columns.join(', ');
}
