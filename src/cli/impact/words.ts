import type { DeployPhase, Impact, ImpactEffect } from '../../model/impact-report.js';
import { LIKELY } from '../../impact/likely.js';
import { amount, counted } from '../../report/layout/amounts.js';
import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';
import type { ImpactAnswer } from './answer.js';

/** A text for the page: one line, personal data by its kind. */
export function clean(text: string, limit = 120): string {
  return plainText(nameMarkers(text), limit);
}

export const EFFECT_WORDS: Record<ImpactEffect, string> = { breaks: 'fails', meaning: 'changes', unproved: 'unproved', contract: 'promise', widens: 'shows more' };

const PHASE_WORDS: Record<DeployPhase, string> = {
  now: 'may be deployed now', 'after-consumers': 'only after its readers have moved', 'with-consumers': 'only once its readers have decided', unknown: 'not known: not everything could be looked at',
};

export function phaseInWords(phase: DeployPhase): string {
  return PHASE_WORDS[phase];
}

/** The answer in one sentence: what fails first, then what changes, and whom to tell. */
export function headline({ impacts, unknown, unread, changes, looked, notify }: ImpactAnswer): string {
  const likely = impacts.filter(({ confidence }) => confidence >= LIKELY);
  const parts = [
    ...said(likely, 'breaks', (number, things) => `${things} ${number === 1 ? 'fails' : 'fail'}`),
    ...said(likely, 'meaning', (number, things) => `${things} ${number === 1 ? 'answers' : 'answer'} something else without failing`),
    ...said(likely, 'unproved', (number) => `${counted(number, 'metric')} ${number === 1 ? 'is' : 'are'} no longer proved to agree`),
    ...said(likely, 'contract', (number) => `${counted(number, 'contract')} ${number === 1 ? 'is' : 'are'} broken`),
    ...said(likely, 'widens', (_, things) => `more is shown by ${things}`),
  ];
  const owners = notify.flatMap(({ owner }) => (owner === null ? [] : [clean(owner, 60)]));
  const tell = owners.length === 0 || parts.length === 0 ? '' : ` Tell ${listed(owners, 5)}.`;
  const open = unknown.length + unread.length;
  const rest = open === 0 ? '' : ` ${counted(open, 'thing')} could not be looked at.`;
  if (parts.length > 0) return `${capital(listed(parts, 6))}.${tell}${rest}`;
  const where = `${counted(looked.consumers, 'consumer')} and ${counted(looked.views, 'view')} were looked at`;
  if (open > 0) return `Whether anything is hit is not known: ${counted(open, 'thing')} could not be looked at. Nothing else notices ${changes.length === 1 ? 'this change' : 'these changes'}: ${where}.`;
  if (impacts.length > 0) return `Nothing fails; ${counted(impacts.length, 'hint')} below. ${where}.`;
  if (changes.length === 0) return `These migrations change no schema that could be read. ${where}.`;
  return `Nothing that reads the store notices ${changes.length === 1 ? 'this change' : `these ${amount(changes.length)} changes`}: ${where}.`;
}

function said(impacts: readonly Impact[], effect: ImpactEffect, words: (number: number, things: string) => string): string[] {
  const things = new Map<string, Set<string>>();
  for (const { effect: own, thing } of impacts) if (own === effect) things.set(thing.kind, (things.get(thing.kind) ?? new Set()).add(`${thing.store} ${thing.name}`));
  const number = [...things.values()].reduce((sum, names) => sum + names.size, 0);
  if (number === 0) return [];
  const named = KINDS.flatMap(([kind, one, many]) => {
    const own = things.get(kind)?.size ?? 0;
    return own === 0 ? [] : [counted(own, one, many)];
  });
  return [words(number, listed(named, 6))];
}

const KINDS: readonly (readonly [Impact['thing']['kind'], string, string])[] = [
  ['card', 'card', 'cards'], ['code', 'place in code', 'places in code'], ['model', 'model', 'models'], ['role', 'role', 'roles'], ['view', 'view', 'views'], ['metric', 'metric', 'metrics'],
  ['contract', 'contract', 'contracts'], ['function', 'function', 'functions'], ['constraint', 'constraint', 'constraints'], ['policy', 'policy', 'policies'], ['publication', 'publication', 'publications'],
];

export function listed(words: readonly string[], limit: number): string {
  const shown = words.slice(0, limit);
  const rest = words.length - shown.length;
  const all = rest > 0 ? [...shown, `${amount(rest)} more`] : shown;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
