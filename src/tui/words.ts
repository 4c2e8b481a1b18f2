import type { EpochSeconds } from '../model/live.js';
import { plainText } from '../text/plain-text.js';
import { formatQuantity, type Unit } from '../text/quantity.js';
import { UNKNOWN } from './theme.js';

const HARMLESS = /^[ -~]*$/;

/** Text from outside as one harmless line of at most `limit` characters. Every text of a view passes here before it is drawn. */
export function clean(text: string, limit = 200): string {
  return text.length <= limit && HARMLESS.test(text) ? text : plainText(text, limit);
}

/** A number for people; `◌` for one that is not known. */
export function quantity(value: number | null, unit: Unit): string {
  return value === null ? UNKNOWN : (formatQuantity(value, unit) ?? UNKNOWN);
}

/** A rate or a count in at most five characters: `0.02`, `3.4`, `412`, `1.9k`, `88M`. */
export function compact(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  if (value < 0) return `-${compact(-value)}`;
  let rest = value;
  for (const unit of ['', 'k', 'M', 'G', 'T']) {
    if (rest < 999.5 || unit === 'T') return digits(rest, unit === '' ? 2 : 1) + unit;
    rest /= 1000;
  }
  return UNKNOWN;
}

function digits(value: number, decimals: number): string {
  if (value >= 9.95 || Number.isInteger(value)) return String(Math.round(value));
  if (value > 0 && value < 0.005) return '<0.01';
  return String(Number(value.toFixed(value < 1 ? decimals : 1)));
}

/** A share as an objective is written: `99 %`, `99.9 %`. */
export function percent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? UNKNOWN : `${Number((share * 100).toFixed(2))} %`;
}

/** Milliseconds of a second as a rate of work: `12.8 s/s`, `480 ms/s`. */
export function work(ms_per_second: number | null): string {
  return ms_per_second === null ? UNKNOWN : `${quantity(ms_per_second, 'ms')}/s`;
}

/** ECMA-262 knows no moment further from 1970. */
const SECONDS_MAX = 8_640_000_000_000;

function iso(at: EpochSeconds): string | null {
  return Math.abs(at) <= SECONDS_MAX ? new Date(Math.floor(at * 1000)).toISOString() : null;
}

/** Time of day in UTC: `14:47:23Z`. */
export function clock(at: EpochSeconds | null): string {
  const text = at === null ? null : iso(at);
  return text === null ? UNKNOWN : `${text.slice(-13, -5)}Z`;
}

/** Time of day without seconds and zone, for axes: `14:47`. */
export function shortClock(at: EpochSeconds | null): string {
  const text = at === null ? null : iso(at);
  return text === null ? UNKNOWN : text.slice(-13, -8);
}

/** The time of day where it is today's, the date before it where it is not. */
export function moment(at: EpochSeconds | null, now: EpochSeconds): string {
  const text = at === null ? null : iso(at);
  if (text === null) return UNKNOWN;
  return text.slice(0, -14) === iso(now)?.slice(0, -14) ? clock(at) : `${text.slice(0, -14)} ${text.slice(-13, -8)}Z`;
}

/** How long ago: `4 min`. A moment in the future is now. */
export function since(at: EpochSeconds | null, now: EpochSeconds): string {
  return at === null ? UNKNOWN : quantity(Math.max(0, now - at), 'seconds');
}

/** The most that is shown of a text of many lines, in UTF-16 units. */
const SHOWN_MAX = 20_000;
/** The most that is copied: terminals refuse longer texts, and some hang. */
export const COPY_MAX = 50_000;
const LINES_MAX = 1_000;
const LINE_MAX = 4_000;

/** A statement or a remedy with its lines and indentation, harmless; what is longer than anybody reads is cut. */
export function cleanLines(text: string, limit = SHOWN_MAX): string[] {
  const lines = text.slice(0, limit).split(/\r\n|\r|\n/, LINES_MAX).map((part) => {
    const indent = /^[ \t]{0,40}/.exec(part)?.[0].replaceAll('\t', '  ') ?? '';
    return indent + clean(part.trim(), LINE_MAX);
  });
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines;
}
