import type { EpochSeconds, State } from '../../model/live.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { PairRecord, PeriodStatus } from './pair-record.js';
import { REPEATS_WITHOUT_WATERMARK, type Difference, type Evidence, type Kind } from './period-record.js';

/** How long a difference may stay a candidate before somebody should look at why it is neither confirmed nor gone. */
const CANDIDATE_SECONDS_MAX = 1800;

export interface PairStatus {
  state: State;
  /** A word or two. */
  detail: string;
  /** Made when it is asked for: a replay accepts hours of passes whose sentences nobody reads. */
  cause: () => string;
  /** As text; null where nothing is known. */
  now: string | null;
  missing_rows: number;
  extra_rows: number;
  late_rows: number;
}

interface Confirmed {
  status: PeriodStatus;
  difference: Difference & { confirmed: Evidence };
  kind: Kind;
  /** Source less target. */
  gap_rows: number;
}

/** Gaps of both signs that cancel out but for this share of them. */
const SHIFT_SHARE_MAX = 0.1;

/** How a pair stands, in state and words. */
export function statusOf(record: PairRecord, now: EpochSeconds): PairStatus {
  const name = plainText(record.pair.name, 60);
  const nothing = { missing_rows: 0, extra_rows: 0, late_rows: 0, now: null };
  const { pass } = record;
  if (pass === null || record.isStale(now)) {
    const cause = record.failure?.message ?? (pass === null ? 'not compared yet' : `not compared since ${clock(pass.source_read_at, now)}: look at the probe that does it`);
    return { ...nothing, state: 'unknown', detail: 'not read', cause: () => `${name}: ${cause}` };
  }
  const periods = record.periods(now);
  const confirmed = confirmedOf(periods);
  const rows = (sign: 1 | -1) => confirmed.reduce((sum, { gap_rows }) => sum + Math.max(0, sign * gap_rows), 0);
  const numbers = {
    missing_rows: rows(1),
    extra_rows: rows(-1),
    late_rows: pass.periods.reduce((sum, { late_rows }) => sum + late_rows, 0),
  };
  const words = wordsOf(record, periods, confirmed, numbers, now);
  const apart = numbers.missing_rows + numbers.extra_rows;
  const shown = confirmed.length > 0 && apart === 0 ? 'sums differ' : count(apart, 'row');
  const restated = words.state === 'ok' || words.state === 'breach' ? restatementOf(record, periods, now) : null;
  const cause = () => `${name}: ${words.cause()}${restated === null ? '' : `; ${restated.cause()}`}`;
  return { ...numbers, ...words, ...(words.state === 'ok' ? restated?.as : {}), cause, now: words.state === 'unknown' ? null : shown };
}

function confirmedOf(periods: readonly PeriodStatus[]): Confirmed[] {
  return periods
    .flatMap((status) => {
      const difference = status.record?.difference();
      const kind = status.record?.kind();
      if (status.state !== 'confirmed' || !status.record || !difference || difference.confirmed === null || !kind) return [];
      const { source_rows, target_rows } = status.record.reading;
      return [{ status, difference: { ...difference, confirmed: difference.confirmed }, kind, gap_rows: source_rows - target_rows }];
    })
    .sort((a, b) => Number(a.kind === 'rounding') - Number(b.kind === 'rounding') || Math.abs(b.gap_rows) - Math.abs(a.gap_rows));
}

type Words = Pick<PairStatus, 'state' | 'detail' | 'cause'>;

function wordsOf(record: PairRecord, periods: readonly PeriodStatus[], confirmed: readonly Confirmed[], numbers: Pick<PairStatus, 'missing_rows' | 'extra_rows' | 'late_rows'>, now: EpochSeconds): Words {
  const worst = confirmed[0];
  if (worst !== undefined) {
    const state = worst.kind === 'rounding' ? 'warning' : 'breach';
    return { state, detail: detailOf(worst, numbers), cause: () => causeOf(record, worst, { others: confirmed.length - 1, isShift: isShift(numbers) }, now) };
  }
  const unread = periods.filter(({ state }) => state === 'unread');
  const waiting = waitingOf(record, periods, now);
  if (waiting !== null) return waiting;
  if (unread.length > 0) {
    const why = record.pass?.cut_short ?? 'the last passes did not reach them';
    return { state: 'unknown', detail: `${unread.length} not read`, cause: () => `${unread.length} of ${units(record, periods.length)} are not compared: ${plainText(why, 300)}` };
  }
  const judged = periods.filter(({ state }) => state !== 'late');
  if (judged.length === 0) {
    const reached = record.pass?.target_watermark_at ?? null;
    const where = reached === null ? 'its watermark is not known' : `its watermark stands at ${clock(reached, now)}`;
    return { state: 'unknown', detail: 'late', cause: () => `${target(record)} has not reached any of the last ${units(record, periods.length)}, ${where}: look at its freshness` };
  }
  const observed = judged.filter(({ state }) => state === 'candidate').length;
  const provisional = judged.filter(({ state }) => state === 'provisional').length;
  const equal = judged.length - observed - provisional;
  const parts = () => [
    equal === 0 ? '' : `${units(record, equal)} ${equal === 1 ? 'agrees' : 'agree'}${record.pass?.as_of == null ? '' : `, up to ${clock(record.pass.as_of, now)}`}`,
    observed === 0 ? '' : `${units(record, observed)} ${observed === 1 ? 'differs' : 'differ'} by what may still be on its way`,
    provisional === 0 ? '' : `${units(record, provisional)} still provisional`,
    numbers.late_rows === 0 ? '' : `${count(numbers.late_rows, 'newer row')} on the way`,
  ];
  return { state: 'ok', detail: observed > 0 ? 'in flight' : '', cause: () => parts().filter((part) => part !== '').join('; ') };
}

/** A difference that is neither confirmed nor gone after half an hour, or was confirmed and is being judged again. */
function waitingOf(record: PairRecord, periods: readonly PeriodStatus[], now: EpochSeconds): Words | null {
  const { pass } = record;
  if (pass === null) return null;
  const candidates = periods.flatMap(({ state, label, record }) => {
    const difference = state === 'candidate' ? record?.difference() : null;
    return difference && record !== null ? [{ label, difference, reading: record.reading }] : [];
  });
  const again = candidates.find(({ difference }) => difference.wasConfirmed);
  if (again) {
    return { state: 'warning', detail: 'being judged again', cause: () => `${again.label} still differs at ${target(record)} since ${clock(again.difference.since, now)}, and has changed since it was confirmed: it is being judged again` };
  }
  const old = candidates.filter(({ difference }) => pass.source_read_at - difference.since > CANDIDATE_SECONDS_MAX).at(-1);
  if (old === undefined) return null;
  const reached = pass.target_watermark_at;
  // Rows that are changed all the time are never equal on both sides at once: that speaks neither for the target nor against it.
  const isMoving = pass.watermark_from === 'product' && !(reached !== null && reached < old.difference.since) && old.reading.source_rows === old.reading.target_rows;
  if (isMoving) {
    const cause = () => `${old.label} has as many rows on both sides, but its sums were never equal since ${clock(old.difference.since, now)}, because the source changes at every pass: give the pair a tolerance, or shorter periods`;
    return { state: 'unknown', detail: 'changes at every pass', cause };
  }
  const why = () =>
    pass.watermark_from !== 'product'
      ? 'nothing tells for sure how far the target is: name a data product with a watermark for this pair'
      : reached !== null && reached < old.difference.since
        ? `the watermark of ${target(record)} stands at ${clock(reached, now)}: look whether its load runs`
        : 'the source changes at every pass: it is confirmed when that period is quiet';
  return { state: 'warning', detail: 'differs, not confirmed', cause: () => `${old.label} differs since ${clock(old.difference.since, now)} and is not confirmed, because ${why()}` };
}

function detailOf(worst: Confirmed, { missing_rows, extra_rows }: Pick<PairStatus, 'missing_rows' | 'extra_rows'>): string {
  const parts = [missing_rows > 0 ? `${rowsText(missing_rows)} missing` : '', extra_rows > 0 ? `${rowsText(extra_rows)} too many` : ''].filter((part) => part !== '');
  if (parts.length > 0) return `${parts.join(', ')}${worst.difference.growing ? ', growing' : ''}`;
  return worst.kind === 'rounding' ? 'rounding only' : 'sums differ';
}

/** Rows that some periods lack and about as many that others have too many: they lie in the wrong ones. */
function isShift({ missing_rows, extra_rows }: Pick<PairStatus, 'missing_rows' | 'extra_rows'>): boolean {
  return missing_rows > 0 && extra_rows > 0 && Math.abs(missing_rows - extra_rows) <= SHIFT_SHARE_MAX * (missing_rows + extra_rows);
}

function causeOf(record: PairRecord, worst: Confirmed, { others, isShift }: { others: number; isShift: boolean }, now: EpochSeconds): string {
  const { status, difference, kind, gap_rows } = worst;
  const rows = count(Math.abs(gap_rows), 'row');
  const [there, here] = [target(record), plainText(`${record.pair.source.store} ${record.pair.source.relation}`, 120)];
  const sums = (status.record?.reading.sums ?? []).filter(({ equal }) => !equal);
  const columns = sums.map(({ column }) => plainText(column, 63)).join(', ');
  const ratio = Math.max(...sums.map(({ gap_ratio }) => gap_ratio ?? 0), 0);
  const apart = ratio === 0 ? '' : ` (${formatQuantity(ratio, 'share') ?? ''} apart)`;
  const [what, next] = {
    missing: [`${there} lacks ${rows} of ${here}`, 'load that period again, and look at what the loader rejected or dropped'],
    duplicate: [`${there} has ${rows} more than ${here}`, 'look for a load that ran twice, and for a merge key'],
    'deleted-at-source': [`${there} still has ${rows} deleted at ${here}`, 'let the load carry deletes, or name its deleted_column'],
    changed: [`${there} has as many rows as ${here} but another sum of ${columns}${apart}`, 'look for updates that were not applied, then load that period again'],
    rounding: [`${there} differs from ${here} in ${columns} by rounding only`, 'load it with the decimals of the source, or give the pair a tolerance'],
  }[kind];
  const { source: from, target: into, period } = record.pair;
  const zones = `what one ${period} lacks another has too many, as times in two time zones do: look at that of ${plainText(from.time_column, 63)} and ${plainText(into.time_column, 63)}`;
  const trend = difference.growing ? ' and growing' : '';
  const more = others === 0 ? '' : ` (and ${units(record, others)} more)`;
  return `${what} for ${status.label}${more}, since ${clock(difference.since, now)}${trend}; ${evidenceText(difference.confirmed, record, now)}${isShift ? `; ${zones}` : `: ${next}`}`;
}

function evidenceText(evidence: Evidence, record: PairRecord, now: EpochSeconds): string {
  const reached = record.pass?.target_watermark_at ?? null;
  switch (evidence) {
    case 'watermark':
      return reached === null ? 'confirmed, the watermark had passed it' : `confirmed, the watermark has passed it and stands at ${clock(reached, now)}`;
    case 'newest-row':
      return 'confirmed by newer rows that have arrived, as there is no watermark';
    case 'repetition':
      return `confirmed by repetition only: no watermark, and the gap stayed the same over ${REPEATS_WITHOUT_WATERMARK} passes`;
  }
}

/** A warning where somebody promised that the numbers of that period were final. */
function restatementOf(record: PairRecord, periods: readonly PeriodStatus[], now: EpochSeconds): { cause: () => string; as: Pick<Partial<Words>, 'detail' | 'state'> } | null {
  const found = periods.filter(({ record }) => record?.restated);
  const newest = found.sort((a, b) => (b.record?.restated?.at ?? 0) - (a.record?.restated?.at ?? 0))[0];
  const restated = newest?.record?.restated;
  if (newest === undefined || !restated) return null;
  const who = { source: `at ${plainText(record.pair.source.store, 60)}`, target: `at ${plainText(record.pair.target.store, 60)}`, both: 'on both sides' }[restated.side];
  const promised = record.pair.provisional_seconds !== null;
  const cause = () => `the closed period ${newest.label} changed ${who} at ${clock(restated.at, now)}${promised ? ', after its numbers were final: look for a restatement' : ''}`;
  return { cause, as: { detail: 'closed period changed', ...(promised ? { state: 'warning' as const } : {}) } };
}

function target({ pair }: PairRecord): string {
  return plainText(`${pair.target.store} ${pair.target.relation}`, 120);
}

function units({ pair }: PairRecord, number: number): string {
  return count(number, pair.period);
}

function rowsText(number: number): string {
  return formatQuantity(number, 'count') ?? '';
}

/** `14:02 UTC`, with the date where it is not of the last day. */
export function clock(at: EpochSeconds, now: EpochSeconds): string {
  if (!(Math.abs(at) < 8e12)) return 'an unknown time';
  const text = new Date(at * 1000).toISOString();
  const time = `${text.slice(11, 16)} UTC`;
  return Math.abs(now - at) < 86_400 ? time : `${text.slice(0, 10)} ${time}`;
}
