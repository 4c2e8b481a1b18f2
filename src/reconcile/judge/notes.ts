import type { EpochSeconds } from '../../model/live.js';
import type { KeyDifference, PairReport, Standing } from '../../model/reconciliation.js';
import { count, formatQuantity } from '../../text/quantity.js';
import { plainText } from '../../text/plain-text.js';
import type { PairPlan } from '../keys/types.js';
import { formatLsn, type Watermark } from '../position.js';

export interface Judged {
  plan: PairPlan;
  watermark: Watermark;
  differences: readonly KeyDifference[];
  /** Differing keys that were not looked at one by one. */
  more: { at_least: number; about: number };
  columns_everywhere: readonly string[];
  /** The source's clock when the last look at single keys, or else the pass, had ended. */
  source_read_at: EpochSeconds;
}

/** Everything below the watermark agrees, or what does not. */
export function stateOf({ differences, more, plan }: Judged): PairReport['state'] {
  if (differences.some(({ standing }) => standing === 'confirmed')) return 'differs';
  if (more.at_least > 0 || more.about > 0 || differences.some(({ standing }) => standing === 'candidate')) return 'unconfirmed';
  return notComparable(plan).length > 0 ? 'undetermined' : 'equal';
}

/** Columns that the pair names to be compared and that are not. */
function notComparable({ pair, leftOut }: PairPlan): PairPlan['leftOut'] {
  return leftOut.filter(({ column }) => pair.columns?.some(({ source }) => source.toLowerCase() === column.toLowerCase()) === true);
}

export function countsOf(differences: readonly KeyDifference[]): PairReport['counts'] {
  const result = new Map<string, PairReport['counts'][number]>();
  for (const { kind, standing } of differences) {
    const known = result.get(`${standing} ${kind}`) ?? { kind, standing, keys: 0 };
    result.set(`${standing} ${kind}`, { ...known, keys: known.keys + 1 });
  }
  return [...result.values()].sort((a, b) => ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) || b.keys - a.keys || (a.kind < b.kind ? -1 : 1));
}

const ORDER: readonly Standing[] = ['confirmed', 'candidate', 'late'];

/** What the reader should know of the differences; one line each, the weightiest first. */
export function notesOf(judged: Judged): string[] {
  const { differences, watermark, more, columns_everywhere, plan } = judged;
  const notes: string[] = [];
  const late = differences.filter(({ standing }) => standing === 'late').length;
  const candidates = differences.filter(({ standing }) => standing === 'candidate').length;
  if (columns_everywhere.length > 0) notes.push(`${columns_everywhere.map((name) => plainText(name, 63)).join(', ')} ${columns_everywhere.length === 1 ? 'differs' : 'differ'} in every row that both sides have and that differs: a form or a rule of the load rather than single rows`);
  if (more.at_least > 0 || more.about > 0) notes.push(`${beyond(more)} and were not looked at one by one`);
  if (candidates > 0) notes.push(`${count(candidates, 'difference is', 'differences are')} not confirmed: ${reason(judged)}`);
  if (late > 0) notes.push(`${count(late, 'row')} of production ${late === 1 ? 'was' : 'were'} changed after ${reached(watermark)}, which is as far as the warehouse has come: ${late === 1 ? 'it is on its way' : 'they are on their way'}`);
  if (differences.some(({ confirmed_by }) => confirmed_by === 'repetition')) notes.push('nothing tells how far the warehouse is: what stayed the same over time while it was loaded counts as confirmed');
  if (watermark.from === 'newest-row') notes.push('how far the warehouse has come is judged by its newest business time, as nothing better tells it');
  for (const { column, because } of notComparable(plan)) notes.push(`${plainText(column, 63)} was not compared: ${because}`);
  if (plan.columns.length === 0) notes.push('only keys were compared: there is no other column that both sides have in a common form');
  if (!plan.unique) notes.push(`nothing keeps ${plan.key.map(({ source }) => plainText(source, 63)).join(', ')} unique at the source`);
  return notes;
}

function beyond({ at_least, about }: Judged['more']): string {
  const most = Math.max(at_least, about);
  return at_least === most ? count(most, 'more key differs', 'more keys differ') : `about ${formatQuantity(most, 'count')} more keys differ (${formatQuantity(at_least, 'count')} at least)`;
}

function reason({ watermark, source_read_at, differences }: Judged): string {
  const fence = clock(source_read_at);
  if (watermark.from === 'none') return 'nothing tells how far the warehouse has come';
  if (watermark.standsAtSource) return `the warehouse has the newest change of production, ${reached(watermark)}, and a delete leaves no trace of when it was`;
  if (watermark.kind === 'time' && watermark.at !== null) return `the warehouse has come to ${clock(watermark.at)}, and production was read at ${fence}`;
  const many = differences.length > 1;
  return `the warehouse has come to ${reached(watermark)}, which is before production was read, so ${many ? 'they' : 'it'} may still arrive`;
}

/** How far the warehouse has come, as it was read. */
export function reached({ kind, at, lsn, version }: Watermark): string {
  if (kind === 'lsn') return lsn === null ? 'an unknown position' : `${formatLsn(lsn)}${at === null ? '' : ` (${clock(at)})`}`;
  if (kind === 'version') return version === null ? 'an unknown version' : `version ${version}`;
  return at === null ? 'an unknown moment' : clock(at);
}

/** `2026-11-21 14:02:11 UTC`. */
export function clock(at: EpochSeconds): string {
  return `${new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** What to do about it; null where nothing is to be done. */
export function nextStepOf(state: PairReport['state'], { plan, watermark }: Judged): string | null {
  const name = plainText(plan.pair.name, 60);
  if (state === 'differs') return `tidemark fix reload ${name} prints the statements that repair it.`;
  if (state === 'undetermined') return 'Let a view cast the column on one side, or take it out of the columns of the pair.';
  if (state !== 'unconfirmed') return null;
  if (watermark.from === 'none') return `Name a watermark for ${name} in tidemark.yaml (a product, or the column that tells a row's last change), or run again after the next load.`;
  return `Run tidemark reconcile ${name} again: what was seen now is remembered, and judged once the warehouse has passed it.`;
}
