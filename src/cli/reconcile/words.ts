import type { EpochSeconds } from '../../model/live.js';
import type { DifferenceKind, PairReport, SideReport, Standing, WatermarkReading } from '../../model/reconciliation.js';
import { formatQuantity, count } from '../../text/quantity.js';

/** Kinds in the order in which a reader cares for them. */
const KINDS: readonly DifferenceKind[] = ['missing', 'deleted', 'extra', 'changed', 'duplicate', 'rekeyed', 'correction', 'rounding'];

const KIND_WORDS: Record<DifferenceKind, string> = {
  missing: 'missing',
  deleted: 'deleted at the source and still there',
  extra: 'extra',
  changed: 'changed',
  duplicate: 'there more than once',
  rekeyed: 'under another key',
  correction: 'late correction',
  rounding: 'differently rounded',
};

const COLUMNS_MAX = 3;
/** Kinds of single columns; of the others whole rows are meant. */
const OF_COLUMNS: ReadonlySet<DifferenceKind> = new Set(['changed', 'correction', 'rounding']);

export function number(value: number): string {
  return formatQuantity(value, 'count') ?? 'unknown';
}

/** As a moment of the source: `2026-11-22 14:02:11 UTC`. */
export function moment(at: EpochSeconds): string {
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function keysWith({ counts }: Pick<PairReport, 'counts'>, standing: Standing): number {
  return counts.reduce((sum, one) => sum + (one.standing === standing ? one.keys : 0), 0);
}

/** `2 missing, 1 extra, 1 changed (amount_minor)`. */
function kindsInWords(pair: PairReport, standing: Standing): string {
  return KINDS.flatMap((kind) => {
    const keys = pair.counts.reduce((sum, one) => sum + (one.kind === kind && one.standing === standing ? one.keys : 0), 0);
    if (keys === 0) return [];
    const columns = !OF_COLUMNS.has(kind) ? [] : [...new Set(pair.differences.filter((one) => one.kind === kind && one.standing === standing).flatMap((one) => one.columns))];
    const named = columns.length === 0 ? '' : ` (${columns.slice(0, COLUMNS_MAX).join(', ')}${columns.length > COLUMNS_MAX ? ` and ${columns.length - COLUMNS_MAX} more` : ''})`;
    return [`${number(keys)} ${KIND_WORDS[kind]}${named}`];
  }).join(', ');
}

/** The rows that were compared, as of what side knows them. */
function ofRows({ source, target }: PairReport): string {
  const rows = source.rows ?? target.rows;
  return rows === null ? '' : ` of ${number(rows)}`;
}

/** With those that were only counted: `about 1,000,000 keys differ of 6,000,000 (10,000 looked at one by one)`. */
function keysDiffer(pair: PairReport, looked: number): string {
  const { more_keys } = pair;
  if (more_keys === undefined) return `${looked === 1 ? '1 key differs' : `${number(looked)} keys differ`}${ofRows(pair)}`;
  const all = looked + Math.max(more_keys.at_least, more_keys.about);
  return `${more_keys.about > more_keys.at_least ? 'about ' : ''}${number(all)} keys differ${ofRows(pair)} (${number(looked)} looked at one by one)`;
}

/** The answer for one pair in one sentence, without its name. */
export function verdict(pair: PairReport): string {
  const [confirmed, candidates, late] = [keysWith(pair, 'confirmed'), keysWith(pair, 'candidate'), keysWith(pair, 'late')];
  const onTheWay = late === 0 ? '' : `; ${number(late)} late`;
  const open = candidates === 0 ? '' : `; ${count(candidates, 'more', 'more')} not confirmed yet`;
  switch (pair.state) {
    case 'equal':
      return `equal: ${rowsInWords(pair)}${late === 0 ? '' : `; ${count(late, 'key')} late`}`;
    case 'differs':
      return confirmed === 0 ? 'differs' : `${keysDiffer(pair, confirmed)}: ${kindsInWords(pair, 'confirmed')}; confirmed${open}${onTheWay}`;
    case 'unconfirmed':
      return candidates === 0 ? `not confirmed${onTheWay}` : `${keysDiffer(pair, candidates)}, not confirmed: ${kindsInWords(pair, 'candidate')}${onTheWay}`;
    case 'undetermined':
      return 'could not be determined';
  }
}

function rowsInWords({ source, target, periods }: PairReport): string {
  const [left, right] = [source.rows, target.rows];
  if (left === null || right === null) return `${count(periods.reduce((sum, one) => sum + one.source_rows, 0), 'row')} in ${count(periods.length, 'period')} on both sides`;
  return left === right ? `${count(left, 'row')} on both sides` : `${count(left, 'row')} and ${count(right, 'row')}`;
}

const POSITIONS: Record<WatermarkReading['kind'], string> = { time: '', lsn: 'log position ', version: 'version ' };

/** How far the target is, and what tells so. */
export function watermarkInWords({ watermark, as_of }: Pick<PairReport, 'watermark' | 'as_of'>): string {
  const from: Record<WatermarkReading['from'], string> = { product: 'its control table', column: 'its column', 'newest-row': 'its newest row', none: '' };
  if (watermark.from === 'none') return 'nothing tells how far the target is, so that a difference can be seen again but not confirmed';
  const at = watermark.at === null ? (watermark.position === null ? 'an unknown point' : `${POSITIONS[watermark.kind]}${watermark.position}`) : moment(watermark.at);
  const position = watermark.at !== null && watermark.position !== null && watermark.kind !== 'time' ? ` (${POSITIONS[watermark.kind]}${watermark.position})` : '';
  const compared = as_of === null || as_of === watermark.at ? '' : `; compared up to ${moment(as_of)}`;
  return `the target holds everything up to ${at}${position}, by ${from[watermark.from]}${compared}`;
}

/** `production 1.2 s of its time in 34 statements, 116 KiB received`. */
export function costInWords({ store, read_from, cost, scanned_bytes }: SideReport): string {
  const scanned = scanned_bytes === null ? '' : `, ${formatQuantity(scanned_bytes, 'bytes') ?? 'unknown'} scanned`;
  return `${read_from ?? store} ${formatQuantity(cost.elapsed_ms, 'ms') ?? 'unknown'} in ${count(cost.queries, 'statement')}${scanned}, ${formatQuantity(cost.received_bytes, 'bytes') ?? 'unknown'} received`;
}

/** What the whole run found, in one sentence. */
export function summary(pairs: readonly PairReport[]): string {
  const number_of = (state: PairReport['state']): number => pairs.filter((pair) => pair.state === state).length;
  const [differs, undetermined, unconfirmed, equal] = [number_of('differs'), number_of('undetermined'), number_of('unconfirmed'), number_of('equal')];
  if (pairs.length === 1) return '';
  if (equal === pairs.length) return `All ${pairs.length} pairs are equal.`;
  const parts = [
    differs === 0 ? '' : `${differs} ${differs === 1 ? 'differs' : 'differ'}`,
    undetermined === 0 ? '' : `${undetermined} could not be determined`,
    unconfirmed === 0 ? '' : `${unconfirmed} ${unconfirmed === 1 ? 'is' : 'are'} not confirmed`,
    equal === 0 ? '' : `${equal} ${equal === 1 ? 'is' : 'are'} equal`,
  ].filter((part) => part !== '');
  return `Of ${pairs.length} pairs ${parts.join(', ')}.`;
}
