import { type BacklogItem, PHASES, type Phase } from '../../model/backlog.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { assumptionLines, gapLines } from '../../report/layout/looked-at.js';
import { type Page, paragraph } from '../../report/layout/page.js';
import { plainText } from '../../text/plain-text.js';
import { heading, headLines } from '../lines.js';
import type { PlanAnswer } from './answer.js';

export const PHASE_WORDS: Record<Phase, string> = { today: 'Today', 'this-week': 'This week', 'this-month': 'This month', later: 'Later' };

/** So many pieces of work a phase are what a person takes in; the rest is counted. */
const ITEMS_MAX = 6;
const ALL_FLAG = '--all';

export interface PlanPageOptions {
  all: boolean;
  quiet: boolean;
  /** The bundle that was looked at, or nothing, for the commands. */
  targets: readonly string[];
}

/** The work for people, phase by phase, numbered through. Pure. */
export function planPage(page: Page, answer: PlanAnswer, { all, quiet, targets }: PlanPageOptions): string[] {
  const numbers = new Map(answer.items.map((item, index) => [item.id, index + 1]));
  const sections = [
    quiet ? [] : headLines(page, answer),
    heading(page, headline(answer)),
    ...PHASES.map((phase) => phaseLines(page, phase, answer.items.filter((item) => item.phase === phase), { all, targets, numbers })),
    gapLines(page, answer.gaps, all, ALL_FLAG),
    quiet ? [] : assumptionLines(page, answer.assumptions, all, ALL_FLAG),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

/** The answer in one sentence: how much work, how long, what it ends. */
function headline({ items, findings, gaps }: PlanAnswer): string {
  if (items.length === 0) return gaps.length === 0 ? 'Nothing is to be done.' : 'Nothing to be done was found, and not everything could be looked at.';
  const [least, most] = [sum(items, ({ effort }) => effort.hours_min), sum(items, ({ effort }) => effort.hours_max)];
  // A card that lies on two dashboards is counted with both.
  const freed = Math.min(1, sum(items, ({ frees_block_share }) => frees_block_share ?? 0));
  const ended = new Set(items.flatMap((item) => item.findings)).size;
  return `${counted(items.length, 'piece')} of work, ${hours(least, most)}, ${items.length === 1 ? 'ends' : 'end'} ${amount(ended)} of ${counted(findings.total, 'finding')}${freed > 0 ? ` and free up to ${amount(freed, 'share')} of the block reads of production` : ''}.`;
}

const sum = (items: readonly BacklogItem[], of: (item: BacklogItem) => number): number => items.reduce((total, item) => total + of(item), 0);

/** `15 minutes to 1 hour`, `1 to 3 hours`, `4 to 7 days` of eight hours. */
export function hours(least: number, most: number): string {
  if (least < 1) return `${Math.round(least * 60)} ${most < 1 ? '' : 'minutes '}to ${most < 1 ? `${Math.round(most * 60)} minutes` : `${amount(most)} ${most === 1 ? 'hour' : 'hours'}`}`;
  if (most <= 16) return `${amount(least)} to ${amount(most)} hours`;
  return `${amount(Math.max(1, Math.round(least / 8)))} to ${amount(Math.round(most / 8))} days`;
}

interface Around {
  all: boolean;
  targets: readonly string[];
  numbers: ReadonlyMap<string, number>;
}

function phaseLines(page: Page, phase: Phase, items: readonly BacklogItem[], { all, targets, numbers }: Around): string[] {
  if (items.length === 0) return [];
  const shown = all ? items : items.slice(0, ITEMS_MAX);
  const rest = items.length - shown.length;
  const time = hours(sum(items, ({ effort }) => effort.hours_min), sum(items, ({ effort }) => effort.hours_max));
  return [
    `${page.strong(PHASE_WORDS[phase])}  ${page.faint(`${counted(items.length, 'piece')} of work, ${time}`)}`,
    ...shown.flatMap((item) => ['', ...itemLines(page, item, numbers.get(item.id) ?? 0, targets)]),
    ...(rest === 0 ? [] : ['', `   … and ${amount(rest)} more; ${ALL_FLAG} shows them`]),
  ];
}

function itemLines(page: Page, { title, why, effort, gain, owner, command }: BacklogItem, number: number, targets: readonly string[]): string[] {
  const first = `${String(number).padStart(2)} `;
  const who = owner === null ? 'no known owner' : plainText(owner, 120);
  return [
    ...paragraph(page, title, { first, columns: 3, paint: page.strong }),
    ...paragraph(page, `${who} · ${hours(effort.hours_min, effort.hours_max)} (${effort.reason}) · ${gain}`, { first: '   ', columns: 3 }),
    ...paragraph(page, why, { first: '   ', columns: 3, paint: page.faint }),
    ...(command === null ? [] : [`   ${commandLine(command, targets)}`]),
  ];
}

/** With the bundle that was looked at, which comes before the flags. */
export function commandLine(command: string, targets: readonly string[]): string {
  const [bundle] = targets;
  if (bundle === undefined || command === 'tidemark doctor') return command;
  const named = /^[\w./:@-]+$/.test(bundle) ? bundle : `'${plainText(bundle, 500).replaceAll("'", "'\\''")}'`;
  return command.replace(/^(tidemark \S+ (?:(?!--)\S+|'[^']*')(?: '[^']*'| (?!--)\S+)*)/, `$1 ${named}`);
}
