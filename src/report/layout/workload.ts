import type { Report } from '../../model/report.js';
import { CHANGES_MAX, type Change, type ClassWork, type Shares, type WORKLOAD_CLASSES, type WorkloadClass } from '../../model/workload.js';
import { amount, counted } from './amounts.js';
import { paragraph, type Page } from './page.js';
import { NOT_KNOWN } from './table.js';
import { unbroken } from './wrap.js';

const DAY_SECONDS = 86_400;
const UNSURE_SHARE_MIN = 0.005;
/** The findings are what an audit is read for. */
const LINES_MAX = 10;

/** Heaviest question first: what is analytical, what may be, what is not. */
export const CLASS_ORDER = ['analytical', 'mixed', 'unknown', 'operational'] as const satisfies readonly WorkloadClass[] & { length: (typeof WORKLOAD_CLASSES)['length'] };

/** `38 %`, or a dash where it is not known. */
export function share(value: number | null): string {
  return value === null ? NOT_KNOWN : amount(value, 'share');
}

/** The same for a column: `<0.1 %`. */
export function shareCell(value: number | null): string {
  return share(value).replace(/^under\s/, '<').replace(/^over\s/, '>');
}

/** `38 % of block reads, 41 % of time, 93 % of temp files, 2 % of WAL`; without what is not known. Empty where nothing is. */
export function sharesInWords({ blocks, time, temp, wal }: Shares): string[] {
  const words: [number | null, string][] = [[blocks, 'block reads'], [time, 'time'], [temp, 'temp files'], [wal, 'WAL']];
  return words.flatMap(([value, of]) => (value === null ? [] : [unbroken(`${share(value)} of ${of}`)]));
}

/** What the numbers cover: `from 2026-09-01 to 2026-11-22, 81 days`. */
export function coveredTime(since: string | null, until: string | null): string {
  if (since === null || until === null) return until === null ? 'over a time that nothing tells' : `up to ${minute(until)}, since when is not known`;
  const seconds = (Date.parse(until) - Date.parse(since)) / 1000;
  if (!(seconds >= 0)) return `up to ${minute(until)}, since when is not known: by its clock the counters begin later, ${minute(since)}`;
  const length = amount(seconds, 'seconds');
  if (seconds >= 3 * DAY_SECONDS) return `from ${since.slice(0, 10)} to ${until.slice(0, 10)}, ${length}`;
  const clock = (instant: string): string => instant.slice(11, seconds < 600 ? 19 : 16);
  if (since.slice(0, 10) === until.slice(0, 10)) return `on ${since.slice(0, 10)} from ${clock(since)} to ${clock(until)} UTC, ${length}`;
  return `from ${minute(since)} to ${minute(until)}, ${length}`;
}

function minute(instant: string): string {
  return unbroken(instant.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC'));
}

/** One store in a sentence or two. `classes` are all of it. */
export function headline({ store, since, until, classes, role }: { store: string; role: string; since: string | null; until: string | null; classes: readonly ClassWork[] }): string {
  const statements = classes.reduce((sum, one) => sum + one.statements, 0);
  const analytical = classes.find((one) => one.class === 'analytical');
  const number = `${amount(analytical?.statements ?? 0)} of ${counted(statements, 'statement')}`;
  const name = store === '' ? '' : ` on ${store}`;
  if (statements === 0) return `No statement was seen${name}.`;
  const measured = classes.some(({ work }) => work.calls > 0);
  const unsure = unsureOf(classes, measured);
  const [first, ...others] = sharesInWords(analytical?.share ?? { blocks: 0, time: 0, temp: null, wal: null });
  if (!measured && since !== null && until !== null) return `Nothing ran${name} ${coveredTime(since, until)}.`;
  if (!measured || first === undefined) {
    return `${number}${name} ${(analytical?.statements ?? 0) === 1 ? 'is' : 'are'} analytical${unsure.length === 0 ? '' : `, ${unsure.join(', ')}`}, by shape alone: there are no statistics of what ran.`;
  }
  const subject = role === 'warehouse' ? 'Analytical work' : 'Reporting';
  const covered = capital(coveredTime(since, until));
  const isLeast = leavesOpen(classes);
  // A part of nothing that was told apart is no answer.
  if (isLeast && analytical?.work.calls === 0) return `How much of the work${name} is ${subject.toLowerCase()} is not known: of block reads ${unsure.join(' and ')}. ${covered}.`;
  const rest = others.length === 0 ? '' : `: ${others.join(', ')}`;
  const more = unsure.length === 0 ? '' : ` Another ${unsure.join(' and ')}.`;
  return `${subject} is ${isLeast ? 'at least ' : ''}${first}${name}${rest}; ${number}.${more} ${covered}.`;
}

/** What is not known may all be analytical: the share of what is known to be is a lower bound. */
function leavesOpen(classes: readonly ClassWork[]): boolean {
  const unknown = classes.find((one) => one.class === 'unknown')?.share;
  return (unknown?.blocks ?? unknown?.time ?? 0) >= UNSURE_SHARE_MIN;
}

/** What is not decided is said where it could change the answer. */
function unsureOf(classes: readonly ClassWork[], measured: boolean): string[] {
  return classes.filter((one) => one.class === 'mixed' || one.class === 'unknown').flatMap((one) => {
    const part = one.share.blocks ?? one.share.time;
    if (!measured) return one.statements === 0 ? [] : [unbroken(`${amount(one.statements)} ${one.class}`)];
    return part === null || part < UNSURE_SHARE_MIN ? [] : [unbroken(`${share(part)} is ${one.class}`)];
  });
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The verdict above it speaks of statements; this says how all work of the store divides. */
function division({ store, since, until, trust, classes }: NonNullable<Report['workload']>[number]): string {
  const sharesOf = (name: WorkloadClass): Shares | undefined => classes.find((one) => one.class === name)?.share;
  const [first = 'no work', ...more] = sharesInWords(sharesOf('analytical') ?? { blocks: 0, time: 0, temp: null, wal: null });
  const others = CLASS_ORDER.slice(1).flatMap((name) => {
    const part = sharesOf(name)?.blocks ?? null;
    return part === null || part < UNSURE_SHARE_MIN ? [] : [unbroken(`${share(part)} ${name}`)];
  });
  const rest = others.length === 0 ? '' : `; of block reads ${others.join(', ')}`;
  // The verdict names the weightiest reason.
  const doubt = trust.factor < 1 ? ` ${unbroken(`Confidence ${share(trust.factor)}`)}; tidemark workload says why.` : '';
  const isLeast = leavesOpen(classes);
  const isSilent = isLeast && classes.some((one) => one.class === 'analytical' && one.work.calls === 0);
  const part = isSilent ? 'how much of its work is analytical is not known' : `analytical work is ${isLeast ? 'at least ' : ''}${[first, ...more].join(', ')}`;
  return `${store}: ${part}${rest}. ${capital(coveredTime(since, until))}.${doubt}`;
}

/** How the work of production divides and what would free most of it, in few lines: `tidemark workload` has the rest. */
export function workloadLines(page: Page, workload: NonNullable<Report['workload']>): string[] {
  const shown = workload.filter(({ classes }) => classes.some(({ work }) => work.calls > 0));
  const [only] = shown;
  if (only === undefined) return [];
  const lines = shown.flatMap((one, index) => paragraph(page, division(one), { first: index === 0 ? `${page.strong('Work')}      ` : ' '.repeat(10), columns: 10 }));
  const changes = shown.flatMap(({ changes: own }) => own).sort((one, other) => weightOf(other.frees) - weightOf(one.frees));
  for (const [index, change] of changes.slice(0, CHANGES_MAX).entries()) {
    const more = changeLine(page, change, index);
    if (index > 0 && lines.length + more.length > LINES_MAX) break;
    lines.push(...more);
  }
  return lines;
}

/** By what a change frees it is worth doing. */
function weightOf({ blocks, time, temp, wal }: Shares): number {
  return blocks ?? time ?? temp ?? wal ?? 0;
}

function changeLine(page: Page, { change, frees, owner }: Change, index: number): string[] {
  const [most] = sharesInWords(frees);
  const who = owner === null ? '' : ` (${owner})`;
  const text = `${change}${who}${most === undefined ? '' : `: frees ${most}`}`;
  return paragraph(page, text, { first: index === 0 ? `${page.faint('to free')}   ` : ' '.repeat(10), columns: 10 });
}
