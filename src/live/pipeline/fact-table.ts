import type { EpochSeconds, ObjectiveView } from '../../model/live.js';
import type { PayloadOf } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { Feed } from '../freshness/feed.js';
import { median, quantile } from '../freshness/quantile.js';
import { utcDay } from '../freshness/words.js';
import { isStale } from '../staleness.js';
import { type Charge, type Verdict, verdictOf } from './verdict.js';

export type FactRow = PayloadOf<'facts'>['relations'][number];

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
const DROP_SHARE = 0.5;
const BREACH_SHARE = 0.1;
/** Below so many rows a day half of them is chance. */
const ROWS_MIN = 20;
const DAYS_MIN = 5;
const UNKNOWN_SHARE_MAX = 0.01;
const RISE_ROWS = 5;
const RISE_SHARE = 0.1;

export interface FactContext {
  looked_at: EpochSeconds;
  /** Days that end after this are not complete: the watermark or the provisional period has not passed them. */
  complete_until: EpochSeconds;
  /** The configuration names the column by which rows fall into days. */
  has_time_column: boolean;
}

/** Rows of one fact table by day. */
export class FactTable {
  #row: FactRow | null = null;
  #answered_at: EpochSeconds | null = null;
  /** Why it was not read in the last round; null where it was. */
  #unread: string | null = null;
  #context: FactContext = { looked_at: 0, complete_until: 0, has_time_column: false };
  /** Unknown members by hour, the smallest of each, over a day. */
  readonly #unknown: { hour: number; rows: number }[] = [];

  constructor(
    readonly key: string,
    readonly relation: string,
    readonly feed: Feed,
  ) {}

  accept(row: FactRow, context: FactContext): void {
    this.#unread = row.unread;
    // The answer before holds as long as any does.
    if (row.unread !== null) return;
    this.#row = row;
    this.#answered_at = context.looked_at;
    this.#context = context;
    if (row.unknown_dimension_rows === null) return;
    const hour = Math.floor(context.looked_at / HOUR_SECONDS);
    const last = this.#unknown.at(-1);
    if (last?.hour === hour) last.rows = Math.min(last.rows, row.unknown_dimension_rows);
    else this.#unknown.push({ hour, rows: row.unknown_dimension_rows });
    while ((this.#unknown[0]?.hour ?? hour) < hour - 24) this.#unknown.shift();
  }

  verdict(now: EpochSeconds): Verdict {
    const name = plainText(this.relation, 80);
    const unknown = (why: string): Verdict => ({ state: 'unknown', detail: '', cause: `${name}: ${why}` });
    const silence = this.feed.silence(now);
    const row = this.#row;
    if (silence !== null) return unknown(silence);
    if (row === null || (this.#unread !== null && isStale(this.#answered_at, this.feed.pace_seconds, now))) {
      return unknown(this.#unread === null ? 'it has not been read yet' : `it was not read: ${plainText(this.#unread, 300)}`);
    }
    const day = this.#judgedDay(row);
    const charges = [duplicates(row), day === null ? null : drop(day), this.#unknownMembers(row)].filter((charge) => charge !== null);
    if (charges.length === 0 && day === null && row.duplicate_rows === null && row.unknown_dimension_rows === null) {
      return unknown(row.days.length === 0 ? 'it has no rows of the last 15 days' : `fewer than ${DAYS_MIN} complete days are known, so a drop is not judged yet`);
    }
    return verdictOf(name, charges, fine(row, day));
  }

  objective(now: EpochSeconds): ObjectiveView | null {
    const row = this.#row;
    // Nothing was asked of it: neither days nor event ids nor dimensions.
    if (row !== null && row.days.length === 0 && row.duplicate_rows === null && row.unknown_dimension_rows === null && !this.#context.has_time_column) return null;
    const { state, detail, cause } = this.verdict(now);
    const day = row === null ? null : this.#judgedDay(row);
    return {
      id: `pipeline/facts/${plainText(this.key)}`,
      kind: 'pipeline',
      name: `${plainText(this.relation)} facts`,
      target: targetOf(row, day),
      now: state === 'unknown' || row === null ? null : seenOf(row, day),
      state,
      detail,
      since: null,
      history: null,
      limit: null,
      budget: null,
      sentence: cause,
      screen: 'freshness',
      subject: plainText(row?.product ?? this.relation),
    };
  }

  /** The newest complete day against the same weekdays and all days before it; null while there is too little. */
  #judgedDay(row: FactRow): JudgedDay | null {
    const days = new Map(row.days.map(({ day, rows }) => [day, rows]));
    const first = row.days.reduce((least, { day }) => (least === '' || day < least ? day : least), '');
    const newest = Math.floor(Math.min(this.#context.complete_until, this.#context.looked_at) / DAY_SECONDS) - 1;
    const earlier = Array.from({ length: 14 }, (_, index) => ({ back: index + 1, day: utcDay((newest - index - 1) * DAY_SECONDS) })).filter(({ day }) => first !== '' && day >= first);
    // A day without rows is not in the answer.
    const rowsOf = (day: string): number => days.get(day) ?? 0;
    if (earlier.length < DAYS_MIN) return null;
    const all = earlier.map(({ day }) => rowsOf(day));
    const weekdays = earlier.filter(({ back }) => back % 7 === 0).map(({ day }) => rowsOf(day));
    const usual = median(all) ?? 0;
    const day = utcDay(newest * DAY_SECONDS);
    return { day, rows: rowsOf(day), expected: Math.min(usual, median(weekdays) ?? usual), low: quantile(all, 0.25) ?? 0 };
  }

  #unknownMembers({ unknown_dimension_rows, days }: FactRow): Charge | null {
    if (unknown_dimension_rows === null || unknown_dimension_rows === 0) return null;
    const before = Math.min(...this.#unknown.map(({ rows }) => rows));
    const rise = unknown_dimension_rows - before;
    const total = days.reduce((sum, { rows }) => sum + rows, 0);
    const rising = rise >= Math.max(RISE_ROWS, before * RISE_SHARE);
    if (!rising && !(total > 0 && unknown_dimension_rows > total * UNKNOWN_SHARE_MAX)) return null;
    const rows = count(unknown_dimension_rows, 'row');
    return {
      state: 'warning',
      detail: rising ? `${formatQuantity(rise, 'count') ?? ''} more without dimension` : `${rows} without dimension`,
      text: `${rows} point to an unknown dimension member${rising ? `, ${formatQuantity(rise, 'count') ?? ''} more than within the last day` : ''}; look at dimensions that load late`,
    };
  }
}

interface JudgedDay {
  day: string;
  rows: number;
  expected: number;
  /** The lower quarter of the days before. */
  low: number;
}

function drop({ day, rows, expected, low }: JudgedDay): Charge | null {
  if (expected < ROWS_MIN || rows >= expected * DROP_SHARE || rows >= low) return null;
  const lost = formatQuantity(1 - rows / expected, 'share') ?? '';
  return {
    state: rows < expected * BREACH_SHARE ? 'breach' : 'warning',
    detail: `${lost} fewer rows`,
    text: `${count(rows, 'row')} of ${day} where ${formatQuantity(expected, 'count') ?? ''} are usual; look at the loads of that day`,
  };
}

function targetOf(row: FactRow | null, day: { expected: number } | null): string {
  if (day !== null) return `≥ ${formatQuantity(Math.ceil(day.expected * DROP_SHARE), 'count') ?? '0'} rows`;
  return row === null || row.duplicate_rows === null ? 'usual' : '= 0 twice';
}

/** Only what was asked of it. */
function seenOf({ duplicate_rows, unknown_dimension_rows }: FactRow, day: { rows: number } | null): string | null {
  if (day !== null) return count(day.rows, 'row');
  if (duplicate_rows !== null) return `${formatQuantity(duplicate_rows, 'count') ?? ''} twice`;
  return unknown_dimension_rows === null ? null : `${formatQuantity(unknown_dimension_rows, 'count') ?? ''} unknown`;
}

function duplicates({ duplicate_rows }: FactRow): Charge | null {
  if (duplicate_rows === null || duplicate_rows === 0) return null;
  const rows = count(duplicate_rows, 'row');
  return {
    state: 'breach',
    detail: `${rows} twice`,
    text: `${rows} of the last 15 days ${duplicate_rows === 1 ? 'repeats' : 'repeat'} the id of an event that is there already; look at the key by which its loader tells events apart`,
  };
}

function fine({ duplicate_rows, unknown_dimension_rows }: FactRow, day: JudgedDay | null): string {
  const parts = [
    day === null ? null : `${count(day.rows, 'row')} of ${day.day}, ${formatQuantity(day.expected, 'count') ?? ''} are usual`,
    duplicate_rows === null ? null : 'no event id is there twice',
    unknown_dimension_rows === null || unknown_dimension_rows === 0 ? null : `${count(unknown_dimension_rows, 'row')} without a dimension member, no more than before`,
  ];
  return parts.filter((part) => part !== null).join('; ') || 'every row has its dimension members';
}
